"""The last stretch: few are still free, so each has a column of their own, for all levels that are left.

One problem stands in the solver; from level to level only its objective changes, and each level begins at the
vertex where the one before ended. Then the lot is drawn, and then the slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from obmin.core.compose.columns import Cells, Columns, Spread, State, columns, keeping
from obmin.core.compose.engine import NODES, Chain
from obmin.core.compose.lot import tie
from obmin.core.compose.pins import Pins
from obmin.core.compose.problem import Level, Question, Reached, Whole
from obmin.core.compose.units import Index, combine, lift
from obmin.core.compose.whole import Hoped, NoList, near, promised, whole_list

FEW: Final = 1500  # free units: from here the levels that are left are solved together
LOT: Final = "lot"
LOTS: Final = 2**20
LOT_NODES: Final = 500  # a draw need not be the best draw; it must be the same draw each time


@dataclass(frozen=True, slots=True)
class End:
    """levels        the values of the levels that were left
    listed        units on the list, sorted
    tau, slot, flow   how many units of each tau go to each slot (empty with one slot)
    drawn         whether the lot is the best draw there is
    """

    levels: tuple[Reached, ...]
    listed: Index
    tau: Index
    slot: Index
    flow: Index
    drawn: bool


@dataclass(frozen=True, slots=True)
class _Done:
    level: Level
    score: Whole
    value: int
    bound: int


class Stretch:
    """The levels that are left, on the units that are free."""

    def __init__(self, question: Question, state: State, pins: Pins, *, hoping: bool, owed: bool) -> None:
        self.question, self.state, self.pins = question, state, pins
        self.hoping, self.owed = hoping, owed
        self.none = np.zeros(state.seen.units.number, np.int64)

    def finish(self, levels: Sequence[Level]) -> End:
        """Solves the levels, draws the lot and the slots. Raises NoList or Hoped."""
        todo = [*levels, Level(LOT)]
        scores = [self._score(level) for level in levels]
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
        state, pins = self.state, self.pins
        units = state.free if state.free.size <= FEW else self._best(scores)
        each = np.arange(units.size)
        found = Cells(each, units, each, np.ones(units.size, np.int64))
        cols = columns(self.question, state, found, self.none, Level(""))
        chain = Chain(cols.linear)
        spreads = len(state.excess)
        done: list[_Done] = []
        for number, level in enumerate(todo):
            lot = level.id == LOT
            score = draw(self.question, state, np.append(units, pins.units)) if lot else scores[number]
            cost, constant = self._cost(level, score, units, cols, spreads)
            spreads += level.spread is not None
            solved = chain.solve(cost)
            if solved.status != "optimal":
                raise Hoped if self.owed else NoList(relaxed=True)
            worth = pins.worth(cols, solved, score, [d.score for d in done])
            if (wrong := pins.wrong(worth)).size:
                pins.release(wrong)
                return done, None
            state.work += solved.work
            hoped = promised(solved) if self.hoping and not lot and not solved.whole else None
            if hoped is None:
                nodes = LOT_NODES if lot and not self.owed else NODES
                values, bound = whole_list(chain.linear, cost, solved, nodes, owed=self.owed)
                value, self.owed = int(cost @ values), False
            else:
                values, value, bound, self.owed = np.round(solved.values).astype(np.int64), hoped, hoped, True
            gap = max(0.0, solved.objective - value)
            if gap > near(value) and (loose := pins.within(worth, gap)).size:
                pins.release(loose)
                return done, None
            pins.settle(worth, gap, len(done))
            if lot:
                return done, self._end(units, values, cols, chain, drawn=value >= bound)
            sure = np.flatnonzero(np.abs(solved.duals) > gap + 1e-5)
            cells = sure[sure < units.size]
            state.settled(units[cells], np.abs(solved.duals[cells]), len(done))
            chain.fix(sure, values[sure])
            chain.keep(cost, value)
            done.append(_Done(level, score, value + constant, max(value, bound) + constant))
        raise AssertionError("the lot is the last level")

    def _best(self, scores: Sequence[Whole]) -> Index:
        """The free units, but of those who are the same to everything but the scores only as many as fit."""
        state = self.state
        free, later = state.free, state.spreads[len(state.excess) :]
        codes = [state.cell, *(s.codes[free] for s in later)]
        family, _ = combine([np.asarray(c, np.int32) for c in codes], free.size)
        lots = draw(self.question, state, free)
        order = np.lexsort((*(-s[free] for s in reversed([*scores, lots])), family))
        ordered = family[order]
        head = np.ones(free.size, bool)
        head[1:] = ordered[1:] != ordered[:-1]
        place = np.arange(free.size) - np.maximum.accumulate(np.where(head, np.arange(free.size), 0))
        return np.sort(free[order][place < state.most[state.seen.signature[free[order]]]])

    def _cost(self, level: Level, score: Whole, units: Index, cols: Columns, spreads: int) -> tuple[Whole, int]:
        """What each column brings, and what those inside bring."""
        cost = np.zeros(cols.linear.cost.size, np.int64)
        pairs = cols.cells + cols.pair_tau.size
        if level.spread is not None:
            at = pairs + sum(s.shares.size for s in self.state.spreads[:spreads])
            cost[at : at + self.state.spreads[spreads].shares.size] = -1
            return cost, 0
        if level.keep is not None:
            kept = keeping(self.question, self.state, level.keep)
            cost[cols.cells : pairs] = kept[cols.pair_tau, cols.pair_slot]
            return cost, 0
        cost[: cols.cells] = score[units]
        return cost, int(score[self.state.inside].sum())

    def _end(
        self, units: Index, values: Index, cols: Columns, chain: Chain, *, drawn: bool
    ) -> tuple[Index, Index, Index, Index, bool]:
        """Who is listed; and the slots, drawn like everything that the levels leave equal."""
        taken = values[: units.size]
        self.state.settled(units, np.zeros(units.size), len(self.question.levels))  # next to the margin
        listed = np.sort(np.concatenate([self.state.inside, units[taken > 0]]))
        tau, slot = cols.pair_tau, cols.pair_slot
        if not tau.size:
            return listed, tau, slot, tau, drawn
        chain.fix(np.arange(units.size), taken)
        cost = np.zeros(values.size, np.int64)
        pairs = slice(units.size, units.size + tau.size)
        cost[pairs] = [
            tie(self.question.seed, f"slot {t} {s}") % LOTS
            for t, s in zip(tau.tolist(), slot.tolist(), strict=True)
        ]
        solved = chain.solve(cost)
        flows, _ = whole_list(chain.linear, cost, solved, NODES, owed=False)
        return listed, tau, slot, flows[pairs], drawn


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


def draw(question: Question, state: State, of: Index) -> Whole:
    """The lots of these units: that of the first member, for each head."""
    units = state.seen.units
    lots = np.zeros(units.number, np.int64)
    first = units.members[units.start[of]].tolist()
    drawn = np.array([1 + tie(question.seed, question.ids[member]) % LOTS for member in first], np.int64)
    lots[of] = drawn * (units.start[of + 1] - units.start[of])
    return lots
