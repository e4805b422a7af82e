"""The chance of a pair is that of all ways to pair people off, held against counting them one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.matching.weights import SPARE, true_chance, value_rarity

Edge = tuple[int, int, float]


def counted(edges: list[Edge], odds: np.ndarray) -> np.ndarray:
    """The share of each edge among all sets of edges that share nobody, by the product of their odds."""
    whole, found = 0.0, np.zeros(len(edges))
    for size in range(len(edges) + 1):
        for chosen in combinations(range(len(edges)), size):
            ends = [edges[k][:2] for k in chosen]
            if len({a for a, _ in ends}) == len({b for _, b in ends}) == size:
                weight = float(np.prod(odds[list(chosen)]))
                whole += weight
                found[list(chosen)] += weight
    return found / whole


def asked(edges: list[Edge], sizes: tuple[int, int], expected: float) -> tuple[np.ndarray, np.ndarray]:
    """Chances stated of the edges, and their odds against the case that neither has a counterpart."""
    i, j, weight = (np.asarray([edge[k] for edge in edges]) for k in range(3))
    stated = true_chance(weight.astype(float), (i.astype(int), j.astype(int)), sizes, expected)
    free = [size - expected + 1.0 + SPARE * size for size in sizes]
    return stated, np.exp2(weight.astype(float)) * expected / (free[0] * free[1])


BITS = st.floats(2.0, 22.0)
# Every edge hangs a new person on one who is there: no way round.
TREES = st.lists(st.tuples(st.integers(0, 5), BITS), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_chances_are_exact_where_no_tangle_goes_round(steps: list[tuple[int, float]]) -> None:
    left, right, edges = 1, 0, []
    for place, bits in steps:
        if (left + right + place) % 2 and right:
            edges.append((left, place % right, bits))
            left += 1
        else:
            edges.append((place % left, right, bits))
            right += 1
    stated, odds = asked(edges, (200, 150), 60.0)
    assert stated == pytest.approx(counted(edges, odds), abs=2e-3)


def test_a_tangle_that_goes_round_is_near() -> None:
    edges = [(0, 0, 14.0), (0, 1, 12.0), (1, 0, 11.0), (1, 1, 13.0)]
    stated, odds = asked(edges, (100, 100), 50.0)
    assert stated == pytest.approx(counted(edges, odds), abs=0.07)


def test_a_rival_who_is_wanted_elsewhere_is_none() -> None:
    edges = [(0, 0, 13.0), (0, 1, 13.0)]
    alone = asked(edges, (100, 100), 50.0)[0][0]
    elsewhere = asked([*edges, (1, 1, 40.0)], (100, 100), 50.0)[0][0]
    assert alone < 0.55
    assert elsewhere > 0.6


def test_the_fewer_are_left_the_less_evidence_is_needed() -> None:
    edges = [(0, 0, 9.0)]
    few, half, most = (asked(edges, (1000, 1000), expected)[0][0] for expected in (10.0, 500.0, 980.0))
    assert few < half < 0.5 < most


def test_people_all_alike_share_one_counterpart_each() -> None:
    people = 30
    i, j = np.divmod(np.arange(people * people), people)
    stated = true_chance(np.full(len(i), 25.0), (i, j), (people, people), 20.0)
    assert stated.max() - stated.min() < 1e-3
    assert 0.9 / people < stated[0] < 1.2 / people


@given(st.floats(1e-6, 0.5), st.floats(1e-6, 0.5))
def test_a_column_that_agrees_by_chance_gains_nothing_by_rare_values(u: float, share: float) -> None:
    assert value_rarity((u, u), np.asarray([share]))[0] == pytest.approx(0.0, abs=1e-9)
    telling = value_rarity((0.9, u), np.asarray([share]))[0]
    assert (telling > 0) == (share < u) or telling == pytest.approx(0.0, abs=1e-6)
