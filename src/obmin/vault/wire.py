"""The keeper across a local socket: each message is its length in four bytes, then MessagePack.

The socket lies in the home and is its owner's alone; the keeper also asks the kernel who is calling.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import msgpack

from obmin.core.errors import Altered, Incomplete
from obmin.core.secrecy import Cell, Class
from obmin.vault.keeper import BulkStop, Locked, Reader, Row

MOST: Final = 1 << 26  # bytes of one message
PART: Final = 20_000  # rows of one message
WEIGHT: Final = MOST >> 1  # bytes of rows in one message
PATIENCE: Final = 600.0  # seconds for an answer: a first search after unsealing reads every name
T = TypeVar("T")
_REFUSALS: Final = {cls.code: cls for cls in (BulkStop, Locked, Altered, Incomplete)}


def send(stream: socket.socket, message: object) -> None:
    body = msgpack.packb(message, use_bin_type=True)
    if len(body) > MOST:
        raise Incomplete(f"{len(body) >> 20} MB are too much for one message to the keeper.")
    stream.sendall(len(body).to_bytes(4, "big") + body)


def receive(stream: socket.socket) -> Any:
    """One message; `None` when the other end has gone. `Incomplete` for what is no message."""
    head = _up_to(stream, 4)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    if size > MOST:
        raise Incomplete("The message to the keeper is too long.")
    body = _up_to(stream, size) if len(head) == 4 else b""
    if len(head) < 4 or len(body) < size:
        raise Incomplete("The message to the keeper was cut short.")
    try:
        return msgpack.unpackb(body, raw=False, strict_map_key=False)
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise Incomplete("The message to the keeper cannot be read.") from error


def _up_to(stream: socket.socket, size: int) -> bytes:
    """As many bytes as were asked for; fewer where the other end went away or fell silent."""
    parts = bytearray()
    while len(parts) < size:
        try:
            part = stream.recv(min(size - len(parts), 1 << 20))
        except (TimeoutError, ConnectionError):
            break
        if not part:
            break
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
            stream.settimeout(PATIENCE)
            try:
                send(stream, [what, *arguments])
            except OSError as error:
                raise Locked("The keeper went away while it was asked. Try again.") from error
            answer = receive(stream)
        if answer is None:
            raise Locked("The keeper went away while it was asked. Try again.")
        if "refused" in answer:
            raise _REFUSALS.get(answer["refused"], Incomplete)(answer["why"])
        return answer["answer"]

    def seal(self, of: Class, rows: Sequence[Row]) -> list[Cell]:
        return [Cell(*cell) for part in _parts(rows, _content) for cell in self.ask("seal", of.value, part)]

    def open(self, of: Class, rows: Sequence[tuple[bytes, Cell]], reader: Reader) -> list[bytes]:
        return [text for part in _parts(rows, _cell) for text in self.ask("open", of.value, part, list(reader))]

    def mark(self, purpose: str, values: Sequence[str]) -> list[str]:
        return [mark for part in _parts(values, len) for mark in self.ask("mark", purpose, part)]

    def rewrap(self, of: Class, wrapped: Sequence[bytes]) -> list[bytes]:
        """Row keys wrapped under the root that the keeper has drawn and that is not in force yet."""
        return [key for part in _parts(wrapped, len) for key in self.ask("rewrap", of.value, part)]

    def find(self, group: str, text: str, birth_date: str, top: int) -> list[tuple[str, float, str]]:
        return [(key, score, why) for key, score, why in self.ask("find", group, text, birth_date, top)]

    def arrange(
        self,
        group: str,
        words: Sequence[str],
        keys: Sequence[str] | None,
        offset: int,
        limit: int,
        units: bool = False,
    ) -> tuple[list[str], int]:
        order, total = self.ask(
            "arrange", group, list(words), None if keys is None else list(keys), offset, limit, units
        )
        return list(order), int(total)


class Turning(Remote):
    """A keeper as the process sees it that wraps every key anew: what it seals now is under the next root."""

    def seal(self, of: Class, rows: Sequence[Row]) -> list[Cell]:
        cells = Remote.seal(self, of, rows)
        fresh = self.rewrap(of, [cell.wrapped for cell in cells])
        return [Cell(wrapped, cell.sealed) for wrapped, cell in zip(fresh, cells, strict=True)]


def _content(row: Row) -> int:
    return len(row[1])


def _cell(row: tuple[bytes, Cell]) -> int:
    return len(row[1].sealed)


def _parts(rows: Sequence[T], weigh: Callable[[T], int]) -> Iterator[list[T]]:
    """Rows in as few messages as their number and their bytes allow, in order."""
    part: list[T] = []
    weight = 0
    for row in rows:
        weighs = weigh(row)
        if part and (len(part) == PART or weight + weighs > WEIGHT):
            yield part
            part, weight = [], 0
        part.append(row)
        weight += weighs
    if part:
        yield part
