"""How the people of a nation stand in a register: whom its own side seeks, whom the other side holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from obmin.core.person import COLUMNS
from obmin.demo.world.damage import birth_dates, iso, slips, wrong_digits
from obmin.demo.world.population import CATEGORIES, STORY_DAY, Nation, draw, exact
from obmin.demo.world.spelling import HABITS, latin
from obmin.demo.world.stock import CYRILLIC, Flags, Ints, Words, rows


@dataclass(frozen=True, slots=True)
class Book:
    """One register being written: `people` are numbers in the nation, in the order of the rows."""

    nation: Nation
    people: Ints
    styles: tuple[str, ...]  # all spellings in use
    style: Ints  # which of them each row's clerk has
    fault: dict[str, Flags]
    rng: np.random.Generator
    shares: dict[str, Any]

    @property
    def size(self) -> int:
        return len(self.people)

    def spelled(self, words: Words, numbers: Ints) -> pl.Series:
        """The words with these numbers (-1 gives null), each in its row's spelling."""
        out = pl.Series([None] * self.size, dtype=pl.Utf8)
        for i, style in enumerate(self.styles):
            at = np.flatnonzero((self.style == i) & (numbers >= 0))
            if len(at):
                wanted = np.unique(numbers[at])
                out = out.scatter(at, words.spelled(style, wanted).gather(numbers[at]))
        return out

    def phrases(self, pairs: list[tuple[str, str]], numbers: Ints) -> pl.Series:
        """Short texts known in Ukrainian and Russian, in each row's spelling."""
        uk, ru = [p[0] for p in pairs], [p[1] for p in pairs]
        out = pl.Series([None] * self.size, dtype=pl.Utf8)
        for i, style in enumerate(self.styles):
            at = np.flatnonzero((self.style == i) & (numbers >= 0))
            if len(at):
                texts = (uk if style != "ru" else ru) if style in CYRILLIC else _latin_phrases(uk, ru, style)
                out = out.scatter(at, pl.Series(texts, dtype=pl.Utf8).gather(numbers[at]))
        return out

    def lost(self, column: pl.Series, fault: str) -> pl.Series:
        return column.zip_with(~pl.Series(self.fault[fault]), pl.Series([None] * self.size, dtype=pl.Utf8))


def _latin_phrases(uk: list[str], ru: list[str], style: str) -> list[str]:
    source = uk if HABITS[style][0] == "uk" else ru
    return [" ".join(latin(word, style) for word in text.split()) for text in source]


def _identifiers(prefix: str, size: int, rng: np.random.Generator) -> pl.Series:
    """Random, so that no number tells how many there are."""
    return prefix + pl.Series(rng.choice(10**8, size, replace=False, shuffle=True)).cast(pl.Utf8).str.zfill(8)


def service_numbers(nation: Nation, rng: np.random.Generator) -> pl.Series:
    """One invented number for each person: a made-up letter pair and seven digits."""
    letters = pl.Series(["ЇЖ", "ЇЩ", "ЇЮ"] if nation.code == "UKR" else ["ЫЖ", "ЫЩ", "ЫЭ"])
    head = letters.gather(rng.integers(0, 3, len(nation)))
    return (
        head
        + "-"
        + pl.Series(rng.choice(10**7, len(nation), replace=False, shuffle=True)).cast(pl.Utf8).str.zfill(7)
    )


_NUMBER_LATIN = {"Ї": "Y", "Ы": "Y", "Ж": "ZH", "Щ": "SHCH", "Ю": "YU", "Э": "E"}


def open_book(
    nation: Nation,
    people: Ints,
    *,
    latin_side: bool,
    kind: str,
    rng: np.random.Generator,
    shares: dict[str, Any],
) -> Book:
    faults = shares["faults"][("latin_" if latin_side else "native_") + kind]
    fault = {name: rng.random(len(people)) < share for name, share in faults.items()}
    if latin_side:
        habits = shares["habits"][nation.code]
    else:
        habits = {"uk": 1.0} if nation.code == "UKR" else shares["cyrillic"]["RUS"]
    return Book(
        nation, people, tuple(habits), draw(rng, list(habits.values()), len(people)), fault, rng, shares
    )


