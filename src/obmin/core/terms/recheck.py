"""Lists held against changed terms: what a list kept before and would break now."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from obmin.core.terms.fit import Fit, ListFit, fit
from obmin.core.terms.model import Agreement


@dataclass(frozen=True, slots=True)
class Broken:
    """What a change of terms breaks in a list, by clause (`T1@P2` for one phase, `I-n` for a guard).

    lines   ids of the people whose line broke nothing of this clause before
    number  the amount of the clause was met before and is not now
    """

    clause: str
    lines: tuple[str, ...]
    number: bool


def recheck(
    before: tuple[Agreement, int], after: tuple[Agreement, int], people: pl.DataFrame, party: str
) -> list[Broken]:
    """What the list of `party` breaks under `after` and did not under `before`, in the order of the clauses."""
    old, new = (fit(agreement, people, party, version) for agreement, version in (before, after))
    known_lines, known_numbers = _lines(old), _numbers(old)
    lines = [pair for pair in _lines(new) if pair not in known_lines]
    numbers = [clause for clause in _numbers(new) if clause not in known_numbers]
    clauses = dict.fromkeys([*(clause for clause, _ in lines), *numbers])
    return [Broken(c, tuple(i for of, i in lines if of == c), c in numbers) for c in clauses]


def _lines(found: ListFit) -> dict[tuple[str, str], None]:
    rows = found.table.filter(pl.col("fit") == Fit.BREAKS).select("clause", pl.col("id").fill_null(""))
    return dict.fromkeys(rows.iter_rows())


def _numbers(found: ListFit) -> list[str]:
    return [w.clause for w in found.whole if w.fit is Fit.BREAKS]
