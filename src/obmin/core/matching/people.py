"""Two registers as integers: words of names by number, dates, numbers and codes, in an order of their own.

People are put in the order of their ids, so that the order of rows in a file never matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Final

import numpy as np
import polars as pl

from obmin.core.matching.levels import Ints
from obmin.core.names.alternates import given_alternates, is_given, patronymic_alternates
from obmin.core.names.fold import bare, coarse, readings, roughest, skeleton
from obmin.core.names.parts import Parts, given_first_votes, lean, split
from obmin.core.names.scripts import script_of
from obmin.core.names.sides import by_side

WITHOUT_VOWELS: Final = ("Arab", "Hebr")
ARTICLE: Final = "ال"
ROLES: Final = ("surname", "given", "patronymic")
TEXTS: Final = ("rank", "region")
COLUMNS: Final = (
    "id", "name", *ROLES, "birth_date", "sex", "service_number", "rank", "rank_code", "unit", "region",
    "captured_on",
)  # fmt: skip
DESCRIBED: Final = frozenset(COLUMNS)
_JOINTS: Final = re.compile(r"[\s\-‐‑–—]+")
_DIGITS: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name: as written, its fine readings with those of custom, and the class it counts under."""

    written: str
    fine: tuple[str, ...]
    skeletons: tuple[str, ...]
    bearer: str


@dataclass(frozen=True, slots=True)
class People:
    """One register, a row a person in the order of ids.

    `words` has for each of ROLES and TEXTS the number of the word, -1 if unknown; `birth` yyyymmdd or 0;
    `captured` days since 1 January of year 1, or -1; `sex`, `unit`, `rank_code` numbers, -1 if unknown.
    """

    ids: tuple[str, ...]
    words: dict[str, Ints]
    birth: Ints
    number: tuple[str | None, ...]
    captured: Ints
    sex: Ints
    unit: Ints
    rank_code: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Both:
    """Two registers with one vocabulary for each of ROLES and TEXTS, and their frames in the same order."""

    left: People
    right: People
    vocabulary: dict[str, tuple[Word, ...]]
    frames: tuple[pl.DataFrame, pl.DataFrame]


def prepare(left: pl.DataFrame, right: pl.DataFrame) -> Both:
    """Both registers as integers. Columns that a frame lacks are unknown for everybody."""
    frames = [_ordered(left), _ordered(right)]
    parts = _both_parts(frames)
    vocabulary: dict[str, tuple[Word, ...]] = {}
    numbers: dict[str, dict[str, int]] = {}
    for role in (*ROLES, *TEXTS):
        columns = [
            part[role] if role in ROLES else frame[role].to_list()
            for part, frame in zip(parts, frames, strict=True)
        ]
        seen = sorted({text for column in columns for text in column if text})
        vowels = not any(script_of(text) in WITHOUT_VOWELS for text in seen)
        words = [word for text in seen if (word := _word(text, role, vowels=vowels)).fine]
        vocabulary[role] = tuple(words)
        numbers[role] = {word.written: at for at, word in enumerate(words)}
    codes = {
        code: at for at, code in enumerate(sorted({c for f in frames for c in f["rank_code"].to_list() if c}))
    }
    sides = [_people(frame, part, numbers, codes) for frame, part in zip(frames, parts, strict=True)]
    return Both(sides[0], sides[1], vocabulary, (frames[0], frames[1]))


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    others = sorted(
        name for name, kind in frame.schema.items() if name not in DESCRIBED and not kind.is_nested()
    )
    whole = frame.with_columns(missing).select(
        pl.col(*COLUMNS, *others).cast(pl.String, strict=False).str.strip_chars().replace("", None)
    )
    return whole.sort(*COLUMNS, *others, nulls_last=False)


def _both_parts(frames: list[pl.DataFrame]) -> list[dict[str, list[str | None]]]:
    """The parts of all names; where a script without vowels meets another, by the parts of other rows.

    The table of given names knows such scripts less than the others, and would take the two apart unlike.
    """
    names = [frame["name"].drop_nulls().to_list() for frame in frames]
    parts = [frame[role].drop_nulls().to_list() for frame in frames for role in ("surname", "given")]
    known = lean(parts[0] + parts[2], parts[1] + parts[3])
    if any(script_of(name) in WITHOUT_VOWELS for side in (*names, *parts) for name in side[:1000]):
        return [_parts(frame, lambda name: by_side(name, known), _as_recorded) for frame in frames]
    votes = [given_first_votes(side) for side in names]
    return [
        _parts(frame, partial(split, given_first=(own or other) > 0, leans=known), _settled)
        for frame, own, other in zip(frames, votes, reversed(votes), strict=True)
    ]


