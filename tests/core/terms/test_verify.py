"""What was carried out against what was agreed, person by person."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.errors import Unreadable
from obmin.core.terms import Agreement, Verdict, load, verify

PHASED = ("T1-military", "T1-civilian", "T2-military", "T2-civilian")


def changed(before: pl.DataFrame, agreement: Agreement, after: pl.DataFrame) -> dict[tuple[str, str], Verdict]:
    """(clause, phase) -> new verdict, for those that changed."""
    old = {(f.clause, f.part): f.verdict for f in verify(agreement, before).findings}
    new = {(f.clause, f.part): f.verdict for f in verify(agreement, after).findings}
    assert old.keys() == new.keys()
    return {k: v for k, v in new.items() if v != old[k]}


def set_cell(frame: pl.DataFrame, id_: str, **cells: str | None) -> pl.DataFrame:
    here = pl.col("id") == id_
    return frame.with_columns(
        pl.when(here).then(pl.lit(v)).otherwise(pl.col(k)).alias(k) for k, v in cells.items()
    )


def test_a_thousand_each_way_was_kept(istanbul: Agreement, received: pl.DataFrame) -> None:
    found = verify(istanbul, received)
    assert {f.verdict for f in found.findings} == {Verdict.KEPT}
    assert found.kept
    assert found.verdict is Verdict.KEPT


def test_the_arithmetic_is_shown_in_both_languages(istanbul: Agreement, received: pl.DataFrame) -> None:
    first = next(f for f in verify(istanbul, received).findings if f.clause == "T1" and not f.part)
    assert "880 + 120 = 1,000" in first.text.en
    assert "880 + 120 = 1,000" in first.text.uk
    assert first.text.en != first.text.uk


def test_counts_alone_say_the_same_as_people(istanbul: Agreement, received: pl.DataFrame) -> None:
    counts = (
        received.filter(pl.col("health") != "direct")
        .group_by("from", "to", "date", "category")
        .len("count")
        .with_columns(pl.col("count").cast(pl.Utf8))
    )
    by_people = [(f.clause, f.part, f.verdict) for f in verify(istanbul, received).findings]
    assert [(f.clause, f.part, f.verdict) for f in verify(istanbul, counts).findings] == by_people


def test_direct_cases_are_outside_every_count(istanbul: Agreement, received: pl.DataFrame) -> None:
    without = received.filter(pl.col("health") != "direct")
    assert changed(received, istanbul, without) == {}
    one_counts = set_cell(received, "RUS-direct-3", health="none")
    broken = changed(received, istanbul, one_counts)
    assert set(broken.values()) == {Verdict.BROKEN}
    assert {c for c, _ in broken} == {"T1", "T1-military"}


def test_one_person_missing(istanbul: Agreement, received: pl.DataFrame) -> None:
    after = received.filter(pl.col("id") != "UKR-2025-05-24-military-5")
    assert changed(received, istanbul, after) == dict.fromkeys(
        [("T2", ""), ("T2", "P2"), ("T2-military", ""), ("T2-military", "P2")], Verdict.BROKEN
    )


def test_one_person_a_day_late(istanbul: Agreement, received: pl.DataFrame) -> None:
    after = set_cell(received, "UKR-2025-05-24-military-5", date="2025-05-25")
    assert changed(received, istanbul, after) == dict.fromkeys(
        [("T2", "P2"), ("T2", "P3"), ("T2-military", "P2"), ("T2-military", "P3")], Verdict.BROKEN
    )


def test_a_civilian_never_stands_in_for_a_soldier(istanbul: Agreement, received: pl.DataFrame) -> None:
    """The sum stays whole; both tracks are broken."""
    after = set_cell(received, "RUS-2025-05-23-military-5", category="civilian")
    assert changed(received, istanbul, after) == dict.fromkeys(
        [("T1-military", ""), ("T1-military", "P1"), ("T1-civilian", ""), ("T1-civilian", "P1")], Verdict.BROKEN
    )


def test_an_unknown_category_leaves_doubt_and_says_which_field_would_tell(
    istanbul: Agreement, received: pl.DataFrame
) -> None:
    after = set_cell(received, "RUS-2025-05-23-military-5", category=None)
    assert set(changed(received, istanbul, after).values()) == {Verdict.CANNOT_TELL}
    doubtful = next(f for f in verify(istanbul, after).findings if f.clause == "T1-military" and not f.part)
    assert doubtful.fields == ("category",)


def test_a_person_who_came_twice_is_an_error_of_the_table(istanbul: Agreement, received: pl.DataFrame) -> None:
    """Counting once would hide the mistake, counting twice would fill a gap with it."""
    twice = pl.concat([received, received.slice(1, 1), received.slice(4, 1)])
    with pytest.raises(Unreadable) as refused:
        verify(istanbul, twice, file="came.csv")
    rows = [(p.file, p.row, p.column) for p in refused.value.problems]
    assert rows == [("came.csv", 2016, "id"), ("came.csv", 2017, "id")]
    assert "(first in row 3)" in refused.value.problems[0].found


def test_a_person_who_went_back_and_forth_stands_once_in_each_direction(
    istanbul: Agreement, received: pl.DataFrame
) -> None:
    back = received.head(1).with_columns(pl.lit("UKR").alias("from"), pl.lit("RUS").alias("to"))
    assert set(changed(received, istanbul, pl.concat([received, back])).values()) == {Verdict.BROKEN}


def test_two_accounts_of_one_person_are_two_rows_and_a_settled_row_is_alone(
    istanbul: Agreement, received: pl.DataFrame
) -> None:
    rest = received.slice(1).with_columns(by=pl.lit(None, dtype=pl.Utf8))
    ours, theirs = (received.head(1).with_columns(by=pl.lit(who)) for who in ("UKR", "RUS"))
    assert verify(istanbul, pl.concat([rest, ours, theirs])).kept
    settled = received.head(1).with_columns(by=pl.lit(None, dtype=pl.Utf8))
    with pytest.raises(Unreadable, match="a second time"):
        verify(istanbul, pl.concat([rest, settled, theirs]))


def test_whoever_refused_and_came_after_all_excuses_nobody_else(
    istanbul: Agreement, received: pl.DataFrame
) -> None:
    short = received.filter(pl.col("id") != "UKR-2025-05-24-military-5")
    no = pl.lit("refused").alias("event")
    events = short.with_columns(pl.lit(None, dtype=pl.Utf8).alias("event"))
    came = short.filter(pl.col("id") == "UKR-2025-05-24-military-6").with_columns(no)
    stayed = received.filter(pl.col("id") == "UKR-2025-05-24-military-5").with_columns(no)
    assert verify(istanbul, pl.concat([events, came])).of("T2-military") is Verdict.BROKEN
    assert verify(istanbul, pl.concat([events, stayed])).of("T2-military") is Verdict.EXCUSED
    # another who did come refused once: still only one stayed away
    two_short = events.filter(pl.col("id") != "UKR-2025-05-24-military-7")
    assert verify(istanbul, pl.concat([two_short, stayed, stayed])).of("T2-military") is Verdict.BROKEN


@pytest.mark.parametrize(
    ("day", "open_", "kept"),
    [
        ("2025-05-22", {"T1", "T2", "T1-civilian", "T2-military"}, {"T3"}),
        ("2025-05-23", {"T1", "T2", "T1-military"}, {"T1-civilian", "T2-civilian"}),
        ("2025-05-25", set(), {"T1", "T2", "T1-military", "T2-civilian"}),
    ],
)
def test_as_of_a_day(
    istanbul: Agreement, received: pl.DataFrame, day: str, open_: set[str], kept: set[str]
) -> None:
    found = verify(istanbul, received, date.fromisoformat(day))
    assert {c for c in open_ | kept if found.of(c) is Verdict.OPEN} == open_
    assert {c for c in open_ | kept if found.of(c) is Verdict.KEPT} == kept


def test_a_day_is_over_only_when_it_is_over(istanbul: Agreement, received: pl.DataFrame) -> None:
    short = received.filter(pl.col("id") != "RUS-2025-05-25-military-0")
    assert verify(istanbul, short, date(2025, 5, 25)).of("T1-military") is Verdict.OPEN
    assert verify(istanbul, short, date(2025, 5, 26)).of("T1-military") is Verdict.BROKEN


def test_the_announced_version_promises_the_sum_only(istanbul: Agreement, received: pl.DataFrame) -> None:
    late = received.with_columns(date=pl.lit("2025-06-30"))
    assert verify(istanbul, late, version=1).kept
    assert not verify(istanbul, late, version=2).kept


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), drop=st.integers(0, 3))
def test_the_order_of_the_rows_changes_nothing(
    istanbul: Agreement, received: pl.DataFrame, seed: int, drop: int
) -> None:
    table = received.slice(drop)
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)
    assert verify(istanbul, shuffled) == verify(istanbul, table)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["RUS", "UKR"]),
            st.sampled_from(["2025-05-23", "2025-05-24", "2025-05-25", "2025-05-26"]),
            st.sampled_from(["military", "civilian", "retained"]),
            st.integers(0, 320),
        ),
        max_size=12,
    )
)
def test_never_kept_where_a_plain_count_finds_a_breach(
    istanbul: Agreement, moves: list[tuple[str, str, str, int]]
) -> None:
    """An independent count, in plain Python, of every quota and phase."""
    other = {"RUS": "UKR", "UKR": "RUS"}
    rows = [
        {"from": a, "to": other[a], "date": day, "category": track, "count": str(n)}
        for a, day, track, n in moves
    ]
    table = pl.DataFrame(rows, schema=dict.fromkeys(["from", "to", "date", "category", "count"], pl.Utf8))
    verdicts = {(f.clause, f.part): f.verdict for f in verify(istanbul, table).findings}
    due = {
        "military": {"": 880, "P1": 270, "P2": 307, "P3": 303},
        "civilian": {"": 120, "P1": 120, "P2": 0, "P3": 0},
    }
    days = {"P1": "2025-05-23", "P2": "2025-05-24", "P3": "2025-05-25"}
    for clause, holder in (("T1", "RUS"), ("T2", "UKR")):
        for track, amounts in due.items():
            for part, wanted in amounts.items():
                came = sum(
                    n for a, d, t, n in moves if a == holder and t == track and part in ("", *_phase(d, days))
                )
                kept = verdicts[f"{clause}-{track}", part] is Verdict.KEPT
                assert kept == (came == wanted and bool(moves))


def _phase(day: str, days: dict[str, str]) -> list[str]:
    return [p for p, d in days.items() if d == day]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("count", "many", "a number of 0 or more"),
        ("count", "-1", "a number of 0 or more"),
        ("date", "soon", "an ISO date"),
    ],
)
def test_unreadable_cells_are_named(istanbul: Agreement, column: str, cell: str, expected: str) -> None:
    row = {"from": "RUS", "to": "UKR", "date": "2025-05-23", "category": "military", "count": "1"}
    with pytest.raises(Unreadable) as refused:
        verify(istanbul, pl.DataFrame([row, row | {column: cell}]))
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.found) == (3, column, cell)
    assert problem.expected.startswith(expected)


def test_dates_with_dots_and_numbers_as_numbers_are_read(istanbul: Agreement, received: pl.DataFrame) -> None:
    dotted = received.with_columns(
        date=pl.col("date").str.to_date().dt.to_string("%d.%m.%Y"),
        category=pl.col("category").str.to_uppercase(),
    )
    assert changed(received, istanbul, dotted) == {}
    assert changed(received, istanbul, dotted.with_columns(count=pl.lit(1))) == {}


def test_a_table_without_directions_is_refused(istanbul: Agreement) -> None:
    with pytest.raises(Unreadable):
        verify(istanbul, pl.DataFrame({"date": ["2025-05-23"]}))


ALL_FOR_ALL = """
agreement: all
title: All for all
concluded: 2026-01-01
parties:
  - {code: AAA, name: A}
  - {code: BBB, name: B}
