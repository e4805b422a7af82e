"""Whole-number programs solved level by level with HiGHS: each level keeps what the earlier ones reached.

Work is limited in nodes, never in seconds, and on one thread, so that the same problem gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Level:
    """What one level reached: `bound` is proven, `optimal` says that they meet."""

    name: str
    objective: float
    bound: float
    optimal: bool


@dataclass(slots=True)
class Program:
    """Columns and rows, gathered one by one; all columns are whole numbers unless said otherwise."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, float, list[int], list[float]]] = field(default_factory=list)

    def column(self, upper: float = INFINITY, *, lower: float = 0.0, whole: bool = True) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, terms: Mapping[int, float], *, least: float = -INFINITY, most: float = INFINITY) -> None:
        live = {c: v for c, v in terms.items() if v != 0}
        if live:
            self.rows.append((least, most, list(live), list(live.values())))
        elif least > 0 or most < 0:
            raise ValueError("a row without columns that cannot hold")

    def solve(
        self, levels: Sequence[tuple[str, Mapping[int, float]]], *, start: Mapping[int, int], nodes: int
    ) -> tuple[list[int], list[Level]]:
        """Values of the columns after the last level, and what each level reached.

        Each level minimises its terms. `start` gives the columns that are not 0 in an answer that keeps every
        row, however poor: whatever the limit, the result is no worse. `nodes` limits each level's search.
        """
        values = [start.get(column, 0) for column in range(len(self.lower))]
        if not values:
            return [], [Level(name, 0.0, 0.0, True) for name, _ in levels]
        highs = _build(self)
        highs.setOptionValue("mip_max_nodes", int(nodes))
        every = np.arange(len(values), dtype=np.int32)
        reached: list[Level] = []
        for name, terms in levels:
            cost = np.zeros(len(values))
            for column, weight in terms.items():
                cost[column] += weight
            highs.changeColsCost(len(every), every, cost)
            known = highspy.HighsSolution()
            known.col_value = [float(v) for v in values]
            highs.setSolution(known)
            if highs.run() == highspy.HighsStatus.kError:
                raise RuntimeError(f"HiGHS could not work on the level {name}")
            info = highs.getInfo()
            if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
                found = [round(v) for v in np.asarray(highs.getSolution().col_value).tolist()]
                if np.dot(cost, found) <= np.dot(cost, values):
                    values = found
            objective = float(np.dot(cost, values))
            optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
            bound = objective if optimal else min(objective, float(info.mip_dual_bound))
            reached.append(Level(name, objective, bound, optimal))
            used = np.flatnonzero(cost).astype(np.int32)
            if len(used):
                highs.addRow(-highspy.kHighsInf, objective + 1e-6, len(used), used, cost[used])
        return values, reached


def _build(program: Program) -> highspy.Highs:
    highs: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("parallel", "off")
    highs.setOptionValue("random_seed", 0)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 1e-6)
    count = len(program.lower)
    highs.addVars(count, np.array(program.lower), np.array(program.upper))
    every = np.arange(count, dtype=np.int32)
    kinds = [
        highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous for whole in program.whole
    ]
    highs.changeColsIntegrality(count, every, np.array(kinds))
    starts = np.cumsum([0] + [len(r[2]) for r in program.rows])[:-1].astype(np.int32)
    index = np.array([c for r in program.rows for c in r[2]], dtype=np.int32)
    value = np.array([v for r in program.rows for v in r[3]], dtype=np.float64)
    least = np.array([r[0] for r in program.rows])
    most = np.array([r[1] for r in program.rows])
    highs.addRows(len(program.rows), least, most, len(index), starts, index, value)
    return highs
