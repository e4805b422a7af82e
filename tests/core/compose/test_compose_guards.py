"""What no agreement and no policy can switch off."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.compose import Composition
from obmin.core.compose.clash import NoListPossible
from obmin.core.errors import Refused
from obmin.core.terms.model import Agreement
from tests.core.compose.compose_cases import ON, SEED, count, crowd, istanbul, person, register, terms


def compose(agreement: Agreement, people: pl.DataFrame, **more: object) -> Composition:
    given = {"party": "AAA", "policy": composing.default_policy(), "seed": SEED, "on": ON} | more
    return composing.compose(agreement, people, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "public", "sealed"),
    [
        ({"will": "refuses"}, "not available", "refuses to return"),
        ({"will": "undecided"}, "not available", "has not decided"),
        ({"will": "unknown"}, "not available", "not yet asked in a private interview"),
        ({"will": None}, "not available", "not yet asked in a private interview"),
        ({"fitness": "unfit"}, "not fit now", "unfit to travel"),
        ({"fitness": "exam-refused"}, "not fit now", "refused the examination"),
        ({"fitness": "unknown"}, "not fit now", "not yet examined for travel"),
        ({"fitness": None}, "not fit now", "not yet examined for travel"),
        ({"fitness_until": "2025-05-22"}, "not fit now", "the examination for travel has lapsed"),
        ({"judicial": "pending"}, "not available", "prosecuted or convicted, without the consents needed"),
        (
            {"judicial": "convicted", "dp_consent": "given"},
            "not available",
            "prosecuted or convicted, without the consents needed",
        ),
        ({"health": "direct", "will": "refuses"}, "not available", "refuses to return"),
        ({"health": "direct", "fitness": "unfit"}, "not fit now", "unfit to travel"),
    ],
)
def test_a_guard_keeps_the_person_off(cells: dict[str, str | None], public: str, sealed: str) -> None:
    result = compose(terms(count("A", "exactly: 1")), register(person("a"), person("b", **cells)))
    assert result.lines["id"].to_list() == ["a"]
    assert result.direct.height == 0
    assert result.out.filter(pl.col("id") == "b")["reason"].to_list() == [public]
    assert result.sealed_reasons.filter(pl.col("id") == "b")["reason"].to_list() == [sealed]


@pytest.mark.parametrize(
    "cells",
    [
        {"judicial": "disciplinary"},
        {"judicial": "pending", "dp_consent": "given"},
        {"judicial": "convicted", "dp_consent": "given", "own_consent": "given"},
        {"fitness_until": "2025-05-23"},
        {"fitness": "stretcher"},
    ],
)
def test_nothing_else_does(cells: dict[str, str | None]) -> None:
    result = compose(terms(count("A", "exactly: 1")), register(person("b", **cells)))
    assert result.lines["id"].to_list() == ["b"]
    assert result.proven


def test_tracks_never_stand_in_for_each_other() -> None:
    people = register(*(person(f"c{i}", category="civilian") for i in range(9)), person("m"))
    with pytest.raises(NoListPossible) as none:
        compose(terms(count("A", "exactly: 2")), people)
    assert none.value.clashes == ("A",)


def test_one_count_over_two_tracks_is_refused() -> None:
    with pytest.raises(Refused, match="quota of their own") as refused:
        compose(terms(count("A", track="[military, civilian]")), register(person("a")))
    assert refused.value.code == "tracks-mixed"


def test_after_hostilities_no_number_can_hold_anybody_back() -> None:
    with pytest.raises(Refused, match=r"Art\. 118") as refused:
        compose(terms(count("A"), hostilities="ceased"), register(person("a")))
    assert refused.value.code == "hostilities-ceased"


def test_historic_agreements_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        compose(replace(istanbul(), historic=True), crowd(50), party="UKR")
    assert refused.value.code == "historic"


def test_a_lock_cannot_pass_a_guard() -> None:
    people = register(person("a"), person("b", will="refuses"))
    with pytest.raises(Refused, match="not available") as refused:
        compose(terms(count("A", "exactly: 1")), people, locks=["b"])
    assert refused.value.code == "lock-guarded"


def test_a_named_person_who_refuses_is_a_clash_not_a_line() -> None:
    people = register(person("a"), person("b", will="refuses"))
    with pytest.raises(NoListPossible) as none:
        compose(terms(count("T1", "exactly: 1", more=", named: [b]")), people)
    assert none.value.clashes == ("T1",)


def test_a_person_twice_in_the_register_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        compose(terms(count("A", "exactly: 1")), register(person("a"), person("a")))
    assert refused.value.code == "ids-not-unique"


def test_officers_take_off_and_put_on() -> None:
    people = register(*(person(f"p{i}", captured_on=f"202{i}-01-01") for i in range(4)))
    agreement = terms(count("A", "exactly: 2"))
    assert compose(agreement, people).lines["id"].sort().to_list() == ["p0", "p1"]
    result = compose(agreement, people, bans=[composing.Ban("p0", "court date")], locks=["p3"])
    assert result.lines["id"].sort().to_list() == ["p1", "p3"]
    assert result.out.filter(pl.col("id") == "p0")["reason"].item() == "taken off by an officer"
    sealed = result.sealed_reasons.filter(pl.col("id") == "p0")["reason"].item()
    assert sealed == "taken off by an officer: court date"
