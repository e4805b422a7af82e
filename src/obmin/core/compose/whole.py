"""From fractions of people to whole people, and the bound that no list can exceed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import floor
from typing import Final

import numpy as np

from obmin.core.compose.engine import Linear, Reals, Solved
from obmin.core.compose.engine import solve as run
from obmin.core.compose.problem import Whole
from obmin.core.compose.units import Index

NEAR: Final = 1e-6


class NoList(Exception):
    """No choice of candidates satisfies the rows. `relaxed`: not even with fractions of people."""

    def __init__(self, *, relaxed: bool) -> None:
        super().__init__("no list satisfies the rows")
        self.relaxed = relaxed


class Hoped(Exception):
    """A value that a relaxed problem promised is reached by no whole list."""


def near(value: float) -> float:
    """How far from a whole number a value of this size still counts as one."""
    return NEAR * max(1.0, abs(value) * 1e-3)


def promised(solved: Solved) -> int | None:
    """The value of a relaxed problem, if it is a whole number."""
    nearest = round(solved.objective)
    return nearest if abs(solved.objective - nearest) <= near(nearest) else None


def whole_list(
    linear: Callable[[], Linear], cost: Whole, solved: Solved, nodes: int, *, owed: bool
) -> tuple[Index, int]:
    """Whole numbers of people, and the bound that nothing can exceed.

    A column whose reduced cost exceeds the distance to the relaxed optimum cannot move in anything better,
    so the mixed problem needs only the others: first those within a narrow distance, then, if its optimum
    lies lower, those within the distance that it left. Raises NoList, or Hoped if a value is still `owed`.
    """
    if solved.whole:
        values = np.round(solved.values).astype(np.int64)
        return values, int(cost @ values)
    problem = linear()
    top = solved.objective + near(solved.objective)
    reach = solved.objective - floor(top) + float(np.max(np.abs(cost), initial=1))
    widest = float(np.max(np.abs(solved.duals), initial=0.0))
    while True:
        mixed = run(_narrow(problem, solved, reach), whole=True, nodes=nodes)
        if mixed.values.size == 0:
            if reach > widest:
                raise Hoped if owed else NoList(relaxed=False)
            reach *= 8
            continue
        values = np.round(mixed.values).astype(np.int64)
        left = solved.objective - float(cost @ values)
        if left <= reach or reach > widest:
            bound = int(cost @ values) if mixed.status == "optimal" else floor(min(top, mixed.bound + NEAR))
            return values, bound
        reach = left


def _narrow(linear: Linear, solved: Solved, reach: float) -> Linear:
    """The same problem with every column fixed that cannot matter within `reach` of the relaxed optimum."""
    still = np.abs(solved.duals) <= reach + NEAR
    fixed: Reals = np.round(solved.values)
    return replace(linear, low=np.where(still, linear.low, fixed), high=np.where(still, linear.high, fixed))
