"""Each form of clause, each way in which it can bind, on the smallest table that shows it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from obmin.core.terms import load, verify

FRAME = """
agreement: small
title: Small
concluded: 2026-01-01
historic: true
historic_because: It puts a value on ranks and makes people wait for money.
parties:
  - {code: AAA, name: A}
  - {code: BBB, name: B}
actors:
  - {code: MED, name: Mediator}
events:
  money-arrived: the money has arrived
  series-over: the series is over
tables:
  privates: {column: rank_code, values: {OF-1: 4, OR-5: 2, OR-1: 1}}
versions:
  - version: 1
    agreed: 2026-01-01
    clauses:
      - id: C1
        says: It.
"""
FLOW = "from: AAA, to: BBB, track: military"


def judged(clause: str, *rows: str, on: str | None = None, reading: str = "") -> str:
    """The verdict on clause C1 of a table whose rows are `from to date key=value …`."""
    lines = FRAME + "\n".join("        " + line.strip() for line in clause.strip().splitlines()) + "\n"
    cells = []
    for row in rows:
        holder, receiver, day, *more = row.split()
        cells.append({"from": holder, "to": receiver, "date": day, "category": "military"})
        cells[-1] |= dict(m.split("=") for m in more)
    columns = dict.fromkeys(
        ["from", "to", "date", "category", "count", "event", "by", "id", "rank_code", "outside"], pl.Utf8
    )
    frame = pl.DataFrame([{c: row.get(c) for c in columns} for row in cells], schema=columns)
    found = verify(load(lines, file="small.yaml"), frame, date.fromisoformat(on) if on else None)
    each = {v.value for (r, _), v in found.each("C1").items() if r == reading}
    return " or ".join(sorted(each))


CAME = "AAA BBB 2026-02-01 count=3"


@pytest.mark.parametrize(
    ("amount", "verdict"),
    [
        ("exactly: 3", "kept"),
        ("exactly: 2", "broken"),
        ("at_least: 2", "kept"),
        ("at_least: 4", "broken"),
        ("at_most: 3", "kept"),
        ("at_most: 2", "broken"),
        ("open: true", "kept"),
        ("about: 3, judge: MED", "kept"),
        ("about: 4, judge: MED", "cannot-tell"),
    ],
)
def test_amounts(amount: str, verdict: str) -> None:
    assert judged(f"count: {{{FLOW}, {amount}}}", CAME) == verdict


def test_zero_is_a_quota() -> None:
    assert judged(f"count: {{{FLOW}, exactly: 0}}", "BBB AAA 2026-02-01") == "kept"
    assert judged(f"count: {{{FLOW}, exactly: 0}}", CAME) == "broken"


def test_a_date_known_to_the_month_leaves_doubt_only_where_it_matters() -> None:
    clause = f"count: {{{FLOW}, at_least: 3}}\nwindow: {{until: 2026-02-15}}"
    assert judged(clause, "AAA BBB 2026-02 count=3") == "cannot-tell"
    assert judged(clause, "AAA BBB 2026-01 count=3") == "kept"
    assert judged(clause, "AAA BBB 2026-03 count=3") == "broken"


def test_what_travels_outside_the_count() -> None:
    extra = "AAA BBB 2026-02-01 count=2 outside=relatives"
    assert judged(f"count: {{{FLOW}, exactly: 3}}", CAME, extra) == "kept"
    assert judged(f"count: {{{FLOW}, outside: true, exactly: 2}}", CAME, extra) == "kept"


def test_values_in_units() -> None:
    officer, private = "AAA BBB 2026-02-01 rank_code=OF-1", "AAA BBB 2026-02-01 rank_code=OR-1 count=2"
    clause = f"count: {{{FLOW}, value: privates, exactly: 6}}"
    assert judged(clause, officer, private) == "kept"
    assert judged(clause, officer) == "broken"
    assert judged(clause, officer, "AAA BBB 2026-02-01 count=2") == "cannot-tell"


def test_a_deadline_counted_from_an_event() -> None:
    clause = f"count: {{{FLOW}, at_least: 3}}\nwindow: {{until: {{after: money-arrived, days: 2}}}}"
    money = "BBB AAA 2026-01-30 event=money-arrived"
    assert judged(clause, CAME, money) == "kept"
    assert judged(clause, "AAA BBB 2026-02-02 count=3", money) == "broken"
    assert judged(clause, "AAA BBB 2026-02-02 count=2") == "open"
    hours = clause.replace("days: 2", "hours: 30")
    assert judged(hours, CAME, money) == "kept"
    assert judged(hours, "AAA BBB 2026-02-02 count=3", money) == "broken"


def test_conditions() -> None:
    clause = f"count: {{{FLOW}, at_least: 9}}\nif: money-arrived"
    assert judged(clause, CAME) == "open"
    assert judged(clause, CAME, "BBB AAA 2026-01-30 event=money-arrived") == "broken"
    assert judged(clause, CAME, "BBB AAA 2026-01-30 event=money-arrived count=0") == "excused"
    lifted = f"count: {{{FLOW}, at_least: 9}}\nunless: suspended"
    assert judged(lifted, CAME) == "broken"
    assert judged(lifted, CAME, "BBB AAA 2026-01-30 event=suspended") == "excused"


def test_sealed_numbers_have_no_verdict_before_the_seal_is_broken() -> None:
    clause = f"count: {{{FLOW}, exactly: 2}}\nsealed_until: series-over"
    assert judged(clause, CAME) == "open"
    assert judged(clause, CAME, "AAA BBB 2026-03-01 event=series-over") == "broken"


def test_readings_and_accounts_are_judged_apart() -> None:
    clause = f"count: {{{FLOW}, at_least: 3}}\nreadings:\n  - {{by: BBB, count: {{{FLOW}, at_least: 5}}}}"
    ours, theirs = "AAA BBB 2026-02-01 count=5 by=AAA", "AAA BBB 2026-02-01 count=4 by=BBB"
    assert judged(clause, ours, theirs) == "kept"
    assert judged(clause, ours, theirs, reading="BBB") == "broken or kept"


def test_acts() -> None:
    must = "must: {event: list-given, by: [AAA, BBB]}\nwindow: {until: 2026-01-08}"
    given = ["AAA BBB 2026-01-05 event=list-given", "BBB AAA 2026-01-08 event=list-given"]
    assert judged(must, *given) == "kept"
    assert judged(must, given[0]) == "cannot-tell"
    assert judged(must, given[0], on="2026-01-07") == "open"
    assert judged(must, given[0], "BBB AAA 2026-01-09 event=list-given") == "broken"
    assert judged(must, given[0], "BBB AAA 2026-01-08 event=list-given count=0") == "broken"
    may = "may: {event: names-published, by: AAA}"
    assert judged(may, "AAA BBB 2026-01-05 event=names-published") == "kept"
    assert judged(may, "AAA BBB 2026-01-05 event=names-published-denied") == "broken"
    never = "never: {event: side-deal, by: [AAA, BBB]}\nwindow: {until: 2026-02-01}"
    assert judged(never, CAME) == "kept"
    assert judged(never, "AAA BBB 2026-02-01 event=side-deal") == "broken"
    assert judged(never, "AAA BBB 2026-02-02 event=side-deal") == "kept"
    assert judged(never, "AAA BBB 2026-02 event=side-deal") == "cannot-tell"


def test_order_by_days_and_by_hours() -> None:
    before = "order: {first: money-arrived, then: released, how: before}"
    assert (
        judged(before, "AAA BBB 2026-01-02 event=money-arrived", "BBB AAA 2026-01-03 event=released") == "kept"
    )
    assert (
        judged(before, "AAA BBB 2026-01-03 event=money-arrived", "BBB AAA 2026-01-02 event=released")
        == "broken"
    )
    same = ["AAA BBB 2026-01-02 event=money-arrived", "BBB AAA 2026-01-02 event=released"]
    assert judged(before, *same) == "cannot-tell"
    timed = ["AAA BBB 2026-01-02T09:00 event=money-arrived", "BBB AAA 2026-01-02T12:30 event=released"]
    assert judged(before, *timed) == "kept"
    assert judged(before, *timed[::-1]) == "kept"
    together = "order: {first: money-arrived, then: released, how: together, hours: 3}"
    assert judged(together, *timed) == "broken"
    assert judged(together.replace("3", "4"), *timed) == "kept"
    assert judged(together, *same) == "cannot-tell"


def test_taking_turns() -> None:
    turns = "order: {first: money-arrived, then: released, how: in-turn}"
    a, b = "AAA BBB 2026-01-0{} event=money-arrived", "BBB AAA 2026-01-0{} event=released"
    assert judged(turns, a.format(1), b.format(2), a.format(3), b.format(4)) == "kept"
    assert judged(turns, a.format(1), a.format(2), b.format(3)) == "broken"
    assert judged(turns, b.format(1), a.format(2)) == "broken"


def test_a_price_on_a_declared_base() -> None:
    lines = FRAME.replace(
        "      - id: C1\n        says: It.\n",
        f"      - {{id: C0, says: The base., count: {{from: BBB, to: AAA, track: military, open: true}}}}\n"
        "      - id: C1\n        says: It.\n"
        f"        count: {{{FLOW}, exactly: {{plus: 1, each: [{{times: 2, of: C0}}]}}}}\n",
    )
    frame = pl.DataFrame(
        {
            "from": ["AAA", "BBB"],
            "to": ["BBB", "AAA"],
            "date": ["2026-02-01"] * 2,
            "category": ["military"] * 2,
            "count": ["7", "3"],
        }
    )
    agreement = load(lines, file="small.yaml")
    assert verify(agreement, frame).of("C1") == "kept"
    assert verify(agreement, frame.with_columns(count=pl.Series(["7", "4"]))).of("C1") == "broken"
