"""The columns and rows that one level is solved on, built from what is still free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from obmin.core.compose.bases import EXCESS, EXTRA, KEPT, LINK, PAIR, REACHED, SLOTTED, SPREAD, Basis
from obmin.core.compose.engine import Linear, Reals
from obmin.core.compose.lot import ties
from obmin.core.compose.problem import Level, Question, Row, Whole
from obmin.core.compose.units import Index, Seen, spans


@dataclass(frozen=True, slots=True)
class Spread:
    """The heads of each code above its share: extra columns from the level on which it was asked for."""

    codes: Index  # of units
    held: csr_matrix  # unit code × code
    shares: Whole


@dataclass(slots=True)
class State:
    """What the levels so far have settled."""

    seen: Seen
    free: Index  # units that may still go in or stay out
    cell: Index  # cell of each free unit: its signature and everything that divided it so far
    inside: Index  # units that are in for good
    may: NDArray[np.bool_]
    most: Index  # how many units of each signature the overall rows can take
    scores: list[Whole] = field(default_factory=list)  # of all units, for each scored level so far
    least: list[int] = field(default_factory=list)
    kept: list[tuple[Whole, int]] = field(default_factory=list)
    spreads: list[Spread] = field(default_factory=list)
    excess: list[int] = field(default_factory=list)
    work: int = 0
    bases: dict[int, Basis] = field(default_factory=dict)  # by number of the level
    ties: NDArray[np.uint64] = field(
        default_factory=lambda: np.zeros(0, np.uint64)
    )  # of units; 0: not drawn yet
    settled_at: Whole = field(default_factory=lambda: np.zeros(0, np.int64))  # of all units: at which level
    settled_by: Reals = field(default_factory=lambda: np.zeros(0))  # and by how much

    def settled(self, units: Index, by: Reals, later: int = 0) -> None:
        """Notes at which level (`later` than those remembered) these were fixed, and how far from moving."""
        self.settled_at[units] = len(self.least) + len(self.kept) + len(self.excess) + later
        self.settled_by[units] = by

    def drawn(self, question: Question, of: Index) -> NDArray[np.uint64]:
        """The lots of these units: that of their first member."""
        units = self.seen.units
        new = of[self.ties[of] == 0]
        self.ties[new] = ties(
            question.seed, [question.ids[m] for m in units.members[units.start[new]].tolist()]
        )
        return self.ties[of]


@dataclass(frozen=True, slots=True)
class Cells:
    """Free units that are still the same to everything: one column each."""

    of: Index  # cell of each of `units`
    units: Index  # cell by cell
    first: Index  # position of each cell's first unit
    count: Index

    @property
    def sample(self) -> Index:
        return self.units[self.first]


@dataclass(frozen=True, slots=True)
class Columns:
    """First a column for each cell, then for each (tau, slot), then for each code's heads above its share."""

    linear: Linear
    cost: Index
    constant: int
    cells: int
    pair_tau: Index
    pair_slot: Index
    taus: Index
    column_keys: Index  # names of columns and rows that are the same in every run on these units
    row_keys: Index


def cells(state: State, divide: Index, score: Whole, *, all_of_them: bool = False) -> Cells:
    """Free units by (cell so far, division, score), best first, and only as many as any row could take.

    With `all_of_them` nobody is left out: for questions whose rows may give way.
    """
    free = state.free
    order = np.lexsort((-score[free], divide[free], state.cell))
    units, cell, part, value = free[order], state.cell[order], divide[free][order], score[free][order]
    family = np.ones(units.size, bool)
    family[1:] = (cell[1:] != cell[:-1]) | (part[1:] != part[:-1])
    new = family.copy()
    new[1:] |= value[1:] != value[:-1]
    first = np.flatnonzero(new)
    count = np.diff(np.append(first, units.size))
    head = np.maximum.accumulate(np.where(family, np.arange(units.size), 0))
    stays = all_of_them | ((first - head[first]) < state.most[state.seen.signature[units[first]]])
    units, count = units[np.repeat(stays, count)], count[stays]
    return Cells(np.repeat(np.arange(count.size), count), units, np.cumsum(count) - count, count)


def begin(seen: Seen) -> State:
    """Before the first level: nothing is settled."""
    number = seen.units.number
    everybody = np.arange(number)
    state = State(seen, everybody, seen.signature.copy(), everybody[:0], seen.may.copy(), _most(seen))
    state.ties = np.zeros(number, np.uint64)
    state.settled_at = np.full(number, -1)
    state.settled_by = np.zeros(number)
    return state


