"""Officers of every duty, and a home that is live as far as signing in is concerned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from obmin.core.access import Role
from obmin.files.instance import Mode
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
def live(db: None, settings: Any, tmp_path: Path) -> None:
    """The same officers in a live home: no seed, secrets from the system, real time."""
    home = tmp_path / "live"
    (home / "keys").mkdir(parents=True)
    for purpose in ("head", "rows"):  # the journal of the tests' database was begun under these
        (home / "keys" / f"{purpose}.secret").write_bytes(settings.OBMIN.secret(purpose))
    settings.OBMIN = replace(settings.OBMIN, home=home, mode=Mode.LIVE, seed=None)
    settings.SECURE_SSL_REDIRECT = False
    _begin()


def _begin() -> None:
    from obmin.accounts import people

    officers = [
        people.Officer(f"o-{role.value}", "Вигадана Особа", "Vyhadana Osoba", "HQ", (role,)) for role in Role
    ]
    officers.append(people.Officer("o-second", "Друга Особа", "Druha Osoba", "HQ", (Role.ADMINISTRATOR,)))
    people.begin(agencies=[people.AgencyName("HQ", "Headquarters", "Штаб")], leads={}, officers=officers)
