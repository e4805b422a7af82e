"""The keeper's process: `python -m obmin.vault.server`, with OBMIN_HOME set.

It starts sealed. Two officers come, one after the other, each with `obmin unseal`: the first leaves what
they peeled, the second opens it. The root is then in this process's memory and nowhere else. A training
home's keeper unseals itself.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import socketserver
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final

import django

from obmin.core.errors import Incomplete, Refused
from obmin.vault import memory
from obmin.vault.wire import Remote, address, receive, send

WAIT: Final = 30.0  # seconds for a keeper to listen
PATIENCE: Final = 30.0  # seconds for a caller to say the next part of a question


class Handler(socketserver.BaseRequestHandler):
    """One caller, one question. Whatever it is, the keeper goes on; nothing of it is written anywhere."""

    desk: Any

    def handle(self) -> None:
        from django.db import connections

        stream: socket.socket = self.request
        if _caller(stream) != os.getuid():
            return
        stream.settimeout(PATIENCE)
        try:
            asked = receive(stream)
            if asked is None:
                return
            reply = {"answer": self.desk.answer(asked)}
        except Refused as refusal:
            reply = {"refused": refusal.code, "why": refusal.message}
        except Exception as error:  # its words may name somebody: only its kind is told
            kind = type(error).__name__
            reply = {"refused": Incomplete.code, "why": f"The keeper could not answer this ({kind})."}
        finally:
            connections.close_all()
        with suppress(OSError):  # the caller has gone
            send(stream, reply)


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
        with suppress(Refused):
            if Remote(path).ask("status")["pid"] == running.pid:
                return running
        time.sleep(0.05)
    running.terminate()
    running.wait()
    raise Incomplete("The keeper did not start.")


def main() -> int:
    os.umask(0o077)
    aside = memory.keep()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    os.environ.pop("OBMIN_KEEPER", None)
    django.setup()
    from django.conf import settings

    from obmin.vault import process
    from obmin.vault.office import Office

    path = process.socket_path(settings.OBMIN.home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    parent = os.getppid()
    with _alone(path.with_suffix(".lock")) as alone:
        if not alone:
            print("Another keeper of this instance runs.", file=sys.stderr)
            return 1
        path.unlink(missing_ok=True)
        if settings.OBMIN.training:
            process.be(process.training())
        Handler.desk = Office(aside)
        os.umask(0o177)  # the socket is its owner's alone
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        try:
            with address(path) as place, Server(place, Handler) as server:
                os.umask(0o077)
                Thread(target=_watch, args=(server, parent), daemon=True).start()
                server.serve_forever(poll_interval=0.2)
        finally:
            path.unlink(missing_ok=True)
    return 0


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether this process is the only keeper of its home, for as long as the block lasts."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _watch(server: Server, parent: int) -> None:
    """A keeper whose server has gone goes too."""
    while os.getppid() == parent:
        time.sleep(0.5)
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
