"""The story, played once for all its tests, and the means to play it again under worse conditions."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

SIDES = ("UKR", "RUS")
TIMED = {"summary.json"}  # has seconds in it


@dataclass(frozen=True)
class Run:
    """A finished `obmin demo`: how it ended, what it said, what it left."""

    code: int
    said: str
    complained: str
    out: Path

    def rows(self, *path: str) -> list[dict[str, str]]:
        with self.out.joinpath(*path).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def query(self, side: str, sql: str) -> list[tuple[object, ...]]:
        database = self.out / "sides" / side / "home" / "obmin.sqlite3"
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return connection.execute(sql).fetchall()

    def bytes_of_artefacts(self) -> dict[str, bytes]:
        """Every file that must be the same in each run: all but homes, sealed files and timings."""
        found = {}
        for path in sorted(self.out.rglob("*")):
            name = str(path.relative_to(self.out))
            if path.is_file() and "home" not in path.parts and path.suffix != ".age" and name not in TIMED:
                found[name] = path.read_bytes()
        return found


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())", *arguments]


def surroundings(**more: str) -> dict[str, str]:
    """The environment of an ordinary user: nothing of this test run's own instance."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OBMIN_", "DJANGO_", "PYTEST_"))}
    return kept | more


def obmin(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=env or surroundings(),
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=900,
    )


@pytest.fixture(scope="session")
def demo() -> Callable[..., Run]:
    """`demo(out, *arguments, **environment)` plays the story into `out`, to whatever end."""

    def play(out: Path, *arguments: str, **environment: str) -> Run:
        ended = obmin("demo", "--out", str(out), *arguments, env=surroundings(**environment))
        return Run(ended.returncode, ended.stdout, ended.stderr, out)

    return play


@pytest.fixture(scope="session")
def story(demo: Callable[..., Run], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The whole story with its usual numbers. Tests read it; whoever changes it works on a copy."""
    place = tmp_path_factory.mktemp("story")
    (place / "tmp").mkdir()
    run = demo(place / "out", TMPDIR=str(place / "tmp"))
    assert run.code == 0, run.said + run.complained
    return run


@pytest.fixture(scope="session")
def small(demo: Callable[..., Run], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same story with as few people as the agreement needs: for what is played many times."""
    run = demo(tmp_path_factory.mktemp("small") / "out", "--people", "3000")
    assert run.code == 0, run.said + run.complained
    os.environ.setdefault("OBMIN_STORY", str(run.out))  # the browser's tests copy its home: it is played once
    return run
