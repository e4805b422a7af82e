"""A throw-away PostgreSQL server for tests: its own folder, a socket and no port, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest


@dataclass(slots=True)
class Cluster:
    """A running server. It trusts whoever reaches its socket, and the socket lies in a private folder."""

    programs: Path
    folder: Path
    user: str | None  # whose processes: nobody of note when we are root, ourselves otherwise
    _number: Iterator[int] = field(default_factory=lambda: count(1))

    def database(self) -> str:
        """Makes an empty database and returns its address as OBMIN_DATABASE_URL takes it."""
        name = f"obmin_{next(self._number)}"
        self.run("createdb", "--host", str(self.folder), "--username", "obmin", name)
        return f"postgres://obmin@{quote(str(self.folder), safe='')}/{name}"

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            user=self.user,
            group=_group(self.user),
            extra_groups=[] if self.user else None,
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}"


@contextmanager
def start() -> Iterator[Cluster]:
    """Starts a server in a new folder and stops it at the end, whatever happened between."""
    folder = Path(tempfile.mkdtemp(prefix="obmin-postgres-"))
    cluster = Cluster(_programs(), folder, _user())
    if cluster.user:
        shutil.chown(folder, cluster.user)
    data, log = str(folder / "data"), str(folder / "log")
    try:
        cluster.run("initdb", "--auth", "trust", "--username", "obmin", "--encoding", "UTF8", "--no-sync", data)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        cluster.run("pg_ctl", "--wait", "--pgdata", data, "--log", log, "--options", options, "start")
        try:
            yield cluster
        finally:
            cluster.run("pg_ctl", "--wait", "--pgdata", data, "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where the server's programs lie: the newest of Debian's, else the search path's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=_release)
    if debian:
        return debian[-1].parent
    found = shutil.which("pg_ctl")
    if found is None:
        pytest.fail(
            "There is no PostgreSQL server on this machine. `make test` installs it: apt-get install postgresql"
        )
    return Path(found).resolve().parent


def _release(program: Path) -> Sequence[int]:
    return [int(part) for part in program.parent.parent.name.split(".") if part.isdigit()]


def _user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as Debian's `postgres`, else as `nobody`."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
