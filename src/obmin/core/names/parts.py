"""A whole name taken apart, in whatever order it was written: surname, given name, patronymic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from obmin.core.names.alternates import is_given
from obmin.core.names.fold import coarse, readings

_PATRONYMIC: Final = re.compile(
    r".{2,}(?:o|e|i|io|ia)v(?:is|ig|na)|.{3,}(?:isna|inisna)|(?:ilis|kuzmis|lukis|savis|fomis|nikitis|ilkis)"
)
_WORD: Final = re.compile(r"[^\s,.;/()]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a name as written; None where there is none."""

    surname: str | None
    given: str | None
    patronymic: str | None


@lru_cache(maxsize=1 << 16)
def _looks_patronymic(word: str) -> bool:
    return any(_PATRONYMIC.fullmatch(coarse(reading)) for reading in readings(word)[:2])


def split(name: str) -> Parts:
    """The parts of a name of any order.

    A patronymic is known by its ending, a given name by the table of given names, a surname by capitals;
    where nothing tells, the order of official lists holds: surname, given name, patronymic.

    >>> split("Iryna Petrivna KOVAL").surname, split("Коваль Ірина Петрівна").given
    ('KOVAL', 'Ірина')
    """
    words = _WORD.findall(name)
    if len(words) < 2:
        return Parts(words[0] if words else None, None, None)
    capitals = [len(word) > 1 and word.isupper() for word in words]
    shouted = any(capitals) and not all(capitals)
    endings = [
        at
        for at, word in enumerate(words)
        if len(words) > 2 and _looks_patronymic(word) and not (shouted and capitals[at])
    ]
    patronymic = next((at for at in reversed(endings) if at > 0), None)
    if patronymic is None and len(words) > 2 and len(words[2]) <= 1:
        patronymic = 2
    rest = [at for at in range(len(words)) if at != patronymic]
    given = _given_at(words, rest, capitals if shouted else None, patronymic)
    surname = " ".join(words[at] for at in rest if at != given) or None
    return Parts(surname, words[given], None if patronymic is None else words[patronymic])


def _given_at(words: list[str], rest: list[int], capitals: list[bool] | None, patronymic: int | None) -> int:
    initials = [at for at in rest if len(words[at]) == 1]
    if initials:
        return initials[0]
    known = [at for at in rest if is_given(words[at])]
    if len(known) == 1:
        return known[0]
    if patronymic is not None and patronymic - 1 in rest and patronymic < len(words) - 1:
        return patronymic - 1
    if capitals is not None and (quiet := [at for at in rest if not capitals[at]]):
        return quiet[0]
    return rest[1] if len(rest) > 1 else rest[0]
