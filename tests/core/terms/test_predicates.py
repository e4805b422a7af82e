"""Predicates over a register agree with a slow reading of the same predicate, one person at a time."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.terms.model import All, Any, Is, Judged, Known, Not, Predicate, Tagged, Within
from obmin.core.terms.predicates import RANKS, columns_of, evaluate, missing

ON = date(2026, 3, 1)


def days_of(cell: str) -> list[date]:
    """Every day that a date of any precision can mean."""
    if len(cell) == 10:
        return [date.fromisoformat(cell)]
    start = date.fromisoformat(cell + ("-01-01" if len(cell) == 4 else "-01"))
    found = []
    day = start
    while day.isoformat().startswith(cell):
        found.append(day)
        day += timedelta(days=1)
    return found


def years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def kleene(values: list[bool | None], *, every: bool) -> bool | None:
    if (not every) in values:
        return not every
    return None if None in values else every


def slow(pred: Predicate, person: dict[str, str | None], on: date) -> bool | None:  # noqa: C901 one case a leaf
    match pred:
        case All(of=of):
            return kleene([slow(p, person, on) for p in of], every=True)
        case Any(of=of):
            return kleene([slow(p, person, on) for p in of], every=False)
        case Not(of=inner):
            said = slow(inner, person, on)
            return None if said is None else not said
        case Judged(of=inner, day=day):
            return slow(inner, person, day)
        case Known(column=column):
            return person.get(column) is not None
        case Tagged(words=words, column=column):
            cell = person.get(column)
            return None if cell is None else bool({w.strip() for w in cell.split(";")} & set(words))
        case Is(column=column, values=values):
            cell = person.get(column)
            if cell is None:
                return None
            return None if cell == "unknown" and "unknown" not in values else cell in values
        case Within(column="age"):
            cell = person.get("birth_date")
            if cell is None:
                return None
            low, high = int(pred.low or -1), int(pred.high or 999)
            each = {
                (a >= low if pred.low_in else a > low) and (a <= high if pred.high_in else a < high)
                for a in (years(d, on) for d in days_of(cell))
            }
            return each.pop() if len(each) == 1 else None
        case Within(column="rank_code"):
            cell = person.get("rank_code")
            if cell is None:
                return None
            at, low, high = (
                RANKS.index(cell),
                RANKS.index(pred.low or RANKS[0]),
                RANKS.index(pred.high or RANKS[-1]),
            )
            return (at >= low if pred.low_in else at > low) and (at <= high if pred.high_in else at < high)
    raise AssertionError(pred)


full = st.dates(date(1950, 1, 1), date(2008, 12, 31)).map(date.isoformat)
births = st.one_of(st.none(), full, full.map(lambda d: d[:7]), full.map(lambda d: d[:4]))
people = st.lists(
    st.fixed_dictionaries(
        {
            "birth_date": births,
            "health": st.sampled_from([None, "direct", "none", "unknown"]),
            "rank_code": st.sampled_from([None, *RANKS]),
            "tags": st.sampled_from([None, "", "azov", "azov-2; sailor", " sailor ;azov"]),
        }
    ),
    min_size=1,
    max_size=8,
)
ages = st.builds(
    Within,
    st.just("age"),
    st.integers(18, 40).map(str),
    st.one_of(st.none(), st.integers(41, 60).map(str)),
    st.booleans(),
    st.booleans(),
)
ranks = st.builds(
    Within,
    st.just("rank_code"),
    st.sampled_from([None, "OR-3", "OF-1"]),
    st.sampled_from(["OF-2", "OF-10"]),
    st.booleans(),
    st.booleans(),
)
leaf: st.SearchStrategy[Predicate] = st.one_of(
    ages,
    ranks,
    st.sampled_from(
        [
            Is("health", ("direct",)),
            Is("health", ("direct", "unknown")),
            Tagged(("azov",)),
            Tagged(("sailor", "azov")),
            Known("birth_date"),
        ]
    ),
)
trees: st.SearchStrategy[Predicate] = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, max_size=3).map(lambda ps: All(tuple(ps))),
        st.lists(inner, max_size=3).map(lambda ps: Any(tuple(ps))),
        st.builds(Judged, inner, st.dates(date(2020, 1, 1), date(2026, 1, 1))),
    ),
    max_leaves=6,
)


@given(trees, people)
def test_the_register_and_the_slow_reading_agree(pred: Predicate, rows: list[dict[str, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.Utf8))
    assert evaluate(pred, frame, on=ON).to_list() == [slow(pred, r, ON) for r in rows]


@given(trees, people)
def test_a_column_is_named_exactly_where_nobody_can_tell(
    pred: Predicate, rows: list[dict[str, str | None]]
) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.Utf8))
    holds, fields = evaluate(pred, frame, on=ON).to_list(), missing(pred, frame, on=ON).to_list()
    for known, told in zip(holds, fields, strict=True):
        assert (known is None) == bool(told)
        assert {t for t in told.split(", ") if t} <= set(columns_of(pred))


@pytest.mark.parametrize(
    ("born", "on", "is_18"),
    [
        ("2008-03-01", date(2026, 2, 28), False),
        ("2008-03-01", date(2026, 3, 1), True),
        ("2008-02-29", date(2026, 2, 28), False),
        ("2008-02-29", date(2026, 3, 1), True),
        ("2008", date(2026, 6, 1), None),
        ("2008-02", date(2026, 3, 1), True),
    ],
)
def test_birthdays(born: str, on: date, is_18: bool | None) -> None:
    frame = pl.DataFrame({"birth_date": [born]})
    assert evaluate(Within("age", "18", None), frame, on=on).to_list() == [is_18]


def test_a_column_that_is_absent_is_unknown_for_everybody() -> None:
    frame = pl.DataFrame({"id": ["1", "2"]})
    assert evaluate(Is("health", ("direct",)), frame, on=ON).to_list() == [None, None]
    assert evaluate(Known("health"), frame, on=ON).to_list() == [False, False]


def test_each_row_may_have_its_own_day() -> None:
    frame = pl.DataFrame({"birth_date": ["2000-05-05"] * 2, "date": ["2025-05-04", "2025-05-05"]})
    assert evaluate(Within("age", "25", None), frame, on="date").to_list() == [False, True]


@pytest.mark.parametrize(
    ("pred", "at_18", "at_25", "at_26"),
    [
        (Within("age", "18", "25"), True, True, False),
        (Within("age", "18", "25", high_in=False), True, False, False),
        (Within("age", "18", "25", low_in=False), False, True, False),
        (Within("age", None, "25"), True, True, False),
        (Within("age", "26", None), False, False, True),
    ],
)
def test_bounds_include_themselves_unless_told(pred: Within, at_18: bool, at_25: bool, at_26: bool) -> None:
    frame = pl.DataFrame({"birth_date": ["2008-03-01", "2001-03-01", "2000-03-01"]})
    assert evaluate(pred, frame, on=ON).to_list() == [at_18, at_25, at_26]
