"""One call of HiGHS: a linear or mixed problem in, numbers out. Stops by work, never by the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, vstack

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

ITERATIONS: Final = 5_000_000
NODES: Final = 200_000
HIGHS: Final = version("highspy")
STATUS: Final = (
    highspy.HighsBasisStatus.kLower,
    highspy.HighsBasisStatus.kBasic,
    highspy.HighsBasisStatus.kUpper,
)
WHOLE: Final = 1e-6  # how far from a whole number still counts as one


@dataclass(frozen=True, slots=True)
class Solved:
    """`status`: optimal, infeasible or limit. `bound` is the best that could still exist (maximising)."""

    status: str
    values: Reals
    duals: Reals  # reduced cost of each column; empty after a mixed problem
    objective: float
    bound: float
    work: int
    prices: Reals = field(default_factory=lambda: np.zeros(0))  # dual of each row, as `duals`
    basic: Whole = field(default_factory=lambda: np.zeros(0, np.int64))  # columns; rows as -1 - row
    whole: bool = True  # every value is a whole number


@dataclass(frozen=True, slots=True)
class Linear:
    """maximise cost·x, row_low ≤ matrix x ≤ row_high, low ≤ x ≤ high."""

    cost: Reals
    low: Reals
    high: Reals
    matrix: csc_matrix
    row_low: Reals
    row_high: Reals


def solve(problem: Linear, *, whole: bool, nodes: int = NODES) -> Solved:
    """The optimum; with `whole` every column is a whole number and the cost is one, too."""
    if (told := _at_a_glance(problem)) is not None:
        return told
    h = _solver(problem, whole, nodes)
    h.run()
    return _solved(h, whole)


class Chain:
    """One linear problem under one objective after the other, each from the vertex where the last one ended."""

    def __init__(self, problem: Linear) -> None:
        self._linear = problem
        self._kept: tuple[tuple[Whole, float], ...] = ()  # rows that came after
        self._told = _at_a_glance(problem)
        self._solver = None if self._told else _solver(problem, False, NODES)

    @property
    def standing(self) -> Callable[[], Linear]:
        """The problem as it stands now, for whoever will need it."""
        return partial(_with, self._linear, self._kept)

    def solve(self, cost: Whole) -> Solved:
        """The optimum of this objective over all that has been kept and fixed so far."""
        self._linear = replace(self._linear, cost=cost.astype(float))
        if self._solver is None:
            return self._told or solve(self.standing(), whole=False)
        self._solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), self._linear.cost)
        self._solver.run()
        return _solved(self._solver, False)

    def start(self, columns: Mask, upper: Mask, rows: Mask) -> None:
        """The next solve begins at the vertex where these columns and rows are basic; no proof rests on it.

        upper   of the other columns: those at their upper bound
        It need not be a basis: what is too much or too little is mended.
        """
        if self._solver is None or not self._solver.getNumNz():
            return
        basis, low = highspy.HighsBasis(), self._linear.row_low
        low = np.append(low, [least for _, least in self._kept])
        basis.col_status = [STATUS[i] for i in np.where(columns, 1, np.where(upper, 2, 0)).tolist()]
        basis.row_status = [STATUS[i] for i in np.where(rows, 1, np.where(np.isinf(low), 2, 0)).tolist()]
        basis.valid = basis.alien = True
        self._solver.setBasis(basis)

    def fits(self, values: Reals) -> bool:
        """Whether these whole numbers keep every row and bound."""
        linear = self._linear
        does = linear.matrix @ values
        rows = np.all(does >= linear.row_low - WHOLE) and np.all(does <= linear.row_high + WHOLE)
        kept = all(cost @ values >= least - WHOLE for cost, least in self._kept)
        return bool(rows and kept and np.all(values >= linear.low) and np.all(values <= linear.high))

    def only(self, solved: Solved, zero: float) -> bool:
        """Whether nothing else is as good: whatever is not basic and could move has a price beyond `zero`."""
        linear, basic = self._linear, solved.basic
        loose = (linear.low < linear.high) & (np.abs(solved.duals) <= zero)
        loose[basic[basic >= 0]] = False
        slack = np.abs(solved.prices) <= zero
        slack[: linear.row_low.size] &= linear.row_low < linear.row_high
        slack[-1 - basic[basic < 0]] = False
        return not (loose.any() or slack.any())

    def keep(self, cost: Whole, least: int) -> None:
        """From now on cost·x ≥ least."""
        self._kept += ((cost, float(least)),)
        if self._solver is not None:
            at = np.flatnonzero(cost).astype(np.int32)
            self._solver.addRow(float(least), highspy.kHighsInf, at.size, at, cost[at].astype(float))

    def fix(self, at: NDArray[np.int64], values: NDArray[np.int64]) -> None:
        """From now on these columns have these values."""
        low, high, to = self._linear.low.copy(), self._linear.high.copy(), values.astype(float)
        low[at] = high[at] = to
        self._linear = replace(self._linear, low=low, high=high)
        if self._solver is not None and at.size:
            self._solver.changeColsBounds(at.size, at.astype(np.int32), to, to)


def _with(linear: Linear, kept: tuple[tuple[Whole, float], ...]) -> Linear:
    if not kept:
        return linear
    rows = csc_matrix(np.array([cost for cost, _ in kept], float))
    return replace(
        linear,
        matrix=csc_matrix(vstack([linear.matrix, rows], format="csc")),
        row_low=np.append(linear.row_low, [least for _, least in kept]),
        row_high=np.append(linear.row_high, np.full(len(kept), np.inf)),
    )


def _at_a_glance(problem: Linear) -> Solved | None:
    """The answer where nothing is to be decided."""
    none = np.zeros(0)
    if problem.cost.size == 0:
        fits = bool(np.all(problem.row_low <= 1e-9) and np.all(problem.row_high >= -1e-9))
        return Solved("optimal" if fits else "infeasible", none, none, 0.0, 0.0, 0)
    if np.any(problem.row_low > problem.row_high):
        return Solved("infeasible", none, none, 0.0, 0.0, 0)
    return None


def _solver(problem: Linear, whole: bool, nodes: int) -> highspy.Highs:
    h: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in _options(whole, nodes).items():
        h.setOptionValue(option, value)
    _pass(h, problem, whole)
    return h


def _solved(h: highspy.Highs, whole: bool) -> Solved:
    status, info = h.getModelStatus(), h.getInfo()
    found = h.getSolution()
    work = int(info.simplex_iteration_count) + (int(info.mip_node_count) if whole else 0)
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Solved("infeasible", np.zeros(0), np.zeros(0), 0.0, 0.0, work)
    has = info.primal_solution_status == 2
    values = np.array(found.col_value) if has else np.zeros(0)
    duals = np.array(found.col_dual) if has and not whole else np.zeros(0)
    prices = np.array(found.row_dual) if has and not whole else np.zeros(0)
    bound = info.mip_dual_bound if whole else info.objective_function_value
    name = "optimal" if status == highspy.HighsModelStatus.kOptimal else "limit"
    basic = _basic(h) if has and not whole else np.zeros(0, np.int64)
    even = bool(values.size == 0 or np.max(np.abs(values - np.round(values))) <= WHOLE)
    objective = float(info.objective_function_value)
    return Solved(name, values, duals, objective, float(bound), work, prices, basic, even)


def _basic(h: highspy.Highs) -> Whole:
    if not h.getNumNz():  # solved without a basis; asking for one would end the process
        return np.zeros(0, np.int64)
    status, basic = h.getBasicVariables()  # type: ignore[attr-defined]
    return np.asarray(basic, np.int64) if status == highspy.HighsStatus.kOk else np.zeros(0, np.int64)


def _options(whole: bool, nodes: int) -> dict[str, bool | int | float | str]:
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "simplex_iteration_limit": ITERATIONS,
    }
    if whole:
        options |= {
            "mip_max_nodes": nodes,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 1 - 1e-6,  # costs are whole numbers: a gap below one proves the optimum
            "mip_feasibility_tolerance": WHOLE,
        }
    else:
        options["solver"] = "simplex"
        options["simplex_strategy"] = 0  # dual where the vertex is not feasible yet, else primal
        options["presolve"] = "off"  # measured: the columns are few and all matter; four times as fast
    return options


def _pass(h: highspy.Highs, p: Linear, whole: bool) -> None:
    kind = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
    h.passModel(
        p.cost.size,
        p.row_low.size,
        p.matrix.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        p.cost,
        p.low,
        p.high,
        p.row_low,
        p.row_high,
        p.matrix.indptr.astype(np.int32),
        p.matrix.indices.astype(np.int32),
        p.matrix.data.astype(np.float64),
        np.full(p.cost.size, int(kind), np.int32),
    )
