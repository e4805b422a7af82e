"""A live instance and its three officers, made once; tests that change it copy it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import Holder, Served, done, holder, serving

NAMES = ("Олена Коваль", "Іван Гай", "Марта-Анна О’Ніл")


@dataclass(frozen=True, slots=True)
class Live:
    """A sealed live home, and who unseals it."""

    home: Path
    officers: tuple[Holder, ...]

    def unseal(self, home: Path | None = None) -> None:
        for officer in self.officers[:2]:
            done("unseal", "--home", home or self.home, "--identity", officer.file)


@pytest.fixture(scope="session")
def live_made(tmp_path_factory: pytest.TempPathFactory) -> Live:
    folder = tmp_path_factory.mktemp("live")
    officers = tuple(holder(folder, name) for name in NAMES)
    named = [part for o in officers for part in ("--officer", f"{o.name}={o.recipient}")]
    done("init", "--live", "--home", folder / "home", "--party", "UKR", "--name", "Штаб", *named)
    return Live(folder / "home", officers)


@pytest.fixture
def live(live_made: Live, tmp_path: Path) -> Live:
    """A copy of it, of this test's own."""
    shutil.copytree(live_made.home, tmp_path / "home")
    (tmp_path / "home").chmod(0o700)
    return Live(tmp_path / "home", live_made.officers)


@pytest.fixture
def served(live: Live) -> Iterator[Served]:
    """It is served, sealed."""
    with serving(live.home) as running:
        yield running