def _most(seen: Seen) -> Index:
    """How many units of each signature the overall rows can take at most."""
    most = np.full(seen.weight.shape[0], np.iinfo(np.int32).max, np.int64)
    row, weight = seen.weight.indices, seen.weight.data
    room = np.array([-1 if r.high is None else max(r.high, 0) for r in seen.overall], np.int64)
    room[row[weight < 0]] = -1  # what is taken may be given back
    takes = np.flatnonzero((weight > 0) & (room[row] >= 0))
    if takes.size:
        at = np.repeat(np.arange(most.size), np.diff(seen.weight.indptr))[takes]
        first = np.flatnonzero(np.diff(at, prepend=-1))
        most[at[first]] = np.minimum(
            most[at[first]], np.minimum.reduceat(room[row[takes]] // weight[takes], first)
        )
    return most


class _Table:
    """Rows under construction: entries as (row, column, value), gathered once at the end."""

    def __init__(self, widths: tuple[int, int, int]) -> None:
        self.width, self.height = sum(widths), 0
        self.entries: list[tuple[Index, Index, Reals]] = []
        self.lows: list[Reals] = []
        self.highs: list[Reals] = []

    def add(self, low: Reals, high: Reals, *entries: tuple[Index, Index, Index]) -> None:
        """Rows with these bounds, and their entries: row (from 0 in this call), column, value."""
        self.entries += [(row + self.height, column, value.astype(float)) for row, column, value in entries]
        self.lows.append(np.asarray(low, float))
        self.highs.append(np.asarray(high, float))
        self.height += low.size

    def matrix(self) -> csc_matrix:
        if not self.entries:
            return csc_matrix((self.height, self.width))
        row, column, value = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        return csc_matrix((value, (row, column)), shape=(self.height, self.width))

    def bounds(self) -> tuple[Reals, Reals]:
        if not self.lows:
            return np.zeros(0), np.zeros(0)
        return np.concatenate(self.lows), np.concatenate(self.highs)


def _turned(matrix: csr_matrix, at: Index) -> tuple[Index, Index, Index]:
    """Entries of the transposed matrix whose columns are the rows `at` of the given one."""
    start = matrix.indptr[at].astype(np.int64)
    size = matrix.indptr[at + 1] - start
    entries = spans(start, size)
    column = np.repeat(np.arange(at.size), size)
    return matrix.indices[entries].astype(np.int64), column, matrix.data[entries]


def columns(question: Question, state: State, found: Cells, score: Whole, level: Level) -> Columns:
    """The level as a linear problem."""
    seen = state.seen
    taus = np.unique(seen.tau[np.concatenate([found.units, state.inside])])
    many = len(question.slots) > 1
    here, pair_slot = np.nonzero(state.may[taus]) if many else (np.zeros(0, np.int64),) * 2
    pair_tau = taus[here]
    extra = sum(s.shares.size for s in state.spreads)
    table = _Table((found.count.size, pair_tau.size, extra))
    _add_rows(table, state, found, pair_tau, pair_slot)
    if many:
        _add_links(table, state, found, taus, here)
    _add_reached(table, state, found, pair_tau, pair_slot)
    _add_spreads(table, state, found, found.count.size + pair_tau.size)
    number, width = found.count.size, table.width
    cost, constant = np.zeros(width, np.int64), 0
    if level.spread is not None:
        cost[width - state.spreads[-1].shares.size :] = -1
    elif level.keep is not None:
        cost[number : number + pair_tau.size] = keeping(question, state, level.keep)[pair_tau, pair_slot]
    else:
        cost[:number] = score[found.sample]
        constant = int(score[state.inside].sum())
    high = np.full(width, np.inf)
    high[:number] = found.count
    linear = Linear(cost.astype(float), np.zeros(width), high, table.matrix(), *table.bounds())
    keys = [found.sample, PAIR + pair_tau * state.may.shape[1] + pair_slot, EXTRA + np.arange(extra)]
    return Columns(
        linear,
        cost,
        constant,
        number,
        pair_tau,
        pair_slot,
        taus,
        np.concatenate(keys),
        _row_keys(state, taus if many else taus[:0]),
    )


def _row_keys(state: State, taus: Index) -> Index:
    """In the order in which `columns` adds the rows."""
    seen = state.seen
    keys = [np.arange(len(seen.overall)), SLOTTED + np.arange(len(seen.slotted)), LINK + taus]
    keys += [REACHED + np.arange(len(state.least)), KEPT + np.arange(len(state.kept))]
    first = 0
    for position, spread in enumerate(state.spreads):
        keys.append(SPREAD + first + np.arange(spread.shares.size))
        first += spread.shares.size
        if position < len(state.excess):
            keys.append(np.array([EXCESS + position]))
    return np.concatenate(keys)


def _bounds(rows: Sequence[Row], used: NDArray[np.int64]) -> tuple[Reals, Reals]:
    low = np.array([-np.inf if r.low is None else r.low for r in rows], float)
    high = np.array([np.inf if r.high is None else r.high for r in rows], float)
    return low - used, high - used


def _sums(matrix: csr_matrix, at: Index) -> NDArray[np.int64]:
    """The sum of these rows, as often as each is named."""
    return np.asarray(matrix.T @ np.bincount(at, minlength=matrix.shape[0])).astype(np.int64)


def _add_rows(table: _Table, state: State, found: Cells, pair_tau: Index, pair_slot: Index) -> None:
    seen = state.seen
    if seen.overall:
        used = _sums(seen.weight, seen.signature[state.inside])
        table.add(*_bounds(seen.overall, used), _turned(seen.weight, seen.signature[found.sample]))
    if seen.slotted:
        open_to = seen.open_to
        at, pair, value = _turned(seen.slot_weight, pair_tau)
        within = open_to[at, pair_slot[pair]]
        none = np.zeros(len(seen.slotted), np.int64)
        pairs = pair[within] + found.count.size
        table.add(*_bounds(seen.slotted, none), (at[within], pairs, value[within]))


def _add_links(table: _Table, state: State, found: Cells, taus: Index, here: Index) -> None:
    """Whoever is listed goes to one slot: for each tau, units in cells = units in slots."""
    seen, number = state.seen, found.count.size
    at = np.searchsorted(taus, seen.tau[found.sample])
    gone = np.bincount(np.searchsorted(taus, seen.tau[state.inside]), minlength=taus.size).astype(float)
    cells = (at, np.arange(number), np.ones(number, np.int64))
    pairs = (here, number + np.arange(here.size), np.full(here.size, -1, np.int64))
    table.add(-gone, -gone, cells, pairs)


def _add_reached(table: _Table, state: State, found: Cells, pair_tau: Index, pair_slot: Index) -> None:
    """No level may lose what an earlier one has reached."""
    free, number = np.array([np.inf]), found.count.size
    for scores, least in zip(state.scores, state.least, strict=True):
        score = scores[found.sample]
        at = np.flatnonzero(score)
        low = np.array([float(least - scores[state.inside].sum())])
        table.add(low, free, (np.zeros(at.size, np.int64), at, score[at]))
    for keep, least in state.kept:
        kept = keep[pair_tau, pair_slot]
        at = np.flatnonzero(kept)
        table.add(np.array([float(least)]), free, (np.zeros(at.size, np.int64), number + at, kept[at]))


def _add_spreads(table: _Table, state: State, found: Cells, first: int) -> None:
    """`first` is where the extra columns begin."""
    for position, spread in enumerate(state.spreads):
        n = spread.shares.size
        each = np.arange(n)
        have = _sums(spread.held, spread.codes[state.inside])
        above = (each, first + each, np.full(n, -1, np.int64))
        heads = _turned(spread.held, spread.codes[found.sample])
        table.add(np.full(n, -np.inf), (spread.shares - have).astype(float), heads, above)
        if position < len(state.excess):
            row = (np.zeros(n, np.int64), first + each, np.ones(n, np.int64))
            table.add(np.array([-np.inf]), np.array([float(state.excess[position])]), row)
        first += n


def keeping(question: Question, state: State, attribute: str) -> Whole:
    """How many heads of each tau keep their slot in each slot (tau × slot).

    The attribute is part of every tau, so that a unit's tau tells where each of its members was.
    """
    seen, units = state.seen, state.seen.units
    was = question.attributes[attribute]
    table = np.zeros((seen.slot_weight.shape[0], len(question.slots)), np.int64)
    _, first = np.unique(seen.tau, return_index=True)
    for unit in first:
        for member in units.of(int(unit)):
            if was[member] > 0:
                table[seen.tau[unit], was[member] - 1] += 1
    return table
