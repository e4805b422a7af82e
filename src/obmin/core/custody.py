"""What happens to somebody in our hands, and the state that each event leaves them in.

The events are those of Article 122 of the Third Geneva Convention, with what a camp writes down besides.
Nobody is repatriated by an event written here: that arises from a transfer act which both sides signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from obmin.core.errors import Incomplete, WrongState
from obmin.core.person import DATE_EXPECTED, Misread, read_date


class Event(StrEnum):
    CAPTURE = "capture"
    ARRIVAL = "arrival"  # at a camp, after capture or a transfer
    DEPARTURE = "departure"  # for another camp: on the way
    HOSPITAL = "hospital"  # taken to a hospital
    DISCHARGE = "discharge"  # back from a hospital
    ESCAPE = "escape"
    RECAPTURE = "recapture"
    NEUTRAL = "neutral-internment"
    COURT = "held-by-court"  # after the hostilities, for an indictable offence (Art. 119)
    RELEASE = "release"
    REPATRIATION = "repatriation"  # by a signed transfer act alone
    DEATH_REPORTED = "death-reported"  # somebody's word: changes no state
    DEATH = "death"  # body examined, form D made out (Art. 120)


HERE: Final = frozenset(
    {"CAPTURED", "REGISTERED", "INTERNED", "HOSPITAL", "IN_TRANSFER", "HELD_AFTER_HOSTILITIES"}
)
SETTLED: Final = HERE - {"IN_TRANSFER", "HOSPITAL", "CAPTURED"}  # arrival at a camp comes after registration


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states an event starts, and the state that it ends in (`None`: the state stays)."""

    starts: frozenset[str]
    ends: str | None
    needs: tuple[str, ...] = ("on",)  # of the event's fields, what must be written


RULES: Final[Mapping[Event, Rule]] = {
    Event.CAPTURE: Rule(frozenset({"CAPTURED", "REGISTERED"}), None),
    Event.ARRIVAL: Rule(SETTLED | {"IN_TRANSFER"}, "INTERNED", ("on", "place")),
    Event.DEPARTURE: Rule(HERE - {"IN_TRANSFER", "CAPTURED"}, "IN_TRANSFER", ("on", "place", "document")),
    Event.HOSPITAL: Rule(HERE - {"HOSPITAL", "CAPTURED"}, "HOSPITAL", ("on", "place")),
    Event.DISCHARGE: Rule(frozenset({"HOSPITAL", "HELD_AFTER_HOSTILITIES"}), "INTERNED"),
    Event.ESCAPE: Rule(HERE, "ESCAPED"),
    Event.RECAPTURE: Rule(frozenset({"ESCAPED"}), "INTERNED"),
    Event.NEUTRAL: Rule(HERE, "NEUTRAL_INTERNED", ("on", "place", "document")),
    Event.COURT: Rule(HERE, "HELD_AFTER_HOSTILITIES", ("on", "document")),
    Event.RELEASE: Rule(HERE, "RELEASED", ("on", "document")),
    Event.REPATRIATION: Rule(
        HERE | {"RELEASED", "NEUTRAL_INTERNED", "REPATRIATED"}, "REPATRIATED", ("on", "document")
    ),
    Event.DEATH_REPORTED: Rule(HERE | {"ESCAPED"}, None),
    Event.DEATH: Rule(HERE | {"ESCAPED"}, "DEAD", ("on", "place", "document", "examination")),
}
BY_OFFICERS: Final = tuple(event for event in Event if event is not Event.REPATRIATION)
MOVES: Final = frozenset(
    {Event.CAPTURE, Event.ARRIVAL, Event.HOSPITAL, Event.DISCHARGE, Event.RECAPTURE, Event.NEUTRAL}
)
WITHIN: Final = frozenset({Event.ARRIVAL, Event.DEPARTURE, Event.HOSPITAL, Event.DISCHARGE})
_MISSING: Final = {
    "on": "Give the date of it: a year, a month or a day.",
    "place": "Say where.",
    "document": "Name the paper that says so.",
    "examination": "Nobody is recorded as dead without an examination of the body: name its report.",
}
_ENDED: Final = frozenset({"RELEASED", "REPATRIATED", "NEUTRAL_INTERNED", "DEAD", "ESCAPED"})


def after(event: Event, state: str, fields: Mapping[str, str]) -> str:
    """The state after `event`, of somebody in `state`.

    `fields` are what was written: `on` (ISO 8601, as precise as is known), `place`, `document`, `examination`.
    Raises `WrongState` where the event cannot happen to somebody in this state, `Incomplete` where it lacks
    what it must have.
    """
    rule = RULES[event]
    if state not in rule.starts:
        raise WrongState(f"This cannot be recorded of somebody who is {state}.")
    for name in rule.needs:
        if not fields.get(name, "").strip():
            raise Incomplete(_MISSING[name], code=f"no-{name}")
    written_date(fields["on"])
    if state == "HELD_AFTER_HOSTILITIES" and event in WITHIN:
        return state  # a court's hold goes with the person, to a camp, a hospital and back
    return rule.ends or state


def written_date(text: str) -> str:
    """A date as ISO 8601, with the precision that it came with; `Incomplete` where it is none."""
    found = read_date(text.strip())
    if isinstance(found, Misread):
        raise Incomplete(f"“{text}” is not {DATE_EXPECTED}.", code="no-date")
    return found


def ends_episode(state: str) -> bool:
    """Whether custody with us is over in this state, until somebody is taken again."""
    return state in _ENDED


def open_to(state: str) -> tuple[Event, ...]:
    """The events that officers can record of somebody in `state`."""
    return tuple(event for event in BY_OFFICERS if state in RULES[event].starts)
