"""What a careful officer does by hand: the best first, each to the first day that has room."""

from __future__ import annotations

import time

import numpy as np
from _cases import LEVELS, PHASES, Case, cases, megabytes, tell, units


def listed(case: Case) -> list[int]:
    who = units(case)
    room = {}
    for rule in case.rules:
        if rule.high is not None:
            room[rule.column, rule.code, rule.phases] = rule.high
    rules: dict[tuple[str, int, int], list[tuple[str, int, tuple[int, ...]]]] = {}
    for key in room:
        for phase in key[2]:
            rules.setdefault((key[0], key[1], phase), []).append(key)
    score = np.array([[-case.scores[n][m].mean() for m in who] for n in range(len(LEVELS))])
    named = np.array([-max(int(case.columns["named"][i]) > 0 for i in m) for m in who])
    taken: list[int] = []
    for unit in np.lexsort((*score[::-1], named)).tolist():
        for phase in range(PHASES):
            needs: dict[tuple[str, int, tuple[int, ...]], int] = {}
            for member in who[unit]:
                for name, codes in case.columns.items():
                    for key in rules.get((name, int(codes[member]), phase), ()):
                        needs[key] = needs.get(key, 0) + 1
            if all(room[key] >= n for key, n in needs.items()):
                for key, n in needs.items():
                    room[key] -= n
                taken += who[unit]
                break
        if len(taken) >= 1000:
            break
    return taken


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        began = time.perf_counter()
        taken = listed(case)
        figures = {
            "seconds": round(time.perf_counter() - began, 3),
            "listed": len(taken),
            **{name: int(case.scores[n][taken].sum()) for n, name in enumerate(LEVELS)},
            "MB in all": megabytes(),
        }
        documents.append({"case": case.name, "figures": figures})
    tell(documents)


if __name__ == "__main__":
    main()
