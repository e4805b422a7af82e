"""The keeper across a local socket: each message is its length in four bytes, then MessagePack.

The socket lies in the home and is its owner's alone; the keeper also asks the kernel who is calling.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgpack

from obmin.core.errors import Altered, Incomplete
from obmin.core.secrecy import Cell, Class
from obmin.vault.keeper import BulkStop, Locked, Reader, Row

MOST: Final = 1 << 30  # bytes of one message
PART: Final = 20_000  # rows of one message
_REFUSALS: Final = {cls.code: cls for cls in (BulkStop, Locked, Altered, Incomplete)}


def send(stream: socket.socket, message: object) -> None:
    body = msgpack.packb(message, use_bin_type=True)
    stream.sendall(len(body).to_bytes(4, "big") + body)


def receive(stream: socket.socket) -> Any:
    """One message; `None` when the other end has gone."""
    head = _exactly(stream, 4)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    if size > MOST:
        raise Incomplete("The message to the keeper is too long.")
    return msgpack.unpackb(_exactly(stream, size), raw=False, strict_map_key=False)


def _exactly(stream: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = stream.recv(min(size - len(parts), 1 << 20))
        if not part:
            return b""
        parts += part
    return bytes(parts)


@contextmanager
def address(path: Path) -> Iterator[str]:
    """A socket's address through its folder: the path itself may be longer than the kernel takes (107)."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@dataclass(frozen=True, slots=True)
class Remote:
    """A keeper in another process."""

    path: Path

    def ask(self, what: str, *arguments: object) -> Any:
        """Asks one thing; a refusal over there is raised here."""
        with socket.socket(socket.AF_UNIX) as stream:
            try:
                with address(self.path) as place:
                    stream.connect(place)
            except OSError as error:
                raise Locked(
                    "The keeper of this instance does not run. Start it with `obmin serve`."
                ) from error
            send(stream, [what, *arguments])
            answer = receive(stream)
        if answer is None:
            raise Locked("The keeper went away while it was asked. Try again.")
        if "refused" in answer:
            raise _REFUSALS.get(answer["refused"], Incomplete)(answer["why"])
        return answer["answer"]

    def seal(self, of: Class, rows: Sequence[Row]) -> list[Cell]:
        return [Cell(*cell) for part in _parts(rows) for cell in self.ask("seal", of.value, part)]

    def open(self, of: Class, rows: Sequence[tuple[bytes, Cell]], reader: Reader) -> list[bytes]:
        return [text for part in _parts(rows) for text in self.ask("open", of.value, part, list(reader))]

    def mark(self, purpose: str, values: Sequence[str]) -> list[str]:
        return [mark for part in _parts(values) for mark in self.ask("mark", purpose, part)]

    def find(self, group: str, text: str, birth_date: str, top: int) -> list[tuple[str, float, str]]:
        return [(key, score, why) for key, score, why in self.ask("find", group, text, birth_date, top)]

    def arrange(
        self, group: str, words: Sequence[str], keys: Sequence[str] | None, offset: int, limit: int
    ) -> tuple[list[str], int]:
        order, total = self.ask(
            "arrange", group, list(words), None if keys is None else list(keys), offset, limit
        )
        return list(order), int(total)


def _parts(rows: Sequence[Any]) -> list[list[Any]]:
    return [list(rows[at : at + PART]) for at in range(0, len(rows), PART)]
