"""What the Detaining Power owes for each thing that happens to somebody in its hands, to whom and by when.

The Third Geneva Convention: notices to the National Information Bureau (Art. 122) and to the Central Tracing
Agency (Art. 123), the capture card at once and within a week of reaching any camp, again at sickness,
hospital or another camp (Art. 70), the health of the seriously ill every week (Art. 122), an inspection with
the weight every month (Art. 31). That a first notice alarms after 24 and after 72 hours is our own choice:
the Convention says "within the shortest possible period".
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from obmin.core.custody import Event


class Kind(StrEnum):
    """What a notice tells."""

    CAPTURE = "capture"
    TRANSFER = "transfer"
    HOSPITAL = "hospital"
    ESCAPE = "escape"
    RECAPTURE = "recapture"
    NEUTRAL = "neutral-internment"
    RELEASE = "release"
    REPATRIATION = "repatriation"
    DEATH = "death"
    CARD = "card"  # form B of Annex IV
    HEALTH = "health"  # of somebody in hospital, again and again


class To(StrEnum):
    BUREAU = "bureau"  # the National Information Bureau, which tells the Powers concerned
    AGENCY = "agency"  # the Central Tracing Agency; it passes the card to the family, too


class Standing(StrEnum):
    """How a deadline stands, the gravest first."""

    GRAVE = "grave"  # a notice that is three days old
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


ALERT: Final = timedelta(hours=24)
GRAVE: Final = timedelta(hours=72)
CARD_WITHIN: Final = timedelta(days=7)
HEALTH_EVERY: Final = timedelta(days=7)
ARTICLE: Final[Mapping[Kind, str]] = dict.fromkeys(Kind, "122, 123") | {Kind.CARD: "70", Kind.HEALTH: "122"}

_TELLS: Final[Mapping[Event, Kind]] = {
    Event.CAPTURE: Kind.CAPTURE,
    Event.DEPARTURE: Kind.TRANSFER,
    Event.HOSPITAL: Kind.HOSPITAL,
    Event.ESCAPE: Kind.ESCAPE,
    Event.RECAPTURE: Kind.RECAPTURE,
    Event.NEUTRAL: Kind.NEUTRAL,
    Event.RELEASE: Kind.RELEASE,
    Event.REPATRIATION: Kind.REPATRIATION,
    Event.DEATH: Kind.DEATH,
}
_NEW_CARD: Final = frozenset({Event.CAPTURE, Event.ARRIVAL, Event.HOSPITAL, Event.RECAPTURE})
_LIMITS: Final[Mapping[Kind, timedelta]] = {Kind.CARD: CARD_WITHIN, Kind.HEALTH: HEALTH_EVERY}


@dataclass(frozen=True, slots=True)
class Owed:
    """One notice: what it tells, to whom."""

    kind: Kind
    to: To

    @property
    def within(self) -> timedelta:
        """How long after its clock began it is late."""
        return _LIMITS.get(self.kind, ALERT)


def owed(event: Event) -> tuple[Owed, ...]:
    """The notices that an event makes, in the order of their haste; none, for what Article 122 does not name.

    A reported death makes none: it is nobody's fact yet.
    """
    found = [Owed(_TELLS[event], to) for to in To] if event in _TELLS else []
    if event in _NEW_CARD:
        found.append(Owed(Kind.CARD, To.AGENCY))
    if event is Event.HOSPITAL:
        found.append(Owed(Kind.HEALTH, To.BUREAU))
    return tuple(found)


def begins(on: str, written: datetime) -> datetime:
    """When the clock of an event began: at the end of the day that it happened on, or when it was written down.

    `on` is ISO 8601, perhaps a month or a year only: then nobody knows the day, and the writing counts, as it
    does for a day that is not over.
    """
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return written
    return min(written, datetime.combine(day, time(), UTC) + timedelta(days=1))


def due(notice: Owed, began: datetime) -> datetime:
    """The moment from which a notice is late."""
    return began + notice.within


def standing(kind: Kind, due_at: datetime, now: datetime) -> Standing:
    """How a deadline stands at `now`; only a first notice turns grave."""
    if now >= due_at:
        late = kind not in _LIMITS and now >= due_at - ALERT + GRAVE
        return Standing.GRAVE if late else Standing.OVERDUE
    if due_at.date() == now.date():
        return Standing.TODAY
    return Standing.WEEK if due_at - now <= timedelta(days=7) else Standing.LATER


def again(kind: Kind, state: str, sent: datetime) -> datetime | None:
    """When the same notice is due once more after it was sent, of somebody in `state`; `None`: never."""
    return sent + HEALTH_EVERY if kind is Kind.HEALTH and state == "HOSPITAL" else None


def inspected_by(last: datetime) -> datetime:
    """The moment from which the monthly inspection is late, after the last one or after registration."""
    year, month = last.year + last.month // 12, last.month % 12 + 1
    return last.replace(year=year, month=month, day=min(last.day, monthrange(year, month)[1]))
