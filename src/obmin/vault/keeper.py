"""The keeper: the only one who holds the root key, and so the only one who seals, opens, finds and sorts.

In a live home it is a process of its own (`server`), reached through a socket (`wire`); a training home's
programs each carry one, for their root follows from the seed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple, Protocol

from obmin.core import secrecy
from obmin.core.errors import NotAllowed, Refused
from obmin.core.secrecy import NAMES, RECORDS, Cell, Class, Limit, Window


class Reader(NamedTuple):
    """For whom something is opened. `whole` is for acts and jobs that the journal names: no limit holds."""

    account: str
    whole: bool = False


class BulkStop(NotAllowed):
    """Somebody opens more records than their work can need."""

    code = "bulk-stop"


class Locked(Refused):
    """The instance is sealed: nobody has given it its root since it started."""

    code = "sealed"


_LIMITS: Final = {
    Class.IDENTITY: NAMES,
    Class.THEIRS: NAMES,
    Class.LOCATION: RECORDS,
    Class.FAMILY: RECORDS,
    Class.MEDICAL: RECORDS,
    Class.WILL: RECORDS,
    Class.COURT: RECORDS,
}
Row = tuple[bytes, bytes]  # place, content
Draw = Callable[[bytes, bytes], bytes]  # place and content to a fresh key


class Finder(Protocol):
    """Names in memory, as `names` keeps them."""

    def find(self, group: str, text: str, birth_date: str, top: int) -> list[tuple[str, float, str]]: ...

    def arrange(
        self,
        group: str,
        words: Sequence[str],
        keys: Sequence[str] | None,
        offset: int,
        limit: int,
        units: bool = False,
    ) -> tuple[list[str], int]: ...


class Keeper(Finder, Protocol):
    """What the rest of the program asks of a keeper, wherever it is."""

    def seal(self, of: Class, rows: Sequence[Row]) -> list[Cell]: ...

    def open(self, of: Class, rows: Sequence[tuple[bytes, Cell]], reader: Reader) -> list[bytes]: ...

    def mark(self, purpose: str, values: Sequence[str]) -> list[str]: ...


def at_random(_place: bytes, _content: bytes) -> bytes:
    """A fresh key from the operating system."""
    return os.urandom(secrecy.KEY_SIZE)


def repeatable(seed: bytes) -> Draw:
    """Keys of a training home: the same content in the same place draws the same, nothing else does."""

    def draw(place: bytes, content: bytes) -> bytes:
        return hashlib.blake2b(place + b"\x00" + content, key=seed, digest_size=secrecy.KEY_SIZE).digest()

    return draw


@dataclass(slots=True)
class Holder:
    """A keeper that holds the root in this very process."""

    root: bytes
    names: Finder
    marking: Callable[[], bytes]  # the secret that values are marked under: it outlives the root
    draw: Draw = at_random
    clock: Callable[[], float] = time.monotonic
    opened: Counter[tuple[str, str]] = field(default_factory=Counter)  # rows by class, and for eyes or whole
    _windows: dict[tuple[str, Limit], Window] = field(default_factory=dict)
    _keys: dict[str, bytes] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def seal(self, of: Class, rows: Sequence[Row]) -> list[Cell]:
        draw = self.draw
        return secrecy.seal_cells(self._key(of), ((p, c, draw(p, c)) for p, c in rows))

    def open(self, of: Class, rows: Sequence[tuple[bytes, Cell]], reader: Reader) -> list[bytes]:
        if not reader.whole:
            self._admit(of, reader.account, (place for place, _ in rows))
        self.opened[of.value, "whole" if reader.whole else "shown"] += len(rows)
        return secrecy.open_cells(self._key(of), rows)

    def mark(self, purpose: str, values: Sequence[str]) -> list[str]:
        name = f"mark/{purpose}"
        if name not in self._keys:
            self._keys[name] = secrecy.mark_key(self.marking(), purpose)
        key = self._keys[name]
        return [secrecy.mark(key, value) for value in values]

    def find(self, group: str, text: str, birth_date: str, top: int) -> list[tuple[str, float, str]]:
        return self.names.find(group, text, birth_date, top)

    def arrange(
        self,
        group: str,
        words: Sequence[str],
        keys: Sequence[str] | None,
        offset: int,
        limit: int,
        units: bool = False,
    ) -> tuple[list[str], int]:
        return self.names.arrange(group, words, keys, offset, limit, units)

    def rewrap(self, other: bytes, of: Class, wrapped: Iterable[bytes]) -> list[bytes]:
        """Wrapped row keys under the same class of another root."""
        old, new = self._key(of), secrecy.class_key(other, of)
        return [secrecy.rewrap(old, new, each) for each in wrapped]

    def _key(self, of: Class) -> bytes:
        if of.value not in self._keys:
            self._keys[of.value] = secrecy.class_key(self.root, of)
        return self._keys[of.value]

    def _admit(self, of: Class, account: str, places: Iterable[bytes]) -> None:
        limit = _LIMITS.get(of)
        if limit is None:
            return
        with self._lock:
            window = self._windows.setdefault((account, limit), Window(limit))
            if not window.admits({place.rpartition(b"/")[2].decode() for place in places}, self.clock()):
                raise BulkStop(
                    f"You have opened {limit.people} records in {limit.seconds / 60:.0f} minutes."
                    " More are not opened now, and the data protection officer is told."
                )
