"""The product's solver, warm, on a question that stands in memory: the median of five runs.

`again` is what solving again after one edited clause takes, as a share of solving it from the beginning.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from _cases import LEVELS, PHASES, Case, cases, megabytes, tell

from obmin.core.compose.clash import clashes
from obmin.core.compose.compile import Compiled
from obmin.core.compose.problem import Kind, Level, Part, Question, Row, Slot
from obmin.core.compose.solve import solve
from obmin.core.terms import load

AGREEMENT = Path(__file__).parents[2] / "agreements" / "istanbul-2025-05-16.yaml"


def question(case: Case) -> Question:
    rows = []
    for rule in case.rules:
        weights = np.zeros(int(case.columns[rule.column].max()) + 1, np.int64)
        weights[rule.code] = 1
        part = Part(rule.column, weights)
        rows.append(Row(f"{rule.column} {rule.code}", Kind.QUOTA, (part,), rule.low, rule.high, rule.phases))
    attributes = {name: codes.astype(np.int32) for name, codes in case.columns.items()}
    attributes["open"] = np.zeros(case.size, np.int32)
    return Question(
        ids=tuple(f"p{i:07d}" for i in range(case.size)),
        attributes=attributes,
        slots=tuple(Slot("", f"P{n}") for n in range(PHASES)),
        open_slots=("open", np.ones((1, PHASES), bool)),
        rows=tuple(rows),
        levels=tuple(Level(name, scores=case.scores[n]) for n, name in enumerate(LEVELS)),
        groups=case.groups.astype(np.int32),
        seed=b"bench",
    )


def edits(asked: Question) -> list[Question]:
    """One clause edited at a time: ten more on the first day and fewer on the second; fewer from one place."""

    def given(changes: dict[tuple[str, tuple[int, ...]], int]) -> Question:
        rows = []
        for row in asked.rows:
            by = changes.get((row.clause, row.slots), 0)
            low = None if row.low is None else row.low + by
            rows.append(replace(row, low=low, high=None if row.high is None else row.high + by))
        return replace(asked, rows=tuple(rows))

    every = tuple(range(PHASES))
    return [
        given({("track 0", (0,)): 10, ("track 0", (1,)): -10}),
        given({("track 0", every): 20, ("track 0", (0,)): 20}),
        given({("place 7", every): -6}),
        given({("region 3", every): -2}),
    ]


def clash(asked: Question) -> float:
    """Seconds until it is said that more are to go in the phases than in all."""
    rows = [
        replace(row, low=row.low + 30, high=row.high + 30)
        if (row.clause, row.slots) == ("track 0", (0,)) and row.low is not None and row.high is not None
        else row
        for row in asked.rows
    ]
    nobody = pl.DataFrame()
    compiled = Compiled(replace(asked, rows=tuple(rows)), nobody, nobody, {}, {}, {})
    agreement = load(AGREEMENT.read_text(encoding="utf-8"), file=AGREEMENT.name)
    began = time.perf_counter()
    found = clashes(compiled, agreement)
    taken = time.perf_counter() - began
    if found.clashes != ("track 0",):
        raise AssertionError(found.message)
    return taken


def timed(run: Callable[[], object]) -> float:
    """The median of five."""
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[2]


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        asked = question(case)
        standing = megabytes()
        answer = solve(asked)
        cold = timed(lambda asked=asked: solve(asked))
        again = []
        for other in edits(asked):
            fresh, kept = solve(other), solve(other, before=answer)
            if dict(fresh.chosen) != dict(kept.chosen):
                raise AssertionError("solving again found another list")
            from_start = timed(lambda other=other: solve(other))
            after = timed(lambda other=other, answer=answer: solve(other, before=answer))
            again.append(after / from_start)
        figures = {
            "seconds": round(cold, 4),
            "proven levels": sum(level.proven for level in answer.levels),
            **{level.id: level.value for level in answer.levels},
            "MB in all": megabytes(),
            "MB before": standing,
            "again, best": round(min(again), 2),
            "again, worst": round(max(again), 2),
            "clash seconds": round(clash(asked), 3),
        }
        documents.append({"case": case.name, "figures": figures})
    tell(documents)


if __name__ == "__main__":
    main()
