"""The keeper's process: `python -m obmin.vault.server`, with OBMIN_HOME set.

It starts sealed. Two officers come, one after the other, each with `obmin unseal`: the first leaves what
they peeled, the second opens it. The root is then in this process's memory and nowhere else. A training
home's keeper unseals itself.
"""

from __future__ import annotations

import os
import socket
import socketserver
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final

import django

from obmin.core.errors import Incomplete, Refused
from obmin.core.secrecy import Cell, Class
from obmin.vault.wire import Remote, address, receive, send

WAIT: Final = 30.0  # seconds for a keeper to listen


class Desk:
    """What the keeper answers, and what it is waiting for while it is sealed."""

    def __init__(self) -> None:
        from obmin.vault import process, roots

        self._process, self._roots = process, roots
        self._peeled: dict[str, bytes] = {}
        self._next: bytes | None = None
        self._guard = Lock()

    def answer(self, what: str, arguments: list[Any]) -> Any:
        """One answer; raises `Refused` where there is none."""
        known = {"status", "leave", "left", "root", "lock"}
        if what in known:
            with self._guard:
                return getattr(self, f"_{what}")(*arguments)
        return self._of_holder(what, arguments)

    def _of_holder(self, what: str, arguments: list[Any]) -> Any:
        from obmin.vault.keeper import Holder, Locked, Reader

        holder = self._process.keeper() if self._open() else None
        if not isinstance(holder, Holder):
            raise Locked("The instance is sealed: two officers open it with `obmin unseal`.")
        match what, arguments:
            case "seal", [of, rows]:
                return holder.seal(Class(of), [(place, content) for place, content in rows])
            case "open", [of, rows, reader]:
                cells = [(place, Cell(*cell)) for place, cell in rows]
                return holder.open(Class(of), cells, Reader(*reader))
            case "mark" | "find" | "arrange", _:
                return getattr(holder, what)(*arguments)
            case "renew", [home, number, holders]:
                return self._renew(Path(home), number, holders)
            case "rewrap", [of, wrapped] if self._next is not None:
                return holder.rewrap(self._next, Class(of), wrapped)
            case "adopt", [] if self._next is not None:
                self._take(self._next)
                self._next = None
                return True
        raise Incomplete(f"The keeper does not know {what}.")

    def _open(self) -> bool:
        return bool(self._process._own)

    def _status(self) -> dict[str, Any]:
        return {"open": self._open(), "waiting": bool(self._peeled) and not self._open()}

    def _leave(self, peeled: Mapping[str, bytes]) -> bool:
        self._peeled.update(peeled)
        return True

    def _left(self) -> dict[str, bytes]:
        return self._peeled

    def _root(self, root: bytes) -> bool:
        self._roots.verify(root)
        self._take(root)
        self._peeled = {}
        return True

    def _lock(self) -> bool:
        self._process.be_none()
        return True

    def _renew(self, home: Path, number: int, holders: Mapping[str, str]) -> str:
        """Draws the next root, seals it to its officers, and returns its check value."""
        self._next = self._roots.draw()
        self._roots.lay_down(home, number, self._next, holders)
        return self._roots.check_value(self._next)

    def _take(self, root: bytes) -> None:
        from obmin.vault.keeper import Holder

        self._process.be(Holder(root, self._process.names()))


class Handler(socketserver.BaseRequestHandler):
    """One caller, one question."""

    desk: Desk

    def handle(self) -> None:
        from django.db import connections

        stream: socket.socket = self.request
        if _caller(stream) != os.getuid():
            return
        try:
            asked = receive(stream)
            if asked is not None:
                what, *arguments = asked
                send(stream, {"answer": self.desk.answer(str(what), arguments)})
        except Refused as refusal:
            send(stream, {"refused": refusal.code, "why": refusal.message})
        finally:
            connections.close_all()


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


def _caller(stream: socket.socket) -> int:
    """The user id at the other end, as the kernel says it."""
    size = struct.calcsize("3i")
    _pid, uid, _gid = struct.unpack("3i", stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(uid)


def start(home: Path) -> subprocess.Popen[bytes]:
    """Starts a home's keeper and waits until it listens."""
    from obmin.vault.process import socket_path

    path = socket_path(home)
    environment = {**os.environ, "OBMIN_HOME": str(home)}
    running = subprocess.Popen([sys.executable, "-m", "obmin.vault.server"], env=environment)
    until = time.monotonic() + WAIT
    while time.monotonic() < until and running.poll() is None:
        try:
            Remote(path).ask("status")
        except Refused:
            time.sleep(0.05)
        else:
            return running
    running.terminate()
    raise Incomplete("The keeper did not start.")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    os.environ.pop("OBMIN_KEEPER", None)
    django.setup()
    from django.conf import settings

    from obmin.vault import process

    path = process.socket_path(settings.OBMIN.home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    if settings.OBMIN.training:
        process.be(process.training())
    Handler.desk = Desk()
    parent = os.getppid()
    os.umask(0o177)  # the socket is its owner's alone
    with address(path) as place, Server(place, Handler) as server:
        os.umask(0o077)
        Thread(target=_watch, args=(server, parent), daemon=True).start()
        server.serve_forever(poll_interval=0.2)
    path.unlink(missing_ok=True)


def _watch(server: Server, parent: int) -> None:
    """A keeper whose server has gone goes too."""
    while os.getppid() == parent:
        time.sleep(0.5)
    server.shutdown()


if __name__ == "__main__":
    main()
