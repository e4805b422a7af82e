"""Over a series: nobody's turns are lost or invented, and the report shows no small cell."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core import compose as composing
from obmin.core.compose import Composition
from obmin.core.compose.fairness import PASSED, Past, Why, report, tally, turns, why, with_tally
from obmin.core.compose.wording import sentences
from obmin.core.disclosure import LEAST
from obmin.core.errors import Unreadable
from tests.core.compose.compose_cases import ON, SEED, count, crowd, person, register, terms

KEY = b"k" * 32
SENTENCE = {
    w: k for k, w in {"out-lot": Why.POLICY, "out-group": Why.GROUP, "out-none": Why.LIMITS}.items()
} | {
    Why.OFFICER: "out-ban",
    Why.TERMS: "out-no-clause",
    Why.NOT_NOW: "not-available",
}


def past(name: str, places: dict[str, Why | None]) -> Past:
    """None: went."""
    out = [
        (who, sentences(SENTENCE[place])[len(who) % 2].replace("{clause}", "A"))
        for who, place in places.items()
        if place is not None
    ]
    frame = pl.DataFrame(out, schema={"id": pl.Utf8, "reason": pl.Utf8}, orient="row")
    return Past(name, frozenset(w for w, p in places.items() if p is None), frozenset(), frame)


def as_past(name: str, result: Composition) -> Past:
    return Past(name, frozenset(result.lines["id"]), frozenset(result.direct["id"]), result.out)


people = st.sampled_from(["a", "bb", "c", "dd"])
exchanges = st.lists(st.dictionaries(people, st.none() | st.sampled_from(list(Why))), max_size=6)


@settings(max_examples=80)
@given(exchanges)
def test_every_turn_is_counted_once(given_turns: list[dict[str, Why | None]]) -> None:
    series = [past(f"E{n}", places) for n, places in enumerate(given_turns)]
    told = {row["id"]: row for row in tally(series).iter_rows(named=True)}
    assert told.keys() == {who for places in given_turns for who in places}
    for who, row in told.items():
        mine = [places[who] for places in given_turns if who in places]
        counted = Counter(mine)
        assert row["turns"] == len(mine)
        assert row["went"] == counted[None]
        assert {w: row[w.value] for w in Why} == {w: counted[w] for w in Why}
        passed = [w for w in mine if w in PASSED]
        assert row["passed_over"] == len(passed)
        assert row["last"] == (passed[-1].value if passed else None)
        run = 0
        for place in mine:
            run = run + 1 if place in PASSED else 0
        assert row["in_a_row"] == run


def test_whoever_was_not_available_was_not_passed_over() -> None:
    told = tally([past("E", {"a": Why.NOT_NOW, "bb": Why.TERMS, "c": Why.OFFICER, "dd": Why.POLICY})])
    assert dict(told.select("id", "passed_over").iter_rows()) == {"a": 0, "bb": 0, "c": 0, "dd": 1}


def test_every_sentence_of_the_composer_has_a_kind_in_both_languages() -> None:
    held = crowd(400, seed=5)
    clauses = (
        count("A", "exactly: 40") + "\n- {id: X, says: {en: x}, none: {from: AAA, that: {rank_code: OF-1}}}"
    )
    for language in ("en", "uk"):
        result = composing.compose(
            terms(clauses),
            held,
            party="AAA",
            policy=composing.default_policy(),
            seed=SEED,
            on=ON,
            language=language,
            bans=["p000003"],
        )
        kinds = {why(r) for r in result.out["reason"].unique()}
        assert {Why.POLICY, Why.TERMS, Why.NOT_NOW} <= kinds
        rows = turns([as_past("E", result)])
        assert rows.height == held.height
        assert rows["went"].sum() == result.lines.height + result.direct.height


def test_another_sentence_is_refused_with_its_file() -> None:
    frame = pl.DataFrame({"id": ["a"], "reason": ["because"]})
    with pytest.raises(Unreadable, match=r"E7, column reason: found because"):
        tally([Past("E7", frozenset(), frozenset(), frame)])


def test_those_passed_over_more_often_go_first_when_all_else_is_equal() -> None:
    held = register(*(person(f"p{i}") for i in range(4)))
    agreement = terms(count("A", "exactly: 1"))
    series: list[Past] = []
    went: list[str] = []
    for n in range(4):
        now = with_tally(held.filter(~pl.col("id").is_in(went)), series)
        result = composing.compose(
            agreement, now, party="AAA", policy=composing.default_policy(), seed=bytes([n + 1]), on=ON
        )
        if n == 1:  # whoever joins now has been passed over less often than those who wait
            assert result.lines["id"].item() != "new"
        went += result.lines["id"].to_list()
        series.append(as_past(f"E{n}", result))
        if n == 0:
            held = pl.concat([held, register(person("new"))])
    assert "new" not in went[:4]


@pytest.fixture(scope="module")
def series() -> tuple[pl.DataFrame, list[Past]]:
    held = crowd(2600, seed=31, clean=True)
    held = held.with_columns(
        region=pl.when(pl.col("unit") == "U3").then(pl.lit("tiny")).otherwise(pl.lit("R") + pl.col("facility")),
        unit=pl.when(pl.int_range(pl.len()) < 4).then(pl.lit("few")).otherwise("unit"),
    )
    found: list[Past] = []
    for n in range(2):
        now = with_tally(held, found)
        result = composing.compose(
            terms(count("A", "exactly: 300")),
            now,
            party="AAA",
            policy=composing.default_policy(),
            seed=bytes([n + 1]),
            on=ON,
        )
        found.append(as_past(f"E{n}", result))
    gone = found[0].listed | found[1].listed
    return held.filter(~pl.col("id").is_in(list(gone))), found


def test_no_cell_of_the_report_is_small_or_exact(series: tuple[pl.DataFrame, list[Past]]) -> None:
    held, past = series
    found = report(held, past, on=ON, key=KEY)
    assert found.total is not None
    assert found.total % 10 == 0
    shown = [n for t in found.tables for n in t.shown.values()]
    assert shown
    assert all(n % 10 == 0 and n >= LEAST for n in shown)
    units = next(t for t in found.tables if t.dimension == "unit")
    assert not any(cell.startswith("few") for cell in units.shown)
    assert any(h.cell.startswith("few") for h in units.hidden)
    text = found.frame().write_csv()
    assert "few,2,fewer than 10 or not told" in text
    assert found.frame("uk").columns == ["показник", "значення", "скільки разів оминули", "осіб"]


def test_the_same_question_has_the_same_answer(series: tuple[pl.DataFrame, list[Past]]) -> None:
    held, past = series
    shuffled = held.sample(fraction=1.0, shuffle=True, seed=1)
    assert report(shuffled, past, on=ON, key=KEY) == report(held, past, on=ON, key=KEY)


def test_of_fewer_than_ten_nothing_is_said() -> None:
    held = register(*(person(f"p{i}") for i in range(9)))
    found = report(held, [past("E", {f"p{i}": Why.POLICY for i in range(9)})], on=ON, key=KEY)
    assert found.total is None
    assert found.tables == ()
