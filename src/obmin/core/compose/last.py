"""The last stretch: few are still free, so each has a column of their own, for all levels that are left.

One problem stands in the solver; from level to level only its objective changes, and each level begins at the
vertex where the one before ended, or where the same level ended the last time. Then the lot is drawn, and then
the slots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from obmin.core.compose.bases import EXCESS, KEPT, REACHED, Basis, among
from obmin.core.compose.columns import Cells, Columns, Spread, State, columns, keeping
from obmin.core.compose.engine import NODES, WHOLE, Chain, Linear, Reals, Solved
from obmin.core.compose.lot import ties
from obmin.core.compose.pins import Pins
from obmin.core.compose.problem import Level, Question, Reached, Whole
from obmin.core.compose.units import Index, combine, lift
from obmin.core.compose.whole import Hoped, NoList, near, promised, whole_list

FEW: Final = 1500  # free units: from here the levels that are left are solved together
BITS: Final = 20  # of a lot: so many are drawn at a time
LOT_NODES: Final = 2000  # a draw need not be the best draw; it must be the same draw each time
AGAIN_NODES: Final = 100  # solving again stops far sooner: what it proves was proven from the beginning, too
DRAWS: Final = 8  # of slots, in the hope that one tears nobody apart
ZERO: Final = 1e-5  # a reduced cost below this may be none


@dataclass(frozen=True, slots=True)
class End:
    """levels        the values of the levels that were left
    listed        units on the list, sorted
    tau, slot, flow   how many units of each tau go to each slot (empty with one slot)
    only          nothing else is as good: whatever way is taken, it ends here
    """

    levels: tuple[Reached, ...]
    listed: Index
    tau: Index
    slot: Index
    flow: Index
    only: bool


@dataclass(frozen=True, slots=True)
class _Done:
    level: Level
    score: Whole
    value: int
    bound: int


@dataclass(slots=True)
class _Here:
    """The problem that stands in the solver, and the keys of its rows."""

    units: Index
    cols: Columns
    chain: Chain
    rows: Index
    done: list[_Done]

    def vertex(self, solved: Solved) -> Basis:
        return Basis(self.cols.column_keys, self.rows, solved.basic)


class Stretch:
    """The levels that are left, on the units that are free."""

    def __init__(self, question: Question, state: State, pins: Pins, *, hoping: bool, owed: bool) -> None:
        self.question, self.state, self.pins = question, state, pins
        self.hoping, self.owed = hoping, owed
        self.none = np.zeros(state.seen.units.number, np.int64)
        self.left: Basis | None = None  # where a level was left because the pins did not hold

    def finish(self, levels: Sequence[Level]) -> End:
        """Solves the levels, draws the lot and the slots. Raises NoList or Hoped."""
        todo, scores = list(levels), [self._score(level) for level in levels]
        for level in levels:
            if level.spread is not None:
                self.state.spreads.append(spread(self.question, self.state, level.spread))
        reached: list[Reached] = []
        while True:
            done, end = self._run(todo, scores)
            reached += [Reached(d.level.id, d.value, d.bound) for d in done]
            if end is not None:
                return End(tuple(reached), *end)
            for d in done:
                remember(self.question, self.state, d.level, d.score, d.value)
            todo, scores = todo[len(done) :], scores[len(done) :]

    def _score(self, level: Level) -> Whole:
        return self.none if level.scores is None else self.state.seen.units.total(level.scores)

    def _run(
        self, todo: Sequence[Level], scores: Sequence[Whole]
    ) -> tuple[list[_Done], tuple[Index, Index, Index, Index, bool] | None]:
        """Level by level, as far as the pins hold: what is done, and the end if it was reached."""
        units = self.state.free if self.state.free.size <= FEW else self._best(scores)
        each = np.arange(units.size)
        found = Cells(each, units, each, np.ones(units.size, np.int64))
        cols = columns(self.question, self.state, found, self.none, Level(""))
        here = _Here(units, cols, Chain(cols.linear), cols.row_keys, [])
        for level, score in zip(todo, scores, strict=True):
            if not self._level(here, level, score):
                return here.done, None
        return here.done, self._draw(here)

    def _solved(self, here: _Here, cost: Whole, after: int = 0) -> Solved:
        """One objective, from where it stood the last time (`after`: levels after those that are done)."""
        state = self.state
        number = len(state.scores) + len(state.kept) + len(state.excess) + len(here.done) + after
        start, self.left = self.left or self.pins.bases.get(number), None
        if start is not None:
            high = np.zeros(cost.size, bool)
            high[: here.units.size] = self.pins.inside[here.units]
            basic = among(here.cols.column_keys, start.moving)
            here.chain.start(basic, high, ~among(here.rows, start.held))
        solved = here.chain.solve(cost)
        if solved.status != "optimal":
            raise Hoped if self.owed else NoList(relaxed=True)
        self.state.work += solved.work
        self.state.bases[number] = here.vertex(solved)
        return solved

    def _free(self, here: _Here, solved: Solved, pinned: Index) -> bool:
        """Whether any of the pinned must be free again before the level can be solved."""
        if pinned.size:
            self.left = here.vertex(solved)
            self.pins.inside[here.units] = solved.values[: here.units.size] > 0.5
            self.pins.release(pinned)
        return bool(pinned.size)

    def _level(self, here: _Here, level: Level, score: Whole) -> bool:
        """Solves a level and fixes what it settles; false where pinned units have become free instead."""
        pins, units = self.pins, here.units
        cost, constant = self._cost(here, level, score)
        solved = self._solved(here, cost)
        worth = pins.worth(here.cols, solved, score, [d.score for d in here.done])
        if self._free(here, solved, pins.wrong(worth)):
            return False
        hoped = promised(solved) if self.hoping and not solved.whole else None
        if hoped is None:
            if pins.again and not solved.whole:
                raise Hoped  # what a mixed problem settles depends on who is pinned
            values, bound = whole_list(here.chain.standing, cost, solved, NODES, owed=self.owed)
            value, self.owed = int(cost @ values), False
        else:
            values, value, bound, self.owed = np.round(solved.values).astype(np.int64), hoped, hoped, True
        gap = max(0.0, solved.objective - value)
        if gap > near(value) and self._free(here, solved, pins.within(worth, gap)):
            return False
        pins.settle(worth, gap, len(here.done))
        sure = np.flatnonzero(np.abs(solved.duals) > gap + ZERO)
        cells = sure[sure < units.size]
        self.state.settled(units[cells], np.abs(solved.duals[cells]), len(here.done))
        here.chain.fix(sure, values[sure])
        here.chain.keep(cost, value)
        here.rows = np.append(here.rows, self._key(here, level))
        here.done.append(_Done(level, score, value + constant, max(value, bound) + constant))
        return True

    def _key(self, here: _Here, level: Level) -> int:
        """The key of the row that keeps the value of this level."""
        state = self.state
        if level.spread is not None:
            return EXCESS + len(state.excess) + sum(d.level.spread is not None for d in here.done)
        if level.keep is not None:
            return KEPT + len(state.kept) + sum(d.level.keep is not None for d in here.done)
        return REACHED + len(state.scores) + sum(d.level.scores is not None for d in here.done)

    def _best(self, scores: Sequence[Whole]) -> Index:
        """The free units, but of those who are the same to everything but the scores only as many as fit."""
        state = self.state
        free, later = state.free, state.spreads[len(state.excess) :]
        codes = [state.cell, *(s.codes[free] for s in later)]
        family, _ = combine([np.asarray(c, np.int32) for c in codes], free.size)
        lots = [draw(self.question, state, free, turn) for turn in (0, 1)]
        order = np.lexsort((*(-s for s in reversed([*(s[free] for s in scores), *lots])), family))
        ordered = family[order]
        head = np.ones(free.size, bool)
        head[1:] = ordered[1:] != ordered[:-1]
        place = np.arange(free.size) - np.maximum.accumulate(np.where(head, np.arange(free.size), 0))
        return np.sort(free[order][place < state.most[state.seen.signature[free[order]]]])

    def _cost(self, here: _Here, level: Level, score: Whole) -> tuple[Whole, int]:
        """What each column brings, and what those inside bring."""
        cols, state = here.cols, self.state
        cost = np.zeros(cols.linear.cost.size, np.int64)
        pairs = cols.cells + cols.pair_tau.size
        if level.spread is not None:
            before = len(state.excess) + sum(d.level.spread is not None for d in here.done)
            at = pairs + sum(s.shares.size for s in state.spreads[:before])
            cost[at : at + state.spreads[before].shares.size] = -1
            return cost, 0
        if level.keep is not None:
            kept = keeping(self.question, state, level.keep)
            cost[cols.cells : pairs] = kept[cols.pair_tau, cols.pair_slot]
            return cost, 0
        cost[: cols.cells] = score[here.units]
        return cost, int(score[state.inside].sum())

    def _draw(self, here: _Here) -> tuple[Index, Index, Index, Index, bool] | None:
        """The lot: who is listed, and who goes where; None where pinned units have become free instead."""
        pins, units = self.pins, here.units
        cost = np.zeros(here.cols.linear.cost.size, np.int64)
        cost[: units.size] = draw(self.question, self.state, units)
        solved = self._solved(here, cost)
        if pins:
            score = self.none.copy()
            score[pins.units] = draw(self.question, self.state, pins.units)
            worth = pins.worth(here.cols, solved, score, [d.score for d in here.done])
            if self._free(here, solved, pins.wrong(worth)) or self._free(here, solved, pins.within(worth, 0.0)):
                return None
            pins.settle(worth, 0.0, len(here.done))
        linear, value = here.chain.standing, promised(solved)
        taken = None if value is None else self._second(here, cost, solved, value)
        ways = None if taken is None else self._ways(here, taken)
        only = ways is not None
        if taken is None or ways is None:
            taken, only = self._whole_draw(here, linear, cost, solved)
            ways = self._ways(here, taken)
        if ways is None:
            raise Hoped
        self.state.settled(units, np.zeros(units.size), len(self.question.levels))  # next to the margin
        return *ways, only

    def _second(self, here: _Here, cost: Whole, solved: Solved, value: int) -> Reals | None:
        """Whatever the lot leaves equal, by another lot; None where people are torn, or some draw is as good.

        Every column has a price of its own, so that the best vertex is the only one, unless some reduced cost
        is nought.
        """
        chain = here.chain
        sure = np.abs(solved.duals) > ZERO
        values = np.round(solved.values).astype(np.int64)
        chain.fix(np.flatnonzero(sure), values[sure])
        chain.keep(np.where(sure, 0, cost), value - int(cost[sure] @ values[sure]))
        here.rows = np.append(here.rows, REACHED + len(self.question.levels))
        prices = self._prices(here.cols)
        prices[: here.units.size] = draw(self.question, self.state, here.units, 1)
        try:
            drawn = self._solved(here, prices, after=1)
        except (NoList, Hoped):
            return None
        units = drawn.values[: here.units.size]
        torn = np.any(np.abs(units - np.round(units)) > WHOLE)
        if torn or not chain.only(drawn, ZERO) or (drawn.whole and not chain.fits(np.round(drawn.values))):
            return None
        return drawn.values

    def _whole_draw(
        self, here: _Here, linear: Callable[[], Linear], cost: Whole, solved: Solved
    ) -> tuple[Reals, bool]:
        """The same for whole people only; also says whether that is the best draw there is."""
        nodes = AGAIN_NODES if self.pins.again else NODES if self.owed else LOT_NODES
        values, bound = whole_list(linear, cost, solved, nodes, owed=self.owed)
        value = int(cost @ values)
        chain, prices = Chain(linear()), np.zeros(cost.size, np.int64)
        chain.keep(cost, value)
        prices[: here.units.size] = draw(self.question, self.state, here.units, 1)
        taken = values.astype(float)
        taken[here.units.size :] = 0.5  # the slots are drawn by themselves
        try:
            drawn, best = whole_list(chain.standing, prices, chain.solve(prices), nodes, owed=False)
        except NoList:
            return taken, False
        taken[: here.units.size] = drawn[: here.units.size]
        return taken, value >= bound and int(prices @ drawn) >= best

    def _ways(self, here: _Here, taken: Reals) -> tuple[Index, Index, Index, Index] | None:
        """Who is listed, and how many of each tau go where: what was drawn, or, where that tears somebody
        apart, a draw that knows of nothing but who is listed. None where not all of them can go."""
        units, cols, state = here.units, here.cols, self.state
        listed = np.sort(np.concatenate([state.inside, units[np.round(taken[: units.size]) > 0]]))
        flow = np.round(taken[units.size :][: cols.pair_tau.size])
        if np.all(np.abs(flow - taken[units.size :][: flow.size]) <= WHOLE):
            return listed, cols.pair_tau, cols.pair_slot, flow.astype(np.int64)
        kept = [*state.kept]
        for done in here.done:
            if done.level.keep is not None:
                kept.append((keeping(self.question, state, done.level.keep), done.value))
        none = listed[:0]
        alone = State(state.seen, none, none, listed, state.seen.may, state.most, kept=kept)
        cols = columns(self.question, alone, Cells(none, none, none, none), self.none, Level(""))
        flows = self._flows(cols, state.bases.get(len(self.question.levels) + 1))
        return None if flows is None else (listed, cols.pair_tau, cols.pair_slot, flows[: cols.pair_tau.size])

    def _flows(self, cols: Columns, start: Basis | None) -> Whole | None:
        """The slots of those who are listed, or None where not all of them can go.

        Lots are drawn again until a draw tears nobody apart. A draw that is not the only best one is begun anew
        without a start, so that where it began does not matter.
        """
        chain, only = Chain(cols.linear), True
        if start is not None:
            basic = among(cols.column_keys, start.moving)
            chain.start(basic, np.zeros(basic.size, bool), ~among(cols.row_keys, start.held))
        for turn in range(DRAWS):
            prices = self._prices(cols, turn)
            solved = chain.solve(prices)
            if solved.status != "optimal":
                return None
            only = only and chain.only(solved, ZERO)
            if solved.whole or (start is not None and not only):
                break
        if start is not None and not (only and solved.whole):
            return self._flows(cols, None)
        try:
            return whole_list(chain.standing, prices, solved, NODES, owed=False)[0]
        except NoList:
            return None

    def _prices(self, cols: Columns, turn: int = 0) -> Whole:
        """A lot for each pair, and one against each share."""
        prices = np.zeros(cols.linear.cost.size, np.int64)
        pairs = zip(cols.pair_tau.tolist(), cols.pair_slot.tolist(), strict=True)
        again = f" {turn}" if turn else ""
        names = [f"slot {t} {s}{again}" for t, s in pairs]
        more = [f"share {n}" for n in range(prices.size - cols.cells - len(names))]
        prices[cols.cells :] = 1 + ties(self.question.seed, names + more) % np.uint64(1 << BITS)
        prices[cols.cells + len(names) :] *= -1
        return prices


def spread(question: Question, state: State, over: tuple[str, Whole]) -> Spread:
    """The heads of each code of an attribute, for all units."""
    name, shares = over
    codes, held = lift(state.seen.units, question.attributes[name].astype(np.int64), shares.size)
    return Spread(codes, held, shares)


def remember(question: Question, state: State, level: Level, score: Whole, value: int) -> None:
    """From now on no list may do worse on this level."""
    if level.spread is not None:
        state.excess.append(-value)
    elif level.keep is not None:
        state.kept.append((keeping(question, state, level.keep), value))
    elif level.scores is not None:
        state.scores.append(score)
        state.least.append(value)


def draw(question: Question, state: State, of: Index, turn: int = 0) -> Whole:
    """The lots of these units in this turn: that of the first member, for each head."""
    units = state.seen.units
    size = units.start[of + 1] - units.start[of]
    lots = (state.drawn(question, of) >> np.uint64(BITS * turn)) % np.uint64(1 << BITS)
    return (1 + lots.astype(np.int64)) * size
