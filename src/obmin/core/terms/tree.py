"""Predicates: small trees over the columns of a register. `predicates` evaluates them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Is:
    """The column has one of the values (text, compared as the register codes it)."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The column lies between two bounds; a bound that is `None` is open.

    Bounds are numbers (`age`, `captive_days`, any numeric column), ISO dates (date columns) or rank codes
    (`rank_code`, ordered OR-1 < … < OR-9 < OF-1 < … < OF-10). `low_in`, `high_in`: the bound is included.
    `age` is in completed years and `captive_days` in days, both judged on a date (`Judged`).
    """

    column: str
    low: str | None
    high: str | None
    low_in: bool = True
    high_in: bool = True


@dataclass(frozen=True, slots=True)
class Tagged:
    """One of the words stands in `tags` (or another column of words separated by `;`).

    A tag that is missing is false, not unknown; an empty cell is unknown.
    """

    words: tuple[str, ...]
    column: str = "tags"


@dataclass(frozen=True, slots=True)
class Known:
    """The column is filled (never itself unknown)."""

    column: str


@dataclass(frozen=True, slots=True)
class Not:
    of: Predicate


@dataclass(frozen=True, slots=True)
class All:
    """All hold; empty is true."""

    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one holds; empty is false."""

    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The inner predicate is judged on a fixed date instead of the day of the handover."""

    of: Predicate
    day: date


Predicate = Is | Within | Tagged | Known | Not | All | Any | Judged
EVERYBODY: Final = All(())
