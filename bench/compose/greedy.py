"""What a careful officer does by hand: the best first, each to the first day that has room."""

from __future__ import annotations

import time

import numpy as np
from _cases import LEVELS, PHASES, Case, cases, megabytes, tell, units

Key = tuple[str, int, int]
Limit = tuple[str, int, tuple[int, ...]]


def listed(case: Case) -> list[int]:
    who = units(case)
    room: dict[Limit, int] = {}
    for rule in case.rules:
        if rule.high is not None:
            room[rule.column, rule.code, rule.phases] = rule.high
    rules: dict[Key, list[Limit]] = {}
    for key in room:
        for phase in key[2]:
            rules.setdefault((key[0], key[1], phase), []).append(key)
    score = np.array([[-case.scores[n][m].mean() for m in who] for n in range(len(LEVELS))])
    named = np.array([-max(int(case.columns["named"][i]) > 0 for i in m) for m in who])
    taken: list[int] = []
    for unit in np.lexsort((*score[::-1], named)).tolist():
        for phase in range(PHASES):
            needs = needed(case, who[unit], phase, rules)
            if all(room[key] >= n for key, n in needs.items()):
                for key, n in needs.items():
                    room[key] -= n
                taken += who[unit]
                break
        if len(taken) >= 1000:
            break
    return taken


def needed(case: Case, members: list[int], phase: int, rules: dict[Key, list[Limit]]) -> dict[Limit, int]:
    needs: dict[Limit, int] = {}
    for member in members:
        for name, codes in case.columns.items():
            for key in rules.get((name, int(codes[member]), phase), ()):
                needs[key] = needs.get(key, 0) + 1
    return needs


def floors_missed(case: Case, taken: list[int]) -> int:
    """Minimum numbers that the list does not reach: greedy knows none of them."""
    listed = np.array(taken)
    whole = [r for r in case.rules if r.low and len(r.phases) == PHASES]
    return sum(int((case.columns[r.column][listed] == r.code).sum()) < (r.low or 0) for r in whole)


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        began = time.perf_counter()
        taken = listed(case)
        figures = {
            "seconds": round(time.perf_counter() - began, 3),
            "listed": len(taken),
            "floors missed": floors_missed(case, taken),
            **{name: int(case.scores[n][taken].sum()) for n, name in enumerate(LEVELS)},
            "MB in all": megabytes(),
        }
        documents.append({"case": case.name, "figures": figures})
    tell(documents)


if __name__ == "__main__":
    main()
