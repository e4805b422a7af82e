"""Problems of an agreement at their places in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from obmin.core.errors import Problem
from obmin.core.terms.model import (
    Act,
    Agreement,
    Amount,
    Clause,
    Count,
    Every,
    Flow,
    Form,
    Not,
    Order,
    Priority,
    Total,
    Version,
)


@dataclass
class Report:
    """Collects problems of one version at their places."""

    agreement: Agreement
    version: Version
    position: int
    problems: list[Problem] = field(default_factory=list)

    @property
    def phases_path(self) -> str:
        """Where the phases of this version stand: in it, or in the version that it took them from."""
        for position in range(self.position, -1, -1):
            if f"versions.{position}.phases" in self.agreement.places:
                return f"versions.{position}.phases"
        return f"versions.{self.position}"

    def at(self, path: str, found: str, expected: str) -> None:
        line, column = self.agreement.place_of(path)
        problem = Problem(self.agreement.file, line, column, found, expected)
        if problem not in self.problems:
            self.problems.append(problem)

    def clause(self, clause: Clause, key: str, found: str, expected: str) -> None:
        self.at(f"{clause.path}.{key}" if key else clause.path, f"clause {clause.id}: {found}", expected)


def key_of(form: Form) -> str:
    """The key under which a form stands in the file."""
    match form:
        case Count():
            return "count"
        case Total():
            return "total"
        case Every():
            return "none" if isinstance(form.that, Not) else "every"
        case Act():
            return form.modality.value
        case Order():
            return "order"
        case Priority():
            return "priority"


def forms(clause: Clause) -> Iterator[tuple[str, Form]]:
    """The form of a clause and of each reading, with its key in the file."""
    if clause.form is not None:
        yield key_of(clause.form), clause.form
    for position, reading in enumerate(clause.readings):
        yield f"readings.{position}.{key_of(reading.form)}", reading.form


def flow_of(form: Form) -> Flow | None:
    match form:
        case Count(flow=flow) | Every(flow=flow) | Priority(flow=flow):
            return flow
        case Act(for_each=flow):
            return flow
        case _:
            return None


def bounds(amount: Amount) -> tuple[Fraction | None, Fraction | None]:
    """The numbers of an amount, where no other clause enters."""
    low = amount.low.number if amount.low is not None else None
    high = amount.high.number if amount.high is not None else None
    return low, high
