"""The checker catches every kind of violation that is planted, and says nothing against a sound list."""

from __future__ import annotations

import ast
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core import compose as composing
from obmin.core.compose import Verdict, check
from obmin.core.compose.clash import NoListPossible
from obmin.core.compose.judge import judge
from obmin.core.terms.model import All, Any, Is, Judged, Known, Not, Predicate, Tagged, Within
from obmin.core.terms.predicates import evaluate
from tests.core.compose.compose_cases import ON, SEED, count, crowd, person, register, terms

CLAUSES = "\n".join(
    [
        count("A", "exactly: 6", more=", phases: {P1: 4, P2: 2}"),
        count("B", "exactly: 2", track="civilian", more=", phases: {P1: 2, P2: 0}"),
        "- {id: S, says: {en: x}, total: {of: [A, B], exactly: 8, phases: {P1: 6, P2: 2}}}",
        "- {id: X, says: {en: x}, none: {from: AAA, to: BBB, that: {tags: {has: [vetoed]}}}}",
    ]
)
AGREEMENT = terms(CLAUSES, phases=2)
PEOPLE = [
    *(person(f"m{i}") for i in range(8)),
    person("g1", group="g"),
    person("g2", group="g"),
    *(person(f"c{i}", category="civilian") for i in range(4)),
    person("d1", health="direct"),
    person("d2", health="direct"),
    person("du", health="direct", fitness="unfit"),
    person("refuses", will="refuses"),
    person("undecided", will="undecided"),
    person("unasked", will=None),
    person("unfit", fitness="unfit"),
    person("lapsed", fitness_until="2025-05-22"),
    person("unexamined", fitness=None),
    person("court", judicial="pending"),
    person("convicted", judicial="convicted", dp_consent="given"),
    person("retained", category="retained"),
    person("vetoed", tags="vetoed;y"),
    person("untold", tags=None),
]
LINES = [
    *((who, "P1") for who in ("m0", "m1", "g1", "g2")),
    *((who, "P2") for who in ("m2", "m3")),
    *((who, "P1") for who in ("c0", "c1")),
]
DIRECT = ["d1", "d2"]
Lines = list[tuple[str, str]]


def verdicts(lines: Lines, direct: list[str], **more: object) -> dict[str, Verdict]:
    found = check(AGREEMENT, register(*PEOPLE), lines, direct, "AAA", ON, **more)  # type: ignore[arg-type]
    return {v.clause: v for v in found}


def broken(lines: Lines, direct: list[str], **more: object) -> set[str]:
    return {clause for clause, v in verdicts(lines, direct, **more).items() if not v.ok}


def swap(old: str, new: str) -> Lines:
    return [(new if who == old else who, phase) for who, phase in LINES]


def test_a_sound_list_passes() -> None:
    found = verdicts(LINES, DIRECT)
    assert not broken(LINES, DIRECT)
    assert {"A", "B", "S", "X", "I-1", "I-2", "I-3", "I-5", "I-6", "I-9", "I-10", "groups"} <= found.keys()
    assert found["A"].arithmetic == "6 = 6; P1: 4 = 4; P2: 2 = 2"


@pytest.mark.parametrize(
    ("intruder", "clauses"),
    [
        ("refuses", {"I-1"}),
        ("undecided", {"I-1"}),
        ("unasked", {"I-1"}),
        ("unfit", {"I-5"}),
        ("lapsed", {"I-5"}),
        ("unexamined", {"I-5"}),
        ("court", {"I-6"}),
        ("convicted", {"I-6"}),
        ("retained", {"I-9", "A", "S"}),
        ("c2", {"A", "B"}),
        ("vetoed", {"X"}),
        ("untold", {"X"}),
        ("nobody", {"register", "I-1", "I-5", "I-9", "A", "S", "X"}),
        ("m1", {"I-10"}),
        ("d1", {"I-3", "I-9", "I-10", "A", "S"}),
    ],
)
def test_an_intruder_is_caught(intruder: str, clauses: set[str]) -> None:
    assert broken(swap("m0", intruder), DIRECT) == clauses


