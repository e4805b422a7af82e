"""One-to-one assignment: of all ways to pair people off, the one with the greatest total weight."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from obmin.core.matching.levels import Floats, Ints

LARGEST_BLOCK: Final = 3000  # people of one tangle that are assigned exactly; above it the best pair goes first


def assign(i: Ints, j: Ints, gain: Floats, sizes: tuple[int, int]) -> NDArray[np.bool_]:
    """Which pairs (i, j) to take so that nobody is taken twice and the sum of `gain` (> 0) is greatest.

    Pairs fall apart into tangles that share nobody; each is solved exactly.
    """
    taken = np.zeros(len(i), dtype=bool)
    if not len(i):
        return taken
    nodes = sizes[0] + sizes[1]
    graph = coo_array((np.ones(len(i)), (i, j + sizes[0])), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=False)
    tangle = part[i]
    order = np.argsort(tangle, kind="stable")
    starts = np.flatnonzero(np.diff(tangle[order], prepend=-1))
    for start, end in zip(starts, np.append(starts[1:], len(order)), strict=True):
        members = order[start:end]
        if len(members) == 1:
            taken[members] = True
        else:
            taken[_tangle(i[members], j[members], gain[members], members)] = True
    return taken


def _tangle(i: Ints, j: Ints, gain: Floats, members: Ints) -> Ints:
    rows, row = np.unique(i, return_inverse=True)
    columns, column = np.unique(j, return_inverse=True)
    if len(rows) + len(columns) > LARGEST_BLOCK:
        return members[_greedy(row, column, gain)]
    table = np.zeros((len(rows), len(columns)))
    at = np.full((len(rows), len(columns)), -1, dtype=np.int64)
    table[row, column] = gain
    at[row, column] = np.arange(len(members))
    best_rows, best_columns = linear_sum_assignment(table, maximize=True)
    chosen = at[best_rows, best_columns]
    return members[chosen[chosen >= 0]]


def _greedy(row: Ints, column: Ints, gain: Floats) -> Ints:
    free_rows = np.ones(int(row.max()) + 1, dtype=bool)
    free_columns = np.ones(int(column.max()) + 1, dtype=bool)
    chosen = []
    for k in np.lexsort((column, row, -gain)):
        if free_rows[row[k]] and free_columns[column[k]]:
            free_rows[row[k]] = free_columns[column[k]] = False
            chosen.append(int(k))
    return np.asarray(chosen, dtype=np.int64)


def margin(i: Ints, j: Ints, weight: Floats, sizes: tuple[int, int]) -> Floats:
    """For each pair, its weight above the best other pair of either person, in bits; inf without rivals."""
    best_other = np.maximum(_other(i, weight, sizes[0]), _other(j, weight, sizes[1]))
    return np.asarray(weight - best_other)


def _other(who: Ints, weight: Floats, people: int) -> Floats:
    """For each pair the greatest weight among the other pairs of the same person; -inf if there is none."""
    order = np.lexsort((-weight, who))
    first = np.flatnonzero(np.diff(who[order], prepend=-1))
    best = np.full(people, -np.inf)
    second = np.full(people, -np.inf)
    best[who[order[first]]] = weight[order[first]]
    next_ = first + 1
    has = next_ < len(order)
    has[has] = who[order[next_[has]]] == who[order[first[has]]]
    second[who[order[first[has]]]] = weight[order[next_[has]]]
    is_best = np.zeros(len(who), dtype=bool)
    is_best[order[first]] = True
    return np.where(is_best, second[who], best[who])
