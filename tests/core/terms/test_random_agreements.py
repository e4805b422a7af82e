"""Random agreements on random tables: kept and broken are said only where every way to fill the gaps agrees."""

from __future__ import annotations

import itertools
import json
import re
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.terms import Verdict, check, diff, explain, load, timeline_svg, verify

DAYS = [f"2026-01-{d:02}" for d in range(10, 16)]
GAPS = {"category": ["military", "civilian", "retained"], "sex": ["1", "2"], "date": DAYS}

clauses = st.fixed_dictionaries(
    {
        "from": st.sampled_from(["AAA", "AAA", "BBB"]),
        "track": st.sampled_from(["military", "military", "civilian"]),
        "sex": st.sampled_from([None, None, "1"]),
        "bound": st.sampled_from(["exactly", "at_least", "at_most"]),
        "number": st.integers(0, 6),
        "from_day": st.one_of(st.none(), st.integers(0, 2)),
        "until_day": st.one_of(st.none(), st.integers(3, 5)),
        "excused": st.booleans(),
    }
)
rows = st.fixed_dictionaries(
    {
        "from": st.sampled_from(["AAA", "AAA", "BBB"]),
        "date": st.sampled_from([*DAYS, None]),
        "category": st.sampled_from(["military", "military", "civilian", None]),
        "sex": st.sampled_from(["1", "1", "2", None]),
        "count": st.integers(0, 3).map(str),
        "event": st.sampled_from([None, None, None, None, "refused", "died"]),
        "health": st.sampled_from([None, "none", "none", "direct"]),
    }
)
tables = st.lists(rows, min_size=1, max_size=5).filter(
    lambda t: sum(r[c] is None for r in t for c in GAPS) <= 3 and any(r["event"] is None for r in t)
)
OTHER = {"AAA": "BBB", "BBB": "AAA"}


def written(parts: list[dict[str, Any]]) -> str:
    found = []
    for n, p in enumerate(parts):
        count: dict[str, Any] = {"from": p["from"], "to": OTHER[p["from"]], "track": p["track"]}
        count[p["bound"]] = p["number"]
        if p["sex"]:
            count["who"] = {"sex": p["sex"]}
        if p["excused"]:
            count["excused_by"] = "died"
        clause: dict[str, Any] = {"id": f"C{n}", "says": "A number.", "count": count}
        window = {k: DAYS[p[f"{k}_day"]] for k in ("from", "until") if p[f"{k}_day"] is not None}
        if window:
            clause["window"] = window
        found.append(clause)
    whole = {
        "agreement": "random",
        "title": "Random",
        "concluded": "2026-01-01",
        "parties": [{"code": "AAA", "name": "A"}, {"code": "BBB", "name": "B"}],
        "versions": [{"version": 1, "agreed": "2026-01-01", "clauses": found}],
    }
    return json.dumps(whole)


def came(
    part: dict[str, Any], table: list[dict[str, Any]], events: tuple[str | None, ...], *, timely: bool
) -> int:
    """Heads under a clause in a table without gaps, counted by hand."""
    first = DAYS[part["from_day"]] if part["from_day"] is not None else DAYS[0]
    last = DAYS[part["until_day"]] if part["until_day"] is not None else DAYS[-1]
    return sum(
        int(r["count"])
        for r in table
        if r["event"] in events
        and r["from"] == part["from"]
        and r["category"] == part["track"]
        and part["sex"] in (None, r["sex"])
        and (r["event"] is not None or r["health"] != "direct")
        and (not timely or first <= r["date"] <= last)
    )


def verdict_by_hand(part: dict[str, Any], table: list[dict[str, Any]]) -> Verdict:
    number = came(part, table, (None,), timely=True)
    if (part["bound"] != "at_least" and number > part["number"]) or (
        part["bound"] != "at_most" and number < part["number"]
    ):
        events = ("refused", "died") if part["excused"] else ("refused",)
        short = part["bound"] != "at_most" and number < part["number"]
        covered = short and number + came(part, table, events, timely=False) >= part["number"]
        return Verdict.EXCUSED if covered else Verdict.BROKEN
    return Verdict.KEPT


def filled(table: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Every way in which the unknown cells could read."""
    gaps = [(n, c) for n, row in enumerate(table) for c in GAPS if row[c] is None]
    ways = []
    for values in itertools.product(*(GAPS[c] for _, c in gaps)):
        copy = [dict(r) for r in table]
        for (n, c), value in zip(gaps, values, strict=True):
            copy[n][c] = value
        ways.append(copy)
    return ways


@settings(max_examples=400, deadline=None)
@given(st.lists(clauses, min_size=1, max_size=3), tables)
def test_verdicts_hold_however_the_gaps_are_filled(
    parts: list[dict[str, Any]], table: list[dict[str, Any]]
) -> None:
    agreement = load(written(parts), file="random.yaml")
    frame = pl.DataFrame(
        [r | {"to": OTHER[r["from"]]} for r in table], schema=dict.fromkeys([*table[0], "to"], pl.Utf8)
    )
    found = verify(agreement, frame)
    for n, part in enumerate(parts):
        by_hand = {verdict_by_hand(part, way) for way in filled(table)}
        said = found.of(f"C{n}")
        if len(filled(table)) == 1:
            assert {said} == by_hand
        elif said is Verdict.KEPT:
            assert by_hand == {Verdict.KEPT}
        elif said is Verdict.BROKEN:
            assert Verdict.KEPT not in by_hand
        else:
            assert said in (Verdict.CANNOT_TELL, Verdict.EXCUSED)


@settings(max_examples=60, deadline=None)
@given(st.lists(clauses, min_size=1, max_size=4))
def test_whatever_is_accepted_can_be_said_and_drawn(parts: list[dict[str, Any]]) -> None:
    agreement = load(written(parts), file="random.yaml")
    for problem in check(agreement):
        assert "contradicts" in problem.found
    for language in ("en", "uk"):
        assert re.findall(r"\n(C\d)\. ", explain(agreement, language)) == [f"C{n}" for n in range(len(parts))]
        assert timeline_svg(agreement, language).count("timeline-clause") <= len(parts)
    assert diff(agreement, agreement) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(clauses, min_size=1, max_size=2), tables, st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_what_is_broken_stays_broken(
    parts: list[dict[str, Any]], table: list[dict[str, Any]], one: str, other: str
) -> None:
    """A breach seen on a day does not heal later while the facts only grow, unless somebody is excused."""
    earlier, later = sorted((one, other))
    agreement = load(written(parts), file="random.yaml")
    plain = [r for r in table if r["event"] is None and all(r[c] is not None for c in GAPS)]
    if not plain:
        return
    frame = pl.DataFrame(
        [r | {"to": OTHER[r["from"]]} for r in plain], schema=dict.fromkeys([*plain[0], "to"], pl.Utf8)
    )
    before = verify(agreement, frame, date.fromisoformat(earlier))
    after = verify(agreement, frame, date.fromisoformat(later))
    for clause in before.clauses:
        if before.of(clause) is Verdict.BROKEN:
            assert after.of(clause) is Verdict.BROKEN
