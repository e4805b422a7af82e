"""Is everything there that a handover needs? Ten areas, each a row; and go or no-go over all of them (I-12).

What cannot be told is never ready. Areas that the law or the invariants bind stop the departure while
anything is missing; kits and families' contacts do not, they only stand at risk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from obmin.core.access import YES, Decision, Role
from obmin.core.planning.places import PlacesPlan
from obmin.core.planning.roster import Duty
from obmin.core.planning.transport import TransportPlan


class Area(StrEnum):
    """The rows of the board, in its order."""

    LISTS = "lists"
    WILL = "will"
    FITNESS = "fitness"
    COURT = "court-consent"
    PLACES = "places"
    STAFF = "staff"
    RIDES = "seats-and-stretchers"
    KITS = "kits"
    GUARANTEES = "guarantees"
    CONTACTS = "families-contacts"
    TRAVEL = "travel"  # will, fitness and court as one, for those who may not know which


class State(StrEnum):
    """Words of the board."""

    READY = "ready"
    RUNNING = "in progress"
    WAITING = "waiting"
    RISK = "at risk"
    STOPPED = "stopped"
    UNKNOWN = "cannot tell"


class Stop(StrEnum):
    """What an obstacle stops."""

    GO = "go"
    BOARDING = "boarding"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Duties:
    """What an area stops, who can clear it, and how many hours before departure a gap becomes a risk."""

    stops: Stop
    clears: tuple[Role, ...]
    lead_hours: int
    missing: str  # English, with {n}


AREAS: Final[Mapping[Area, Duties]] = {
    Area.LISTS: Duties(Stop.GO, (Role.NEGOTIATOR, Role.APPROVER), 48, "{n} of the lists not locked and signed"),
    Area.WILL: Duties(Stop.BOARDING, (Role.INTERVIEWER,), 24, "{n} without a will confirmed in private"),
    Area.FITNESS: Duties(Stop.BOARDING, (Role.MEDICAL,), 24, "{n} without a valid fit-to-travel result"),
    Area.COURT: Duties(Stop.BOARDING, (Role.LEGAL,), 48, "{n} held by a court without the consents"),
    Area.PLACES: Duties(Stop.GO, (Role.PLANNER, Role.SITE), 48, "{n} without a place that serves their need"),
    Area.STAFF: Duties(Stop.GO, (Role.SITE,), 24, "{n} staff missing on the shifts"),
    Area.RIDES: Duties(Stop.GO, (Role.PLANNER, Role.ESCORT), 24, "{n} without a seat or stretcher"),
    Area.KITS: Duties(Stop.NOTHING, (Role.PLANNER,), 24, "{n} sets of clothes and hygiene missing"),
    Area.GUARANTEES: Duties(Stop.GO, (Role.PLANNER,), 24, "{n} safety guarantees not confirmed"),
    Area.CONTACTS: Duties(Stop.NOTHING, (Role.FAMILY,), 24, "{n} families without a named contact"),
}

GROUNDS: Final = (Area.WILL, Area.FITNESS, Area.COURT)
_TRAVEL: Final = Duties(
    Stop.BOARDING, tuple(r for a in GROUNDS for r in AREAS[a].clears), 24, "{n} not cleared yet"
)
_WORST: Final = {State.STOPPED: 0, State.UNKNOWN: 1, State.RISK: 2, State.WAITING: 3, State.RUNNING: 4}


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one area. `None` is not known.

    Of those missing, `waiting` have been asked of somebody who has not answered, and `blocked` cannot come
    right by waiting (a refusal, no place that serves). `lacking` names what is missing where it has names.
    """

    needed: int | None
    confirmed: int | None
    waiting: int = 0
    blocked: int = 0
    lacking: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    area: Area
    needed: int | None
    confirmed: int | None
    missing: int | None
    state: State
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way: what it stops, who can clear it, since when."""

    area: Area
    state: State
    missing: int | None
    stops: Stop
    clears: tuple[Role, ...]
    since: datetime | None
    says: str
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """Ten rows in order, obstacles with the worst first, and the answer."""

    rows: tuple[Row, ...]
    obstacles: tuple[Obstacle, ...]
    go: Decision


def board(facts: Mapping[Area, Fact], *, hours_left: float | None = None) -> Board:
    """The board from what is known; an area without a fact cannot be told. `hours_left` until departure."""
    unknown = Fact(None, None)
    rows = tuple(_row(area, facts.get(area, unknown), hours_left) for area in AREAS)
    obstacles = [_obstacle(row, facts.get(row.area, unknown)) for row in rows if row.state is not State.READY]
    order = {Stop.GO: 0, Stop.BOARDING: 1, Stop.NOTHING: 2}
    obstacles.sort(key=lambda o: (_WORST[o.state], order[o.stops]))  # stable, so equals keep the board's order
    return Board(rows, tuple(obstacles), go_or_not(rows))


def clears(area: Area) -> tuple[Role, ...]:
    """Who can clear what is missing in an area."""
    return _TRAVEL.clears if area is Area.TRAVEL else AREAS[area].clears


def without_grounds(found: Board) -> Board:
    """The board for those who may not know why somebody stays (I-18): will, fitness and court as one line.

    It tells the worst of the three states, and how many the worst of them lacks; not which it is.
    """
    three = [row for row in found.rows if row.area in GROUNDS]
    worst = min(three, key=lambda row: _WORST.get(row.state, 9))
    known = [row.missing for row in three]
    missing = None if None in known else max(number or 0 for number in known)
    needed = max((row.needed or 0 for row in three), default=0)
    confirmed = None if missing is None else needed - missing
    line = Row(Area.TRAVEL, needed, confirmed, missing, worst.state)
    rows = [line if row.area is Area.WILL else row for row in found.rows if row.area not in GROUNDS[1:]]
    first = next((o for o in found.obstacles if o.area in GROUNDS), None)
    obstacles = []
    for one in found.obstacles:
        if one is first:
            says = "travel: cannot tell" if missing is None else _TRAVEL.missing.format(n=missing)
            stops = _TRAVEL.stops
            obstacles.append(Obstacle(Area.TRAVEL, worst.state, missing, stops, _TRAVEL.clears, None, says))
        elif one.area not in GROUNDS:
            obstacles.append(one)
    return Board(tuple(rows), tuple(obstacles), found.go)


def go_or_not(rows: Sequence[Row]) -> Decision:
    """Go, only when every area that stops anything is ready (I-12). All ten rows must be there."""
    state = {row.area: row.state for row in rows}
    closed = [
        area
        for area, duty in AREAS.items()
        if duty.stops is not Stop.NOTHING and state.get(area) is not State.READY
    ]
    if not closed:
        return YES
    words = ", ".join(f"{area.value} ({state.get(area, State.UNKNOWN).value})" for area in closed)
    return Decision(False, "not-ready", f"Not ready: {words}.")


def _row(area: Area, fact: Fact, hours_left: float | None) -> Row:
    missing = None if fact.needed is None or fact.confirmed is None else max(0, fact.needed - fact.confirmed)
    return Row(
        area, fact.needed, fact.confirmed, missing, _state(area, fact, missing, hours_left), fact.lacking
    )


def _state(area: Area, fact: Fact, missing: int | None, hours_left: float | None) -> State:
    if missing is None:
        return State.UNKNOWN
    if missing == 0 and not fact.lacking:
        return State.READY
    binding = AREAS[area].stops is not Stop.NOTHING
    late = hours_left is not None and hours_left <= AREAS[area].lead_hours
    if binding and (fact.blocked > 0 or (hours_left is not None and hours_left <= 0)):
        return State.STOPPED
    if late or fact.blocked > 0:
        return State.RISK
    return State.WAITING if fact.waiting >= max(1, missing) else State.RUNNING


def _obstacle(row: Row, fact: Fact) -> Obstacle:
    duty = AREAS[row.area]
    says = f"{row.area.value}: cannot tell" if row.missing is None else duty.missing.format(n=row.missing)
    return Obstacle(row.area, row.state, row.missing, duty.stops, duty.clears, fact.since, says, row.lacking)


def places_fact(plan: PlacesPlan, *, since: datetime | None = None) -> Fact:
    """Everybody has a place that serves their need; those without cannot get one by waiting."""
    without = len(plan.unplaced)
    lacking = tuple(f"{s.need.value}: {s.people}" for s in plan.shortages)
    return Fact(
        len(plan.assignments) + without, len(plan.assignments), blocked=without, lacking=lacking, since=since
    )


def staff_fact(duties: Iterable[Duty], *, since: datetime | None = None) -> Fact:
    """All shifts of all sites together; one profession not recorded anywhere makes it impossible to tell."""
    rows = list(duties)
    needed = sum(row.needed for row in rows)
    if any(row.missing is None for row in rows):
        lacking = sorted({f"{r.site}: {r.profession} not recorded" for r in rows if r.missing is None})
        return Fact(needed, None, lacking=tuple(lacking), since=since)
    short = [row for row in rows if row.missing]
    lacking = [f"{r.site}, {r.shift}: {r.missing} {r.profession}" for r in short]
    return Fact(needed, needed - sum(r.missing or 0 for r in rows), lacking=tuple(lacking), since=since)


def rides_fact(
    days: Iterable[TransportPlan], *, leads: int | None, medics: int | None, since: datetime | None = None
) -> Fact:
    """A seat or stretcher for everybody on every day, and enough escorts at every hour.

    `leads` and `medics` are how many there are; None makes it impossible to tell.
    """
    plans = list(days)
    left = sum(len(plan.left) for plan in plans)
    carried = sum(len(trip.riders) for plan in plans for trip in plan.trips)
    if leads is None or medics is None:
        return Fact(carried + left, None, lacking=("escorts not recorded",), since=since)
    lacking = []
    for word, have, need in (
        ("escort leads", leads, max((plan.leads for plan in plans), default=0)),
        ("medics", medics, max((plan.medics for plan in plans), default=0)),
    ):
        if have < need:
            lacking.append(f"{need - have} {word}")
    return Fact(carried + left, carried, blocked=left, lacking=tuple(lacking), since=since)


def named_fact(needed: Iterable[str], given: Iterable[str], *, since: datetime | None = None) -> Fact:
    """An area that counts names: who must give a guarantee, and who has. The rest is waited for."""
    must, have = set(needed), set(given)
    lacking = tuple(sorted(must - have))
    return Fact(len(must), len(must & have), waiting=len(lacking), lacking=lacking, since=since)
