"""The product's solver, warm, on a question that stands in memory: the median of five runs.

`again` is what solving again after one edited clause takes, as a share of solving it from the beginning:
processor time, over edits of several kinds.
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
    """One clause edited at a time: numbers of a day and in all, caps, floors; one clause more, one fewer."""

    def given(changes: dict[tuple[str, tuple[int, ...]], int]) -> Question:
        rows = []
        for row in asked.rows:
            by = changes.get((row.clause, row.slots), 0)
            low = None if row.low is None else row.low + by
            rows.append(replace(row, low=low, high=None if row.high is None else row.high + by))
        return replace(asked, rows=tuple(rows))

    def more(column: str, codes: range, most: int, phases: tuple[int, ...]) -> Question:
        weights = np.zeros(int(asked.attributes[column].max()) + 1, np.int64)
        weights[codes] = 1
        row = Row("new", Kind.QUOTA, (Part(column, weights),), None, most, phases)
        return replace(asked, rows=(*asked.rows, row))

    def without(clause: str) -> Question:
        return replace(asked, rows=tuple(row for row in asked.rows if row.clause != clause))

    every = tuple(range(PHASES))
    return [
        given({("track 0", (0,)): 10, ("track 0", (1,)): -10}),
        given({("track 0", every): 20, ("track 0", (0,)): 20}),
        given({("track 0", every): -20, ("track 0", (0,)): -20}),
        given({("track 1", every): 10, ("track 1", (0,)): 10}),
        given({("place 7", every): -6}),
        given({("place 7", (0,)): -5}),
        given({("region 3", every): -2}),
        more("region", range(5, 6), 12, (0,)),
        more("place", range(3, 6), 70, every),
        without("place 7"),
        without("region 3"),
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


def timed(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The median of five."""
    taken = []
    for _ in range(5):
        began = clock()
        run()
        taken.append(clock() - began)
    return sorted(taken)[2]


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        asked = question(case)
        standing = megabytes()
        answer = solve(asked)
        cold = timed(lambda asked=asked: solve(asked))
        needed = megabytes()
        again = []
        for other in edits(asked):
            fresh, kept = solve(other), solve(other, before=answer)
            if dict(fresh.chosen) != dict(kept.chosen):
                raise AssertionError("solving again found another list")
            del fresh, kept
            from_start = timed(lambda other=other: solve(other), time.process_time)
            after = timed(lambda other=other, answer=answer: solve(other, before=answer), time.process_time)
            again.append(after / from_start)
        figures = {
            "seconds": round(cold, 4),
            "proven levels": sum(level.proven for level in answer.levels),
            **{level.id: level.value for level in answer.levels},
            "MB in all": needed,
            "MB with edits": megabytes(),
            "MB before": standing,
            "again, median": round(sorted(again)[len(again) // 2], 2),
            "again, worst": round(max(again), 2),
            "clash seconds": round(clash(asked), 3),
        }
        documents.append({"case": case.name, "figures": figures})
    tell(documents)


if __name__ == "__main__":
    main()
