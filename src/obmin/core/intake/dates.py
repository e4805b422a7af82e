"""Dates as officers write them.

Days come before months, as everywhere between Lviv and Vladivostok; only a date with slashes may be the other
way round, and then its column says which, or nobody does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from obmin.core.intake.found import Weight

SERIALS: Final = range(7_000, 55_001)  # day numbers of Excel from 1919 to 2050
_EPOCH: Final = date(1899, 12, 30)
_YEARS: Final = range(1900, 2101)
_MONTHS: Final[Mapping[str, int]] = {
    word: number
    for number, words in enumerate(
        (
            "січня січень січ января январь янв january jan i",
            "лютого лютий лют февраля февраль фев february feb ii",
            "березня березень бер марта март мар march mar iii",
            "квітня квітень кві квіт апреля апрель апр april apr iv",
            "травня травень тра трав мая май may v",
            "червня червень чер черв июня июнь июн june jun vi",
            "липня липень лип июля июль июл july jul vii",
            "серпня серпень сер серп августа август авг august aug viii",
            "вересня вересень вер верес сентября сентябрь сен сент september sep sept ix",
            "жовтня жовтень жов жовт октября октябрь окт october oct x",
            "листопада листопад лис листоп ноября ноябрь ноя нояб november nov xi",
            "грудня грудень гру груд декабря декабрь дек december dec xii",
        ),
        start=1,
    )
    for word in words.split()
}
_TAIL: Final = re.compile(
    r"\s*(?:р\.?\s*н\.?|г\.?\s*р\.?|року народження|року|года рождения|года|рік|год|р\.?|г\.?)$"
)
_ABOUT: Final = re.compile(
    r"^(?:бл(?:изько)?|около|ок|прибл(?:изно)?|орієнтовно|ориентировочно|приблизительно|circa|ca|c|about|approx)"
    r"(?:\.\s*|\s+)|^[~≈]\s*|\s*\(?\?\)?$"
)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})[T ]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?Z?"
)
_THREE: Final = re.compile(r"(\d{1,4})\s*([./\\\-, ])\s*(\d{1,2})\s*[./\\\-, ]\s*(\d{1,4})")
_TWO: Final = re.compile(r"(\d{1,2})[./\-](\d{4})")
_YEAR: Final = re.compile(r"\d{4}")
_RANGE: Final = re.compile(r"(\d{4})\s*(?:-|–|—|/|\.\.+|до|to|або|или|or|чи)\s*(\d{4}|\d\d)")
_WORDED: Final = re.compile(r"(?:(\d{1,2})[\s.\-/]*)?([^\W\d_]+)[\s.,\-/]*(\d{2}|\d{4})")
_WORDED_FIRST: Final = re.compile(r"([^\W\d_]+)\s+(\d{1,2}),?\s+(\d{4})")  # May 14, 1987


class Order(StrEnum):
    """Which of two numbers with slashes is the day."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    UNKNOWN = "unknown"


class Read(NamedTuple):
    """A date as ISO text with its precision, or none; a code of `words.WORDS` where there is more to say."""

    value: str | None
    code: str = ""
    weight: Weight = Weight.NOTE
    more: str = ""


def order_of(texts: Iterable[str]) -> Order:
    """What a column tells of its dates with slashes: those that can be read in one way only."""
    day = month = False
    for text in texts:
        match = _THREE.fullmatch(text)
        if match and match[2] == "/" and len(match[4]) == 4:
            day |= int(match[1]) > 12 >= int(match[3])
            month |= int(match[3]) > 12 >= int(match[1])
    return Order.UNKNOWN if day == month else Order.DAY_FIRST if day else Order.MONTH_FIRST


def read_date(text: str, order: Order, now: int, *, birth: bool) -> Read:
    """One cell. `now` is the present year: nobody is born after it, and a short year cannot lie beyond it.

    >>> read_date("14.05.87", Order.UNKNOWN, 2025, birth=True).more
    '1987-05-14'
    """
    plain = text.strip()
    if plain.isdecimal() and int(plain) in SERIALS and len(plain) > 4:
        return _sane(Read(_serial(int(plain)), "serial", Weight.NOTE, _serial(int(plain))), now, birth=birth)
    if match := _MOMENT.fullmatch(plain):
        inner = read_date(match[1], order, now, birth=birth)
        whole = plain.endswith(("00:00", "00:00:00"))
        return inner if whole or inner.code else Read(inner.value, "moment", Weight.NOTE, inner.value or "")
    lower = _TAIL.sub("", plain.casefold())
    bare = _ABOUT.sub("", lower).strip()
    found = _read(bare, order, now, birth=birth)
    if bare != lower and found.value and not found.code:
        found = Read(found.value, "about", Weight.NOTE, found.value)
    return _sane(found, now, birth=birth)


def _read(text: str, order: Order, now: int, *, birth: bool) -> Read:
    if _YEAR.fullmatch(text):
        return Read(text)
    if (match := _RANGE.fullmatch(text)) and not (_ISO.fullmatch(text) and 1 <= int(match[2]) <= 12):
        return Read(None, "range", Weight.DOUBT)
    if match := _ISO.fullmatch(text):
        return _whole(match[1], match[2], match[3])
    if match := _TWO.fullmatch(text):
        return _whole(match[2], match[1], None)
    if match := _THREE.fullmatch(text):
        return _three(match[1], match[3], match[4], match[2], order, now, birth=birth)
    if (match := _WORDED_FIRST.fullmatch(text)) and match[1] in _MONTHS:
        return _whole(match[3], str(_MONTHS[match[1]]), match[2])
    if (match := _WORDED.fullmatch(text)) and match[2] in _MONTHS:
        month = str(_MONTHS[match[2]])
        if len(match[3]) == 2:
            return _short(_whole(_century(match[3], now, birth=birth), month, match[1]))
        return _whole(match[3], month, match[1])
    return Read(None, "no-date", Weight.DOUBT)


def _three(a: str, b: str, c: str, sign: str, order: Order, now: int, *, birth: bool) -> Read:
    if len(a) == 4:
        return _whole(a, b, c) if len(c) <= 2 else Read(None, "no-date", Weight.DOUBT)
    if len(c) == 2:
        return _short(_whole(_century(c, now, birth=birth), b, a))
    if len(c) != 4 or len(a) > 2:
        return Read(None, "no-date", Weight.DOUBT)
    day_first, month_first = _whole(c, b, a), _whole(c, a, b)
    if sign != "/" or not month_first.value or a == b:
        return day_first
    if not day_first.value or order is Order.MONTH_FIRST:
        return month_first
    if order is Order.DAY_FIRST:
        return day_first
    return Read(day_first.value, "day-or-month", Weight.DOUBT, day_first.value)


def _whole(year: str, month: str, day: str | None) -> Read:
    try:
        date(int(year), int(month), int(day or 1))
    except ValueError:
        return Read(None, "no-day", Weight.REFUSE)
    return Read("-".join(part.zfill(2) for part in (year, month, day) if part))


def _short(found: Read) -> Read:
    return found if found.value is None else Read(found.value, "short-year", Weight.DOUBT, found.value)


def _century(short: str, now: int, *, birth: bool) -> str:
    """The likelier century of a year of two digits: somebody born is grown up."""
    latest = now - 17 if birth else now
    year = latest - latest % 100 + int(short)
    return str(year if year <= latest else year - 100)


def _serial(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


def _sane(found: Read, now: int, *, birth: bool) -> Read:
    if found.value is None:
        return found
    year = int(found.value[:4])
    if year not in _YEARS or year > (now if birth else now + 10):
        return Read(None, "far-year", Weight.DOUBT)
    return found
