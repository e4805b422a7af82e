"""Random agreements on random registers: what is composed is kept, what is not composed cannot be.

Three judges that share no code stand against each other: the composer, its checker, and `verify`; and a count
in plain Python below them.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, assume, event, given, settings
from hypothesis import strategies as st

from obmin.core import compose as composing
from obmin.core.compose.check import check as checker
from obmin.core.compose.clash import MOST, NoListPossible
from obmin.core.compose.problem import GROUPS
from obmin.core.errors import Infeasible
from obmin.core.terms import Agreement, Fit, Verdict, check, fit, load, verify

ON = date(2025, 5, 23)
DAYS = {"P1": "2025-05-23", "P2": "2025-05-24"}
SEED = b"a seed that nobody chose"

people_ = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["military", "military", "military", "civilian"]),
        "sex": st.sampled_from(["1", "1", "2"]),
        "tags": st.sampled_from(["x", "y", "x;y"]),
        "will": st.sampled_from(["consents"] * 5 + ["refuses"]),
        "health": st.sampled_from(["none"] * 5 + ["wounded", "direct"]),
        "fitness": st.sampled_from(["seated"] * 6 + ["unfit"]),
        "birth_date": st.sampled_from(["1980-01-01", "2003-05-05", "2005-05-05"]),
        "captured_on": st.sampled_from(["2022-04-01", "2023-04-01", "2024-04-01"]),
        "group": st.sampled_from([None] * 8 + ["g1", "g2"]),
    }
)
registers = st.lists(people_, min_size=4, max_size=14)
WHO: list[dict[str, Any]] = [
    {},
    {"sex": "2"},
    {"sex": "1"},
    {"tags": {"has": "x"}},
    {"health": {"not": "direct"}},
    {"age": {"to": 25}, "judged_on": "2025-05-23"},
]
counts = st.fixed_dictionaries(
    {
        "track": st.sampled_from(["military", "military", "civilian"]),
        "who": st.sampled_from(WHO),
        "bound": st.sampled_from(["exactly", "exactly", "at_least", "at_most"]),
        "number": st.integers(0, 6),
        "first": st.one_of(st.none(), st.integers(0, 6)),
    }
)
rules = st.sampled_from(
    [
        None,
        None,
        {"none": {"from": "AAA", "that": {"tags": {"has": "y"}}}},
        {"every": {"from": "AAA", "to": "BBB", "that": {"sex": ["1"]}}},
        {
            "priority": {
                "from": "AAA",
                "to": "BBB",
                "track": "military",
                "keys": [{"column": "captured_on", "first": "lowest"}],
            }
        },
    ]
)
totals = st.one_of(st.none(), st.none(), st.integers(0, 10))


def written(parts: list[dict[str, Any]], rule: dict[str, Any] | None, total: int | None) -> dict[str, Any]:
    clauses = []
    for n, p in enumerate(parts):
        count: dict[str, Any] = {"from": "AAA", "to": "BBB", "track": p["track"], p["bound"]: p["number"]}
        if p["who"]:
            count["who"] = p["who"]
        if p["first"] is not None and p["bound"] == "exactly":
            first = min(p["first"], p["number"])
            count["phases"] = {"P1": first, "P2": p["number"] - first}
        clauses.append({"id": f"C{n}", "says": "A number.", "count": count})
    if total is not None:
        of = [c["id"] for c in clauses if c["count"]["track"] == "military"][:1]
        of += [c["id"] for c in clauses if c["count"]["track"] == "civilian"][:1]
        if len(of) == 2:
            clauses.append({"id": "S", "says": "The sum.", "total": {"of": of, "exactly": total}})
    if rule is not None:
        clauses.append({"id": "R", "says": "A rule."} | rule)
    return {
        "agreement": "random",
        "title": "Random",
        "concluded": "2025-05-16",
        "parties": [{"code": "AAA", "name": "A"}, {"code": "BBB", "name": "B"}],
        "versions": [
            {
                "version": 1,
                "agreed": "2025-05-16",
                "phases": [{"id": p, "day": d} for p, d in DAYS.items()],
                "clauses": clauses,
            }
        ],
    }


def read(whole: dict[str, Any]) -> Agreement:
    return load(json.dumps(whole), file="random.yaml")


def register(rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns = ["id", "name", *rows[0], "judicial"]
    known = [r | {"id": f"p{n:02}", "name": f"Name {n}", "judicial": "none"} for n, r in enumerate(rows)]
    return pl.DataFrame(known, schema=dict.fromkeys(columns, pl.Utf8))


def composed(agreement: Agreement, people: pl.DataFrame) -> composing.Composition:
    policy = composing.default_policy()
    return composing.compose(agreement, people, party="AAA", policy=policy, seed=SEED, on=ON)


def carried_out(lines: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The handover as the list says it: everybody on it received, on the day of their phase."""
    went = lines.select("id", "phase").join(people, on="id")
    day = pl.col("phase").replace_strict(DAYS, default="2025-05-23", return_dtype=pl.Utf8)
    return went.with_columns(pl.lit("AAA").alias("from"), pl.lit("BBB").alias("to"), day.alias("date"))


