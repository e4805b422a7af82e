"""Everything ever published, as statements about unknown counts, and what a reader could work out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linprog

from obmin.core.disclosure.figures import BASE, LEAST, Figure, Table
from obmin.core.errors import Refused

_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Statement:
    """One published thing: the people in `cells` together are between `low` and `high`.

    A cell is `EXCHANGE/DIMENSION/VALUE`, or `EXCHANGE` for all of an exchange.
    """

    cells: frozenset[str]
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was published, in order; nothing is ever taken out."""

    said: tuple[Statement, ...] = ()

    def with_more(self, more: Iterable[Statement]) -> Ledger:
        return Ledger((*self.said, *(one for one in more if one not in self.said)))


@dataclass(frozen=True, slots=True)
class Inference:
    """What a reader can work out of a small cell: that it lies between `low` and `high`."""

    cell: str
    low: int
    high: int


def statements(figures: Iterable[Figure], tables: Iterable[Table]) -> list[Statement]:
    """What figures and breakdowns state. A shown cell says: within one rounding step of this number."""
    said = [Statement(frozenset({f.exchange}), f.total, f.total) for f in figures]
    for table in tables:
        said += [
            Statement(
                frozenset({f"{table.exchange}/{table.dimension}/{cell}"}),
                max(0, value - BASE + 1),
                value + BASE - 1,
            )
            for cell, value in table.shown.items()
        ]
    return said


def infer(
    ledger: Ledger, truth: Mapping[str, Mapping[str, Mapping[str, int]]], least: int = LEAST
) -> list[Inference]:
    """The small cells that a reader of the whole ledger can place too closely.

    `truth` gives by exchange, dimension and value the real counts; dimensions of one exchange have the
    same sum. A cell below `least`, or leaving a rest below it, must stay possible over a span of at least
    `least` people. The reader is assumed to know every category, and no count but those published.
    Raises `Refused` (`contradiction`) if what was published cannot all be true.
    """
    names, rows, sums = _unknowns(ledger, truth)
    found: list[Inference] = []
    for exchange, dimensions in sorted(truth.items()):
        for dimension, cells in sorted(dimensions.items()):
            total = sum(cells.values())
            for value, count in sorted(cells.items()):
                if count >= least and total - count >= least:
                    continue
                cell = f"{exchange}/{dimension}/{value}"
                low, high = _range(names[cell], len(names), rows, sums)
                if high - low < least:
                    found.append(Inference(cell, low, high))
    return found


_Row = tuple[np.ndarray, int, int]


def _unknowns(
    ledger: Ledger, truth: Mapping[str, Mapping[str, Mapping[str, int]]]
) -> tuple[dict[str, int], list[_Row], list[np.ndarray]]:
    names: dict[str, int] = {}
    said = {cell for one in ledger.said for cell in one.cells}
    for exchange in sorted(set(truth) | {cell.split("/")[0] for cell in said}):
        names.setdefault(exchange, len(names))
        for dimension, cells in sorted(truth.get(exchange, {}).items()):
            for value in sorted(cells):
                names.setdefault(f"{exchange}/{dimension}/{value}", len(names))
    for cell in sorted(said):
        names.setdefault(cell, len(names))
    rows: list[_Row] = []
    for one in ledger.said:
        row = np.zeros(len(names))
        row[[names[cell] for cell in sorted(one.cells)]] = 1.0
        rows.append((row, one.low, one.high))
    sums: list[np.ndarray] = []
    for exchange, dimensions in sorted(truth.items()):
        for dimension, cells in sorted(dimensions.items()):
            row = np.zeros(len(names))
            row[[names[f"{exchange}/{dimension}/{value}"] for value in sorted(cells)]] = 1.0
            row[names[exchange]] = -1.0
            sums.append(row)
    return names, rows, sums


def _range(target: int, width: int, rows: Sequence[_Row], sums: Sequence[np.ndarray]) -> tuple[int, int]:
    """The least and the greatest whole number of people that the target can stand for."""
    above = [row for row, _, _ in rows] + [-row for row, _, _ in rows]
    limits = [high for _, _, high in rows] + [-low for _, low, _ in rows]
    ends: list[int] = []
    for sign in (1.0, -1.0):
        aim = np.zeros(width)
        aim[target] = sign
        answer = linprog(
            aim,
            A_ub=np.array(above) if above else None,
            b_ub=np.array(limits) if above else None,
            A_eq=np.array(sums) if sums else None,
            b_eq=np.zeros(len(sums)) if sums else None,
            bounds=(0, 1_000_000),
            method="highs",
        )
        if answer.fun is None:
            raise Refused("What was published cannot all be true.", code="contradiction")
        end = sign * answer.fun
        ends.append(int(np.ceil(end - _TINY)) if sign > 0 else int(np.floor(end + _TINY)))
    return ends[0], ends[1]
