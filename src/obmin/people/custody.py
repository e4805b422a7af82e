"""What happens to people in our hands: capture, transfers, hospital, escape, recapture, release, death.

    record_event(person, Event.HOSPITAL, {"on": "2026-05-14", "place": "…"}, actor=actor)

is one act. Inside an act that is open already (`write`), many events are written at once. Whatever an event
owes besides is owed there and nowhere else. `core.custody` says what may follow what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from django.db.models import Max

from obmin.audit.perform import Gate, perform
from obmin.core import custody as core
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.custody import Event
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.people.models import Custody, CustodyEvent, Person, Register
from obmin.people.notices import Told, queue
from obmin.people.records import opened
from obmin.vault.rows import insert_sealed, update_sealed

FIELDS: Final = tuple(each.name for each in fields(record.Happening))
_COLUMNS: Final = ("key", "person", "kind", "episode", "state", "by", "at")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of one person, and the state that it leaves them in."""

    person: str
    event: Event
    told: record.Happening
    state: str


def record_event(
    person: Person,
    event: Event,
    told: Mapping[str, str],
    *,
    actor: Actor,
    reason: str = "",
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records one event, and moves the person to the state that it ends in.

    `told` are the fields of `core.record.Happening`. Nobody is repatriated here: that takes a signed act of
    transfer. A death that is only reported changes no state, and its search goes on.
    """
    with perform(
        "register.event", actor=actor, subject=person, seen=seen, reason=reason, request=request, at=at
    ) as gate:
        if person.register != Register.HELD:
            raise WrongState("Events of custody are recorded of people in our hands.")
        if person.into_id is not None:
            raise WrongState("This record was merged into another: record it there.")
        if event not in core.BY_OFFICERS:
            raise NotAllowed("This arises from a transfer act that both sides signed.")
        if unknown := set(told) - set(FIELDS):
            raise Incomplete(f"An event has no {sorted(unknown)[0]}.")
        gate.ends = core.after(event, person.state, told)
        written = {name: value.strip() for name, value in told.items()}
        written["on"] = core.written_date(told["on"])
        write(gate, [Happened(person.pk, event, record.Happening(**written), gate.ends)])
        gate.fact("event", event.value)


def write(gate: Gate, happened: Sequence[Happened]) -> list[str]:
    """Writes events inside an open act, and where the people are since. Returns the events' keys.

    Whoever calls it moves the people themselves: the gate its subject, an act about many its rows.
    """
    episodes = _episodes([one.person for one in happened])
    rows = []
    for one in happened:
        episode = episodes.get(one.person, 1) + (one.event is Event.RECAPTURE)
        key = gate.new_id()
        rows.append(
            (key, one.told, (key, one.person, one.event.value, episode, one.state, gate.actor.id, gate.now))
        )
    insert_sealed(CustodyEvent, _COLUMNS, rows)
    _moved([one for one in happened if one.event in core.MOVES])
    queue(
        gate,
        [
            Told(one.person, one.event, key, one.told.on)
            for one, (key, _, _) in zip(happened, rows, strict=True)
        ],
    )
    return [key for key, _, _ in rows]


def went_home(gate: Gate, people: Iterable[str], on: str, document: str) -> None:
    """Writes that people were repatriated, inside the act that both sides signed (I-13)."""
    told = record.Happening(on=on, document=document)
    write(gate, [Happened(key, Event.REPATRIATION, told, "REPATRIATED") for key in people])


def _episodes(keys: Iterable[str]) -> dict[str, int]:
    found = CustodyEvent.objects.filter(person__in=list(keys)).order_by()
    return dict(found.values_list("person").annotate(last=Max("episode")).values_list("person", "last"))


def _moved(happened: Sequence[Happened]) -> None:
    """Where people are held, as the events say; a capture also says since when."""
    before = opened(Custody, [one.person for one in happened])
    after: dict[str, record.Custody] = {}
    for one in happened:
        held: record.Custody | None = after.get(one.person, before.get(one.person))
        if held is None:
            continue
        if one.event is Event.CAPTURE:
            held = replace(held, captured_on=one.told.on, region=one.told.region or held.region)
        else:
            held = replace(
                held, facility=one.told.place or held.facility, region=one.told.region or held.region
            )
        after[one.person] = held
    update_sealed(Custody, after.items())
