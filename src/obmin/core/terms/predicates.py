"""Is it true of this person? Predicates over a register, in three values: yes, no, cannot tell.

A register is a frame of text columns; null is unknown. Whatever rests on an unknown cell, or on a date
known only to the month or year, is null where the unknown part could change the answer, and a plain
answer where it could not (Kleene's strong logic, which polars' `&` and `|` follow).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import polars as pl

from obmin.core.terms.model import All, Any, Is, Judged, Known, Not, Predicate, Tagged, Within

AGE: Final = "age"
CAPTIVE_DAYS: Final = "captive_days"
DERIVED: Final = {AGE: "birth_date", CAPTIVE_DAYS: "captured_on"}
RANKS: Final = tuple(f"OR-{n}" for n in range(1, 10)) + tuple(f"OF-{n}" for n in range(1, 11))
# words that a register writes where it does not know
UNKNOWN_WORDS: Final = {"health": "unknown", "fitness": "unknown", "will": "unknown", "sex": "0"}
DATE_COLUMNS: Final = frozenset({"birth_date", "captured_on", "fitness_until", "will_on", "date"})


def evaluate(pred: Predicate, people: pl.DataFrame, on: date | str) -> pl.Series:
    """For each row true, false or null (cannot tell), in the order of `people`.

    `on` is the day on which ages and time in captivity are judged, or the name of a column that holds it
    for each row (ISO text). A column that is absent is unknown for everybody.
    """
    if people.height == 0:
        return pl.Series("holds", [], dtype=pl.Boolean)
    return people.select(expression(pred, frozenset(people.columns), on).alias("holds")).to_series()


def expression(pred: Predicate, columns: frozenset[str], on: date | str) -> pl.Expr:
    """The predicate as one polars expression (Boolean with nulls, one value for each row)."""
    match pred:
        case All(of=of):
            parts = [expression(p, columns, on) for p in of]
            return pl.all_horizontal(*parts) if parts else _constant(True)
        case Any(of=of):
            parts = [expression(p, columns, on) for p in of]
            return pl.any_horizontal(*parts) if parts else _constant(False)
        case Not(of=inner):
            return expression(inner, columns, on).not_()
        case Judged(of=inner, day=day):
            return expression(inner, columns, day)
        case Known(column=column):
            return _cell(column, columns).is_not_null()
        case Is(column=column, values=values):
            return _is(column, values, columns)
        case Tagged(words=words, column=column):
            cell = _cell(column, columns).str.split(";").list.eval(pl.element().str.strip_chars())
            return pl.any_horizontal(*(cell.list.contains(pl.lit(w)) for w in words))
        case Within():
            return _within(pred, columns, on)


def _constant(value: bool) -> pl.Expr:
    return pl.repeat(value, pl.len(), dtype=pl.Boolean)


def _cell(column: str, columns: frozenset[str]) -> pl.Expr:
    if column in columns:
        return pl.col(column).cast(pl.Utf8)
    return pl.repeat(None, pl.len(), dtype=pl.Utf8)


def _is(column: str, values: tuple[str, ...], columns: frozenset[str]) -> pl.Expr:
    if column in DERIVED:
        raise ValueError(f"{column} is a number: give bounds")
    cell = _cell(column, columns)
    held = cell.is_in(list(values))
    word = UNKNOWN_WORDS.get(column)
    if word is None or word in values:
        return held
    return pl.when(cell == word).then(None).otherwise(held)


def earliest(cell: pl.Expr) -> pl.Expr:
    """The first day that an ISO date of any precision can mean."""
    return (
        pl.when(cell.str.len_chars() == 4)
        .then(cell + "-01-01")
        .when(cell.str.len_chars() == 7)
        .then(cell + "-01")
        .otherwise(cell.str.slice(0, 10))
        .str.to_date("%Y-%m-%d", strict=False)
    )


def latest(cell: pl.Expr) -> pl.Expr:
    """The last day that an ISO date of any precision can mean."""
    first = earliest(cell)
    return (
        pl.when(cell.str.len_chars() == 4)
        .then(pl.date(first.dt.year(), 12, 31))
        .when(cell.str.len_chars() == 7)
        .then(first.dt.month_end())
        .otherwise(first)
    )


def _day(on: date | str) -> pl.Expr:
    return earliest(pl.col(on)) if isinstance(on, str) else pl.lit(on)


def _years(born: pl.Expr, on: pl.Expr) -> pl.Expr:
    """Completed years; someone born on 29 February completes a year on 1 March of a common year."""
    before = _month_and_day(on) < _month_and_day(born)
    return (on.dt.year() - born.dt.year() - before.cast(pl.Int32)).cast(pl.Float64)


def _month_and_day(day: pl.Expr) -> pl.Expr:
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day().cast(pl.Int32)


def _span(column: str, columns: frozenset[str], on: date | str, as_date: bool) -> tuple[pl.Expr, pl.Expr]:
    """The least and the greatest value that the cell can mean, as numbers."""
    cell = _cell(DERIVED.get(column, column), columns)
    if column == AGE:
        return _years(latest(cell), _day(on)), _years(earliest(cell), _day(on))
    if column == CAPTIVE_DAYS:
        low, high = (_day(on) - latest(cell)).dt.total_days(), (_day(on) - earliest(cell)).dt.total_days()
        return low.cast(pl.Float64), high.cast(pl.Float64)
    if as_date:
        return (
            earliest(cell).to_physical().cast(pl.Float64),
            latest(cell).to_physical().cast(pl.Float64),
        )
    if column == "rank_code":
        rank = cell.replace_strict(
            {r: float(i) for i, r in enumerate(RANKS)}, default=None, return_dtype=pl.Float64
        )
        return rank, rank
    number = cell.cast(pl.Float64, strict=False)
    return number, number


def bound_kind(column: str, bound: str) -> str:
    """`date`, `rank` or `number`: what a bound on this column is read as; empty if it can be none of them."""
    if column == "rank_code":
        return "rank" if bound in RANKS else ""
    try:
        date.fromisoformat(bound)
    except ValueError:
        pass
    else:
        return "" if column in DERIVED else "date"
    try:
        float(bound)
    except ValueError:
        return ""
    return "" if column in DATE_COLUMNS else "number"


def bound_value(column: str, bound: str) -> float:
    """A bound as a number: days since 1970 for dates, the place in `RANKS` for ranks."""
    match bound_kind(column, bound):
        case "rank":
            return float(RANKS.index(bound))
        case "date":
            return float((date.fromisoformat(bound) - date(1970, 1, 1)).days)
        case "number":
            return float(bound)
    raise ValueError(f"{bound} is no bound for {column}")


def _within(pred: Within, columns: frozenset[str], on: date | str) -> pl.Expr:
    bounds = [b for b in (pred.low, pred.high) if b is not None]
    as_date = any(bound_kind(pred.column, b) == "date" for b in bounds)
    least, most = _span(pred.column, columns, on, as_date)
    parts: list[pl.Expr] = []
    if pred.low is not None:
        low = bound_value(pred.column, pred.low)
        surely, never = (least >= low, most < low) if pred.low_in else (least > low, most <= low)
        parts.append(_three(surely, never))
    if pred.high is not None:
        high = bound_value(pred.column, pred.high)
        surely, never = (most <= high, least > high) if pred.high_in else (most < high, least >= high)
        parts.append(_three(surely, never))
    return pl.all_horizontal(*parts) if parts else _constant(True)


def _three(surely: pl.Expr, never: pl.Expr) -> pl.Expr:
    return pl.when(surely).then(True).when(never).then(False).otherwise(None)


def leaves(pred: Predicate) -> Iterator[Predicate]:
    """The comparisons of a predicate, each with the date on which it is judged, left to right."""
    match pred:
        case All(of=of) | Any(of=of):
            for part in of:
                yield from leaves(part)
        case Not(of=inner):
            yield from leaves(inner)
        case Judged(of=inner, day=day):
            for leaf in leaves(inner):
                yield leaf if isinstance(leaf, Judged) else Judged(leaf, day)
        case _:
            yield pred


def columns_of(pred: Predicate) -> tuple[str, ...]:
    """The register columns that a predicate reads, each once, in order (`age` reads `birth_date`)."""
    found: list[str] = []
    for leaf in leaves(pred):
        inner = leaf.of if isinstance(leaf, Judged) else leaf
        if isinstance(inner, Is | Within | Tagged | Known):
            found.append(DERIVED.get(inner.column, inner.column))
    return tuple(dict.fromkeys(found))


def missing(pred: Predicate, people: pl.DataFrame, on: date | str) -> pl.Series:
    """For each row the columns that would tell, joined by `, `; empty where the answer is known."""
    if people.height == 0:
        return pl.Series("missing", [], dtype=pl.Utf8)
    have = frozenset(people.columns)
    whole = expression(pred, have, on)
    names: dict[str, list[pl.Expr]] = {}
    for leaf in leaves(pred):
        for column in columns_of(leaf):
            names.setdefault(column, []).append(expression(leaf, have, on).is_null())
    words = [
        pl.when(pl.any_horizontal(*unknown)).then(pl.lit(column)).otherwise(None)
        for column, unknown in names.items()
    ]
    told = pl.concat_str(words, separator=", ", ignore_nulls=True) if words else pl.lit("")
    return people.select(pl.when(whole.is_null()).then(told).otherwise(pl.lit("")).alias("missing")).to_series()
