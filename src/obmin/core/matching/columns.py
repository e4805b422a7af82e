"""Columns that nobody described, if both lists have them: an address, a place, a trade, a mark.

They count for as much as these two lists show. Nothing is shipped for them: until weights are learned they
say nothing, and a column that agrees by chance alone is learned to say nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from obmin.core.matching.levels import UNKNOWN, Floats, Ints, Levels
from obmin.core.matching.weights import Field
from obmin.core.names.fold import coarse, readings
from obmin.core.names.sounds import Spelt, alike, spelt

LEVELS: Final = ("other", "close", "same")
SAME: Final = 2
CLOSE: Final = 0.75  # likeness of two values from which they are close
KNOWN: Final = 0.02  # share of rows that must have a value
COMMONEST: Final = 0.98  # share of rows above which a value tells nobody from anybody
MET: Final = 0.02  # share of the rows whose value the other list has too: below it two sets of numbers
TIED: Final = 0.1  # share of pairs agreeing in one column that agree in another too: the two are not separate
FEW: Final = 10  # pairs that show it
MOST: Final = 12  # columns compared, those of most values
# What is about a case and not about a person, and what belongs to one list alone.
LEFT_OUT: Final = frozenset(
    {"id", "line", "row", "number", "source", "note", "notes", "remark", "health", "fitness", "fitness_until",
     "judicial", "dp_consent", "own_consent", "will", "will_on", "category"}
)  # fmt: skip
_DIGITS: Final = re.compile(r"\d+")
_WORDS: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A shared column: the number of the value in each row of either list, -1 if unknown; how values are spelt.

    `share` is, for each value, the share of other people who have it, the larger of both lists; `chance` that
    two people drawn by chance, one of each list, have the same.
    """

    name: str
    left: Ints
    right: Ints
    spellings: Spelt
    share: Floats
    chance: float


def columns(left: pl.DataFrame, right: pl.DataFrame, described: frozenset[str]) -> tuple[Column, ...]:
    """The columns that both frames have beside the `described` ones and are worth comparing, by name."""
    names = sorted(set(left.columns) & set(right.columns) - described - LEFT_OUT)
    found = [_column(name, left[name], right[name]) for name in names if not name.endswith("_id")]
    worth = [column for column in found if column is not None]
    worth.sort(key=lambda column: (-len(column.share), column.name))
    return tuple(sorted(worth[:MOST], key=lambda column: column.name))