def with_held(table: pl.DataFrame, people: pl.DataFrame, rule: dict[str, Any] | None) -> pl.DataFrame:
    """Besides, everybody who might have gone is attested as held: whom priority could have passed over."""
    free = (pl.col("will") == "consents") & (pl.col("fitness") == "seated") & (pl.col("health") != "direct")
    if rule is not None and "none" in rule:
        free &= ~pl.col("tags").str.contains("y")
    known = people.filter(free).with_columns(
        pl.lit("AAA").alias("from"), pl.lit("2025-05-16").alias("date"), pl.lit("held").alias("event")
    )
    return pl.concat([table, known], how="diagonal")


def falls_under(person: dict[str, Any], count: dict[str, Any]) -> bool:
    who = count.get("who", {})
    told = {
        "sex": lambda v: person["sex"] == v,
        "tags": lambda v: v["has"] in person["tags"].split(";"),
        "health": lambda v: person["health"] != v["not"],
        "age": lambda _v: person["birth_date"] > "1999-05-24",
        "judged_on": lambda _v: True,
    }
    return person["category"] == count["track"] and all(told[k](v) for k, v in who.items())


def met(count: dict[str, Any], went: list[dict[str, Any]]) -> bool:
    """A count in plain Python: heads as a whole and by phase, direct cases never."""
    heads = [p for p in went if p["health"] != "direct" and falls_under(p, count)]
    number = len(heads)
    whole = count.get("exactly", number) == number and count.get("at_least", 0) <= number <= count.get(
        "at_most", number
    )
    by_phase = count.get("phases", {})
    return whole and all(sum(p["phase"] == phase for p in heads) == n for phase, n in by_phase.items())