populations:
  everybody: {held_by: AAA, track: military, as_of: 2026-01-02}
versions:
  - version: 1
    agreed: 2026-01-01
    clauses:
      - id: C1
        says: All.
        count: {from: AAA, to: BBB, track: military, all: everybody, excused_by: died}
        window: {until: 2026-02-01}
      - id: C2
        says: The longest held first.
        priority: {from: AAA, to: BBB, track: military, keys: [{column: captive_days, first: highest}]}
      - id: C3
        says: Ten a day.
        count: {from: AAA, to: BBB, track: military, at_least: 1, per_day: true}
        window: {from: 2026-01-10, until: 2026-01-11}
      - id: C4
        says: Nobody is arrested again.
        never: {event: rearrested, by: BBB, for_each: {from: AAA, to: BBB}}
      - id: C5
        says: Each was asked.
        must: {event: interviewed, for_each: {from: AAA, to: BBB}}
"""
FACTS = [
    ("p1", "held", "AAA", None, "2026-01-01", "2023-01-01"),
    ("p2", "held", "AAA", None, "2026-01-01", "2024-01-01"),
    ("p3", "held", "AAA", None, "2026-01-01", "2025-01-01"),
    ("p1", "interviewed", "MED", None, "2026-01-09", None),
    ("p2", "interviewed", "MED", None, "2026-01-09", None),
    ("p1", None, "AAA", "BBB", "2026-01-10", "2023-01-01"),
    ("p2", None, "AAA", "BBB", "2026-01-11", "2024-01-01"),
    ("p3", "refused", "AAA", "BBB", "2026-01-10", "2025-01-01"),
]


def facts(*rows: tuple[str, str | None, str, str | None, str, str | None]) -> pl.DataFrame:
    names = ["id", "event", "from", "to", "date", "captured_on"]
    frame = pl.DataFrame([dict(zip(names, r, strict=True)) for r in rows], schema=dict.fromkeys(names, pl.Utf8))
    return frame.with_columns(category=pl.lit("military"))


def judged(
    *rows: tuple[str, str | None, str, str | None, str, str | None], on: str | None = None
) -> dict[str, str]:
    agreement = load(ALL_FOR_ALL, file="all.yaml")
    found = verify(agreement, facts(*rows), date.fromisoformat(on) if on else None)
    return {c: found.of(c).value for c in found.clauses}


def test_all_for_all_excuses_whoever_refused() -> None:
    assert judged(*FACTS) == {"C1": "excused", "C2": "kept", "C3": "kept", "C4": "kept", "C5": "kept"}


def test_all_for_all_with_somebody_kept_back() -> None:
    assert judged(*FACTS[:-1])["C1"] == "broken"
    assert judged(*FACTS[:-1], on="2026-01-20")["C1"] == "open"


def test_all_for_all_looks_at_who_came_not_at_how_many() -> None:
    another = ("p9", None, "AAA", "BBB", "2026-01-11", "2022-01-01")
    assert judged(*FACTS[:-1], another)["C1"] == "broken"


def test_all_for_all_without_a_snapshot_of_the_held_cannot_be_told() -> None:
    assert judged(*FACTS[5:])["C1"] == "cannot-tell"


def test_somebody_was_overtaken() -> None:
    swapped = [*FACTS[:5], ("p1", None, "AAA", "BBB", "2026-01-11", "2023-01-01")]
    swapped.append(("p2", None, "AAA", "BBB", "2026-01-10", "2024-01-01"))
    assert judged(*swapped)["C2"] == "broken"
    left_behind = [*FACTS[:5], ("p2", None, "AAA", "BBB", "2026-01-10", "2024-01-01")]
    assert judged(*left_behind)["C2"] == "broken"


def test_a_pace_is_judged_day_by_day() -> None:
    same_day = [*FACTS[:6], ("p2", None, "AAA", "BBB", "2026-01-10", "2024-01-01")]
    assert judged(*same_day)["C3"] == "broken"


def test_somebody_not_asked_and_somebody_arrested_again() -> None:
    assert judged(*FACTS[:4], *FACTS[5:])["C5"] == "broken"
    again = ("p1", "rearrested", "BBB", None, "2026-05-01", None)
    stranger = ("p7", "rearrested", "BBB", None, "2026-05-01", None)
    assert judged(*FACTS, again)["C4"] == "broken"
    assert judged(*FACTS, stranger)["C4"] == "kept"
    assert judged(*FACTS, again, on="2026-03-01")["C4"] == "kept"