def compare_column(column: Column, i: Ints, j: Ints) -> Levels:
    """The level of each pair (i, j) in LEVELS; -1 where either side is unknown."""
    a, b = column.left[i], column.right[j]
    found = np.full(len(i), UNKNOWN, dtype=np.int8)
    known = (a >= 0) & (b >= 0)
    width = len(column.share)
    codes, place = np.unique(a[known] * width + b[known], return_inverse=True)
    near = alike(column.spellings, codes // width, codes % width)
    levels = np.where(near >= 1.0, SAME, np.where(near >= CLOSE, 1, 0)).astype(np.int8)
    found[known] = levels[place]
    return found


def value_share(column: Column, i: Ints, j: Ints) -> Floats:
    """The share of other people who have the value, for each pair: the larger of the two values'."""
    share = np.append(column.share, 0.0)
    return np.asarray(np.maximum(share[column.left[i]], share[column.right[j]]))


def as_field(column: Column) -> Field:
    """The column as a field whose levels say nothing yet."""
    chances = (0.98 * (1.0 - column.chance), 0.02 * (1.0 - column.chance), max(column.chance, 1e-7))
    return Field(column.name, LEVELS, chances, chances)


def beside(fields: Sequence[Field], levels: Mapping[str, Levels]) -> dict[str, str]:
    """For a column, that of the fields before it with whose agreement its own agreement comes among strangers.

    Two columns that say the same, a town and its postcode, must not count twice. `levels` are those of pairs
    drawn by chance; only the last level of a field is agreement.
    """
    found = {}
    same = {field.name: levels[field.name] == len(field.levels) - 1 for field in fields}
    for at, field in enumerate(fields):
        known = levels[field.name] >= 0
        usual = float(same[field.name].sum()) / max(int(known.sum()), 1)
        best = max(TIED, 3.0 * usual)
        for other in fields[:at]:
            both = known & same[other.name]
            share = float(same[field.name][both].mean()) if both.sum() >= FEW else 0.0
            if share > best:
                best, found[field.name] = share, other.name
    return found


def split_field(field: Field, by: Field) -> Field:
    """The field with levels of its own for pairs that agree in `by`: the old levels, then those."""
    levels = (*field.levels, *(f"{level}, with the same {by.name}" for level in field.levels))
    return Field(field.name, levels, field.m * 2, field.u * 2, blocks=2)


def split_levels(field: Field, levels: Levels, by: Field, agreed: Levels) -> Levels:
    """Levels of a field as those of `split_field`."""
    beside_same = (levels >= 0) & (agreed == len(by.levels) - 1)
    return np.where(beside_same, levels + len(field.levels), levels).astype(np.int8)


def spelling(text: str) -> tuple[str, ...]:
    """A value of any kind and script as it is compared: its sounds, then its digits.

    >>> spelling("Stanley St., 8") == spelling("stanley st 8")
    True
    """
    plain = " ".join(sorted(unicodedata.normalize("NFKC", text).split(";")))
    digits = "".join(str(int(digit)) for number in _DIGITS.findall(plain) for digit in number)
    sounds: list[str] = [""]
    for word in _WORDS.findall(plain):
        said = list(dict.fromkeys(map(coarse, readings(word))))[:2] or [""]
        sounds = [before + each for before in sounds for each in said][:4]
    return tuple(dict.fromkeys(found for sound in sounds if (found := sound + digits)))


def _column(name: str, left: pl.Series, right: pl.Series) -> Column | None:
    sides = [
        side.cast(pl.String).str.strip_chars().str.to_lowercase().replace("", None) for side in (left, right)
    ]
    known = [side.drop_nulls() for side in sides]
    if any(len(each) < max(KNOWN * len(side), 2) for each, side in zip(known, sides, strict=True)):
        return None
    values = pl.concat(known).unique().sort().to_list()
    written = [spelling(value) for value in values]
    number = {value: at for at, (value, forms) in enumerate(zip(values, written, strict=True)) if forms}
    codes = [np.asarray([number.get(value, -1) for value in side], dtype=np.int64) for side in sides]
    counts = [np.bincount(each[each >= 0], minlength=len(values)).astype(np.float64) for each in codes]
    kin = _kin(written)
    alike_counts = [np.bincount(kin[0], weights=count[kin[1]], minlength=len(values)) for count in counts]
    totals = [max(float(count.sum()), 1.0) for count in counts]
    commonest, met, shares = [], [], []
    for own, other, kin_count, total in zip(counts, reversed(alike_counts), alike_counts, totals, strict=True):
        commonest.append(float(kin_count.max(initial=0.0)) / total)
        met.append(float((own * (other > 0)).sum()) / total)
        shares.append((np.maximum(kin_count - 1.0, 0.0) + 0.5) / (total + 1.0))
    if min(commonest) > COMMONEST or max(met) < MET:
        return None
    share = np.maximum(*shares)
    chance = float(counts[0] @ alike_counts[1]) / (totals[0] * totals[1])
    return Column(name, codes[0], codes[1], spelt(written), share, chance)


def _kin(written: list[tuple[str, ...]]) -> tuple[Ints, Ints]:
    """The pairs of values, by number, that have a spelling in common; each value with itself."""
    forms = pl.DataFrame(
        [(at, form) for at, forms in enumerate(written) for form in forms],
        schema={"value": pl.Int64, "form": pl.String},
        orient="row",
    )
    pairs = forms.join(forms.rename({"value": "other"}), on="form").select("value", "other").unique()
    return pairs["value"].to_numpy(), pairs["other"].to_numpy()
