"""Histories that close exactly, closed by the evaluator: to the person, and not with one more or one fewer."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from obmin.core.terms import Agreement, Verdict, Verification, load, verify
from tests.conformance.test_agreements import agreement, outcome


def told(found: Verification, clause: str, part: str = "") -> str:
    """The arithmetic that is shown for a clause or one phase of it."""
    return next(f.text.en for f in found.findings if f.clause == clause and f.part == part)


def with_count(table: pl.DataFrame, row: int, change: int) -> pl.DataFrame:
    number = pl.col("count").cast(pl.Int64) + pl.when(pl.int_range(pl.len()) == row).then(change).otherwise(0)
    return table.with_columns(number.cast(pl.Utf8))


def test_a_thousand_each_way_in_three_days() -> None:
    """390 + 307 + 303 = 1,000, in both directions, from two quotas."""
    name = "istanbul-2025-05-16"
    found = verify(agreement(name), outcome(name))
    for total in ("T1", "T2"):
        assert "880 + 120 = 1,000" in told(found, total)
        days = [told(found, total, phase) for phase in ("P1", "P2", "P3")]
        assert [day.split(" = ")[1].split(";")[0] for day in days] == ["390", "307", "303"]
        assert found.of(total) is Verdict.KEPT
    for row in range(outcome(name).height):
        for change in (-1, 1):
            assert not verify(agreement(name), with_count(outcome(name), row, change)).kept


def test_five_hundred_and_fifty_in_four_places() -> None:
    """505 + 41 + 2 + 2 = 550, wherever each was sent."""
    name = "cairo-2011-10-11"
    table = outcome(name)
    assert [int(n) for n in table["count"][3:7]] == [505, 41, 2, 2]
    assert "550 received; due exactly 550" in told(verify(agreement(name), table), "T3")
    for row in range(3, 7):
        for change in (-1, 1):
            assert verify(agreement(name), with_count(table, row, change)).of("T3") is Verdict.BROKEN


@pytest.mark.parametrize(
    ("day", "came"), [("2025-01-24", 90), ("2025-01-29", 90 + 200), ("2025-01-30", 90 + 200 + 110)]
)
def test_the_price_table_of_january(day: str, came: int) -> None:
    """90, 200 and 110 follow from who had come: 30 for a woman, child or older man, 50 for a soldier."""
    name = "doha-2025-01-15"
    found = verify(agreement(name), outcome(name), date.fromisoformat(day))
    assert f"{came} received; due exactly {came}" in told(found, "T4")
    assert found.of("T4") is Verdict.KEPT
    one_more = with_count(outcome(name), 0, 1)  # a fourth woman on the first day would have cost thirty
    assert verify(agreement(name), one_more, date.fromisoformat(day)).of("T4") is not Verdict.KEPT


TWO_SUMS = """
agreement: two-sums
title: Two numbers that make a third
concluded: 2002-01-01
parties:
  - {code: AAA, name: A}
  - {code: BBB, name: B}
versions:
  - version: 1
    agreed: 2002-01-01
    clauses:
      - {id: C1, says: "One way.", count: {from: AAA, to: BBB, track: military, exactly: 937}}
      - {id: C2, says: "The other.", count: {from: BBB, to: AAA, track: military, exactly: 1130}}
      - {id: C3, says: "In all.", total: {of: [C1, C2], exactly: 2067}}
"""


@pytest.mark.parametrize("change", [-1, 0, 1])
def test_two_unequal_directions(change: int) -> None:
    """937 + 1,130 = 2,067; the directions are unequal and nothing is missing."""
    rows = [("AAA", "BBB", "937"), ("BBB", "AAA", str(1130 + change))]
    table = pl.DataFrame(
        [{"from": a, "to": b, "date": "2002-11-29", "category": "military", "count": n} for a, b, n in rows]
    )
    terms: Agreement = load(TWO_SUMS, file="t")
    found = verify(terms, table)
    assert found.kept == (change == 0)
    assert f"937 + {1130 + change:,} = {2067 + change:,}" in told(found, "C3")
