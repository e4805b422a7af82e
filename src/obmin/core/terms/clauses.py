"""What a clause is made of: flows, amounts, moments, and the six forms over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from obmin.core.terms.tree import EVERYBODY, Predicate
from obmin.core.terms.words import NOTHING, RECEIVED, UNIT, Text


class Track(StrEnum):
    """What moves. Tracks have quotas of their own and never stand in for each other (I-9)."""

    MILITARY = "military"
    RETAINED = "retained"
    CIVILIAN = "civilian"
    UNDETERMINED = "undetermined"  # protected and counted as a prisoner of war (Art. 5, I-23)
    REMAINS = "remains"
    THINGS = "things"  # money, goods, maps, information: amounts, never people
    PEOPLE = "people"  # undivided: only in historic agreements that made no distinction


# -- time -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or so many days and hours after an event or after a clause was met.

    Exactly one of `day` and `after` is set. `after` names an event of the agreement, a clause id (the
    moment when its amount was reached) or `signed`. An event that nobody recorded never came: whatever
    hangs on it stays open.
    """

    day: date | None = None
    after: str | None = None
    days: int = 0
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` until `end`, both included; either may be open."""

    start: Moment | None = None
    end: Moment | None = None


ALWAYS = Window()


@dataclass(frozen=True, slots=True)
class Phase:
    """A named part of the execution: `P1`, its window (one day: start == end), a label.

    `forecast` means that the date was hoped for, not promised: no verdict hangs on it.
    """

    id: str
    window: Window
    label: Text = NOTHING
    forecast: bool = False

    @property
    def day(self) -> date | None:
        """The day of a phase that was fixed to one day."""
        start, end = self.window.start, self.window.end
        return start.day if start is not None and start == end else None


# -- amounts ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """`times` for each unit measured under another count clause."""

    times: Fraction
    of: str


@dataclass(frozen=True, slots=True)
class Linear:
    """A number and prices: constant + Σ times × (what the named clauses measured)."""

    constant: Fraction = Fraction(0)
    terms: tuple[Term, ...] = ()

    @property
    def number(self) -> Fraction | None:
        """The number, if no other clause enters."""
        return None if self.terms else self.constant


@dataclass(frozen=True, slots=True)
class Amount:
    """How much. Both bounds `None` and no `population`: left open by the parties (`open: true`).

    low, high    exactly n when equal; over-delivery of a mere floor is no breach
    about        a vague number: `judge` says whether it was met; without a verdict of his: cannot tell
    population   "all": everybody of this declared population (its name), judged against `held` rows
    """

    low: Linear | None = None
    high: Linear | None = None
    about: Fraction | None = None
    judge: str | None = None
    population: str | None = None

    @property
    def is_open(self) -> bool:
        return self.low is None and self.high is None and self.about is None and self.population is None

    @property
    def exactly(self) -> int | None:
        """The number of an exact amount that hangs on no other clause."""
        if self.low is None or self.low != self.high or self.low.number is None:
            return None
        return int(self.low.number)

    @property
    def minimum(self) -> int | None:
        return None if self.low is None or self.low.number is None else int(self.low.number)

    @property
    def maximum(self) -> int | None:
        return None if self.high is None or self.high.number is None else int(self.high.number)


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Units of value for ranks: `values` maps the text of `column` to units; `other` for the rest.

    Only for able-bodied soldiers (checked); `other` is `None` where an unlisted rank has no value.
    """

    id: str
    column: str
    values: tuple[tuple[str, Fraction], ...]
    other: Fraction | None = None
    unit: Text = UNIT


@dataclass(frozen=True, slots=True)
class Population:
    """Who "all" are: whom, held by whom, attested as of which day and confirmed by whom."""

    id: str
    held_by: tuple[str, ...]
    tracks: tuple[Track, ...]
    who: Predicate
    as_of: Moment | None
    confirmed_by: tuple[str, ...] = ()


# -- clauses ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flow:
    """Which rows of the table: event, from any of `holders` to any of `receivers`, tracks, who.

    Empty `holders`, `receivers` or `tracks` mean any. `named` are the `id`s or `name`s of people who are
    meant one by one; empty means nobody in particular. `beside` rows (see `Version.beside`) are never part
    of a flow, unless the flow is itself `outside` the count.
    """

    holders: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    tracks: tuple[Track, ...] = ()
    who: Predicate = EVERYBODY
    named: tuple[str, ...] = ()
    event: str = RECEIVED
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """So much of a flow.

    by_phase   (phase id, amount) for each phase, besides the amount of the whole
    per_day    the amount holds for each day of the window (a pace)
    value      the table whose units are summed instead of heads
    excuses    events (`refused`, `unfit`, `died` …) by which a person who does not come is excused: a
               shortfall covered by such rows is excused, not broken
    selected_by, approved_by   who picks the names, who must agree (codes of parties and actors)
    """

    flow: Flow
    amount: Amount
    by_phase: tuple[tuple[str, Amount], ...] = ()
    per_day: bool = False
    value: str | None = None
    excuses: tuple[str, ...] = ()
    selected_by: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """A reported sum of counts: `of` are clause ids. It never lets one count stand in for another."""

    of: tuple[str, ...]
    amount: Amount
    by_phase: tuple[tuple[str, Amount], ...] = ()


@dataclass(frozen=True, slots=True)
class Every:
    """Of each person in the flow `that` is true. An exclusion is `that = Not(…)` (`none:` in the file)."""

    flow: Flow
    that: Predicate


class Modality(StrEnum):
    MUST = "must"
    MAY = "may"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Act:
    """An actor must, may or must never do something.

    event      the event of the agreement that records it; a denial of what one may do is recorded by the
               same event with `-denied` behind it
    actors     who does it (any of them); empty: anyone
    toward     to whom
    for_each   if set, once for each person of the flow (interview, pardon, check), matched by `id`
    """

    modality: Modality
    event: str
    actors: tuple[str, ...] = ()
    toward: tuple[str, ...] = ()
    for_each: Flow | None = None


class Relation(StrEnum):
    BEFORE = "before"  # all of `first` is complete before any of `then` begins
    TOGETHER = "together"  # begin within `hours` of each other (0: on the same day)
    IN_TURN = "in-turn"  # first, then, first, then …, by days


@dataclass(frozen=True, slots=True)
class Order:
    """`first` and `then` are clause ids and event ids."""

    relation: Relation
    first: tuple[str, ...]
    then: tuple[str, ...]
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: people for whom `who` is true come first, or `column` ascending or descending.

    Exactly one of `who` and `column` is set. Columns as in `Within`; unknown values come last.
    """

    who: Predicate | None = None
    column: str | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Priority:
    """Inside the flow people go in the order of `keys`: nobody left behind stood before one who went."""

    flow: Flow
    keys: tuple[Key, ...]


Form = Count | Total | Every | Act | Order | Priority


@dataclass(frozen=True, slots=True)
class Reading:
    """How one party understands a clause: its code and the form that it would have."""

    by: str
    form: Form


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: a stable id, the words agreed, a form, and when it binds.

    form         `None` where it stands `unsaid`, with the reason
    readings     other understandings; each gets a verdict of its own
    window       when it is due; `Count` with phases takes its dates from them
    given        events all of which must have happened for the clause to bind (`if` in the file)
    unless       events any of which lifts it
    owed_by      who answers for it, if not the holder of the flow or the actor
    sealed       events until which the numbers stay secret: no verdict before
    """

    id: str
    says: Text
    form: Form | None
    readings: tuple[Reading, ...] = ()
    window: Window = ALWAYS
    given: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    owed_by: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    unsaid: Text = NOTHING
    line: int = 0
    path: str = ""  # where it stands in the file, such as versions.1.clauses.3
