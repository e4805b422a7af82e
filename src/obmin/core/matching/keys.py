"""Keys: two people are compared if they share one. Each family forgives another kind of error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from obmin.core.matching.people import ROLES, Both, People, Word
from obmin.core.names.fold import roughest

LARGEST: Final = 4000  # pairs of one key above which it is dropped
EACH: Final = 5  # pairs a person that a family may propose; its largest keys are dropped beyond that
AT_LEAST: Final = 200_000  # pairs that a family may propose however short the lists are
MOSTLY: Final = 0.5  # share of people without a whole date from which names must do more
UNBOUNDED: Final = ("D", "N", "P")  # families that find people whom no other finds


def keys(both: Both) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The keys of both registers as frames (k, i) and (k, j), a key and a row number each, unique.

    Families: D whole date, also with day and month swapped; N service number; P pair of skeletons in any
    order; Y surname skeleton and year, also one off; M surname skeleton, day and month; G given name,
    patronymic and year; H given name, day and month; S surname skeleton; I the same and the given name's
    first; Q given name and patronymic. With one consonant less in a skeleton: X surname, given name's first
    and year; J surname and given name's first; C surname and given name. Where most people of a list have no
    whole date, also T what is sure to meet of the surname, and year; R the same of surname and given name in
    any order.
    """
    shapes = {role: _skeletons(both.vocabulary[role]) for role in ROLES}
    cuts = {role: _shorter(both.vocabulary[role]) for role in ("surname", "given")}
    rough: dict[str, pl.DataFrame] = {}
    if any((people.birth % 100 == 0).mean() > MOSTLY for people in (both.left, both.right)):
        rough = {role: _roughest(both.vocabulary[role]) for role in ("surname", "given")}
    most = max(EACH * (len(both.left) + len(both.right)) // 2, AT_LEAST)
    left = _families(both.left, shapes, cuts, rough, lenient=True)
    right = _families(both.right, shapes, cuts, rough, lenient=False)
    kept = [_worth(a, b, most) for a, b in zip(left, right, strict=True)]  # one family in memory at a time
    found = [pl.concat([pair[side] for pair in kept]) for side in (0, 1)]
    return found[0].rename({"row": "i"}).sort("k", "i"), found[1].rename({"row": "j"}).sort("k", "j")


def _worth(left: pl.DataFrame, right: pl.DataFrame, most: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A family's keys that both sides have, the smallest of them up to `most` pairs in all."""
    left, right = left.join(right, on="k", how="semi").unique(), right.join(left, on="k", how="semi").unique()
    sizes = left.group_by("k").len("a").join(right.group_by("k").len("b"), on="k")
    sizes = sizes.select("k", pairs=pl.col("a").cast(pl.Int64) * pl.col("b"))
    sizes = sizes.filter(pl.col("pairs") <= LARGEST).sort("pairs", "k")
    if sizes.height and sizes["k"][0][0] not in UNBOUNDED:
        sizes = sizes.filter(pl.col("pairs").cum_sum() <= most)
    return left.join(sizes, on="k", how="semi"), right.join(sizes, on="k", how="semi")


def _skeletons(words: tuple[Word, ...]) -> pl.DataFrame:
    pairs = [(at, shape) for at, word in enumerate(words) for shape in word.skeletons]
    return pl.DataFrame(pairs, schema={"word": pl.Int64, "shape": pl.String}, orient="row")


def _shorter(words: tuple[Word, ...]) -> pl.DataFrame:
    pairs = sorted(
        {
            (at, shape[:cut] + shape[cut + 1 :])
            for at, word in enumerate(words)
            for shape in word.skeletons[:2]
            if len(shape) >= 4
            for cut in range(len(shape))
        }
        | {(at, shape) for at, word in enumerate(words) for shape in word.skeletons[:2] if len(shape) >= 1}
    )
    return pl.DataFrame(pairs, schema={"word": pl.Int64, "shape": pl.String}, orient="row")


def _roughest(words: tuple[Word, ...]) -> pl.DataFrame:
    pairs = {(at, form) for at, word in enumerate(words) for text in word.fine[:2] for form in roughest(text)}
    return pl.DataFrame(sorted(pairs), schema={"word": pl.Int64, "shape": pl.String}, orient="row")


def _families(
    people: People,
    shapes: dict[str, pl.DataFrame],
    cuts: dict[str, pl.DataFrame],
    rough: dict[str, pl.DataFrame],
    *,
    lenient: bool,
) -> Iterator[pl.DataFrame]:
    """The keys of one side, a family at a time; `lenient` also makes those of a slip in the date."""
    base = pl.DataFrame(
        {
            "row": range(len(people)),
            **{role: people.words[role] for role in ROLES},
            "birth": people.birth,
            "number": pl.Series(people.number, dtype=pl.String),
        },
        schema_overrides={"row": pl.Int64},
    ).with_columns(y=pl.col("birth") // 10000, m=pl.col("birth") // 100 % 100, d=pl.col("birth") % 100)

    def shaped(frame: pl.DataFrame, role: str, name: str, of: dict[str, pl.DataFrame] = shapes) -> pl.DataFrame:
        return frame.join(of[role].rename({"shape": name}), left_on=role, right_on="word")

    dated, whole, slipped = pl.col("y") > 0, pl.col("d") > 0, [1, -1] if lenient else []
    surname, given = shaped(base, "surname", "s"), shaped(base, "given", "g")
    first = pl.col("g").str.head(1)
    days = [_keyed(base.filter(whole), "D", pl.col("birth"))]
    if lenient:
        swapped = base.filter(whole & (pl.col("d") <= 12) & (pl.col("d") != pl.col("m")))
        days.append(_keyed(swapped, "D", pl.col("y") * 10000 + pl.col("d") * 100 + pl.col("m")))
    yield pl.concat(days)
    yield _keyed(base.filter(pl.col("number").is_not_null()), "N", pl.col("number"))
    years = surname.filter(dated)
    yield pl.concat([_keyed(years, "Y", pl.col("s"), pl.col("y") + off) for off in (0, *slipped)])
    yield _keyed(surname.filter(whole), "M", pl.col("s"), pl.col("birth") % 10000)
    yield _keyed(surname, "S", pl.col("s"))
    yield _keyed(given.filter(whole), "H", pl.col("g"), pl.col("birth") % 10000)
    full = shaped(given, "patronymic", "p")
    yield _keyed(full.filter(dated), "G", pl.col("g"), pl.col("p"), pl.col("y"))
    yield _keyed(full, "Q", pl.col("g"), pl.col("p"))
    both = shaped(surname, "given", "g")
    yield _keyed(both, "P", pl.min_horizontal("s", "g"), pl.max_horizontal("s", "g"))
    yield _keyed(both, "I", pl.col("s"), first)
    both = shaped(shaped(base, "surname", "s", cuts), "given", "g")
    yield _keyed(both.filter(dated), "X", pl.col("s"), first, pl.col("y"))
    yield _keyed(both, "J", pl.col("s"), first)
    yield _keyed(shaped(shaped(base, "surname", "s", cuts), "given", "g", cuts), "C", pl.col("s"), pl.col("g"))
    if rough:
        surname = shaped(base, "surname", "s", rough)
        yield _keyed(surname.filter(dated), "T", pl.col("s"), pl.col("y"))
        both = shaped(surname, "given", "g", rough)
        yield _keyed(both, "R", pl.min_horizontal("s", "g"), pl.max_horizontal("s", "g"))


def _keyed(frame: pl.DataFrame, family: str, *values: pl.Expr) -> pl.DataFrame:
    return frame.select(k=pl.concat_str([pl.lit(family), *values], separator="|"), row=pl.col("row"))
