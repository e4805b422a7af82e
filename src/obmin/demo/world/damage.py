"""What goes wrong on paper: slips of the pen in names and numbers, and dates half known or turned round."""

from __future__ import annotations

import numpy as np
import polars as pl

from obmin.demo.world.stock import Flags, Ints

_CYRILLIC = "абвгдежзийклмнопрстухчшюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


def slip(word: str, rng: np.random.Generator) -> str:
    """One slip: a letter changed, dropped, doubled, or two turned round. The first letter stays."""
    if len(word) < 4:
        return word
    at = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(0, 4))
    if kind == 0:
        letters = _LATIN if word[at].isascii() else _CYRILLIC
        return word[:at] + letters[int(rng.integers(0, len(letters)))] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def wrong_digit(number: str, rng: np.random.Generator) -> str:
    """The number with one of its last six digits another."""
    at = len(number) - 1 - int(rng.integers(0, 6))
    digit = (int(number[at]) + int(rng.integers(1, 10))) % 10
    return number[:at] + str(digit) + number[at + 1 :]


def slips(words: pl.Series, where: Flags, rng: np.random.Generator) -> pl.Series:
    return _changed(words, where, rng, slip)


def wrong_digits(numbers: pl.Series, where: Flags, rng: np.random.Generator) -> pl.Series:
    return _changed(numbers, where, rng, wrong_digit)


def _changed(column: pl.Series, where: Flags, rng: np.random.Generator, change: object) -> pl.Series:
    at = np.flatnonzero(where & column.is_not_null().to_numpy())
    old = column.gather(at).to_list()
    assert callable(change)
    new = pl.Series([change(text, rng) for text in old], dtype=pl.Utf8)
    return column.scatter(at, new) if len(at) else column


def iso(days: Ints) -> pl.Series:
    """Days since 1970-01-01 as ISO dates; a negative number stays a date before 1970."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date).cast(pl.Utf8)


def birth_dates(days: Ints, fault: dict[str, Flags], rng: np.random.Generator) -> pl.Series:
    """Birth dates as written: `fault` holds the rows for date_missing, _year_only, _swapped, _wrong_year."""
    frame = pl.DataFrame({"day": pl.Series(days.astype(np.int32)).cast(pl.Date)})
    shift = np.where(
        fault["date_wrong_year"], rng.choice([-2, -1, 1, 10], len(days), p=[0.15, 0.4, 0.35, 0.1]), 0
    )
    frame = frame.with_columns(
        shift=pl.Series(shift),
        swap=pl.Series(fault["date_swapped"]),
        short=pl.Series(fault["date_year_only"]),
        gone=pl.Series(fault["date_missing"]),
    )
    year = (pl.col("day").dt.year() + pl.col("shift")).cast(pl.Utf8)
    # nobody is born on 29 February of a common year because a clerk slipped
    month, day = pl.col("day").dt.month(), pl.col("day").dt.day()
    leap = (month == 2) & (day == 29) & (pl.col("shift") != 0)
    day = pl.when(leap).then(28).otherwise(day)
    turned = pl.col("swap") & (day <= 12)
    two = (pl.when(turned).then(day).otherwise(month), pl.when(turned).then(month).otherwise(day))
    whole = pl.format("{}-{}-{}", year, *(part.cast(pl.Utf8).str.zfill(2) for part in two))
    text = pl.when(pl.col("gone")).then(None).when(pl.col("short")).then(year).otherwise(whole)
    return frame.select(text.alias("birth_date"))["birth_date"]
