"""An agreement as data: few parts that combine.

A file holds one agreement in numbered versions; `load` resolves amendments, so that every `Version`
carries its whole set of clauses. Six forms of clause say everything:

count     how much of a flow: people, remains, things, or value units, in a window, for each phase or day
total     a sum of counts that is reported; no part of it stands in for another
every     what must be true of each person in a flow (`none` is the negation)
act       what an actor must, may or must never do, once or for each person
order     what comes before, together with, or in turn with what
priority  who goes before whom

Directions are always written holder -> receiver. All facts are rows of one table (see `facts`): people
received are rows whose event is `received`; people held are rows whose event is `held`; payments, orders,
refusals and declarations are rows with an event of their own. So "all for all" is a count against `held`
rows, money is a count on the track `things`, and a deadline is a moment counted from an event.

Everything here is frozen. Places (`line`, 1-based) point into the file for messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from obmin.core.terms.clauses import (
    ALWAYS,
    Act,
    Amount,
    Clause,
    Count,
    Every,
    Flow,
    Form,
    Key,
    Linear,
    Modality,
    Moment,
    Order,
    Phase,
    Population,
    Priority,
    Reading,
    Relation,
    Term,
    Total,
    Track,
    ValueTable,
    Window,
)
from obmin.core.terms.standard import EVENTS
from obmin.core.terms.tree import EVERYBODY, All, Any, Is, Judged, Known, Not, Predicate, Tagged, Within
from obmin.core.terms.words import HELD, NOTHING, RECEIVED, SIGNED, Text

__all__ = [
    "ALWAYS",
    "EVERYBODY",
    "HELD",
    "RECEIVED",
    "SIGNED",
    "Act",
    "Agreement",
    "All",
    "Amount",
    "Answer",
    "Any",
    "Clause",
    "Count",
    "Every",
    "Flow",
    "Form",
    "Hostilities",
    "Is",
    "Judged",
    "Key",
    "Known",
    "Linear",
    "Modality",
    "Moment",
    "Not",
    "Order",
    "Party",
    "Phase",
    "Population",
    "Predicate",
    "Priority",
    "Reading",
    "Relation",
    "Said",
    "Tagged",
    "Talk",
    "Term",
    "Text",
    "Total",
    "Track",
    "ValueTable",
    "Version",
    "Window",
    "Within",
]


class Hostilities(StrEnum):
    """Once active hostilities have ceased no reciprocal term can be composed (Art. 118, I-4)."""

    ACTIVE = "active"
    CEASED = "ceased"


@dataclass(frozen=True, slots=True)
class Party:
    """`code` is ISO 3166-1 alpha-3 for a state, else a short word in capitals. `signs`: bound by signature."""

    code: str
    name: Text
    roles: tuple[str, ...] = ()
    signs: bool = True
    line: int = 0


class Answer(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody proposed, with the answer it got, or claimed, with its source; nothing is due."""

    by: str
    says: Text
    answer: Answer | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A session of the talks behind an agreement, for whoever reads it later; no verdict hangs on it."""

    says: Text
    day: date | None = None
    place: Text = NOTHING
    delegations: tuple[Text, ...] = ()
    proposals: tuple[Said, ...] = ()
    claims: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """The whole agreement as it stood from `agreed` on.

    beside: flows of people who go home besides, outside every count. Art. 110 direct cases (`health` is
    `direct`) are always beside, whether or not a file says so (I-2, I-3).
    """

    number: int
    agreed: date
    basis: Text
    clauses: tuple[Clause, ...]
    phases: tuple[Phase, ...] = ()
    beside: tuple[Flow, ...] = ()
    line: int = 0

    def clause(self, id: str) -> Clause:
        """The clause with this id; KeyError if there is none."""
        for clause in self.clauses:
            if clause.id == id:
                return clause
        raise KeyError(id)

    def phase(self, id: str) -> Phase:
        """The phase with this id; KeyError if there is none."""
        for phase in self.phases:
            if phase.id == id:
                return phase
        raise KeyError(id)


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement with all its versions, oldest first.

    historic    verified and explained as history; never composed or executed
    events      (event id, words) of every event that clauses speak of
    places      path into the file -> (line, column), for messages
    populations, tables   by id
    """

    id: str
    title: Text
    concluded: date
    parties: tuple[Party, ...]
    versions: tuple[Version, ...]
    actors: tuple[Party, ...] = ()
    place: Text = NOTHING
    hostilities: Hostilities = Hostilities.ACTIVE
    historic: bool = False
    historic_reason: Text = NOTHING
    events: tuple[tuple[str, Text], ...] = ()
    populations: tuple[Population, ...] = ()
    tables: tuple[ValueTable, ...] = ()
    sources: tuple[str, ...] = ()
    talks: tuple[Talk, ...] = ()
    parent: str = ""
    file: str = ""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def version(self, number: int | None = None) -> Version:
        """The version with this number, or the latest; KeyError if there is none."""
        if number is None:
            return self.versions[-1]
        for version in self.versions:
            if version.number == number:
                return version
        raise KeyError(number)

    def population(self, id: str) -> Population:
        for population in self.populations:
            if population.id == id:
                return population
        raise KeyError(id)

    def table(self, id: str) -> ValueTable:
        for table in self.tables:
            if table.id == id:
                return table
        raise KeyError(id)

    def place_of(self, *path: str) -> tuple[int, int]:
        """Line and column of a path into the file (`versions.0.clauses.2`, `count`), or of what is above it."""
        steps = ".".join(p for p in path if p).split(".")
        while steps:
            if (found := self.places.get(".".join(steps))) is not None:
                return found
            steps.pop()
        return (1, 1)

    def words(self, code: str) -> Text:
        """The name of a party or actor, or the words of an event; the code itself if there are none."""
        for party in (*self.parties, *self.actors):
            if party.code == code:
                return party.name
        return next((text for event, text in self.events if event == code), EVENTS.get(code, Text(code)))
