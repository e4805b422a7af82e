"""Given names and patronymics that go from one language into another by custom, not by letters.

Олександр becomes Александр, Володимир Владимир. The tables hold readings, so a Latin spelling finds its
alternates too. They are built by `python -m obmin.core.names.train` from the dictionaries named in
data/NOTICE.md.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib import resources

from obmin.core.names.fold import coarse, readings

Table = dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _tables() -> tuple[frozenset[str], Table, Table]:
    packed = resources.files("obmin.core.names").joinpath("data/custom.tsv.gz").read_bytes()
    given: set[str] = set()
    by_kind: dict[str, Table] = {"g": {}, "p": {}}
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        kind, ukrainian, russian = line.split("\t")
        if kind == "g":
            given.update((ukrainian, russian))
        if ukrainian != russian:
            by_kind[kind][ukrainian] = (*by_kind[kind].get(ukrainian, ()), russian)
    return frozenset(given), by_kind["g"], by_kind["p"]


@lru_cache(maxsize=1 << 16)
def is_given(word: str) -> bool:
    """Whether a word, in any script, reads like a known given name."""
    known = _tables()[0]
    return any(coarse(reading) in known for reading in readings(word)[:2])


def given_alternates(reading: str) -> tuple[str, ...]:
    """The Russian readings of a Ukrainian given name, in coarse sounds, where custom has others."""
    return _tables()[1].get(reading, ())


def patronymic_alternates(reading: str) -> tuple[str, ...]:
    """The Russian readings of a Ukrainian patronymic, in coarse sounds, where custom has others."""
    return _tables()[2].get(reading, ())
