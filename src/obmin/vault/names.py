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

from obmin.core.errors import Incomplete

if TYPE_CHECKING:
    from obmin.engines.search import Index

LATER_SHARE: Final = 0.05  # when more of a group than this has changed, its index is built anew
_ALPHABET: Final = "абвгґдеєёжзиіїйклмнопрстуўфхцчшщъыьэюя"
_APOSTROPHES: Final = "'’ʼ`"  # no letters: they do not count in the order
_ORDER: Final = {ord(letter): 0xE000 + at for at, letter in enumerate(_ALPHABET)} | dict.fromkeys(
    map(ord, _APOSTROPHES)
)


class Named(NamedTuple):
    """What somebody is found by."""

    name: str
    romanised: str
    surname: str
    birth_date: str
    number: str
    unit: str = ""


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
    lines: pl.DataFrame | None = None  # in the order of the sorted, as words are looked for
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
            hits = _hits(found.index, text, birth_date, top + len(found.later))
            kept = [hit for hit in hits if hit[0] not in found.later]
            kept += _hits(found.later_index, text, birth_date, top)
        return sorted(kept, key=lambda hit: (-hit[1], hit[0]))[:top]

    def arrange(
        self,
        group: str,
        words: Sequence[str],
        keys: Sequence[str] | None,
        offset: int,
        limit: int,
        units: bool = False,
    ) -> tuple[list[str], int]:
        """A stretch of the people in the order of their names, and how many there are in all.

        `words` must all stand in the name in either script, begin the birth date or be the number, or stand in
        the unit where `units` are asked about, too; `keys` are those asked about, everybody if `None`.
        """
        with self._lock:
            lines = _lines(self._fresh(group))
        if keys is not None:
            lines = lines.filter(pl.col("key").is_in(list(keys)))
        for word in sorted(map(str.casefold, words), key=len, reverse=True):  # the rarest first
            lines = lines.filter(_has(word, units))
        return lines["key"][offset : offset + limit].to_list(), len(lines)

    def _fresh(self, group: str) -> _Group:
        touched: dict[str, dict[str, Named | None]] = {}
        edition = self._edition
        for change in self.source(edition):
            touched.setdefault(change.group, {})[change.key] = change.named
            edition = max(edition, change.edition)
        self._edition = edition  # only now: where a row did not open, all of them are asked for again
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
    group.lines = None
    group.later |= changes
    group.later_index = None
    if len(group.later) > LATER_SHARE * len(group.people):
        group.index, group.later = None, {}


def _hits(index: Index | None, text: str, birth_date: str, top: int) -> list[tuple[str, float, str]]:
    if index is None:
        return []
    try:
        return [(hit.id, hit.score, hit.why) for hit in index.search(text, birth_date or None, top)]
    except ValueError as error:
        raise Incomplete(str(error)) from error


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
    first = named.surname or named.name  # lists of the other side seldom have a name in parts
    return first.casefold().translate(_ORDER), named.name.casefold().translate(_ORDER)


def _lines(group: _Group) -> pl.DataFrame:
    if group.lines is None:
        people = [group.people[key] for _, _, key in group.sorted]
        group.lines = pl.DataFrame(
            {
                "key": [key for _, _, key in group.sorted],
                "text": [f"{each.name}\n{each.romanised}".casefold() for each in people],
                "birth_date": [each.birth_date for each in people],
                "number": [each.number.casefold() for each in people],
                "unit": [each.unit.casefold() for each in people],
            },
            schema=dict.fromkeys(("key", "text", "birth_date", "number", "unit"), pl.String),
        )
    return group.lines


def _has(word: str, units: bool) -> pl.Expr:
    """Whether a line has a word in one of the places where it is looked for."""
    found = pl.col("text").str.contains(word, literal=True) | (pl.col("number") == word)
    if word[:1].isdecimal():  # no date begins otherwise
        found |= pl.col("birth_date").str.starts_with(word)
    if units:
        found |= pl.col("unit").str.contains(word, literal=True)
    return found
