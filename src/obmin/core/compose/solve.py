"""The exact list: one level after the other, each proven, on no more columns than can still matter.

Inside one signature people differ only by their scores, so the best few stand for all (dominance). A level
needs only (signature, scores so far); whatever has a reduced cost beyond the gap is fixed for good; only
what is still free is divided by the next level's scores. Where a vertex is fractional, a mixed problem over
the columns that could still change closes the gap. The last level is a lot drawn by a keyed hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from math import floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from obmin.core.compose.columns import Cells, Columns, Spread, State, begin, cells, columns, keeping
from obmin.core.compose.engine import NODES, Linear, Reals, Solved
from obmin.core.compose.engine import solve as run
from obmin.core.compose.pins import Memory, Pins
from obmin.core.compose.problem import Answer, Level, Question, Reached, Whole
from obmin.core.compose.units import Index, Seen, lift, see

LOT: Final = "lot"
LOTS: Final = 2**20
LOT_NODES: Final = 500  # a draw need not be the best draw; it must be the same draw each time
NEAR: Final = 1e-6


class NoList(Exception):
    """No choice of candidates satisfies the rows. `relaxed`: not even with fractions of people."""

    def __init__(self, *, relaxed: bool) -> None:
        super().__init__("no list satisfies the rows")
        self.relaxed = relaxed


class _Hoped(Exception):
    """A value that the relaxed problem promised is reached by no whole list."""


def solve(question: Question, *, together: bool = True, before: Answer | None = None) -> Answer:
    """The list that is best by the levels in their order. Raises NoList when there is none.

    Where a vertex is fractional but its value is a whole number, that value is taken as reached and no whole
    list is looked for yet: one list, found at the end, then proves all levels at once. Only if there is none
    are whole lists looked for level by level.

    With `before`, the answer to nearly the same question, whoever stood far from every margin is pinned and
    proven after (see `pins`): the same list, sooner. Without `together` groups may be torn: only for finding
    out whether they are what stands in the way.
    """
    memory = before.memory if before is not None and together else None
    seen = memory.sees(question) if memory is not None else None
    if seen is not None:
        try:
            return _levels(question, seen, memory, hoping=True)
        except (_Hoped, NoList):
            pass  # the change reaches further than the pool
    seen = seen or see(question, together=together)
    try:
        return _levels(question, seen, None, hoping=True)
    except _Hoped:
        return _levels(question, seen, None, hoping=False)


def _levels(question: Question, seen: Seen, memory: Memory | None, *, hoping: bool) -> Answer:
    state = begin(seen)
    pins = Pins(state, memory)
    owed = False  # some level's value is only promised so far
    reached: list[Reached] = []
    for level in question.levels:
        step = _step(question, state, pins, level, hoping=hoping, owed=owed)
        owed = not step.whole
        _remember(question, state, level, step.score, step.value)
        reached.append(Reached(level.id, step.value, step.bound))
    last = _step(question, state, pins, Level(LOT), hoping=False, owed=owed)
    if memory is not None and last.value != last.bound:
        raise _Hoped  # another way to the same levels could draw another lot
    state.settled(state.free, np.zeros(state.free.size))  # by no level: next to the margin
    listed = _listed(state, last)
    chosen = _place(question, state, listed)
    work = {"steps": state.work, "pinned": int(pins.units.size)}
    return Answer(chosen, tuple(reached), work=work, memory=_memory(question, state, listed))


@dataclass(frozen=True, slots=True)
class _Step:
    """One level solved. `values`: units listed of each cell; where not `whole`, only the fixed ones count."""

    found: Cells
    values: Index
    score: Whole
    value: int
    bound: int
    whole: bool


def _step(question: Question, state: State, pins: Pins, level: Level, *, hoping: bool, owed: bool) -> _Step:
    """Solves a level, until its prices hold for whoever is pinned as well, and fixes what they settle."""
    score, divide = _divide(question, state, level)
    worth = np.zeros(0)
    while True:
        if level.id == LOT:
            score = _lots(question, state, pins.units)
        found, cols, solved = _relax(question, state, level, score, divide, owed)
        if pins:
            worth = pins.reduced(question, cols, solved, score)
            if (wrong := pins.wrong(worth)).size:
                pins.release(wrong)
                continue
        promised = _promised(solved)
        whole = solved.whole or not hoping or promised is None
        if whole:
            nodes = LOT_NODES if level.id == LOT and not owed else NODES
            values, bound = _whole(cols, solved, nodes, owed)
        else:
            values, bound = np.round(solved.values).astype(np.int64), promised or 0
        value = int(cols.cost @ values) if whole else bound
        gap = max(0.0, solved.objective - value)
        if pins and gap > NEAR * max(1.0, abs(value) * 1e-3) and (near := pins.within(worth, gap)).size:
            pins.release(near)
            continue
        break
    state.work += solved.work
    if pins:
        pins.settle(worth, gap)
    step = _Step(found, values[: cols.cells], score, value + cols.constant, bound + cols.constant, whole)
    if level.id != LOT:
        _settle(state, found, cols, solved, values, gap)
    return step


def _promised(solved: Solved) -> int | None:
    """The value of a relaxed problem, if it is a whole number."""
    nearest = round(solved.objective)
    return nearest if abs(solved.objective - nearest) <= NEAR * max(1.0, abs(nearest) * 1e-3) else None


def tie(seed: bytes, id: str) -> int:
    """The lot of a person: a hash of the id under the seed, which nobody chooses."""
    return int.from_bytes(hashlib.blake2b(id.encode(), key=seed[:64], digest_size=8).digest(), "big")


def _divide(question: Question, state: State, level: Level) -> tuple[Whole, Index]:
    """The score of each unit, and the code by which the level divides cells."""
    units = state.seen.units
    none = np.zeros(units.number, np.int64)
    if level.spread is not None:
        name, shares = level.spread
        codes, held = lift(units, question.attributes[name].astype(np.int64), shares.size)
        state.spreads.append(Spread(codes, held, shares))
        return none, codes
    if level.scores is None:
        return none, none
    return units.total(level.scores), none


def _relax(
    question: Question, state: State, level: Level, score: Whole, divide: Index, owed: bool
) -> tuple[Cells, Columns, Solved]:
    found = cells(state, divide, score)
    cols = columns(question, state, found, score, level)
    solved = run(cols.linear, whole=False)
    if solved.status != "optimal":
        raise _Hoped if owed else NoList(relaxed=True)
    return found, cols, solved


def _whole(cols: Columns, solved: Solved, nodes: int, owed: bool) -> tuple[Index, int]:
    """Whole numbers of people, and the bound (without the constant) that nothing can exceed.

    A column whose reduced cost exceeds the distance to the relaxed optimum cannot move in anything better,
    so the mixed problem needs only the others: first those within a narrow distance, then, if its optimum
    lies lower, those within the distance that it left.
    """
    if solved.whole:
        values = np.round(solved.values).astype(np.int64)
        return values, int(cols.cost @ values)
    top = solved.objective + NEAR * max(1.0, abs(solved.objective) * 1e-3)
    reach = solved.objective - floor(top) + float(np.max(np.abs(cols.cost), initial=1))
    widest = float(np.max(np.abs(solved.duals), initial=0.0))
    while True:
        mixed = run(_narrow(cols.linear, solved, reach), whole=True, nodes=nodes)
        if mixed.values.size == 0:
            if reach > widest:
                raise _Hoped if owed else NoList(relaxed=False)
            reach *= 8
            continue
        values = np.round(mixed.values).astype(np.int64)
        left = solved.objective - float(cols.cost @ values)
        if left <= reach or reach > widest:
            bound = (
                int(cols.cost @ values) if mixed.status == "optimal" else floor(min(top, mixed.bound + NEAR))
            )
            return values, bound
        reach = left


def _narrow(linear: Linear, solved: Solved, reach: float) -> Linear:
    """The same problem with every column fixed that cannot matter within `reach` of the relaxed optimum."""
    still = np.abs(solved.duals) <= reach + NEAR
    fixed: Reals = np.round(solved.values)
    return replace(linear, low=np.where(still, linear.low, fixed), high=np.where(still, linear.high, fixed))


def _settle(state: State, found: Cells, cols: Columns, solved: Solved, values: Index, gap: float) -> None:
    """Fixes for good what no equally good list could change."""
    if solved.duals.size == 0:
        return
    sure = np.abs(solved.duals) > gap + 1e-5
    amount = values[: cols.cells]
    here = sure[: cols.cells] & ((amount == 0) | (amount == found.count))
    goes_in = here & (amount > 0)
    state.inside = np.concatenate([state.inside, found.units[goes_in[found.of]]])
    state.settled(found.units[here[found.of]], np.abs(solved.duals[: cols.cells])[found.of][here[found.of]])
    free = ~here
    state.free = found.units[free[found.of]]
    state.cell = found.of[free[found.of]]
    pairs = slice(cols.cells, cols.cells + cols.pair_tau.size)
    shut = sure[pairs] & (values[pairs] == 0)
    state.may[cols.pair_tau[shut], cols.pair_slot[shut]] = False


def _remember(question: Question, state: State, level: Level, score: Whole, value: int) -> None:
    if level.spread is not None:
        state.excess.append(-value)
    elif level.keep is not None:
        state.kept.append((keeping(question, state, level.keep), value))
    elif level.scores is not None:
        state.scores.append(score)
        state.least.append(value)


def _lots(question: Question, state: State, pinned: Index) -> Whole:
    units = state.seen.units
    lots = np.zeros(units.number, np.int64)
    for unit in [*state.free.tolist(), *pinned.tolist()]:
        members = units.of(unit)
        lots[unit] = (1 + tie(question.seed, question.ids[members[0]]) % LOTS) * members.size
    return lots


def _listed(state: State, last: _Step) -> Index:
    """The units on the list, sorted."""
    found = last.found
    rank = np.arange(found.units.size) - found.first[found.of]
    taken = found.units[rank < last.values[found.of]] if found.units.size else found.units
    return np.sort(np.concatenate([state.inside, taken]))


def _place(question: Question, state: State, listed: Index) -> dict[int, int]:
    """Candidate -> slot. Inside one tau the first slots go to those whom the levels put first.

    Which slots a tau has is drawn like everything that the levels leave equal.
    """
    units, tau = state.seen.units, state.seen.tau
    if len(question.slots) == 1:
        return {int(m): 0 for unit in listed.tolist() for m in units.of(unit)}
    state.inside, state.free, state.cell = listed, listed[:0], listed[:0]
    state.may = state.seen.may
    none = np.zeros(units.number, np.int64)
    cols = columns(question, state, cells(state, none, none), none, Level(""))
    pairs = zip(cols.pair_tau.tolist(), cols.pair_slot.tolist(), strict=True)
    cols.cost[: cols.pair_tau.size] = [tie(question.seed, f"slot {t} {s}") % LOTS for t, s in pairs]
    drawn = replace(cols, linear=replace(cols.linear, cost=cols.cost.astype(float)))
    values, _ = _whole(drawn, run(drawn.linear, whole=False), NODES, owed=False)
    listed = listed[np.lexsort(_order(question, state, listed))]
    room: dict[int, list[int]] = {}
    flow = values[: cols.pair_tau.size].tolist()
    for at, slot, count in zip(cols.pair_tau.tolist(), cols.pair_slot.tolist(), flow, strict=True):
        room.setdefault(at, []).extend([slot] * count)
    queue = {at: iter(sorted(slots)) for at, slots in room.items()}
    return {
        int(m): slot
        for unit in listed.tolist()
        for slot in [next(queue[int(tau[unit])])]
        for m in units.of(unit)
    }


def _memory(question: Question, state: State, listed: Index) -> Memory | None:
    if any(level.keep for level in question.levels):
        return None
    inside = np.zeros(state.seen.units.number, bool)
    inside[listed] = True
    near = np.lexsort((state.settled_by, -state.settled_at))
    return Memory(question, state.seen, inside, near.astype(np.int32))


def _order(question: Question, state: State, listed: Index) -> tuple[NDArray[np.generic], ...]:
    """Keys for lexsort, the weightiest last: scores by head, then the lot."""
    units = state.seen.units
    size = np.diff(units.start)[listed]
    lots = np.array([tie(question.seed, question.ids[units.of(u)[0]]) for u in listed.tolist()], np.uint64)
    return (lots, *(-(score[listed] / size) for score in reversed(state.scores)))
