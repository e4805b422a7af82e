"""Each event of Article 122 owes its notices; a deadline only ever gets graver."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.custody import Event
from obmin.core.duties import (
    Kind,
    Owed,
    Standing,
    To,
    again,
    begins,
    due,
    inspected_by,
    owed,
    standing,
)

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
BOTH = {To.BUREAU, To.AGENCY}


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (Event.CAPTURE, Kind.CAPTURE),
        (Event.DEPARTURE, Kind.TRANSFER),
        (Event.RELEASE, Kind.RELEASE),
        (Event.REPATRIATION, Kind.REPATRIATION),
        (Event.ESCAPE, Kind.ESCAPE),
        (Event.HOSPITAL, Kind.HOSPITAL),
        (Event.DEATH, Kind.DEATH),
        (Event.RECAPTURE, Kind.RECAPTURE),
    ],
)
def test_bureau_and_agency_hear_of_each(event: Event, kind: Kind) -> None:
    assert {one.to for one in owed(event) if one.kind is kind} == BOTH


def test_a_death_that_is_only_reported_goes_nowhere() -> None:
    assert owed(Event.DEATH_REPORTED) == ()


def test_a_card_goes_out_at_capture_and_at_each_camp_and_hospital() -> None:
    card = Owed(Kind.CARD, To.AGENCY)
    assert {event for event in Event if card in owed(event)} == {
        Event.CAPTURE,
        Event.ARRIVAL,
        Event.HOSPITAL,
        Event.RECAPTURE,
    }
    assert due(card, NOW) == NOW + timedelta(days=7)


def test_the_day_that_a_thing_happened_starts_the_clock_and_a_year_does_not() -> None:
    assert begins("2026-05-10", NOW) == datetime(2026, 5, 11, tzinfo=UTC)
    assert begins("2026-05-14", NOW) == NOW  # the day is not over
    assert begins("2026-05", NOW) == begins("", NOW) == NOW


def test_a_first_notice_alarms_after_a_day_and_after_three() -> None:
    late = due(Owed(Kind.ESCAPE, To.BUREAU), NOW)
    told = [standing(Kind.ESCAPE, late, NOW + timedelta(hours=h)) for h in (1, 23, 24, 71, 72)]
    assert told == [Standing.WEEK, Standing.TODAY, Standing.OVERDUE, Standing.OVERDUE, Standing.GRAVE]


@given(st.sampled_from(list(Kind)), MOMENTS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_time_makes_no_deadline_lighter(kind: Kind, late: datetime, now: datetime, more: timedelta) -> None:
    order = list(Standing)
    before, after = standing(kind, late, now), standing(kind, late, now + more)
    assert order.index(after) <= order.index(before)
    assert (before in (Standing.GRAVE, Standing.OVERDUE)) == (now >= late)


def test_health_is_told_every_week_for_as_long_as_they_lie_in_hospital() -> None:
    assert again(Kind.HEALTH, "HOSPITAL", NOW) == NOW + timedelta(days=7)
    assert again(Kind.HEALTH, "INTERNED", NOW) is None
    assert again(Kind.HOSPITAL, "HOSPITAL", NOW) is None


@given(MOMENTS)
def test_an_inspection_is_due_on_the_same_day_of_the_next_month_or_on_its_last(last: datetime) -> None:
    after = inspected_by(last)
    assert (after.year * 12 + after.month) - (last.year * 12 + last.month) == 1
    assert after.day == last.day or (after + timedelta(days=1)).day == 1
