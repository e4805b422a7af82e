"""Each line of a list, ours or theirs, against each clause."""

from __future__ import annotations

import polars as pl
import pytest

from obmin.core.errors import NotFound
from obmin.core.terms import Agreement, Fit, ListFit, fit, load


@pytest.fixture(scope="module")
def offered(received: pl.DataFrame) -> pl.DataFrame:
    """Ukraine's list: the 1,000 who count."""
    ours = received.filter((pl.col("from") == "UKR") & (pl.col("health") != "direct"))
    return ours.drop("from", "to", "date")


def told(found: ListFit, fit_: Fit) -> set[tuple[str | None, str]]:
    return {(line.id, line.clause) for line in found.lines() if line.fit is fit_}


def with_cell(frame: pl.DataFrame, id_: str, column: str, value: str | None) -> pl.DataFrame:
    return frame.with_columns(
        pl.when(pl.col("id") == id_).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


ONE = "UKR-2025-05-24-military-5"


def test_a_right_list_fits(istanbul: Agreement, offered: pl.DataFrame) -> None:
    found = fit(istanbul, offered, "UKR")
    assert found.fits
    assert {w.clause: w.sure for w in found.whole if "@" not in w.clause} == {
        "T2-military": 880,
        "T2-civilian": 120,
        "T2": 1000,
    }


def test_their_list_is_held_against_their_clauses(istanbul: Agreement, offered: pl.DataFrame) -> None:
    found = fit(istanbul, offered, "RUS")
    assert found.fits
    assert {w.clause.split("-")[0].split("@")[0] for w in found.whole} == {"T1"}


@pytest.mark.parametrize(
    ("column", "value", "guard"),
    [
        ("will", "refuses", "I-1"),
        ("will", "undecided", "I-1"),
        ("health", "direct", "I-3"),
        ("fitness", "unfit", "I-5"),
        ("judicial", "convicted", "I-6"),
    ],
)
def test_a_guard_is_named_on_its_line(
    istanbul: Agreement, offered: pl.DataFrame, column: str, value: str, guard: str
) -> None:
    found = fit(istanbul, with_cell(offered, ONE, column, value), "UKR")
    assert told(found, Fit.BREAKS) == {(ONE, guard)}


def test_a_disciplinary_penalty_holds_nobody_back(istanbul: Agreement, offered: pl.DataFrame) -> None:
    assert fit(istanbul, with_cell(offered, ONE, "judicial", "disciplinary"), "UKR").fits


def test_nobody_stands_twice(istanbul: Agreement, offered: pl.DataFrame) -> None:
    found = fit(istanbul, pl.concat([offered, offered.head(1)]), "UKR")
    assert {clause for _, clause in told(found, Fit.BREAKS)} == {"I-10"}


def test_an_unknown_field_is_named(istanbul: Agreement, offered: pl.DataFrame) -> None:
    found = fit(istanbul, with_cell(offered, ONE, "category", None), "UKR")
    doubtful = [line for line in found.lines() if line.fit is Fit.CANNOT_TELL]
    assert {(d.clause, d.fields) for d in doubtful} == {
        ("T2-military", ("category",)),
        ("T2-civilian", ("category",)),
        ("T4", ("category",)),
    }
    assert not found.fits


def test_a_track_without_a_quota(istanbul: Agreement, offered: pl.DataFrame) -> None:
    found = fit(istanbul, with_cell(offered, ONE, "category", "retained"), "UKR")
    assert told(found, Fit.BREAKS) == {(ONE, "-"), (ONE, "T4")}


def test_a_phase_of_the_wrong_size(istanbul: Agreement, offered: pl.DataFrame) -> None:
    found = fit(istanbul, with_cell(offered, ONE, "phase", "P3"), "UKR")
    assert {w.clause for w in found.whole if w.fit is Fit.BREAKS} == {"T2-military@P2", "T2-military@P3"}


def test_bars_and_demands() -> None:
    text = """
agreement: bars
title: Bars
concluded: 2026-01-01
parties:
  - {code: AAA, name: A}
  - {code: BBB, name: B}
versions:
  - version: 1
    agreed: 2026-01-01
    clauses:
      - {id: C1, says: "Two soldiers.", count: {from: AAA, to: BBB, track: military, at_least: 2}}
      - {id: C2, says: "Not this unit.", none: {from: AAA, that: {tags: {has: azov}}}}
      - {id: C3, says: "Young.", every: {from: AAA, that: {age: {from: 18, to: 25}}}}
"""
    people = pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "category": ["military"] * 3,
            "will": ["consents"] * 3,
            "tags": ["x", "azov;x", None],
            "birth_date": ["2004-05-05", "1990-01-01", "2000"],
        }
    )
    found = fit(load(text, file="bars.yaml"), people, "AAA")
    assert told(found, Fit.BREAKS) == {("b", "C2"), ("b", "C3")}
    doubtful = {(line.id, line.clause, line.fields) for line in found.lines() if line.fit is Fit.CANNOT_TELL}
    assert doubtful == {("c", "C2", ("tags",)), ("c", "C3", ("birth_date",))}


def test_a_stranger_to_the_agreement(istanbul: Agreement, offered: pl.DataFrame) -> None:
    with pytest.raises(NotFound):
        fit(istanbul, offered, "USA")
