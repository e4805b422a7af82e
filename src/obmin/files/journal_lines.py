"""The leaf lines of a journal file, hashed fast: a million in about a second on two cores.

Long files are read by two processes, each its half of the bytes. Each also hashes the perfect subtrees of
1,024 leaves in its half, so that roots at any checkpoint need few hashes more. The result does not depend
on how it was shared out: whatever is out of order sends the reader back to one pass that names the line.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from binascii import unhexlify
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from obmin.core import chain
from obmin.core.errors import Altered

FIRST_LEAF_LINE: Final = 7  # lines count from 1; six lines of header come first
SHARED: Final = 200_000  # leaves from which a second process is worth starting
_CLOSED: Final = 65  # length of a closed leaf's line: 64 hexadecimal digits and the line's end
_LINES: Final = 1 << 10  # read at once
_BYTES: Final = 1 << 18  # read at once
_BLOCK: Final = 1024  # leaves of a subtree that is hashed beside the leaves


@dataclass(frozen=True, slots=True)
class Hashes:
    """The leaf hashes of a file, end to end (32 bytes each), the roots of whole blocks by number, how many
    lines were opened entries, and the byte behind the last line."""

    raw: bytes
    blocks: Mapping[int, bytes]
    opened: int
    end: int

    def __len__(self) -> int:
        return len(self.raw) // 32

    def some(self, start: int, stop: int) -> list[bytes]:
        """The hashes of leaves `start` to `stop`."""
        return [self.raw[at : at + 32] for at in range(32 * start, 32 * stop, 32)]

    def grow(self, frontier: chain.Frontier, size: int) -> chain.Frontier:
        """The frontier grown to `size` leaves by the largest perfect subtrees that fit."""
        while frontier.size < size:
            at = frontier.size
            widest = 1 << ((size - at).bit_length() - 1)
            width = min(widest, at & -at) if at else widest
            frontier = frontier.append_subtree(width, self._subtree(at, width))
        return frontier

    def _subtree(self, at: int, width: int) -> bytes:
        if width < _BLOCK:
            return chain.tree_root(self.some(at, at + width))
        numbers = range(at // _BLOCK, (at + width) // _BLOCK)
        return chain.tree_root([self.blocks.get(n) or self._block(n) for n in numbers])

    def _block(self, number: int) -> bytes:
        return chain.tree_root(self.some(number * _BLOCK, (number + 1) * _BLOCK))


def read_hashes(path: Path, start: int, count: int) -> Hashes:
    """The leaf hashes of `count` lines from byte `start`; raises `Altered` at the first malformed line."""
    daemon = multiprocessing.current_process().daemon  # such a process may start no other
    if count >= SHARED and not daemon and "fork" in multiprocessing.get_all_start_methods():
        found = _by_halves(path, start)
        if len(found) == count:
            return found
    return _in_one_pass(path, start, count)


def _in_one_pass(path: Path, start: int, count: int) -> Hashes:
    found, opened, end = bytearray(), 0, start
    with path.open("rb") as file:
        file.seek(start)
        while (done := len(found) // 32) < count:
            lines = list(islice(file, min(_LINES, count - done)))
            if not lines:
                raise Altered(f"line {FIRST_LEAF_LINE + done}: the file ends before its {count} leaves")
            try:
                fresh, more = _hash_lines(lines)
            except (ValueError, IndexError):
                raise Altered(_first_malformed(lines, FIRST_LEAF_LINE + done)) from None
            found += b"".join(fresh)
            opened += more
            end += sum(map(len, lines))
    return Hashes(bytes(found), {}, opened, end)


def _by_halves(path: Path, start: int) -> Hashes:
    """The same by two processes; whatever is malformed ends the result early."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek((start + size) // 2)
        file.readline()
        middle = file.tell()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        later = pool.submit(_hash_later, path, start, middle, size)
        first = _hash_range(path, start, middle, 0)
        second = later.result()
    if first.end != middle:
        return first
    return Hashes(
        first.raw + second.raw, {**first.blocks, **second.blocks}, first.opened + second.opened, second.end
    )


def _hash_later(path: Path, start: int, middle: int, size: int) -> Hashes:
    """The second half, after counting the leaves of the first."""
    before, left = 0, middle - start
    with path.open("rb") as file:
        file.seek(start)
        while left and (part := file.read(min(_BYTES, left))):
            before += part.count(b"\n")
            left -= len(part)
    return _hash_range(path, middle, size, before)


def _hash_range(path: Path, start: int, stop: int, before: int) -> Hashes:
    """The lines from `start` to `stop`, or to the first that is no leaf; `before` leaves came earlier."""
    found: list[bytes] = []
    opened, at = 0, start
    with path.open("rb") as file:
        file.seek(start)
        while at < stop and (lines := file.readlines(min(_BYTES, stop - at - 1))):
            if b"\n" in lines:
                del lines[lines.index(b"\n") :]
                stop = 0
            try:
                fresh, more = _hash_lines(lines)
            except (ValueError, IndexError):
                break
            found += fresh
            opened += more
            at += sum(map(len, lines))
    skip = -before % _BLOCK
    whole = range(skip, len(found) - _BLOCK + 1, _BLOCK)
    blocks = {(before + n) // _BLOCK: chain.tree_root(found[n : n + _BLOCK]) for n in whole}
    return Hashes(b"".join(found), blocks, opened, at)


def _hash_lines(lines: list[bytes]) -> tuple[list[bytes], int]:
    """Leaf hashes of well-formed lines; raises `ValueError` at the first other one. The hot loop."""
    sha256, hashes, closed = hashlib.sha256, [], 0
    for line in lines:
        first = line[:64]
        raw = unhexlify(first)
        if not first.islower() and raw.hex().encode() != first:
            raise ValueError
        if len(line) == _CLOSED:
            closed += 1
        else:
            if line[64] != 32:
                raise ValueError
            raw = sha256(raw + line[65:-1]).digest()
        hashes.append(sha256(b"\x00" + raw).digest())
    return hashes, len(lines) - closed


def _first_malformed(lines: Iterable[bytes], number: int) -> str:
    for at, line in enumerate(lines, number):
        try:
            _hash_lines([line])
        except (ValueError, IndexError):
            return f"line {at}: this is no leaf: {line[:60].decode(errors='replace').rstrip()}"
    return f"line {number}: a line is no leaf"
