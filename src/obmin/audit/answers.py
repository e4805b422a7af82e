"""What officers decide about the journal itself: alarms, changes past the gate, entries to be forgotten."""

from __future__ import annotations

from obmin.audit import alarms, rows
from obmin.audit.models import Entry, Reading, Remark
from obmin.audit.perform import perform
from obmin.core.access import Actor
from obmin.core.errors import NotFound


def acknowledge(index: int, *, actor: Actor, reason: str) -> None:
    """Says why an alarm needs nothing more. Raises `NotFound` if it is not open."""
    with perform("alarms.acknowledge", actor=actor, reason=reason, request=f"acknowledge/{index}") as gate:
        if index not in {alarm.index for alarm in alarms.open_alarms()}:
            raise NotFound("There is no such open alarm.")
        gate.fact("alarm", index)
        gate.outcome = str(index)


def keep_rows(*, actor: Actor, second: Actor, reason: str) -> tuple[str, ...]:
    """Takes the tables as they stand after a change past the gate; which tables differed is on record.

    Two officers do this when they have looked at what was changed; else nothing can be written any more.
    """
    with perform("rows.keep", actor=actor, second=second, reason=reason) as gate:
        found = rows.check()
        gate.fact("tables", " ".join(found.differing))
        gate.anew = True
    alarms.raise_(alarms.Kind.TAKEN_OVER, actor=actor)
    return found.differing


def forget(index: int, *, actor: Actor, second: Actor, reason: str) -> None:
    """Destroys what opens an entry: its salt, its text, the words of its reason, the keys that it read.

    Its leaf stays, so that the tree does; that somebody forgot it, and why, is an entry of its own.
    """
    with perform("journal.forget", actor=actor, second=second, reason=reason) as gate:
        if index >= gate.entry:
            raise NotFound(f"The journal has no entry {index}.")
        Remark.objects.filter(entry_id=index).delete()
        Reading.objects.filter(entry_id=index).delete()
        closed = {"salt": None, "body": "", "act": "", "actor": "", "subject": "", "outcome": "", "at": None}
        open_ones = Entry.objects.filter(index=index).exclude(salt=None).exclude(act="journal.forget")
        if not open_ones.update(**closed, request=None):
            raise NotFound(f"Entry {index} is closed already.")
        gate.fact("entry", index)
