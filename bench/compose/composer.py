"""The product's solver, warm: the second of two runs on a question that stands in memory."""

from __future__ import annotations

import time

import numpy as np
from _cases import LEVELS, PHASES, Case, cases, megabytes, tell

from obmin.core.compose.problem import Kind, Level, Part, Question, Row, Slot
from obmin.core.compose.solve import solve


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


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        asked = question(case)
        standing = megabytes()
        solve(asked)
        began = time.perf_counter()
        answer = solve(asked)
        figures = {
            "seconds": round(time.perf_counter() - began, 3),
            "proven levels": sum(level.proven for level in answer.levels),
            **{level.id: level.value for level in answer.levels},
            "MB in all": megabytes(),
            "MB before": standing,
        }
        documents.append({"case": case.name, "figures": figures})
    tell(documents)


if __name__ == "__main__":
    main()
