"""The exact list: one level after the other, each proven, on no more columns than can still matter.

Inside one signature people differ only by their scores, so the best few stand for all (dominance). A level
needs only (signature, scores so far); whatever has a reduced cost beyond the gap is fixed for good; only
what is still free is divided by the next level's scores. Where a vertex is fractional, a mixed problem over
the columns that could still change closes the gap. The last level is a lot drawn by a keyed hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from obmin.core.compose.bases import Basis
from obmin.core.compose.columns import Cells, Columns, State, begin, cells, columns
from obmin.core.compose.engine import NODES, Solved
from obmin.core.compose.engine import solve as run
from obmin.core.compose.last import FEW, End, Stretch, remember, spread
from obmin.core.compose.pins import POOL, Memory, Pins
from obmin.core.compose.problem import Answer, Level, Question, Reached
from obmin.core.compose.units import Index, Seen, see
from obmin.core.compose.whole import Hoped, NoList, promised, whole_list

__all__ = ["NoList", "solve"]


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
    known = memory.sees(question) if memory is not None else None
    if known is not None:
        try:
            return _levels(question, *known, hoping=True)
        except (Hoped, NoList):
            pass  # the change reaches further than the pool
    seen = known[0] if known is not None else see(question, together=together)
    try:
        return _levels(question, seen, None, hoping=True)
    except Hoped:
        return _levels(question, seen, None, hoping=False)


def _levels(question: Question, seen: Seen, memory: Memory | None, *, hoping: bool) -> Answer:
    state = begin(seen)
    if memory is not None and memory.question.seed == question.seed:
        state.ties = memory.ties.copy()
    pins = Pins(state, memory)
    owed = False  # some level's value is only promised so far
    reached: list[Reached] = []
    levels = list(question.levels)
    while levels and memory is None and state.free.size > FEW:
        found, owed = _step(question, state, levels.pop(0), hoping=hoping, owed=owed)
        reached.append(found)
    end = Stretch(question, state, pins, hoping=hoping, owed=owed).finish(levels)
    if memory is not None and not end.only:
        raise Hoped  # another way to the same levels could end in another list
    chosen = _place(question, state, end)
    if hoping and not _as_promised(question, chosen, (*reached, *end.levels)):
        raise Hoped
    work = {"steps": state.work, "pinned": pins.began}
    steps = max(state.work, memory.steps if memory is not None else 0)
    kept = _memory(question, state, end.listed, steps)
    return Answer(chosen, (*reached, *end.levels), work=work, memory=kept)


def _step(question: Question, state: State, level: Level, *, hoping: bool, owed: bool) -> tuple[Reached, bool]:
    """Solves one level and fixes what it settles. Also says whether its value is only promised."""
    score = divide = np.zeros(state.seen.units.number, np.int64)
    if level.spread is not None:
        state.spreads.append(spread(question, state, level.spread))
        divide = state.spreads[-1].codes
    elif level.scores is not None:
        score = state.seen.units.total(level.scores)
    found = cells(state, divide, score)
    cols = columns(question, state, found, score, level)
    solved = run(cols.linear, whole=False)
    if solved.status != "optimal":
        raise Hoped if owed else NoList(relaxed=True)
    hoped = promised(solved) if hoping and not solved.whole else None
    if hoped is None:
        values, bound = whole_list(lambda: cols.linear, cols.cost, solved, NODES, owed=owed)
        value = int(cols.cost @ values)  # this list has the earlier values, too
    else:
        values, value, bound = np.round(solved.values).astype(np.int64), hoped, hoped
    state.work += solved.work
    number = len(state.scores) + len(state.kept) + len(state.excess)
    state.bases[number] = Basis(cols.column_keys, cols.row_keys, solved.basic)
    _settle(state, found, cols, solved, values, max(0.0, solved.objective - value))
    remember(question, state, level, score, value + cols.constant)
    return Reached(level.id, value + cols.constant, max(value, bound) + cols.constant), hoped is not None


def _settle(state: State, found: Cells, cols: Columns, solved: Solved, values: Index, gap: float) -> None:
    """Fixes for good what no equally good list could change."""
    if solved.duals.size == 0:
        return
    sure = np.abs(solved.duals) > gap + 1e-5
    amount = values[: cols.cells]
    here = sure[: cols.cells] & ((amount == 0) | (amount == found.count))
    goes_in = here & (amount > 0)
    state.inside = np.concatenate([state.inside, found.units[goes_in[found.of]]])
    fixed = here[found.of]
    state.settled(found.units[fixed], np.abs(solved.duals[: cols.cells])[found.of][fixed])
    free = ~here
    state.free = found.units[free[found.of]]
    state.cell = found.of[free[found.of]]
    pairs = slice(cols.cells, cols.cells + cols.pair_tau.size)
    shut = sure[pairs] & (values[pairs] == 0)
    state.may[cols.pair_tau[shut], cols.pair_slot[shut]] = False


def _as_promised(question: Question, chosen: Mapping[int, int], reached: Sequence[Reached]) -> bool:
    """Whether the list itself, added up in whole numbers, has what each scored level came to."""
    listed = np.fromiter(chosen, np.int64, len(chosen))
    return all(
        level.scores is None or int(level.scores[listed].sum()) >= found.value
        for level, found in zip(question.levels, reached, strict=True)
    )


def _place(question: Question, state: State, end: End) -> dict[int, int]:
    """Candidate -> slot. Inside one tau the first slots go to those whom the levels put first."""
    units, tau = state.seen.units, state.seen.tau
    if len(question.slots) == 1:
        return dict.fromkeys(units.all_of(end.listed)[0].tolist(), 0)
    listed = end.listed[np.lexsort((*_order(question, state, end.listed), tau[end.listed]))]
    order = np.lexsort((end.slot, end.tau))
    slots = np.repeat(end.slot[order], end.flow[order])
    members, size = units.all_of(listed)
    return dict(zip(members.tolist(), np.repeat(slots, size).tolist(), strict=True))


def _memory(question: Question, state: State, listed: Index, steps: int) -> Memory | None:
    if any(level.keep for level in question.levels):
        return None
    units = state.seen.units
    inside = np.zeros(units.number, bool)
    inside[listed] = True
    # by level, the last first, then by distance
    far = np.round(state.settled_by, 4) - 1e9 * (state.settled_at + 1)
    basic = np.unique(np.concatenate([b.moving for b in state.bases.values()]))
    basic = basic[basic < units.number]

    def near_enough(units: Index) -> Memory:
        pool = np.union1d(units, basic)
        return Memory(question, state.seen, inside, pool, far, state.bases, state.ties, steps)

    if units.number <= POOL:
        return near_enough(np.arange(units.number))
    edge = np.partition(far, POOL)[POOL]
    near, equal = np.flatnonzero(far < edge), np.flatnonzero(far == edge)
    # equally far: those inside whom the levels put last, those outside whom they put first
    members, size = units.all_of(equal)
    side = np.where(inside[equal], 1, -1)
    scores = [level.scores[members] for level in question.levels if level.scores is not None]
    keys = [side * np.add.reduceat(s, np.cumsum(size) - size) for s in reversed(scores)]
    best = np.lexsort(keys) if keys else np.arange(equal.size)
    return near_enough(np.append(near, equal[best[: POOL - near.size]]))


def _order(question: Question, state: State, listed: Index) -> tuple[NDArray[np.generic], ...]:
    """Keys for lexsort, the weightiest last: scores by head, then the lot."""
    members, size = state.seen.units.all_of(listed)
    start = np.cumsum(size) - size
    lots = state.drawn(question, listed)
    scores = [level.scores for level in question.levels if level.scores is not None]
    if not listed.size:
        return (lots,)
    return (lots, *(-(np.add.reduceat(score[members], start) / size) for score in reversed(scores)))
