"""Keys: two people are compared if they share one. Each family forgives another kind of error."""

from __future__ import annotations

from typing import Final

import polars as pl

from obmin.core.matching.people import Both, People, Word
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
    patronymic and year; H given name, day and month; X surname skeleton less one consonant, given name's
    first and year; S surname skeleton. Where most people of a list have no whole date, also T what is sure to
    meet of the surname, and year; R the same of surname and given name in any order.
    """
    shapes = {role: _skeletons(both.vocabulary[role]) for role in ("surname", "given", "patronymic")}
    left = _side(both.left, shapes, both.vocabulary["surname"], lenient=True)
    right = _side(both.right, shapes, both.vocabulary["surname"], lenient=False)
    if any((people.birth % 100 == 0).mean() > MOSTLY for people in (both.left, both.right)):
        rough = {role: _roughest(both.vocabulary[role]) for role in ("surname", "given")}
        left = pl.concat([left, *_rough(both.left, rough)]).unique(maintain_order=False)
        right = pl.concat([right, *_rough(both.right, rough)]).unique(maintain_order=False)
    left, right = left.rename({"row": "i"}), right.rename({"row": "j"})
    most = max(EACH * (len(both.left) + len(both.right)) // 2, AT_LEAST)
    kept = _worth(left, right, most)
    return left.join(kept, on="k", how="semi").sort("k", "i"), right.join(kept, on="k", how="semi").sort(
        "k", "j"
    )


def _worth(left: pl.DataFrame, right: pl.DataFrame, most: int) -> pl.DataFrame:
    """The keys that both sides have, of each family the smallest up to `most` pairs in all."""
    sizes = left.group_by("k").len("a").join(right.group_by("k").len("b"), on="k")
    sizes = sizes.select("k", family=pl.col("k").str.head(1), pairs=pl.col("a").cast(pl.Int64) * pl.col("b"))
    sizes = sizes.filter(pl.col("pairs") <= LARGEST).sort("family", "pairs", "k")
    within = pl.col("pairs").cum_sum().over("family") <= most
    return sizes.filter(within | pl.col("family").is_in(UNBOUNDED)).select("k")


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
        | {(at, shape) for at, word in enumerate(words) for shape in word.skeletons[:2] if len(shape) >= 3}
    )
    return pl.DataFrame(pairs, schema={"word": pl.Int64, "shape": pl.String}, orient="row")


def _roughest(words: tuple[Word, ...]) -> pl.DataFrame:
    pairs = {(at, form) for at, word in enumerate(words) for text in word.fine[:2] for form in roughest(text)}
    return pl.DataFrame(sorted(pairs), schema={"word": pl.Int64, "shape": pl.String}, orient="row")


def _rough(people: People, rough: dict[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Families T and R of one side."""
    base = pl.DataFrame(
        {"row": range(len(people)), **{role: people.words[role] for role in rough}, "y": people.birth // 10000},
        schema_overrides={"row": pl.Int64},
    )
    surname = base.join(rough["surname"].rename({"shape": "s"}), left_on="surname", right_on="word")
    whole = surname.join(rough["given"].rename({"shape": "g"}), left_on="given", right_on="word")
    return [
        _keyed(surname.filter(pl.col("y") > 0), "T", pl.col("s"), pl.col("y")),
        _keyed(whole, "R", pl.min_horizontal("s", "g"), pl.max_horizontal("s", "g")),
    ]


def _side(
    people: People, shapes: dict[str, pl.DataFrame], surnames: tuple[Word, ...], *, lenient: bool
) -> pl.DataFrame:
    base = pl.DataFrame(
        {
            "row": range(len(people)),
            **{role: people.words[role] for role in ("surname", "given", "patronymic")},
            "birth": people.birth,
            "number": pl.Series(people.number, dtype=pl.String),
        },
        schema_overrides={"row": pl.Int64},
    ).with_columns(y=pl.col("birth") // 10000, m=pl.col("birth") // 100 % 100, d=pl.col("birth") % 100)

    def shaped(frame: pl.DataFrame, role: str, name: str) -> pl.DataFrame:
        return frame.join(shapes[role].rename({"shape": name}), left_on=role, right_on="word")

    dated, whole = base.filter(pl.col("y") > 0), base.filter(pl.col("d") > 0)
    surname = shaped(base, "surname", "s")
    by_year, by_day = surname.filter(pl.col("y") > 0), surname.filter(pl.col("d") > 0)
    full = shaped(shaped(dated, "given", "g"), "patronymic", "p")
    given_day = shaped(whole, "given", "g")
    cut = dated.join(_shorter(surnames), left_on="surname", right_on="word")
    cut = cut.join(
        shapes["given"].select("word", first=pl.col("shape").str.head(1)).unique(),
        left_on="given",
        right_on="word",
    )
    both = shaped(surname, "given", "g")
    low, high = pl.min_horizontal("s", "g"), pl.max_horizontal("s", "g")
    families = [
        _keyed(whole, "D", pl.col("birth")),
        _keyed(base.filter(pl.col("number").is_not_null()), "N", pl.col("number")),
        _keyed(both, "P", low, high),
        _keyed(by_year, "Y", pl.col("s"), pl.col("y")),
        _keyed(by_day, "M", pl.col("s"), pl.col("birth") % 10000),
        _keyed(full, "G", pl.col("g"), pl.col("p"), pl.col("y")),
        _keyed(given_day, "H", pl.col("g"), pl.col("birth") % 10000),
        _keyed(cut, "X", pl.col("shape"), pl.col("first"), pl.col("y")),
        _keyed(surname, "S", pl.col("s")),
    ]
    if lenient:
        swapped = whole.filter((pl.col("d") <= 12) & (pl.col("d") != pl.col("m")))
        families += [
            _keyed(swapped, "D", pl.col("y") * 10000 + pl.col("d") * 100 + pl.col("m")),
            _keyed(by_year, "Y", pl.col("s"), pl.col("y") + 1),
            _keyed(by_year, "Y", pl.col("s"), pl.col("y") - 1),
        ]
    return pl.concat(families).unique(maintain_order=False)


def _keyed(frame: pl.DataFrame, family: str, *values: pl.Expr) -> pl.DataFrame:
    return frame.select(k=pl.concat_str([pl.lit(family), *values], separator="|"), row=pl.col("row"))