def identity(book: Book, numbers: pl.Series, *, latin_side: bool) -> pl.DataFrame:
    """The columns that say who somebody is."""
    nation, people, rng = book.nation, book.people, book.rng
    women = nation.female[people]
    surname = book.spelled(nation.surname_words, nation.surname[people])
    of_men = book.spelled(nation.men, np.where(women, -1, nation.given[people]))
    of_women = book.spelled(nation.women, np.where(women, nation.given[people], -1))
    given = of_men.fill_null(of_women)
    patronymic = book.lost(
        book.spelled(nation.patronymic_words, nation.patronymic[people]), "patronymic_missing"
    )
    at_surname = rng.random(book.size) < 0.7
    surname = slips(surname, book.fault["typo"] & at_surname, rng)
    given = slips(given, book.fault["typo"] & ~at_surname, rng)
    turned = pl.Series(book.fault["parts_swapped"])
    surname, given = given.zip_with(turned, surname), surname.zip_with(turned, given)
    frame = pl.DataFrame({"surname": surname, "given": given, "patronymic": patronymic})
    if latin_side:
        loud = pl.Series(book.fault["capitals"])
        frame = frame.with_columns(
            pl.when(loud)
            .then(pl.col("surname").str.to_uppercase())
            .otherwise(pl.col("surname"))
            .alias("surname")
        )
    frame = frame.with_columns(
        name=pl.concat_str(["surname", "given", "patronymic"], separator=" ", ignore_nulls=True)
    )
    bare = pl.Series(book.fault["only_name"])
    frame = frame.with_columns(
        [pl.when(bare).then(None).otherwise(pl.col(c)).alias(c) for c in ("surname", "given", "patronymic")]
    )
    number = numbers.gather(people)
    if latin_side:
        number = number.str.replace_many(_NUMBER_LATIN)
    number = wrong_digits(book.lost(number, "number_missing"), book.fault["number_typo"], rng)
    soldier = pl.Series(nation.category[people] != CATEGORIES.index("civilian"))
    return frame.with_columns(
        birth_date=birth_dates(nation.born[people], book.fault, rng),
        sex=pl.Series(np.where(women, "2", "1").tolist(), dtype=pl.Utf8),
        service_number=number.zip_with(soldier, pl.Series([None] * book.size, dtype=pl.Utf8)),
    )