def _parts(
    frame: pl.DataFrame,
    apart: Callable[[str], Parts],
    settled: Callable[[str | None, str | None, str | None], Parts],
) -> dict[str, list[str | None]]:
    rows = frame.select("name", *ROLES).rows()
    found = [
        settled(surname, given, patronymic)
        if surname or given
        else apart(name)
        if name
        else Parts(None, None, patronymic)
        for name, surname, given, patronymic in rows
    ]
    return {role: [getattr(part, role) for part in found] for role in ROLES}


def _as_recorded(surname: str | None, given: str | None, patronymic: str | None) -> Parts:
    return Parts(surname, given, patronymic)


def _settled(surname: str | None, given: str | None, patronymic: str | None) -> Parts:
    """The parts as recorded, exchanged where the surname alone reads as a given name."""
    if surname and given and is_given(surname) and not is_given(given):
        return Parts(given, surname, patronymic)
    return Parts(surname, given, patronymic)


def _word(text: str, role: str, *, vowels: bool) -> Word:
    fine = list(readings(text))
    if role == "surname" and len(pieces := [piece for piece in _JOINTS.split(text) if len(piece) > 2]) > 1:
        fine += [reading for piece in pieces for reading in readings(piece) if reading not in fine]
    if text.startswith(ARTICLE) and len(text) > len(ARTICLE) + 2:
        fine += [reading for reading in readings(text[len(ARTICLE) :]) if reading not in fine]
    rough = list(dict.fromkeys(coarse(reading) for reading in fine))
    bearer = rough[0] if rough else ""
    if role in ("given", "patronymic"):
        other = given_alternates if role == "given" else patronymic_alternates
        custom = list(dict.fromkeys(found for reading in rough for found in other(reading)))
        fine += [reading for reading in custom if reading not in fine]
        bearer = custom[0] if custom else bearer
    if not vowels:
        forms = tuple(dict.fromkeys(form for reading in fine for form in bare(reading)))
        shapes = tuple(dict.fromkeys(shape for reading in fine[:2] for shape in roughest(reading)))
        return Word(text, forms or tuple(fine), tuple(dict.fromkeys((*forms, *shapes))), bearer)
    skeletons = tuple(dict.fromkeys(s for reading in fine if (s := skeleton(reading))))
    return Word(text, tuple(fine), skeletons, bearer)


def _people(
    frame: pl.DataFrame,
    parts: dict[str, list[str | None]],
    numbers: dict[str, dict[str, int]],
    codes: dict[str, int],
) -> People:
    columns = {role: parts[role] if role in ROLES else frame[role].to_list() for role in (*ROLES, *TEXTS)}
    return People(
        ids=tuple(key or "" for key in frame["id"].to_list()),
        words={
            role: _integers([numbers[role].get(text or "", -1) for text in column])
            for role, column in columns.items()
        },
        birth=_integers([birth_number(text) for text in frame["birth_date"].to_list()]),
        number=tuple(service_digits(text) for text in frame["service_number"].to_list()),
        captured=_integers([_day(text) for text in frame["captured_on"].to_list()]),
        sex=_integers([{"1": 1, "2": 2}.get(text or "", -1) for text in frame["sex"].to_list()]),
        unit=_integers([_first_number(text) for text in frame["unit"].to_list()]),
        rank_code=_integers([codes.get(text or "", -1) for text in frame["rank_code"].to_list()]),
    )


@lru_cache(maxsize=1 << 16)
def birth_number(text: str | None) -> int:
    """An ISO 8601 date, whole or partial, with hyphens or none, as yyyymmdd; 0 for what is unknown."""
    pieces = (text or "").split("-")
    if len(pieces) == 1 and len(pieces[0]) == 8 and pieces[0].isdecimal():
        pieces = [pieces[0][:4], pieces[0][4:6], pieces[0][6:]]
    if not pieces[0].isdecimal() or len(pieces[0]) != 4 or not all(piece.isdecimal() for piece in pieces):
        return 0
    year, month, day = (*(int(piece) for piece in pieces[:3]), 0, 0)[:3]
    return year * 10000 + month * 100 + day


@lru_cache(maxsize=1 << 16)
def service_digits(text: str | None) -> str | None:
    """The digits of a service number, whose letters differ by script; None below three digits."""
    digits = "".join(_DIGITS.findall(text or ""))
    return digits if len(digits) >= 3 else None


def _first_number(text: str | None) -> int:
    found = _DIGITS.search(text or "")
    return int(found.group()[:9]) if found else -1


@lru_cache(maxsize=1 << 16)
def _day(text: str | None) -> int:
    number = birth_number(text)
    if not number or not number % 100:
        return -1
    try:
        return date(number // 10000, number // 100 % 100, number % 100).toordinal()
    except ValueError:
        return -1


def _integers(values: Sequence[int]) -> Ints:
    return np.asarray(values, dtype=np.int64)
