"""One person against one predicate, in plain Python: the checker's own reading of the language.

It shares nothing with the frame evaluator on which lists are composed, so that a mistake there is caught.
Answers are True, False or None (cannot tell).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from obmin.core.terms.model import All, Any, Judged, Known, Not, Predicate, Tagged, Within

Person = Mapping[str, str | None]
GRADES: Final = [f"OR-{n}" for n in range(1, 10)] + [f"OF-{n}" for n in range(1, 11)]
WORDS_FOR_UNKNOWN: Final = {"health": "unknown", "fitness": "unknown", "will": "unknown", "sex": "0"}


def judge(predicate: Predicate, person: Person, on: date) -> bool | None:
    """Whether it is true of this person on that day."""
    if isinstance(predicate, All):
        return both(judge(p, person, on) for p in predicate.of)
    if isinstance(predicate, Any):
        return opposite(both(opposite(judge(p, person, on)) for p in predicate.of))
    if isinstance(predicate, Not):
        return opposite(judge(predicate.of, person, on))
    if isinstance(predicate, Judged):
        return judge(predicate.of, person, predicate.day)
    cell = person.get(predicate.column)
    if isinstance(predicate, Known):
        return cell is not None
    if isinstance(predicate, Within):
        return _within(predicate, person, on)
    if cell is None:
        return None
    if isinstance(predicate, Tagged):
        return bool({w.strip() for w in cell.split(";")} & set(predicate.words))
    if cell == WORDS_FOR_UNKNOWN.get(predicate.column) and cell not in predicate.values:
        return None
    return cell in predicate.values


def both(answers: Iterable[bool | None]) -> bool | None:
    """True if all are, False if one is False, else None."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def days_of(text: str | None) -> tuple[date, date] | None:
    """The first and the last day that a date of any precision can mean."""
    if text is None:
        return None
    try:
        year, month, day = ([int(p) for p in text.split("-")] + [0, 0])[:3]
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        if not day:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError:
        return None


def years(born: date, on: date) -> int:
    """Completed years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def span(column: str, person: Person, on: date, dated: bool) -> tuple[float, float] | None:
    """The least and the greatest number that the cell can mean."""
    if column in ("age", "captive_days"):
        days = days_of(person.get("birth_date" if column == "age" else "captured_on"))
        if days is None:
            return None
        first, last = days
        if column == "age":
            return years(last, on), years(first, on)
        return (on - last).days, (on - first).days
    cell = person.get(column)
    if cell is None:
        return None
    if dated:
        found = days_of(cell)
        return None if found is None else (found[0].toordinal(), found[1].toordinal())
    if column == "rank_code":
        return (GRADES.index(cell),) * 2 if cell in GRADES else None
    try:
        return (float(cell),) * 2
    except ValueError:
        return None


def _number(column: str, bound: str) -> tuple[float, bool]:
    """A bound as a number, and whether it is a date."""
    if column == "rank_code":
        return GRADES.index(bound), False
    try:
        return date.fromisoformat(bound).toordinal(), True
    except ValueError:
        return float(bound), False


def _within(predicate: Within, person: Person, on: date) -> bool | None:
    answers: list[bool | None] = []
    for bound, included, lower in (
        (predicate.low, predicate.low_in, True),
        (predicate.high, predicate.high_in, False),
    ):
        if bound is None:
            continue
        limit, dated = _number(predicate.column, bound)
        found = span(predicate.column, person, on, dated)
        if found is None:
            answers.append(None)
            continue
        sides = {_holds(value, limit, included, lower) for value in found}
        answers.append(sides.pop() if len(sides) == 1 else None)
    return both(answers)


def _holds(value: float, limit: float, included: bool, lower: bool) -> bool:
    if value == limit:
        return included
    return value > limit if lower else value < limit