def service(book: Book, *, capture_known: bool) -> pl.DataFrame:
    """Rank, unit, branch, region, citizenship, track and day of capture."""
    nation, people, rng, shares = book.nation, book.people, book.rng, book.shares
    ranks = rows(shares["ranks"][nation.code], "|")
    rank = nation.rank[people]
    # somebody promoted since, or remembered at the rank before
    moved = np.clip(
        rank + np.where(rng.random(book.size) < 0.03, rng.choice([-1, 1], book.size), 0), 0, len(ranks) - 1
    )
    rank = np.where(rank < 0, -1, moved)
    rank = np.where(book.fault["rank_missing"], -1, rank)
    words = [(r[0], r[0]) for r in ranks]
    if nation.code == "RUS":
        words = [(_UKRAINIAN_RANK.get(r[0], r[0]), r[0]) for r in ranks]
    else:
        words = [(r[0], _RUSSIAN_RANK.get(r[0], r[0])) for r in ranks]
    codes = pl.Series([r[1] for r in ranks], dtype=pl.Utf8)
    branches = [(r[0], r[1]) for r in rows(shares["branches"][nation.code], "|")]
    regions = [(r[0], r[1]) for r in rows(shares["regions"][nation.code], "|")]
    unit = shares["units"][nation.code]
    style = draw(rng, [0.6, 0.4], book.size)
    span = unit["last"] - unit["first"] + 1
    units = [
        (f"{n} {unit['uk'][form]}", f"{n} {unit['ru'][form]}")
        for form in (0, 1)
        for n in range(unit["first"], unit["last"] + 1)
    ]
    number = nation.unit[people]
    unit_at = np.where((number < 0) | book.fault["unit_missing"], -1, number - unit["first"] + span * style)
    foreign = shares["foreign"][nation.code]
    taken = nation.taken[people] + np.where(
        book.fault["captured_shift"], np.rint(rng.normal(0, 3.0 if not capture_known else 1.0, book.size)), 0
    ).astype(np.int64)
    return pl.DataFrame(
        {
            "rank": book.phrases(words, rank),
            "rank_code": codes.gather(np.maximum(rank, 0)).zip_with(
                pl.Series(rank >= 0), pl.Series([None] * book.size, dtype=pl.Utf8)
            ),
            "unit": book.phrases(units, unit_at),
            "branch": book.phrases(branches, nation.branch[people]),
            "region": book.lost(book.phrases(regions, nation.region[people]), "region_missing"),
            "citizenship": pl.Series([nation.code, *foreign["codes"]]).gather(nation.country[people]),
            # only a holder can doubt somebody's status; their own side knows it
            "category": pl.Series(CATEGORIES if capture_known else (*CATEGORIES[:3], "military")).gather(
                nation.category[people]
            ),
            "captured_on": book.lost(iso(np.minimum(taken, STORY_DAY - 5)), "captured_missing"),
        }
    )


_UKRAINIAN_RANK = {
    "рядовой": "рядовий",
    "ефрейтор": "єфрейтор",
    "младший сержант": "молодший сержант",
    "старший сержант": "старший сержант",
    "младший лейтенант": "молодший лейтенант",
    "капитан": "капітан",
    "подполковник": "підполковник",
}
_RUSSIAN_RANK = {
    "молодший сержант": "младший сержант",
    "головний сержант": "главный сержант",
    "майстер-сержант": "мастер-сержант",
    "молодший лейтенант": "младший лейтенант",
    "капітан": "капитан",
    "підполковник": "подполковник",
}


def condition(book: Book, side: str) -> pl.DataFrame:
    """What only the holder knows: place, health, fitness, courts, will. Claims, as every register cell is."""
    shares, rng, size = book.shares, book.rng, book.size
    nothing = pl.Series([None] * size, dtype=pl.Utf8)
    states = list(shares["health"])
    health = exact(rng, shares["health"], size)
    fit_words = ["seated", "assisted", "stretcher", "intensive", "unfit", "exam-refused", "unknown"]
    fit = np.zeros(size, dtype=np.int64)
    for i, state in enumerate(states):
        at = np.flatnonzero(health == i)
        spread = {w: shares["fitness"][state].get(w, 0.0) for w in fit_words}
        fit[at] = exact(rng, spread, len(at))
    until = STORY_DAY + rng.integers(10, 16, size)
    until = np.where(fit == 4, STORY_DAY + rng.integers(20, 90, size), until)
    judicial = draw(rng, list(shares["judicial"].values()), size)
    tried = pl.Series(judicial >= 2)

    def coded(words: list[str], at: Ints) -> pl.Series:
        return pl.Series(words, dtype=pl.Utf8).gather(at)

    def consent(key: str) -> pl.Series:
        return coded(list(shares[key]), draw(rng, list(shares[key].values()), size)).zip_with(tried, nothing)

    will = draw(rng, list(shares["will"].values()), size)
    places = [f"{side}-{chr(65 + i)}{(i * 37 + 11) % 90 + 10}" for i in range(shares["facilities"])]
    place = draw(rng, 1.0 / np.arange(2.0, len(places) + 2.0), size)
    return pl.DataFrame(
        {
            "facility": coded(places, place),
            "health": coded(states, health),
            "fitness": coded(fit_words, fit),
            "fitness_until": iso(until).zip_with(pl.Series(fit <= 4), nothing),
            "judicial": coded(list(shares["judicial"]), judicial),
            "dp_consent": consent("dp_consent"),
            "own_consent": consent("own_consent"),
            "will": coded(list(shares["will"]), will),
            "will_on": iso(STORY_DAY + rng.integers(2, 6, size)).zip_with(pl.Series(will < 3), nothing),
        }
    )


