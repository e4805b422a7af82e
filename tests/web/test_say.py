"""Dates and numbers read the same in every grid, and correctly in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from obmin.web import say

MOMENT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)  # 14:00 in Kyiv


@pytest.mark.parametrize("language", ["en", "uk"])
def test_grids_read_alike_in_every_language(language: str) -> None:
    with translation.override(language):
        assert say.day(date(2026, 11, 7)) == "07.11.2026"
        assert say.day("2026-11-27") == "27.11.2026"
        assert say.day("1997-08") == "08.1997"
        assert say.day("1997") == "1997"
        assert say.day("spring") == "spring"
        assert say.day(None) == say.day("") == "–"
        assert say.moment(MOMENT) == say.moment("2026-11-27T12:00:00+00:00") == "27.11.2026, 14:00"


def test_sentences() -> None:
    with translation.override("en"):
        assert say.day_long(MOMENT) == "27 November 2026"
        assert say.day_long("1997-08") == "August 1997"
        assert say.weekday(MOMENT) == "Friday"
    with translation.override("uk"):
        assert say.day_long(MOMENT) == "27 листопада 2026 року"
        assert say.day_long("1997-08") == "серпень 1997 року"
        assert say.weekday(MOMENT).casefold() == "п’ятниця"


@pytest.mark.parametrize(
    ("days", "english", "ukrainian"),
    [
        (1, "in 1 day", "через 1 день"),
        (3, "in 3 days", "через 3 дні"),
        (5, "in 5 days", "через 5 днів"),
        (-2, "2 days ago", "2 дні тому"),
        (21, "in 21 days", "через 21 день"),
        (12, "in 12 days", "через 12 днів"),
    ],
)
def test_distances(days: int, english: str, ukrainian: str) -> None:
    now = MOMENT
    with translation.override("en"):
        assert say.distance(now + timedelta(days=days), now) == english
        assert say.due(now + timedelta(days=days), now).endswith(f"({english})")
    with translation.override("uk"):
        assert say.distance(now + timedelta(days=days), now) == ukrainian


def test_today_counts_by_the_calendar() -> None:
    with translation.override("en"):
        assert say.distance(date(2026, 11, 27), MOMENT) == "today"
        assert say.distance(MOMENT + timedelta(hours=3, minutes=5), MOMENT) == "in 3 hours"
        assert say.distance(MOMENT - timedelta(minutes=20), MOMENT) == "20 minutes ago"


def test_numbers() -> None:
    with translation.override("en"):
        assert say.number(4118) == "4\u202f118"
        assert say.number(1234567.25, 2) == "1\u202f234\u202f567.25"
        assert say.number(-12) == "−12"
        assert say.percent(92) == "92\u202f%"
    with translation.override("uk"):
        assert say.number(11.4, 1) == "11,4"
    assert say.number(None) == say.number(float("nan")) == "–", "what cannot be told is never 0"


@given(st.integers(min_value=0, max_value=10**12))
def test_groups_are_of_three_and_lose_nothing(value: int) -> None:
    first, *rest = say.number(value).split(say.THIN)
    assert all(len(group) == 3 for group in rest)
    assert int("".join([first, *rest])) == value
