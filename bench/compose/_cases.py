"""The cases of this folder: 1,000 of M under three phases, quotas, caps, groups, named people, four levels.

Plain arrays and no solver, so that every contestant can load them beside whatever it needs.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZES = tuple(int(n) for n in os.environ.get("OBMIN_BENCH_SIZES", "6000,60000,600000").split(","))
LIMIT = float(os.environ.get("OBMIN_BENCH_LIMIT", "60"))  # seconds for a contestant on one case
PHASES = 3
LEVELS = ("urgency", "captivity", "young", "women")
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rule:
    """low ≤ how many of those with this code of the column are listed in these phases ≤ high."""

    column: str
    code: int
    phases: tuple[int, ...]
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Case:
    size: int
    columns: dict[str, Ints]  # track, place, region, named: codes from 0
    scores: Ints  # level × person
    groups: Ints  # -1 for none
    rules: tuple[Rule, ...]

    @property
    def name(self) -> str:
        return f"1,000 of {self.size:,}"


def make(size: int, seed: int = 1) -> Case:
    r = np.random.default_rng(seed)
    track = (r.random(size) < 0.1).astype(np.int64)
    place, region = r.integers(0, 40, size), r.integers(0, 25, size)
    named = np.zeros(size, np.int64)
    named[r.choice(size, 12, replace=False)] = np.arange(1, 13)
    scores = np.stack(
        [
            r.choice([0, 1, 2, 3], size, p=[0.85, 0.1, 0.03, 0.02]),
            r.integers(0, 1200, size),
            r.choice([0, 1, 2], size, p=[0.8, 0.15, 0.05]),
            (r.random(size) < 0.08).astype(np.int64),
        ]
    ).astype(np.int64)
    groups = np.full(size, -1, np.int64)
    together = r.permutation(size)[: size // 25]
    groups[together] = np.arange(together.size) // 3
    every = tuple(range(PHASES))
    rules = [Rule("track", 0, every, 880, 880), Rule("track", 1, every, 120, 120)]
    for phase, (soldiers, civilians) in enumerate(((270, 120), (307, 0), (303, 0))):
        rules += [
            Rule("track", 0, (phase,), soldiers, soldiers),
            Rule("track", 1, (phase,), civilians, civilians),
        ]
    for code in range(40):
        rules.append(Rule("place", code, every, None, 34))
        rules += [Rule("place", code, (phase,), None, 15) for phase in every]
    rules += [Rule("region", code, every, 20, 60) for code in range(25)]
    rules += [Rule("named", code, every, 1, 1) for code in range(1, 13)]
    return Case(
        size, {"track": track, "place": place, "region": region, "named": named}, scores, groups, tuple(rules)
    )


def cases() -> Iterator[Case]:
    for size in SIZES:
        yield make(size)


def units(case: Case) -> list[list[int]]:
    """Whoever moves as one: people alone, then groups."""
    alone = [[int(i)] for i in np.flatnonzero(case.groups < 0)]
    grouped: dict[int, list[int]] = {}
    for i in np.flatnonzero(case.groups >= 0).tolist():
        grouped.setdefault(int(case.groups[i]), []).append(i)
    return alone + list(grouped.values())


def megabytes() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def tell(documents: list[dict[str, object]]) -> None:
    json.dump(documents, sys.stdout)
