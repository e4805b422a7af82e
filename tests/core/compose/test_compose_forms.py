"""Forms of clauses: ranges, floors, paces, value units, precedence, several receivers, odd registers."""

from __future__ import annotations

import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.compose import Composition
from obmin.core.compose.clash import NoListPossible
from tests.core.compose.compose_cases import ON, SEED, count, crowd, person, register, terms

HELD = crowd(300, clean=True).with_columns(group=pl.lit(None, dtype=pl.Utf8))
LONGEST = "keys: [{column: captured_on, first: lowest}]"


def compose(clauses: str, people: pl.DataFrame = HELD, *, phases: int = 2, extra: str = "") -> Composition:
    result = composing.compose(
        terms(clauses, phases=phases, extra=extra),
        people,
        party="AAA",
        policy=composing.default_policy(),
        seed=SEED,
        on=ON,
    )
    assert result.proven, [v for v in result.verdicts if not v.ok]
    return result


@pytest.mark.parametrize(
    ("amount", "number"),
    [
        ("exactly: 0", 0),
        ("at_least: 7", 7),
        ("at_least: 2, at_most: 9", 9),
        ("at_most: 4", 4),
        ("exactly: 6, per_day: true", 12),
    ],
)
def test_how_many(amount: str, number: int) -> None:
    assert compose(count("A", amount)).lines.height == number


def priority(keys: str, who: str = "") -> str:
    return f"- {{id: O, says: {{en: x}}, priority: {{from: AAA, to: BBB, track: military, {who}{keys}}}}}"


@pytest.mark.parametrize("amount", ["exactly: 20", "at_least: 5, at_most: 20", "exactly: 10, per_day: true"])
def test_precedence_goes_before_the_policy(amount: str) -> None:
    listed = compose(count("A", amount) + "\n" + priority(LONGEST)).lines["id"].to_list()
    soldiers = HELD.filter(pl.col("category") == "military").sort("captured_on")
    last = HELD.filter(pl.col("id").is_in(listed))["captured_on"].max()
    assert soldiers.filter(pl.col("captured_on") < last)["id"].is_in(listed).all()


def test_precedence_inside_a_part_of_those_counted() -> None:
    who = "who: {sex: '2'}, "
    people = HELD.with_columns(health=pl.when(pl.col("sex") == "2").then(pl.lit("sick")).otherwise("health"))
    women = people.filter(pl.col("category") == "military", pl.col("sex") == "2")
    assert women.height > 12
    result = compose(
        count("A", "exactly: 12") + "\n" + priority("keys: [{column: age, first: lowest}]", who), people
    )
    assert set(result.lines["id"]) <= set(women["id"])


def test_precedence_and_groups_settle_on_a_lower_number() -> None:
    people = register(
        person("a", captured_on="2023-01-01"),
        person("b", captured_on="2023-02-01", group="g"),
        person("c", captured_on="2023-03-01", group="g"),
    )
    result = compose(count("A", "at_most: 2") + "\n" + priority(LONGEST), people)
    assert result.lines["id"].to_list() == ["a"]


def test_units_of_value() -> None:
    extra = "tables: {ranks: {column: rank_code, values: {OR-1: 1, OR-2: 1.5, OF-1: 4}, other: 2}}\n"
    worth = {"OR-1": 1.0, "OR-2": 1.5, "OF-1": 4.0}
    lines = compose(count("A", "exactly: 31", more=", value: ranks"), extra=extra).lines["id"]
    ranks = HELD.filter(pl.col("id").is_in(lines.to_list()))["rank_code"]
    assert sum(worth.get(r or "", 2.0) for r in ranks) == 31.0


def test_two_receivers_and_nobody_goes_to_both() -> None:
    extra = "actors:\n  - {code: CCC, name: {en: C}, signs: false}\n"
    clauses = count("A", "exactly: 5") + "\n" + count("B", "exactly: 3").replace("BBB", "CCC")
    lines = compose(clauses, extra=extra).lines
    assert lines["id"].n_unique() == 8
    assert sorted(lines.group_by("to", "clause").len().rows()) == [("BBB", "A", 5), ("CCC", "B", 3)]


def test_whoever_may_not_go_does_not_hold_back_the_group() -> None:
    people = register(person("a", group="g"), person("b", group="g"), person("c", group="g", will="refuses"))
    assert compose(count("A", "exactly: 2"), people).lines["id"].sort().to_list() == ["a", "b"]


def test_an_empty_register_and_one_without_columns() -> None:
    assert compose(count("A", "exactly: 0"), HELD.head(0)).out.height == 0
    with pytest.raises(NoListPossible):
        compose(count("A", "exactly: 1"), HELD.head(0))
    with pytest.raises(NoListPossible):
        compose(count("A", "exactly: 1"), pl.DataFrame({"id": ["a"], "category": ["military"]}))


def test_bounds_of_one_clause_that_clash() -> None:
    with pytest.raises(NoListPossible) as none:
        compose(count("A", "at_least: 5, at_most: 4"))
    assert none.value.clashes == ("A",)
