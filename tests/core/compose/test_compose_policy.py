"""Policies are data, explained in words, and never read what Art. 16 forbids."""

from __future__ import annotations

import pytest

from obmin.core import compose as composing
from obmin.core.compose.policy import default_policy, read_policy, reads
from obmin.core.errors import Refused, Unreadable
from tests.core.compose.compose_cases import ON, SEED, count, person, register, terms

TOP = "policy: x\nversion: 1\nlevels:\n"


@pytest.mark.parametrize("column", ["citizenship", "religion", "name", "ethnicity", "language", "Religion"])
def test_what_art_16_forbids_stays_forbidden_even_with_an_opinion(column: str) -> None:
    text = TOP + f"  - {{id: l, points: [{{who: {{{column}: a}}, points: 1}}], legal_opinion: yes it is}}\n"
    with pytest.raises(Refused, match=r"Art\. 16") as refused:
        read_policy(text, file="x.yaml")
    assert refused.value.code == "policy-forbidden"


def test_anything_else_needs_a_legal_opinion() -> None:
    text = TOP + "  - {id: l, even_over: region"
    with pytest.raises(Refused, match="legal opinion"):
        read_policy(text + "}\n", file="x.yaml")
    assert read_policy(text + ", legal_opinion: LO-7}\n", file="x.yaml").rungs[0].legal_opinion == "LO-7"


def test_a_forbidden_column_cannot_hide_inside_a_predicate() -> None:
    text = TOP + "  - {id: l, points: [{who: {not: {any: [{sex: '2'}, {religion: a}]}}, points: 1}]}\n"
    with pytest.raises(Refused):
        read_policy(text, file="x.yaml")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TOP + "  - {id: l}\n", 4),
        (TOP + "  - {id: l, points: [], even_over: unit}\n", 4),
        (TOP + "  - {id: l, days_since: captured_on, step: long}\n", 4),
        (TOP + "  - {id: l, pionts: []}\n", 4),
        ("policy: x\n", 1),
    ],
)
def test_mistakes_name_their_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as wrong:
        read_policy(text, file="x.yaml")
    assert wrong.value.problems[0].row == line


def test_the_default_policy_says_each_level_in_both_languages() -> None:
    policy = default_policy()
    assert [r.id for r in policy.rungs][:4] == ["urgency", "captivity", "families", "women"]
    assert all(r.says.en and r.says.uk and reads(r) for r in policy.rungs)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"health": "neutral"}, {"health": "wounded"}),
        ({"health": "wounded"}, {"captured_on": "2022-03-01"}),
        ({"captured_on": "2022-03-01"}, {"captured_on": "2022-06-01", "birth_date": "2006-01-01"}),
        ({"birth_date": "2006-01-01"}, {"tags": "parent"}),
        ({"tags": "parent"}, {"sex": "2"}),
        ({"sex": "2"}, {}),
        ({"captured_on": "2022-12"}, {"captured_on": None}),
    ],
)
def test_levels_decide_in_their_order(better: dict[str, str | None], worse: dict[str, str | None]) -> None:
    for first, second in (("a", "b"), ("b", "a")):
        people = register(person(first, **better), person(second, **worse))
        result = composing.compose(
            terms(count("A", "exactly: 1")), people, party="AAA", policy=default_policy(), seed=SEED, on=ON
        )
        assert result.lines["id"].to_list() == [first]


def test_fair_shares_over_places() -> None:
    people = register(*(person(f"p{i}", facility=f"F{i // 6}", unit=f"U{i}") for i in range(12)))
    result = composing.compose(
        terms(count("A", "exactly: 6")), people, party="AAA", policy=default_policy(), seed=SEED, on=ON
    )
    places = [int(who[1:]) // 6 for who in result.lines["id"]]
    assert sorted(places) == [0, 0, 0, 1, 1, 1]


def test_those_passed_over_come_before_the_lot() -> None:
    people = register(*(person(f"p{i}") for i in range(5)))
    people = people.with_columns(passed_over=people["id"].replace_strict({"p3": "2"}, default=None))
    result = composing.compose(
        terms(count("A", "exactly: 1")), people, party="AAA", policy=default_policy(), seed=SEED, on=ON
    )
    assert result.lines["id"].to_list() == ["p3"]
