"""Live homes with their keeper as a real process, and the three officers who hold their root."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyrage import x25519

from obmin.files import officers
from obmin.vault import server
from obmin.vault.process import socket_path
from obmin.vault.wire import Remote

OBMIN = (sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())")
NAMES = ("Перша Вигадана", "Друга Вигадана", "Третя Вигадана")


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of an ordinary user of a home: nothing of this test run's own instance."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OBMIN_", "DJANGO_", "PYTEST_"))}
    return kept | {"OBMIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "obmin.config.settings"} | more


@dataclass
class Live:
    """A live home; its officers' keys lie beside it, by number. `keeper` is the process while one runs."""

    home: Path
    keys: Path
    keeper: subprocess.Popen[bytes] | None = None

    @property
    def remote(self) -> Remote:
        return Remote(socket_path(self.home))

    def start(self) -> None:
        """Starts the keeper, sealed."""
        self.keeper = server.start(self.home)

    def stop(self) -> None:
        if self.keeper is not None:
            self.keeper.terminate()
            self.keeper.wait()
            self.keeper = None

    def obmin(self, *arguments: str, fails: bool = False) -> dict[str, Any]:
        """What a command says, as JSON; `fails` when it is to be refused."""
        done = subprocess.run(
            [*OBMIN, *arguments, "--home", str(self.home), "--json"],
            env=surroundings(self.home),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        found: dict[str, Any] = json.loads(done.stdout or done.stderr)
        return found

    def key(self, number: int) -> Path:
        return self.keys / f"{number}.key"

    def unseal_by_command(self, *numbers: int) -> bool:
        """Officers unseal, one after the other; whether the instance is open after the last."""
        answers = [self.obmin("unseal", "--identity", str(self.key(n)))["open"] for n in numbers]
        return bool(answers[-1])

    def unseal(self, *numbers: int) -> bool:
        """The same without a process for each officer."""
        for number in numbers:
            identity = officers.read_identity(self.key(number))
            root = officers.open_inner(self.remote.ask("left"), identity)
            if root is None:
                self.remote.ask("leave", officers.peel(self.root_folder, identity))
            else:
                self.remote.ask("root", root)
        return bool(self.remote.ask("status")["open"])

    @property
    def root_folder(self) -> Path:
        """Where the root in force lies; an attempt that broke off may have left another beside it."""
        with sqlite3.connect(f"file:{self.home / 'obmin.sqlite3'}?mode=ro", uri=True) as database:
            (number,) = database.execute("SELECT max(number) FROM vault_root").fetchone()
        return self.home / "keys" / "root" / str(number)

    def living(self, what: str, *arguments: str, dies: bool = False) -> Any:
        """Something done on the home by a process of its own (`tests.vault.living`)."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.vault.living", what, *arguments],
            env=surroundings(self.home),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
            cwd=Path(__file__).parents[2],
        )
        assert (done.returncode != 0) is dies, done.stdout + done.stderr
        return None if dies else json.loads(done.stdout)


def recipients(keys: Path, numbers: range) -> list[str]:
    """`--officer NAME=age1…` for new keys, which are written into the folder."""
    named = []
    for number in numbers:
        identity = x25519.Identity.generate()
        (keys / f"{number}.key").write_text(f"# created: once\n# public key: x\n{identity}\n")
        named += ["--officer", f"{NAMES[number % 3]}={identity.to_public()}"]
    return named


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """A live home as `obmin init --live` makes it, with a few people in it. Tests work on copies."""
    place = tmp_path_factory.mktemp("live")
    made = Live(place / "home", place)
    named = recipients(place, range(3))
    made.obmin("init", "--live", "--name", "Центр", "--party", "UKR", *named)
    made.start()
    try:
        assert made.unseal(0, 1)
        made.living("fill")
    finally:
        made.stop()
    return made


@pytest.fixture
def live(begun: Live, tmp_path: Path) -> Iterator[Live]:
    """A copy of the live home, its keeper running and sealed."""
    shutil.copytree(begun.home, tmp_path / "home")
    found = Live(tmp_path / "home", tmp_path)
    for number in range(3):
        shutil.copy(begun.key(number), found.key(number))
    found.start()
    yield found
    found.stop()
