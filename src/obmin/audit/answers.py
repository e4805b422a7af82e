"""What officers answer to an alarm: that it needs nothing more, or that the tables stay as they are."""

from __future__ import annotations

from obmin.audit import alarms, rows
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
