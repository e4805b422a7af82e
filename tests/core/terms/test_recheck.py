"""A list that kept the terms is held against changed ones: what the change breaks, and no old breach."""

from __future__ import annotations

import polars as pl
import pytest

from obmin.core.terms import Agreement, load
from obmin.core.terms.patch import put
from obmin.core.terms.recheck import Broken, recheck


@pytest.fixture(scope="module")
def offered(received: pl.DataFrame) -> pl.DataFrame:
    ours = received.filter((pl.col("from") == "UKR") & (pl.col("health") != "direct"))
    return ours.drop("from", "to", "date")


def changed(text: str, path: list[str | int], value: object) -> Agreement:
    return load(put(text, path, value, file="t"), file="t")  # type: ignore[arg-type]


T2 = ["versions", 1, "clauses", 4, "count"]


def test_the_same_terms_break_nothing(istanbul: Agreement, offered: pl.DataFrame) -> None:
    assert recheck((istanbul, 2), (istanbul, 2), offered, "UKR") == []


def test_another_number_breaks_the_number(text: str, istanbul: Agreement, offered: pl.DataFrame) -> None:
    after = changed(text, [*T2, "exactly"], 881)
    assert recheck((istanbul, 2), (after, 2), offered, "UKR") == [Broken("T2-military", (), True)]
    assert recheck((istanbul, 2), (after, 2), offered, "RUS") == []


def test_a_new_bar_breaks_lines(text: str, istanbul: Agreement, offered: pl.DataFrame) -> None:
    bar = {"id": "T9", "says": "Nobody of these.", "none": {"from": "UKR", "that": {"tags": {"has": "z"}}}}
    after = changed(text, ["versions", 1, "clauses", 6], bar)
    marked = offered.with_columns(
        pl.when(pl.col("id") == "UKR-2025-05-24-military-5")
        .then(pl.lit("z"))
        .otherwise(pl.lit("x"))
        .alias("tags")
    )
    assert recheck((istanbul, 2), (after, 2), marked, "UKR") == [
        Broken("T9", ("UKR-2025-05-24-military-5",), False)
    ]


def test_what_was_broken_before_is_no_news(text: str, istanbul: Agreement, offered: pl.DataFrame) -> None:
    short = offered.slice(1)
    after = changed(text, [*T2, "selected_by"], "TUR")
    assert recheck((istanbul, 2), (after, 2), short, "UKR") == []
