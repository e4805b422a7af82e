"""Solving again after a small change: who stands far from every margin is taken as before, and proven after.

A *pinned* unit is taken to be on the list, or off it, as it was the last time. A level is then solved on the
few others (the *pool*), and its prices are held against everybody who is pinned: whoever they would move joins
the pool, and the level is solved again. What is left is optimal for all, as in any column generation
(Dantzig and Wolfe 1960, with bounds): the answer does not depend on whom the pool began with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from obmin.core.compose.bases import SLOTTED, Basis, carried, same_rows
from obmin.core.compose.columns import Columns, State
from obmin.core.compose.engine import Reals, Solved
from obmin.core.compose.problem import Question, Row, Whole
from obmin.core.compose.units import Index, Seen, combine, see

POOL: Final = 300  # units next to the margin that are not pinned
WORTH: Final = 200  # steps of the simplex method: what took fewer is solved from the beginning
AROUND: Final = 40  # units next to a row that changed, on the list and off it, that are not pinned either
MANY: Final = 20  # rows that may have changed so
SLACK: Final = 1e-4  # how much all wrong prices together may come to: far below one, and values are whole
SURE: Final = 1e-5  # beyond the gap by so much: fixed for good


@dataclass(frozen=True, slots=True)
class Memory:
    """What solving again starts from.

    question, seen  what was asked, and how the clauses saw it
    inside          which units were listed
    nearest         the units that a small change is likeliest to move
    far             how far each unit is from moving: comparable, no unit
    bases           where each level stood, by its number
    ties            lots of units that were drawn; 0 for the others
    steps           what the solver needed
    """

    question: Question
    seen: Seen
    inside: NDArray[np.bool_]
    nearest: Index
    far: Reals
    bases: Mapping[int, Basis]
    ties: NDArray[np.uint64]
    steps: int

    def sees(self, question: Question) -> tuple[Seen, Memory] | None:
        """What the clauses see of the new question, and this memory in its terms; None if people differ, or
        if the question was so easy that nothing can be saved.

        A mistake here costs time, never the proof: who is pinned is only a guess.
        """
        old = self.question
        if not (
            self.steps >= WORTH
            and old.ids == question.ids
            and old.slots == question.slots
            and np.array_equal(old.groups, question.groups)
        ):
            return None
        before = (self.seen.overall, self.seen.slotted)
        if self._only_bounds(question):
            now = {id(a): b for a, b in zip(old.rows, question.rows, strict=True)}
            overall, slotted = (tuple(now[id(r)] for r in rows) for rows in before)
            seen = replace(self.seen, overall=overall, slotted=slotted)
            same = {n: n for n in range(len(overall))} | {SLOTTED + n: SLOTTED + n for n in range(len(slotted))}
            return seen, self._widened(seen, same)
        seen = see(question)
        taus, bases = None, self.bases
        if not np.array_equal(seen.tau, self.seen.tau):
            near = np.union1d(np.flatnonzero(self.inside), self.nearest)
            taus = self.seen.tau[near], seen.tau[near]
            bases = {
                n: b for n, b in bases.items() if not n
            }  # from there on each level is best begun at the last
        same = same_rows(before, (seen.overall, seen.slotted))
        bases = {n: carried(b, same, taus, len(question.slots)) for n, b in bases.items()}
        return seen, replace(self._widened(seen, same), bases=bases)

    def _widened(self, seen: Seen, same: Mapping[int, int]) -> Memory:
        """With whoever is nearest to the rows that ask for other numbers than before, or are new."""
        if self.nearest.size == seen.units.number:
            return self
        was = dict(enumerate(self.seen.overall)) | {SLOTTED + n: r for n, r in enumerate(self.seen.slotted)}
        came = {new: was[key] for key, new in same.items()}
        wider = [self.nearest]
        for base, rows, weight, code in (
            (0, seen.overall, seen.weight, seen.signature),
            (SLOTTED, seen.slotted, seen.slot_weight, seen.tau),
        ):
            for number, row in enumerate(rows):
                old = came.get(base + number)
                if old is not None and (old.low, old.high) == (row.low, row.high):
                    continue
                counted = np.asarray(weight @ (np.arange(len(rows)) == number))[code] != 0
                for mask in (counted & self.inside, counted & ~self.inside):
                    wider.append(_nearest(self.far, np.flatnonzero(mask), _change(old, row)))
        if len(wider) > 2 * MANY:
            return self
        return replace(self, nearest=np.unique(np.concatenate(wider)))

    def _only_bounds(self, question: Question) -> bool:
        """Nothing that the clauses can see has changed, but how many they ask for."""
        old = self.question
        return (
            old.open_slots[0] == question.open_slots[0]
            and np.array_equal(old.open_slots[1], question.open_slots[1])
            and [x.keep for x in old.levels] == [x.keep for x in question.levels]
            and len(old.rows) == len(question.rows)
            and all(_alike(a, b) for a, b in zip(old.rows, question.rows, strict=True))
            and all(
                name in old.attributes
                and (old.attributes[name] is codes or np.array_equal(old.attributes[name], codes))
                for name, codes in question.attributes.items()
            )
        )


def _nearest(far: Reals, units: Index, most: int) -> Index:
    return units if units.size <= most else units[np.argpartition(far[units], most)[:most]]


def _change(old: Row | None, new: Row) -> int:
    """How many are worth looking at on either side of a row that changed so much."""
    by = [abs(a - b) for a, b in ((old.low, new.low), (old.high, new.high)) if a and b] if old else []
    return AROUND + 2 * max(by, default=0)


def _alike(a: Row, b: Row) -> bool:
    """The same row but for its bounds."""
    return a is b or (
        a.slots == b.slots
        and len(a.parts) == len(b.parts)
        and all(
            p is q or (p.attribute == q.attribute and np.array_equal(p.weights, q.weights))
            for p, q in zip(a.parts, b.parts, strict=True)
        )
    )


class Pins:
    """The pinned units of one run; none in a run from the beginning."""

    def __init__(self, state: State, memory: Memory | None) -> None:
        self.state = state
        self.units = state.free[:0]
        self.again = memory is not None
        self.bases: Mapping[int, Basis] = {} if memory is None else memory.bases
        self.listed = np.zeros(0, bool)  # of all units: pinned to the list, if they are pinned
        self.inside = np.zeros(0, bool) if memory is None else memory.inside.copy()  # the last known value
        if memory is not None:
            free = np.zeros(state.seen.units.number, bool)
            free[memory.nearest] = True
            self.units = np.flatnonzero(~free)
            self.listed = memory.inside
            state.inside = np.flatnonzero(memory.inside & ~free)
            state.free = np.flatnonzero(free)
            state.cell = state.seen.signature[state.free].copy()
        self.began = int(self.units.size)  # how many were pinned at first

    def __bool__(self) -> bool:
        return bool(self.units.size)

    def worth(self, cols: Columns, solved: Solved, score: Whole, since: Sequence[Whole]) -> Reals:
        """What listing each pinned unit brings beyond the prices of what it takes.

        since   scores of the levels that were added as rows after `cols` was built, in their order
        """
        state, seen = self.state, self.state.seen
        if not self:
            return np.zeros(0)
        prices, at = solved.prices, 0

        def take(number: int) -> Reals:
            nonlocal at
            at += number
            return prices[at - number : at]

        worth = score[self.units].astype(float)
        if seen.overall:
            worth -= (seen.weight @ take(len(seen.overall)))[seen.signature[self.units]]
        slots = take(len(seen.slotted))
        if cols.pair_tau.size:
            links = take(cols.taus.size)
            worth -= self._places(cols, links, slots)[seen.tau[self.units]]
        for scores in state.scores:
            worth -= take(1)[0] * scores[self.units]
        at += len(state.kept)
        for position, spread in enumerate(state.spreads):
            worth -= (spread.held @ take(spread.shares.size))[spread.codes[self.units]]
            at += position < len(state.excess)
        for scores in since:
            worth -= take(1)[0] * scores[self.units]
        return worth

    def _places(self, cols: Columns, links: Reals, slots: Reals) -> Reals:
        """What a place costs each tau: its link's price, or, for a tau without one, its cheapest slot's."""
        seen, may = self.state.seen, self.state.may
        cost = np.where(may, seen.slot_weight @ (seen.open_to * slots[:, None]), np.inf)
        cheapest: Reals = cost.min(axis=1)
        cheapest[cols.taus] = links
        return cheapest

    def wrong(self, worth: Reals) -> Index:
        """Pinned units on the wrong side of the prices; none where all that they could bring is nothing."""
        off = np.where(self.listed[self.units], -worth, worth)
        return self.units[off > SLACK / 100] if float(off[off > 0].sum()) > SLACK else self.units[:0]

    def within(self, worth: Reals, gap: float) -> Index:
        """Pinned units that a list within the gap could still move."""
        return self.units[np.abs(worth) <= gap + SURE]

    def release(self, units: Index) -> None:
        """These are free again, each in the cell that its signature and all levels so far put it in."""
        state = self.state
        self.units = np.setdiff1d(self.units, units, assume_unique=True)
        state.inside = np.setdiff1d(state.inside, units, assume_unique=True)
        state.free = np.sort(np.concatenate([state.free, units]))
        parts = [state.seen.signature, *state.scores, *(s.codes for s in state.spreads)]
        codes = [np.unique(p[state.free], return_inverse=True)[1].astype(np.int32).reshape(-1) for p in parts]
        state.cell, _ = combine(codes, state.free.size)

    def settle(self, worth: Reals, gap: float, later: int) -> None:
        """Pinned for good, where no equally good list could change it."""
        sure = np.abs(worth) > gap + SURE
        self.state.settled(self.units[sure], np.abs(worth[sure]), later)
        self.units = self.units[~sure]