@pytest.mark.parametrize(
    ("lines", "direct", "clauses"),
    [
        (LINES[1:], DIRECT, {"A", "S"}),
        ([*LINES, ("m4", "P2")], DIRECT, {"A", "S"}),
        ([("m0", "P2"), ("m1", "P1"), *LINES[2:]], DIRECT, {"A", "S"}),
        ([(w, "P2" if w == "c0" else "P1" if w == "m2" else p) for w, p in LINES], DIRECT, {"A", "B"}),
        ([(w, "P9" if w == "m0" else p) for w, p in LINES], DIRECT, {"A", "S"}),
        (swap("g2", "m4"), DIRECT, {"groups"}),
        ([(w, {"g2": "P2", "m2": "P1"}.get(w, p)) for w, p in LINES], DIRECT, {"groups"}),
        (LINES, ["d1"], {"I-2"}),
        (LINES, [], {"I-2"}),
        (LINES, [*DIRECT, "du"], {"I-5"}),
        (LINES, [*DIRECT, "m4"], {"I-3"}),
        (LINES, [*DIRECT, "d1"], {"I-10"}),
    ],
)
def test_a_wrong_shape_is_caught(lines: Lines, direct: list[str], clauses: set[str]) -> None:
    assert broken(lines, direct) == clauses


@pytest.mark.parametrize(
    ("orders", "clauses"),
    [
        ({"bans": ["m0"]}, {"bans"}),
        ({"locks": [("m7", "")]}, {"locks"}),
        ({"locks": [("m0", "P2")]}, {"locks"}),
        ({"locks": [("m0", "P1")], "bans": ["m7"]}, set()),
        ({"caps": [(5, None, None, "P1", False, "bus")]}, {"bus"}),
        ({"caps": [(6, None, None, "", True, "bus")]}, set()),
        ({"caps": [(7, "facility", None, "", False, "place")]}, {"place"}),
        ({"caps": [(7, "facility", "F2", "", False, "place")]}, set()),
    ],
)
def test_orders_of_officers_are_checked(orders: dict[str, object], clauses: set[str]) -> None:
    assert broken(LINES, DIRECT, **orders) == clauses


def test_somebody_overtaken_is_caught() -> None:
    clauses = count("A", "exactly: 2") + (
        "\n- {id: O, says: {en: x}, priority: {from: AAA, to: BBB, track: military,"
        " keys: [{column: captured_on, first: lowest}]}}"
    )
    people = register(*(person(f"p{i}", captured_on=f"2023-0{i + 1}-01") for i in range(4)))
    agreement = terms(clauses)
    ok = check(agreement, people, [("p0", ""), ("p1", "")], [], "AAA", ON)
    assert all(v.ok for v in ok)
    bad = check(agreement, people, [("p0", ""), ("p2", "")], [], "AAA", ON)
    assert [v.clause for v in bad if not v.ok] == ["O"]


def test_all_of_a_population_means_all_who_may_go() -> None:
    extra = "populations: {young: {held_by: [AAA], track: military, who: {age: {to: 25}}, as_of: 2025-05-16}}\n"
    agreement = terms(count("A", "all: young", more=", who: {age: {to: 25}}"), extra=extra)
    young = [person(f"y{i}", birth_date="2004-01-01") for i in range(3)]
    people = register(*young, person("old"), person("no", birth_date="2004-01-01", will="refuses"))
    result = composing.compose(
        agreement, people, party="AAA", policy=composing.default_policy(), seed=SEED, on=ON
    )
    assert result.lines["id"].sort().to_list() == ["y0", "y1", "y2"]
    assert result.proven
    less = check(agreement, people, [("y0", ""), ("y1", "")], [], "AAA", ON)
    assert [v.clause for v in less if not v.ok] == ["A"]


def test_value_units_count_only_the_able_bodied() -> None:
    extra = "tables: {ranks: {column: rank_code, values: {OR-1: 1, OF-1: 4}, other: 2}}\n"
    agreement = terms(count("A", "exactly: 5", more=", value: ranks"), extra=extra)
    people = register(
        person("a", rank_code="OR-1"),
        person("b", rank_code="OF-1"),
        person("w", rank_code="OF-1", health="sick"),
    )
    good = check(agreement, people, [("a", ""), ("b", "")], [], "AAA", ON)
    assert all(v.ok for v in good)
    bad = check(agreement, people, [("a", ""), ("w", "")], [], "AAA", ON)
    assert [v.clause for v in bad if not v.ok] == ["A"]


