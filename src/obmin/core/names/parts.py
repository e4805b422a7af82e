"""A whole name taken apart, in whatever order it was written: surname, given name, patronymic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Final

from obmin.core.names.alternates import is_given
from obmin.core.names.fold import bare, coarse, readings

_PATRONYMIC: Final = re.compile(
    r".{2,}(?:o|e|i|io|ia)v(?:is|ig|na)|.{3,}(?:isna|inisna)|(?:ilis|kuzmis|lukis|savis|fomis|nikitis|ilkis)"
)
_SUFFIXES: Final = frozenset({"jr", "sr", "мл", "ст", "мол"})
CLEARLY: Final = 1.0  # by how much more a word must lean to be a given name than any other of a name
_DOUBT: Final = 2.0  # bearers that a list must show before it says anything
_WORD: Final = re.compile(r"[^\s,.;/()]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a name as written; None where there is none."""

    surname: str | None
    given: str | None
    patronymic: str | None


def lean(surnames: Sequence[str], givens: Sequence[str]) -> Mapping[str, float]:
    """For each `sound` how much it leans to be a surname (above 0) or a given name (below), in nats.

    `surnames` and `givens` are the parts of the rows that have parts.
    """
    last, first = (Counter(map(sound, words)) for words in (surnames, givens))
    share = (len(givens) + _DOUBT) / (len(surnames) + _DOUBT)
    return {
        word: log((last[word] * share + _DOUBT) / (first[word] + _DOUBT)) for word in last.keys() | first.keys()
    }


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """The first reading of a word without its vowels, the same in every script."""
    for reading in readings(word):
        return next(iter(bare(reading)), reading)
    return ""


@lru_cache(maxsize=1 << 16)
def _looks_patronymic(word: str) -> bool:
    return any(_PATRONYMIC.fullmatch(coarse(reading)) for reading in readings(word)[:2])


def given_first_votes(names: Sequence[str]) -> int:
    """How many more names of a list begin with a given name than have it second.

    Judged by names with just one known given name.
    """
    first = last = 0
    for name in names:
        words = _words(name)
        known = [at for at, word in enumerate(words) if is_given(word)]
        if len(words) > 1 and len(known) == 1 and "," not in name:
            first += known[0] == 0
            last += known[0] == 1
    return first - last


def split(name: str, *, given_first: bool = False, leans: Mapping[str, float] | None = None) -> Parts:
    """The parts of a name of any order.

    A comma ends the surname. A patronymic is known by its ending, a given name by the table of given
    names or by `leans` (see `lean`), a surname by capitals; where nothing tells, `given_first` does: false is
    the order of official lists, surname, given name, patronymic.

    >>> split("Iryna Petrivna KOVAL").surname, split("Коваль Ірина Петрівна").given
    ('KOVAL', 'Ірина')
    """
    surname, comma, others = name.partition(",")
    if comma and _words(surname) and (rest := _words(others)):
        return Parts(" ".join(_words(surname)), rest[0], " ".join(rest[1:]) or None)
    words = _words(name)
    if len(words) < 2:
        return Parts(words[0] if words else None, None, None)
    capitals = [len(word) > 1 and word.isupper() for word in words]
    shouted = capitals if any(capitals) and not all(capitals) else None
    patronymic = _patronymic_at(words, shouted, given_first)
    rest_at = [at for at in range(len(words)) if at != patronymic]
    given = _given_at(words, rest_at, shouted, patronymic, given_first, leans or {})
    family = " ".join(words[at] for at in rest_at if at != given) or None
    return Parts(family, words[given], None if patronymic is None else words[patronymic])


def _words(name: str) -> list[str]:
    return [word for word in _WORD.findall(name) if word.lower() not in _SUFFIXES and readings(word)]


def _patronymic_at(words: list[str], capitals: list[bool] | None, given_first: bool) -> int | None:
    if len(words) < 3:
        return None
    endings = [
        at
        for at, word in enumerate(words)
        if at and _looks_patronymic(word) and not (capitals and capitals[at])
    ]
    if endings:
        return endings[-1]
    if len(words[2]) == 1:
        return 2
    return 1 if given_first and len(words) == 3 else None


def _given_at(
    words: list[str],
    rest: list[int],
    capitals: list[bool] | None,
    patronymic: int | None,
    given_first: bool,
    leans: Mapping[str, float],
) -> int:
    initials = [at for at in rest if len(words[at]) == 1]
    if initials:
        return initials[0]
    known = [at for at in rest if is_given(words[at])]
    if len(known) == 1:
        return known[0]
    by_lean = sorted((leans.get(sound(words[at]), 0.0), at) for at in rest)
    if len(rest) > 1 and by_lean[0][0] < min(0.0, by_lean[1][0] - CLEARLY):
        return by_lean[0][1]
    if patronymic is not None and patronymic - 1 in rest and patronymic < len(words) - 1:
        return patronymic - 1
    if capitals is not None and (quiet := [at for at in rest if not capitals[at]]):
        return quiet[0]
    return rest[0] if given_first or len(rest) == 1 else rest[1]
