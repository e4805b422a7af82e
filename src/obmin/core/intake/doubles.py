"""Which rows may be one person: by number, or by name and date in any spelling.

Two records meet where they have a number in common, or a surname and a given name that sound alike in some
reading, with dates of birth that do not exclude each other. Nothing is joined: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice, product
from typing import Final, NamedTuple

from obmin.core.intake.codes import number_key
from obmin.core.intake.found import Finding, Line, Weight
from obmin.core.names import readings, skeleton, split

SHORTEST: Final = 4  # signs of a number that is no running number
NEAR: Final = 5  # candidates that are named


class Known(NamedTuple):
    """One record as others meet it: its key or row, its words, its date, its number."""

    key: str
    names: tuple[tuple[str, str], ...]
    born: str
    number: str


class Index:
    """Records by what they are met by."""

    def __init__(self, records: Iterable[Known] = ()) -> None:
        self._stands: dict[str, Known] = {}
        self._names: dict[tuple[str, str], dict[str, list[Known]]] = {}
        self._numbers: dict[str, list[Known]] = {}
        for each in records:
            self.add(each)

    def add(self, record: Known) -> None:
        """Adds a record; one of the same key that stood before is met no more."""
        self._stands[record.key] = record
        for pair in record.names:
            self._names.setdefault(pair, {}).setdefault(record.born[:4], []).append(record)
        if record.number:
            self._numbers.setdefault(record.number, []).append(record)

    def drop(self, key: str) -> None:
        """Nobody is met by this record any more."""
        self._stands.pop(key, None)

    def near(self, record: Known) -> list[Known]:
        """Those that may be the same person, those of the same number first; at most five."""
        same = self._numbers.get(record.number, ()) if record.number else ()
        found = {other.key: other for other in islice(filter(self._standing, same), NEAR)}
        for pair in record.names:
            years = self._names.get(pair)
            if years is None:
                continue
            wanted = (record.born[:4], "") if record.born else tuple(years)
            for year in dict.fromkeys(wanted):
                for other in years.get(year, ()):
                    if len(found) == NEAR:
                        return list(found.values())
                    if other.key not in found and _may_be(record, other) and self._standing(other):
                        found[other.key] = other
        return list(found.values())

    def _standing(self, record: Known) -> bool:
        return self._stands.get(record.key) is record


def known(key: str, values: Mapping[str, str]) -> Known:
    """A record from its cells."""
    number = number_key(values.get("service_number", ""))
    return Known(key, _names(values), values.get("birth_date", ""), number if len(number) >= SHORTEST else "")


def contradicts(one: Known, other: Known) -> bool:
    """Whether name or date say that two records of one number are two people."""
    alike = bool(set(one.names) & set(other.names)) or not one.names or not other.names
    return not alike or not _dates_agree(one.born, other.born)


def doubles(lines: Sequence[Line]) -> dict[int, Finding]:
    """For rows (by number) that an earlier row of the same list may be, or be exactly: what to say of them."""
    index, found = Index(), {}
    exact: dict[tuple[tuple[str, str], ...], int] = {}
    ids: dict[str, int] = {}
    for line in lines:
        if line.passed or line.weight is Weight.REFUSE:
            continue
        whole = tuple(sorted(line.values.items()))
        record = known(str(line.number), line.values)
        certain = record.number or (record.names and len(record.born) == 10)
        if (before := exact.get(whole)) is not None and certain and line.weight is Weight.NOTE:
            found[line.number] = Finding(Weight.NOTE, "repeats", more=str(before))
        elif (own := line.values.get("id")) and own in ids:
            found[line.number] = Finding(Weight.DOUBT, "id-again", found=own, more=str(ids[own]))
        elif near := index.near(record):
            found[line.number] = Finding(Weight.DOUBT, "row-again", more=near[0].key)
        exact.setdefault(whole, line.number)
        if own := line.values.get("id"):
            ids.setdefault(own, line.number)
        index.add(record)
    return found


def _may_be(one: Known, other: Known) -> bool:
    if not _dates_agree(one.born, other.born):
        return False
    whole = len(one.born) == len(other.born) == 10
    return whole or not (one.number and other.number)  # another number and no certain date: somebody else


def _dates_agree(one: str, other: str) -> bool:
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def _names(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    surname, given = values.get("surname", ""), values.get("given", "")
    if not (surname or given):
        surname, given = _parts(values.get("name", ""))
    if not (surname and given):
        return ()
    pairs = product(_sounds(surname), _sounds(given.rstrip(".")))
    return tuple(dict.fromkeys((a, b) if a <= b else (b, a) for a, b in pairs))


@lru_cache(maxsize=1 << 17)
def _parts(name: str) -> tuple[str, str]:
    found = split(name)
    return found.surname or "", found.given or ""


@lru_cache(maxsize=1 << 17)
def _sounds(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(skeleton(reading) for reading in readings(word)))[:4]
