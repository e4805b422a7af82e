"""Names in memory: the one place where people are found, sorted and filtered by who they are.

Built from the sealed rows when the keeper starts, and brought up to date before each answer by the rows
written since. Nothing of it ever lies on a disk.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from obmin.engines.search import Index

LATER_SHARE: Final = 0.05  # when more of a group than this has changed, its index is built anew
_ALPHABET: Final = "абвгґдеєёжзиіїйклмнопрстуўфхцчшщъыьэюя"
_ORDER: Final = {ord(letter): 0xE000 + at for at, letter in enumerate(_ALPHABET)}


class Named(NamedTuple):
    """What somebody is found by."""

    name: str
    romanised: str
    surname: str
    birth_date: str
    number: str


class Change(NamedTuple):
    """A row written at `edition`, the length of the journal then; nothing is named once it was shredded."""

    group: str
    key: str
    edition: int
    named: Named | None


Source = Callable[[int], Iterable[Change]]  # the rows written after an edition


@dataclass(slots=True)
class _Group:
    people: dict[str, Named] = field(default_factory=dict)
    sorted: list[tuple[str, str, str]] = field(default_factory=list)
    index: Index | None = None
    later: dict[str, Named | None] = field(default_factory=dict)  # since the index was built
    later_index: Index | None = None


@dataclass(slots=True)
class Names:
    """People by group (a register), each under their key."""

    source: Source
    _groups: dict[str, _Group] = field(default_factory=dict)
    _edition: int = -1
    _lock: RLock = field(default_factory=RLock)

    def find(self, group: str, text: str, birth_date: str, top: int) -> list[tuple[str, float, str]]:
        """The people nearest to a name in any spelling: key, score from 0 to 1, why; best first."""
        with self._lock:
            found = self._fresh(group)
            _index(found)
            hits = []
            if found.index is not None:
                hits = found.index.search(text, birth_date or None, top + len(found.later))
            kept = [(hit.id, hit.score, hit.why) for hit in hits if hit.id not in found.later]
            if found.later_index is not None:
                new = found.later_index.search(text, birth_date or None, top)
                kept += [(hit.id, hit.score, hit.why) for hit in new]
        return sorted(kept, key=lambda hit: (-hit[1], hit[0]))[:top]

    def arrange(
        self, group: str, words: Sequence[str], keys: Sequence[str] | None, offset: int, limit: int
    ) -> tuple[list[str], int]:
        """A stretch of the people in the order of their names, and how many there are in all.

        `words` must all stand in the name in either script, begin the birth date or be the number;
        `keys` are those asked about, everybody if `None`.
        """
        with self._lock:
            found = self._fresh(group)
            asked = None if keys is None else frozenset(keys)
            wanted = [word.casefold() for word in words]
            order = [
                key
                for _, _, key in found.sorted
                if (asked is None or key in asked) and (not wanted or _matches(found.people[key], wanted))
            ]
        return order[offset : offset + limit], len(order)

    def _fresh(self, group: str) -> _Group:
        touched: dict[str, dict[str, Named | None]] = {}
        for change in self.source(self._edition):
            touched.setdefault(change.group, {})[change.key] = change.named
            self._edition = max(self._edition, change.edition)
        for name, changes in touched.items():
            _take(self._groups.setdefault(name, _Group()), changes)
        return self._groups.setdefault(group, _Group())


def _take(group: _Group, changes: dict[str, Named | None]) -> None:
    many = len(changes) > 100
    gone = {(*_order(old), key) for key in changes if (old := group.people.get(key)) is not None}
    if gone:
        group.sorted = [each for each in group.sorted if each not in gone]
    for key, named in changes.items():
        if named is None:
            group.people.pop(key, None)
            continue
        group.people[key] = named
        if many:
            group.sorted.append((*_order(named), key))
        else:
            insort(group.sorted, (*_order(named), key))
    if many:
        group.sorted.sort()
    group.later |= changes
    group.later_index = None
    if len(group.later) > LATER_SHARE * len(group.people):
        group.index, group.later = None, {}


def _index(group: _Group) -> None:
    from obmin.engines.search import Index  # compiles its loops: only for those who search

    if group.index is None and group.people:
        group.index, group.later = Index.build(_frame(group.people)), {}
    later = {key: named for key, named in group.later.items() if named is not None}
    if later and group.later_index is None:
        group.later_index = Index.build(_frame(later))


def _frame(people: dict[str, Named]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": list(people),
            "name": [each.name for each in people.values()],
            "birth_date": [each.birth_date or None for each in people.values()],
        },
        schema={"id": pl.String, "name": pl.String, "birth_date": pl.String},
    )


def _order(named: Named) -> tuple[str, str]:
    return named.surname.casefold().translate(_ORDER), named.name.casefold().translate(_ORDER)


def _matches(named: Named, words: Sequence[str]) -> bool:
    text = f"{named.name}\n{named.romanised}".casefold()
    return all(
        word in text or named.birth_date.startswith(word) or named.number.casefold() == word for word in words
    )
