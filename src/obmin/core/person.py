"""A person as a register row: columns, codes and how a cell is read.

The register table is the one form in which people enter and leave Obmin (docs/reference/register.md).
In memory it is a polars frame whose columns are all text: `null` is unknown, codes are the lower-case
words below, dates are ISO 8601 with the precision they came with (`1987`, `1987-05`, `1987-05-14`).
Whatever other columns a file carries travel along untouched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Sex(StrEnum):
    """ISO/IEC 5218."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    NOT_APPLICABLE = "9"


class Category(StrEnum):
    """The track a person belongs to; tracks never stand in for each other (I-9)."""

    MILITARY = "military"
    RETAINED = "retained"
    CIVILIAN = "civilian"
    UNDETERMINED = "undetermined"
    REMAINS = "remains"  # only in carried-out tables


class Health(StrEnum):
    """Medical eligibility, Third Geneva Convention Arts. 109-110."""

    DIRECT = "direct"  # Art. 110, first group: goes home whatever the number
    NEUTRAL = "neutral"  # Art. 110, second group: neutral country
    WOUNDED = "wounded"
    SICK = "sick"
    NONE = "none"
    UNKNOWN = "unknown"


class Fitness(StrEnum):
    """Fit to travel, and how."""

    SEATED = "seated"
    ASSISTED = "assisted"
    STRETCHER = "stretcher"
    INTENSIVE = "intensive"
    UNFIT = "unfit"
    EXAM_REFUSED = "exam-refused"
    UNKNOWN = "unknown"


FIT_TO_TRAVEL: Final = frozenset({Fitness.SEATED, Fitness.ASSISTED, Fitness.STRETCHER, Fitness.INTENSIVE})


class Judicial(StrEnum):
    NONE = "none"
    DISCIPLINARY = "disciplinary"  # never a ground to hold anyone back (I-7)
    PENDING = "pending"
    CONVICTED = "convicted"


class Consent(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    NONE = "none"


class Will(StrEnum):
    CONSENTS = "consents"
    REFUSES = "refuses"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Misread:
    """A cell that could not be read: what was expected, in words."""

    expected: str


_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_DOTTED_MONTH = re.compile(r"(\d{1,2})\.(\d{4})")
_RANK = re.compile(r"(?:OR-[1-9]|OF-(?:[1-9]|10))")
_COUNTRY = re.compile(r"[A-Z]{3}")

DATE_EXPECTED: Final = "a date such as 1987-05-14, 14.05.1987, 1987-05 or 1987"


def read_date(text: str) -> str | Misread:
    """An ISO date with its precision, from ISO or dd.mm.yyyy, whole or partial.

    >>> read_date("14.05.1987"), read_date("1987-05"), read_date("05.1987")
    ('1987-05-14', '1987-05', '1987-05')
    """
    if match := _PARTIAL.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DOTTED.fullmatch(text):
        day, month, year = match.groups()
    elif match := _DOTTED_MONTH.fullmatch(text):
        (month, year), day = match.groups(), None
    else:
        return Misread(DATE_EXPECTED)
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return Misread("a day that exists in the calendar")
    return "-".join(p.zfill(2) for p in (year, month, day) if p is not None)


def _code(kind: type[StrEnum], also: Mapping[str, str] | None = None) -> Callable[[str], str | Misread]:
    words = {m.value: m.value for m in kind} | dict(also or {})
    expected = "one of " + ", ".join(words)

    def read(text: str) -> str | Misread:
        return words.get(text.strip().lower(), Misread(expected))

    return read


def _pattern(pattern: re.Pattern[str], expected: str) -> Callable[[str], str | Misread]:
    def read(text: str) -> str | Misread:
        return text if pattern.fullmatch(text) else Misread(expected)

    return read


def _text(text: str) -> str | Misread:
    return text


# Every column of the register table, in the order in which files are written.
COLUMNS: Final[Mapping[str, Callable[[str], str | Misread]]] = {
    "id": _text,
    "name": _text,
    "surname": _text,
    "given": _text,
    "patronymic": _text,
    "birth_date": read_date,
    "sex": _code(Sex, {"m": "1", "f": "2"}),
    "service_number": _text,
    "rank": _text,
    "rank_code": _pattern(_RANK, "a STANAG 2116 code, OR-1 to OR-9 or OF-1 to OF-10"),
    "unit": _text,
    "branch": _text,
    "region": _text,
    "citizenship": _pattern(_COUNTRY, "an ISO 3166-1 alpha-3 code such as UKR"),
    "category": _code(Category),
    "captured_on": read_date,
    "facility": _text,
    "health": _code(Health),
    "fitness": _code(Fitness),
    "fitness_until": read_date,
    "judicial": _code(Judicial),
    "dp_consent": _code(Consent),
    "own_consent": _code(Consent),
    "will": _code(Will),
    "will_on": read_date,
    "group": _text,
    "tags": _text,
}


def read_cell(column: str, text: str | None) -> str | Misread | None:
    """The value of a cell, `None` where it is unknown, or what was expected instead.

    Columns that are not of the register table are returned as they are.
    """
    if text is None or not (stripped := text.strip()):
        return None
    return COLUMNS.get(column, _text)(stripped)


def judicially_held(judicial: str | None, dp_consent: str | None, own_consent: str | None) -> bool:
    """Whether a court holds the person back (I-6): prosecuted or convicted without both consents.

    A disciplinary penalty never holds anybody back (I-7). The Detaining Power's consent is asked of all;
    the person's own written consent wherever a conviction is to be lifted.
    """
    if judicial not in (Judicial.PENDING, Judicial.CONVICTED):
        return False
    if dp_consent != Consent.GIVEN:
        return True
    return judicial == Judicial.CONVICTED and own_consent != Consent.GIVEN
