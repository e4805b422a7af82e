"""The solver against peers: brute force on tiny questions, OR-tools run to proof on larger ones."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from obmin.core.compose import last
from obmin.core.compose import solve as solving
from obmin.core.compose.problem import Kind, Level, Part, Question, Row, Slot
from obmin.core.compose.solve import NoList, solve


def random_question(seed: int, most: int) -> Question:
    """Tracks, phases, quotas, caps by place (some of them by phase), groups, locks; four kinds of level."""
    r = np.random.default_rng(seed)
    n = int(r.integers(3, most))
    slots = tuple(Slot("", f"P{k}") for k in range(1, int(r.integers(1, 4)) + 1))
    track = r.integers(0, 2, n).astype(np.int32)
    place = r.integers(0, int(r.integers(2, 6)), n).astype(np.int32)
    region = r.integers(0, 3, n).astype(np.int32)
    rows: list[Row] = []
    wanted = [int((track == t).sum() * r.uniform(0.2, 0.7)) for t in (0, 1)]
    for t in (0, 1):
        weights = np.eye(2, dtype=np.int64)[t]
        slack = int(r.integers(0, 3))
        rows.append(Row(f"T{t}", Kind.QUOTA, (Part("track", weights),), max(0, wanted[t] - slack), wanted[t]))
        if len(slots) > 1 and r.random() < 0.7:
            for s in range(len(slots)):
                share = -(-wanted[t] // len(slots)) + int(r.integers(0, 2))
                rows.append(Row(f"T{t}", Kind.PHASE, (Part("track", weights),), None, share, (s,)))
    places, regions = int(place.max()) + 1, int(region.max()) + 1
    for v in range(places):
        if r.random() < 0.6:
            part = Part("place", np.eye(places, dtype=np.int64)[v])
            where = (int(r.integers(0, len(slots))),) if r.random() < 0.5 else ()
            rows.append(Row("cap", Kind.CAP, (part,), None, max(1, sum(wanted) // places), where))
    for v in range(regions):
        if r.random() < 0.5:
            part = Part("region", np.eye(regions, dtype=np.int64)[v])
            rows.append(Row("region", Kind.CAP, (part,), int(r.integers(0, 2)), sum(wanted) // 2 + 1))
    groups = np.full(n, -1, np.int32)
    for g in range(int(r.integers(0, max(1, n // 8) + 1))):
        groups[r.choice(n, int(r.integers(2, 5)) if n > 6 else 2, replace=False)] = g
    was = np.where(r.random(n) < 0.3, r.integers(1, len(slots) + 1, n), 0).astype(np.int32)
    tables = np.array([[True] * len(slots), [True] + [bool(r.integers(0, 2)) for _ in slots[1:]]])
    levels = [
        Level("urgent", scores=r.integers(0, 4, n).astype(np.int64)),
        Level("long", scores=r.integers(0, 12, n).astype(np.int64)),
        Level("even", spread=("region", np.full(regions, max(1, sum(wanted) // 3), np.int64))),
        Level("sex", scores=r.integers(0, 2, n).astype(np.int64)),
    ]
    if len(slots) > 1 and r.random() < 0.4:
        levels.insert(0, Level("stay", keep="was"))
    return Question(
        ids=tuple(f"p{i:04d}" for i in range(n)),
        attributes={"track": track, "place": place, "region": region, "was": was, "open": track},
        slots=slots,
        open_slots=("open", tables),
        rows=tuple(rows),
        levels=tuple(levels),
        groups=groups,
        seed=b"s",
    )


def plain(q: Question) -> dict[str, Any]:
    """The question as undivided rows over people, for peers and for checking an answer."""
    everywhere = list(range(len(q.slots)))
    rows = [
        {
            "weights": sum(p.weights[q.attributes[p.attribute]] for p in row.parts).tolist(),
            "slots": list(row.slots) or everywhere,
            "low": row.low,
            "high": row.high,
        }
        for row in q.rows
    ]
    name, table = q.open_slots
    groups = [np.flatnonzero(q.groups == g).tolist() for g in np.unique(q.groups[q.groups >= 0])]
    levels: list[dict[str, Any]] = []
    for level in q.levels:
        if level.scores is not None:
            levels.append({"scores": level.scores.tolist()})
        elif level.keep is not None:
            levels.append({"keep": [int(s) - 1 if s else None for s in q.attributes[level.keep]]})
        elif level.spread is not None:
            column, shares = level.spread
            levels.append({"shares": shares.tolist(), "codes": q.attributes[column].tolist()})
    return {
        "people": q.size,
        "slots": len(q.slots),
        "open": table[q.attributes[name]].tolist(),
        "rows": rows,
        "groups": groups,
        "levels": levels,
    }


def measured(p: dict[str, Any], chosen: dict[int, int]) -> list[int] | None:
    """The levels of a choice, or None if it breaks a row; whole numbers throughout."""
    for row in p["rows"]:
        have = sum(row["weights"][i] for i, s in chosen.items() if s in row["slots"])
        if (row["low"] is not None and have < row["low"]) or (row["high"] is not None and have > row["high"]):
            return None
    if any(len({chosen.get(i) for i in members}) > 1 for members in p["groups"]):
        return None
    if not all(p["open"][i][s] for i, s in chosen.items()):
        return None
    values = []
    for level in p["levels"]:
        if "scores" in level:
            values.append(sum(level["scores"][i] for i in chosen))
        elif "keep" in level:
            values.append(sum(level["keep"][i] == s for i, s in chosen.items()))
        else:
            heads = np.bincount([level["codes"][i] for i in chosen], minlength=len(level["shares"]))
            values.append(-int(np.maximum(heads - np.array(level["shares"]), 0).sum()))
    return values


def ours(q: Question) -> list[int] | None:
    try:
        answer = solve(q)
    except NoList:
        return None
    assert answer.optimal
    values = [level.value for level in answer.levels]
    assert measured(plain(q), dict(answer.chosen)) == values
    return values


@pytest.mark.parametrize("few", [0, 1500])
@pytest.mark.parametrize("seed", range(60))
def test_brute_force_finds_nothing_better(seed: int, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By classes all the way, and with a column for each person."""
    monkeypatch.setattr(last, "FEW", few)
    monkeypatch.setattr(solving, "FEW", few)
    q = random_question(seed, 8)
    p = plain(q)
    found = [
        values
        for choice in itertools.product(range(-1, len(q.slots)), repeat=q.size)
        if (values := measured(p, {i: s for i, s in enumerate(choice) if s >= 0})) is not None
    ]
    assert ours(q) == max(found, default=None)