def test_the_checker_imports_nothing_of_the_solver() -> None:
    folder = Path(composing.__file__).parent
    seen, queue = set(), ["check"]
    while queue:
        name = queue.pop()
        seen.add(name)
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("obmin.core.compose."):
                inner = (node.module or "").split(".")[3]
                if inner not in seen:
                    queue.append(inner)
    assert seen == {"check", "judge"}


# -- two readings of the language agree --------------------------------------------------------------------

COLUMNS = ("health", "sex", "tags", "birth_date", "captured_on", "rank_code", "rations")
CELLS: dict[str, list[str | None]] = {
    "health": ["none", "sick", "unknown", None],
    "sex": ["1", "2", "0", None],
    "tags": ["a;b", "b", "", None, " a ; c"],
    "birth_date": ["1990", "2000-05", "2000-05-23", "2000-05-24", "1996-02-29", None],
    "captured_on": ["2022", "2023-05", "2023-05-23", None],
    "rank_code": ["OR-1", "OR-9", "OF-1", None],
    "rations": ["3", "3.5", "-1", "many", None],
}
BOUNDS = {
    "age": ["18", "25", "29"],
    "captive_days": ["0", "365", "731"],
    "birth_date": ["2000-05-23", "1999-12-31"],
    "rank_code": ["OR-2", "OF-1"],
    "rations": ["3", "3.5"],
}


def leaf() -> st.SearchStrategy[Predicate]:
    def within(column: str) -> st.SearchStrategy[Predicate]:
        bound = st.none() | st.sampled_from(BOUNDS[column])
        return st.builds(Within, st.just(column), bound, bound, st.booleans(), st.booleans())

    return st.one_of(
        st.sampled_from(["health", "sex"]).flatmap(
            lambda c: st.builds(
                Is,
                st.just(c),
                st.lists(st.sampled_from([x or "none" for x in CELLS[c]]), min_size=1).map(tuple),
            )
        ),
        st.sampled_from(sorted(BOUNDS)).flatmap(within),
        st.builds(Tagged, st.lists(st.sampled_from(["a", "b", "z"]), min_size=1).map(tuple)),
        st.builds(Known, st.sampled_from(COLUMNS)),
    )


def predicates() -> st.SearchStrategy[Predicate]:
    return st.recursive(
        leaf(),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(All, st.lists(inner, max_size=3).map(tuple)),
            st.builds(Any, st.lists(inner, max_size=3).map(tuple)),
            st.builds(Judged, inner, st.dates(ON.replace(year=2020), ON)),
        ),
        max_leaves=6,
    )


@settings(max_examples=150, deadline=None)
@given(predicates(), st.lists(st.tuples(*(st.sampled_from(CELLS[c]) for c in COLUMNS)), min_size=1, max_size=6))
def test_the_plain_reading_agrees_with_the_frame_reading(
    predicate: Predicate, rows: list[tuple[str | None, ...]]
) -> None:
    people = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.Utf8), orient="row")
    assert [judge(predicate, p, ON) for p in people.to_dicts()] == evaluate(predicate, people, ON).to_list()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(0, 10), st.integers(2, 20))
def test_whatever_is_composed_passes(seed: int, soldiers: int, civilians: int, cap: int) -> None:
    clauses = "\n".join(
        [
            count("A", f"exactly: {soldiers}", more=f", phases: {{P1: {soldiers // 2}}}"),
            count("B", f"at_most: {civilians}", track="civilian"),
            "- {id: X, says: {en: x}, none: {from: AAA, that: {rank_code: OF-1}}}",
        ]
    )
    caps = (composing.Cap(cap, "facility", per_phase=True, id="bus"),)
    people = crowd(150, seed)
    try:
        result = composing.compose(
            terms(clauses, phases=2),
            people,
            party="AAA",
            policy=composing.default_policy(),
            seed=SEED,
            on=ON,
            caps=caps,
        )
    except NoListPossible:
        return
    assert [v for v in result.verdicts if not v.ok] == []
    assert result.proven