def counted(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {c["id"]: c["count"] for c in whole["versions"][0]["clauses"] if "count" in c}


@settings(max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(counts, min_size=1, max_size=4), rules, totals, registers)
def test_what_is_composed_is_kept_and_what_is_not_cannot_be(
    parts: list[dict[str, Any]], rule: dict[str, Any] | None, total: int | None, rows: list[dict[str, Any]]
) -> None:
    whole = written(parts, rule, total)
    agreement, people = read(whole), register(rows)
    assume(check(agreement) == [])
    try:
        result = composed(agreement, people)
    except NoListPossible as none:
        event("a clash")
        real(whole, people, none)
        return
    event("a list")
    assert result.proven
    table = carried_out(result.lines, people)
    for clause, count in counted(whole).items():
        assert met(count, table.to_dicts()), clause
    if table.height:
        found = verify(agreement, with_held(table, people, rule))
        told = {c: found.of(c) for c in found.clauses if found.of(c) is not Verdict.KEPT}
        nobody = "military" not in table["category"].to_list()  # then an order of soldiers waits for the first
        assert told == ({"R": Verdict.OPEN} if nobody and "R" in told else {})
        lines = table.select(
            "id",
            "phase",
            "category",
            "sex",
            "tags",
            "will",
            "health",
            "fitness",
            "birth_date",
            "captured_on",
            "judicial",
        )
        held = fit(agreement, lines, "AAA")
        assert [line for line in held.lines() if line.fit is Fit.BREAKS] == []


def real(whole: dict[str, Any], people: pl.DataFrame, none: NoListPossible) -> None:
    """The clash is true and smallest: its clauses forbid a list, and without any one of them they do not."""
    names = set(none.clashes)
    clauses = whole["versions"][0]["clauses"]
    assert names
    assert names <= {c["id"] for c in clauses} | {GROUPS}
    assert len(names - {GROUPS}) <= MOST
    assert none.minimal
    assert not feasible(whole, names, people), "the clash alone forbids a list"
    for name in names:
        assert feasible(whole, names - {name}, people), f"without {name} the rest of the clash holds"


def feasible(whole: dict[str, Any], names: set[str], people: pl.DataFrame) -> bool:
    """Whether a list exists under these clauses alone; rules on who may go always stand, as guards do."""
    kept = []
    for c in whole["versions"][0]["clauses"]:
        if "count" in c and c["id"] not in names:
            free = {k: v for k, v in c["count"].items() if k in ("from", "to", "track", "who")}
            kept.append(c | {"count": free | {"at_least": 0}})
        elif "total" not in c or c["id"] in names:
            kept.append(c)
    version = whole["versions"][0] | {"clauses": kept}
    alone = people if GROUPS in names else people.with_columns(group=pl.lit(None, dtype=pl.Utf8))
    try:
        composed(read(whole | {"versions": [version]}), alone)
    except Infeasible:
        return False
    return True


@settings(max_examples=150)
@given(
    st.lists(counts, min_size=1, max_size=3),
    registers,
    st.lists(
        st.tuples(st.integers(0, 13), st.sampled_from(["take", "P1", "P2", "category", "sex"])),
        min_size=1,
        max_size=4,
    ),
)
def test_never_kept_where_the_checker_of_lists_finds_a_breach(
    parts: list[dict[str, Any]], rows: list[dict[str, Any]], changes: list[tuple[int, str]]
) -> None:
    """Any list at all, not only a right one: the checker reads the list, `verify` what was carried out."""
    whole = written(parts, None, None)
    agreement = read(whole)
    lines = {f"p{n:02}": "P1" if n % 2 else "P2" for n, r in enumerate(rows) if r["health"] != "direct"}
    for place, change in changes:
        key = f"p{place:02}"
        if change in ("P1", "P2") and key in lines:
            lines[key] = change
        elif change == "take":
            lines.pop(key, None)
        elif place < len(rows):
            other = {"military": "civilian", "civilian": "military", "1": "2", "2": "1"}
            rows[place] = (
                rows[place] | {change: other[rows[place][change]]} if change in rows[place] else rows[place]
            )
    assume(lines)
    people = register([r | {"will": "consents", "fitness": "seated", "group": None} for r in rows])
    listed = pl.DataFrame(
        {"id": list(lines), "phase": list(lines.values()), "position": list(range(1, len(lines) + 1))}
    )
    direct = [f"p{n:02}" for n, r in enumerate(rows) if r["health"] == "direct"]
    verdicts = checker(agreement, people, listed, direct, party="AAA", on=ON)
    table = carried_out(listed, people)
    found = verify(agreement, table)
    broken = {v.clause for v in verdicts if not v.ok}
    event("a breach" if broken & set(counted(whole)) else "none")
    for clause, count in counted(whole).items():
        kept = found.of(clause) is Verdict.KEPT
        assert not (kept and clause in broken), clause
        assert kept == met(count, table.to_dicts()), clause


def test_the_three_judges_can_disagree() -> None:
    """The plain count below them sees a breach where there is one: it does not simply say yes."""
    count = {"track": "military", "exactly": 1}
    man = {"category": "military", "health": "none", "phase": "P1"}
    assert met(count, [man])
    assert not met(count, [man, man])
    assert not met(count | {"phases": {"P1": 0, "P2": 1}}, [man])
    assert not met(count, [man | {"health": "direct"}])


def test_a_clash_that_is_not_real_is_noticed() -> None:
    rows = [{"category": "military", "sex": "1", "tags": "x", "will": "consents", "health": "none"}]
    rows = [
        rows[0] | {"fitness": "seated", "birth_date": "1980-01-01", "captured_on": "2022-04-01", "group": None}
    ]
    part = {"track": "military", "who": {}, "bound": "exactly", "number": 3, "first": None}
    whole = written([part, part | {"number": 1}], None, None)
    with pytest.raises(AssertionError, match="the clash alone"):
        real(whole, register(rows), NoListPossible("", clashes=("C1",)))
    with pytest.raises(AssertionError, match="without C1"):
        real(whole, register(rows), NoListPossible("", clashes=("C0", "C1")))


def test_above_eight_clauses_the_amounts_together_make_a_list_possible() -> None:
    """Ten companies of whom each sends one, and nine places in all: eleven clauses, none to blame alone."""
    parts = [
        {
            "id": f"C{n}",
            "says": "One.",
            "count": {
                "from": "AAA",
                "to": "BBB",
                "track": "military",
                "who": {"tags": {"has": f"t{n}"}},
                "at_least": 1,
            },
        }
        for n in range(10)
    ]
    total: dict[str, Any] = {
        "id": "S",
        "says": "Nine.",
        "total": {"of": [p["id"] for p in parts], "exactly": 9},
    }
    whole = written([], None, None)
    whole["versions"][0] |= {"clauses": [*parts, total]}
    man = {"category": "military", "sex": "1", "will": "consents", "health": "none", "fitness": "seated"}
    man |= {"birth_date": "1980-01-01", "captured_on": "2022-04-01", "group": None}
    people = register([man | {"tags": f"t{n % 10}"} for n in range(20)])
    with pytest.raises(NoListPossible) as none:
        composed(read(whole), people)
    assert len(none.value.clashes) > MOST or not none.value.minimal
    assert none.value.together
    for given_way in none.value.together:
        if given_way.clause == "S":
            low, high = sorted((given_way.asked, given_way.possible))
            total["total"] = {"of": total["total"]["of"], "at_least": low, "at_most": high}
        else:
            part = next(p for p in parts if p["id"] == given_way.clause)
            part["count"]["at_least"] = given_way.possible
    assert composed(read(whole), people).proven
