"""The real case: 1,000 on two tracks and three days, out of those a side holds."""

from __future__ import annotations

import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.compose import Composition
from tests.core.compose.compose_cases import ON, SEED, crowd, istanbul


@pytest.fixture(scope="module")
def held() -> pl.DataFrame:
    return crowd(3000, seed=4)


@pytest.fixture(scope="module")
def result(held: pl.DataFrame) -> Composition:
    return composing.compose(istanbul(), held, party="UKR", policy=composing.default_policy(), seed=SEED, on=ON)


def test_each_track_and_each_day_has_its_number(result: Composition) -> None:
    counted = result.lines.group_by("phase", "clause").len().sort("phase", "clause").rows()
    assert counted == [
        ("P1", "T2-civilian", 120),
        ("P1", "T2-military", 270),
        ("P2", "T2-military", 307),
        ("P3", "T2-military", 303),
    ]


def test_every_level_is_proven_and_the_checker_agrees(result: Composition) -> None:
    assert result.proven
    assert all(level["value"] == level["bound"] for level in result.proof["levels"])
    assert [v["clause"] for v in result.proof["verdicts"] if not v["ok"]] == []


def test_everybody_has_one_place_and_a_reason(held: pl.DataFrame, result: Composition) -> None:
    places = pl.concat([f.select("id", "reason") for f in (result.lines, result.direct, result.out)])
    assert sorted(places["id"].to_list()) == sorted(held["id"].to_list())
    assert places["reason"].str.len_chars().min() > 0


def test_no_public_reason_speaks_of_will_health_or_courts(result: Composition) -> None:
    public = pl.concat([f.select("reason") for f in (result.lines, result.out)])["reason"].unique().to_list()
    for word in ("wound", "sick", "refus", "court", "convict", "unfit", "health", "undecided", "interview"):
        assert not [r for r in public if word in r.lower()], word
    sealed = " ".join(result.sealed_reasons["reason"].unique())
    assert all(word in sealed for word in ("wounded", "refuses", "convicted", "unfit"))


def test_nobody_who_refuses_is_unfit_or_held_goes(held: pl.DataFrame, result: Composition) -> None:
    going = held.filter(pl.col("id").is_in([*result.lines["id"], *result.direct["id"]]))
    assert set(going["will"]) == {"consents"}
    assert set(going["fitness"]) <= {"seated", "assisted"}
    tried = going.filter(pl.col("judicial").is_in(["convicted", "pending"]))
    assert set(tried["dp_consent"]) <= {"given"}
    assert set(tried.filter(pl.col("judicial") == "convicted")["own_consent"]) <= {"given"}


def test_direct_cases_go_outside_every_count(held: pl.DataFrame, result: Composition) -> None:
    direct = held.filter(pl.col("health") == "direct")
    assert not set(direct["id"]) & set(result.lines["id"])
    assert set(result.direct["id"]) <= set(direct["id"])
    assert result.direct.height > 10


def test_row_order_changes_nothing(held: pl.DataFrame, result: Composition) -> None:
    shuffled = held.sample(fraction=1.0, shuffle=True, seed=9)
    again = composing.compose(
        istanbul(), shuffled, party="UKR", policy=composing.default_policy(), seed=SEED, on=ON
    )
    for frame in ("lines", "direct", "out", "sealed_reasons"):
        assert getattr(again, frame).write_csv() == getattr(result, frame).write_csv()
    assert again.proof == result.proof


def test_another_seed_moves_only_the_lot(held: pl.DataFrame, result: Composition) -> None:
    other = composing.compose(
        istanbul(), held, party="UKR", policy=composing.default_policy(), seed=b"another", on=ON
    )
    assert other.proof["objective"] == result.proof["objective"]
    assert set(other.lines["id"]) != set(result.lines["id"])


def test_the_most_urgent_of_a_track_go_first(held: pl.DataFrame, result: Composition) -> None:
    points = {"neutral": 3, "wounded": 2, "sick": 2}
    known = {r["id"]: r for r in held.to_dicts()}

    def urgency(who: str) -> int:
        return points.get(known[who]["health"] or "", 0) + (known[who]["fitness"] == "assisted")

    alone = result.lines.filter(pl.col("clause") == "T2-military", ~pl.col("reason").str.contains("group"))
    by_phase = [
        [urgency(who) for who in alone.filter(pl.col("phase") == phase)["id"]] for phase in ("P1", "P2", "P3")
    ]
    assert min(by_phase[0]) >= max(by_phase[1]) >= max(by_phase[2])


def test_ukrainian_reasons_are_ukrainian(held: pl.DataFrame) -> None:
    result = composing.compose(
        istanbul(), held, party="UKR", policy=composing.default_policy(), seed=SEED, on=ON, language="uk"
    )
    assert result.out.filter(pl.col("reason") == "недоступний").height > 50
    assert result.lines.filter(pl.col("reason").str.contains("рівень")).height > 50


def test_the_first_version_is_still_open(held: pl.DataFrame) -> None:
    with pytest.raises(Exception, match="open") as refused:
        composing.compose(
            istanbul(), held, party="UKR", policy=composing.default_policy(), seed=SEED, on=ON, version=1
        )
    assert getattr(refused.value, "code", "") == "terms-open"
