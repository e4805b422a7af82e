"""Stretches of a live home's journal end by the clock, whatever was written in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.audit import journal
from obmin.audit.models import Checkpoint, Entry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.integers(0, 48 * 3600))
def test_a_stretch_is_as_long_as_every_other(seconds: int) -> None:
    assert journal.due(NOON, NOON + timedelta(seconds=seconds)) == (seconds >= journal.EVERY.total_seconds())


def test_the_first_stretch_is_closed_at_once() -> None:
    assert journal.due(None, NOON)


@pytest.mark.django_db
def test_a_story_closes_its_own() -> None:
    assert journal.close_when_due() is None
    assert not Checkpoint.objects.exists()
    assert not Entry.objects.exists()
