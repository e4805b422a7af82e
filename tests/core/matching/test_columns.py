"""Columns that nobody described: which are compared, how values agree, that none counts twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from obmin.core.matching.columns import (
    LEVELS,
    as_field,
    beside,
    columns,
    compare_column,
    spelling,
    split_field,
    split_levels,
    value_share,
)

PLACES = ["Вишневе", "Ясенівка", "Гірське", "Калинів Яр", "Озерне"]
SPELT = ["Vyshneve", "Yasenivka", "Hirske", "Kalyniv Yar", "Ozerne"]


def frames(**extra: tuple[Sequence[str | None], Sequence[str | None]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = len(next(iter(extra.values()))[0])
    left, right = (
        pl.DataFrame(
            {"id": [str(k) for k in range(rows)], **{name: values[side] for name, values in extra.items()}},
            schema_overrides=dict.fromkeys(("id", *extra), pl.String),
        )
        for side in (0, 1)
    )
    return left, right


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("Вишневе", "VYSHNEVE", "same"), ("12 Lime St.", "12 lime st", "same"), ("4223", "4233", "close"),
        ("Калинів Яр", "Kaliniv Jar", "same"), ("Вишневе", "Ozerne", "other"), ("8", "12", "other"),
        ("azov;mariupol", "Mariupol; Azov", "same"), ("Stanley street", "Stanlye street", "close"),
    ],
)  # fmt: skip
def test_values_of_any_kind_and_script_are_compared(left: str, right: str, level: str) -> None:
    fill = ["Озерне", left, right]
    (column,) = columns(*frames(place=([left, *fill], [right, *fill])), frozenset({"id"}))
    found = compare_column(column, np.asarray([0]), np.asarray([0]))
    assert LEVELS[found[0]] == level


def test_what_tells_nobody_from_anybody_is_not_compared() -> None:
    same: tuple[Sequence[str | None], Sequence[str | None]] = (["x"] * 50, ["x"] * 50)
    apart: tuple[Sequence[str | None], Sequence[str | None]] = (
        [f"{k}" for k in range(1000, 1050)],
        [f"{k}" for k in range(5000, 5050)],
    )
    empty: tuple[Sequence[str | None], Sequence[str | None]] = ([None] * 50, ["a", "b"] * 25)
    telling: tuple[Sequence[str | None], Sequence[str | None]] = (PLACES * 10, SPELT * 10)
    found = columns(
        *frames(same=same, apart=apart, empty=empty, place=telling, health=telling, list_id=telling),
        frozenset({"id"}),
    )
    assert [column.name for column in found] == ["place"]
    assert found[0].chance == pytest.approx(0.2)
    assert value_share(found[0], np.asarray([0]), np.asarray([0]))[0] == pytest.approx(9.5 / 51)


def test_a_town_and_its_postcode_count_once() -> None:
    draw = np.random.default_rng(4)
    town = draw.integers(0, 40, (2, 20_000))
    lane = draw.integers(0, 40, (2, 20_000))
    levels = {
        "town": np.where(town[0] == town[1], 2, 0).astype(np.int8),
        "lane": np.where(lane[0] == lane[1], 2, 0).astype(np.int8),
    }
    levels["post"] = levels["town"].copy()
    names = {"town": PLACES, "lane": PLACES, "post": PLACES}
    fields = [
        as_field(column)
        for column in columns(*frames(**{k: (v, v) for k, v in names.items()}), frozenset({"id"}))
    ]
    by_name = {field.name: field for field in fields}
    order = [by_name[name] for name in ("town", "lane", "post")]
    assert beside(order, levels) == {"post": "town"}
    split = split_field(by_name["post"], by_name["town"])
    assert len(split.levels) == 2 * len(LEVELS)
    assert split.levels[-1] == "same, with the same town"
    assert set(split_levels(by_name["post"], levels["post"], by_name["town"], levels["town"])) == {0, 5}


def test_spelling_of_nothing_is_nothing() -> None:
    assert spelling("—") == ()
    assert spelling("Дім 8") == spelling("dim 8")
