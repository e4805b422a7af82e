"""The command as officers run it: a process of its own, nothing of this one's surroundings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pyrage

OBMIN = (sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OBMIN_", "DJANGO_"))}
    return {**kept, **(more or {})}


def obmin(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs `obmin ARGUMENTS` with `more` set in its environment."""
    return subprocess.run(
        [*OBMIN, *map(str, arguments)],
        env=environment(more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def done(*arguments: object, **more: str) -> str:
    """What a command says that must end well."""
    found = obmin(*arguments, **more)
    assert found.returncode == 0, f"{arguments}: {found.returncode}\n{found.stdout}{found.stderr}"
    return found.stdout


def inside(home: Path, code: str, *arguments: str, **more: str) -> str:
    """Runs code on a home, with the framework loaded; returns what it prints."""
    whole = f"import sys\nfrom pathlib import Path\nfrom obmin.cli.instance import open_home\n" \
        f"open_home(Path(sys.argv[1]))\n{code}"  # fmt: skip
    found = subprocess.run(
        [sys.executable, "-c", whole, str(home), *arguments],
        env=environment(more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


@dataclass(frozen=True, slots=True)
class Holder:
    """An officer with an age key in a file."""

    name: str
    recipient: str
    file: Path


def holder(folder: Path, name: str) -> Holder:
    identity = pyrage.x25519.Identity.generate()
    (folder / f"{name}.key").write_text(f"# {name}\n{identity}\n")
    return Holder(name, str(identity.to_public()), folder / f"{name}.key")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    text: str


@dataclass(frozen=True, slots=True)
class Served:
    """An instance that is being served."""

    home: Path
    port: int

    def get(self, path: str, **headers: str) -> Answer:
        asked = urllib.request.Request(f"http://localhost:{self.port}{path}", headers=headers)
        try:
            with urllib.request.build_opener(_Stays).open(asked, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.headers, answer.read().decode(errors="replace"))


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it is an answer of its own."""

    def redirect_request(self, *_: object, **__: object) -> None:  # type: ignore[override]
        return None


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Served]:
    """`obmin serve` on a home, until the block ends."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*OBMIN, "serve", "--home", str(home), "--port", str(port)]
    running = subprocess.Popen(command, env=environment(more), stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("Stop with"):
                break
        served = Served(home, port)
        for _ in range(200):
            try:
                served.get("/static/web/mark.svg")
                break
            except OSError:
                time.sleep(0.05)
        yield served
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(20)
        finally:
            running.kill()
            assert running.stdout is not None
            running.stdout.close()