def ties(book: Book, prefix: str, *, squads: bool) -> pl.DataFrame:
    """`group` (only those that are really together in this register) and `tags`."""
    nation, people = book.nation, book.people
    group = nation.group[people] if squads else np.where(nation.batch[people] >= 0, -1, nation.group[people])
    numbers, counts = np.unique(group[group >= 0], return_counts=True)
    group = np.where(np.isin(group, numbers[counts > 1]), group, -1)
    nothing = pl.Series([None] * book.size, dtype=pl.Utf8)
    label = (prefix + pl.Series(group).cast(pl.Utf8).str.zfill(4)).zip_with(pl.Series(group >= 0), nothing)
    batch = nation.batch[people] if squads else np.full(book.size, -1)
    with_whom = ("captured-with:" + prefix + pl.Series(batch).cast(pl.Utf8).str.zfill(4)).zip_with(
        pl.Series(batch >= 0), nothing
    )
    siege, battalion = _siege(nation, book.shares)
    first = (
        pl.Series(["mariupol"])
        .gather(np.zeros(book.size, dtype=np.int64))
        .zip_with(pl.Series(siege[people]), nothing)
    )
    second = (
        pl.Series(["azov"])
        .gather(np.zeros(book.size, dtype=np.int64))
        .zip_with(pl.Series(battalion[people]), nothing)
    )
    frame = pl.DataFrame({"group": label, "a": second, "b": first, "c": with_whom})
    tags = pl.concat_str(["a", "b", "c"], separator=";", ignore_nulls=True)
    return frame.select("group", pl.when(tags == "").then(None).otherwise(tags).alias("tags"))


def _siege(nation: Nation, shares: dict[str, Any]) -> tuple[Flags, Flags]:
    """Those taken at Mariupol in spring 2022, and of them those of Azov. By unit, so a fact of the person."""
    capture = shares["capture"][nation.code]
    if "mariupol" not in capture:
        none = np.zeros(len(nation), dtype=bool)
        return none, none
    start, end = (int(np.datetime64(d, "D").astype(np.int64)) for d in ("2022-04-01", "2022-06-01"))
    spring = (nation.taken >= start) & (nation.taken < end) & (nation.unit >= 0)
    siege = spring & (nation.unit * 7919 % 100 < 100 * capture["mariupol"])
    return siege, siege & (nation.unit * 6271 % 100 < 100 * capture["azov"])


def write(
    nation: Nation,
    people: Ints,
    numbers: pl.Series,
    *,
    side: str,
    kind: str,
    rng: np.random.Generator,
    shares: dict[str, Any],
) -> pl.DataFrame:
    """One register of `side`: `kind` is held or sought. Rows follow `people`."""
    latin_side = side == "RUS"
    book = open_book(nation, people, latin_side=latin_side, kind=kind, rng=rng, shares=shares)
    letter = "H" if kind == "held" else "S"
    parts: list[pl.DataFrame] = [
        pl.DataFrame({"id": _identifiers(f"{side[0]}{letter}-", book.size, rng)}),
        identity(book, numbers, latin_side=latin_side),
        service(book, capture_known=kind == "held"),
        ties(book, f"{side[0]}{letter}-", squads=kind == "held"),
    ]
    if kind == "held":
        parts.append(condition(book, side))
    frame = pl.concat(parts, how="horizontal")
    missing: Callable[[str], pl.Expr] = lambda c: pl.lit(None, dtype=pl.Utf8).alias(c)  # noqa: E731
    return frame.with_columns([missing(c) for c in COLUMNS if c not in frame.columns]).select(list(COLUMNS))