def answers(peer: str, questions: list[Question]) -> list[list[int | str] | None]:
    """What a peer says, in a process of its own: OR-tools and HiGHS cannot live in one."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(peer))],
        input=json.dumps([plain(q) for q in questions]),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.faults
def test_peers_agree_level_by_level(faults_count: Callable[[int, int], int]) -> None:
    """OR-tools, and HiGHS on the undivided question, say the same of each level that they prove.

    Each question is proven to its last level by one of them at least, and most by both.
    """
    number = faults_count(20, 200)
    questions = [random_question(1000 + seed, 400 if number == 200 else 60) for seed in range(number)]
    mine = [ours(q) for q in questions]
    whole: list[set[str]] = [set() for _ in questions]
    for peer in ("cpsat_peer.py", "highs_peer.py"):
        for at, (own, other) in enumerate(zip(mine, answers(peer, questions), strict=True)):
            proven = None if other is None else [v for v in other if v != "unproven"]
            if proven is None or own is None:
                assert proven == own or proven == [], (peer, at)
            else:
                assert own[: len(proven)] == proven, (peer, at)
            if proven is None or (own is not None and len(proven) == len(own)):
                whole[at].add(peer)
    assert all(whole)
    assert sum(len(w) == 2 for w in whole) > number // 2
    assert sum(own is not None for own in mine) > number // 2
