"""Officers of every duty, and a home that is live as far as signing in is concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from obmin.core.access import Role
from obmin.files import instance as instances
from obmin.web import messages


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    messages.compile_all()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def begun(db: None) -> None:
    """One officer of each duty, and a second administrator, in a training home."""
    _begin()


@pytest.fixture
def live(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same officers in a live home that is unsealed, its keeper in this very process; real time."""
    from obmin.vault import process, secrets

    made = instances.create_live(
        tmp_path / "live", party="UKR", name="Live", began=datetime(2026, 11, 22, tzinfo=UTC)
    )
    # The journal of the tests' database was begun under these.
    monkeypatch.setattr(secrets, "_known", {purpose: secrets.secret(purpose) for purpose in secrets.DRAWN})
    settings.OBMIN = made
    settings.SECURE_SSL_REDIRECT = False
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "obmin.config.sealed.Unsealed"]
    process.be(process.holder(bytes(32)))
    _begin()
    yield
    process.be_none()


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`pass_time(seconds)`: the clock by which sessions go is that much later."""
    import time as real

    from obmin.accounts import sessions

    moved = [0.0]

    class Clock:
        @staticmethod
        def time() -> float:
            return real.time() + moved[0]

    monkeypatch.setattr(sessions, "time", Clock)

    def go(seconds: float) -> None:
        moved[0] += seconds

    return go


def _begin() -> None:
    from obmin.accounts import people

    officers = [
        people.Officer(f"o-{role.value}", "Вигадана Особа", "Vyhadana Osoba", "HQ", (role,)) for role in Role
    ]
    officers.append(people.Officer("o-second", "Друга Особа", "Druha Osoba", "HQ", (Role.ADMINISTRATOR,)))
    people.begin(agencies=[people.AgencyName("HQ", "Headquarters", "Штаб")], leads={}, officers=officers)
