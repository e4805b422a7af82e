"""The true people of one nation, before any clerk has written them down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from obmin.demo.world.stock import Flags, Floats, Ints, Words, given_names, patronymics, rows, surnames

_EPOCH = np.datetime64("1970-01-01", "D")
STORY_DAY = int((np.datetime64("2025-05-16", "D") - _EPOCH).astype(np.int64))
CATEGORIES = ("military", "civilian", "retained", "undetermined")


@dataclass(frozen=True, slots=True)
class Nation:
    """All whom one side seeks, n people. The first `held` of them are in the other side's hands.

    Arrays have shape (n,). Words are numbers into `surname_words` and so on; -1 is none. Dates are days
    since 1970-01-01. `group` and `batch` (taken on one day in one place) are numbers, -1 for none.
    """

    code: str
    held: int
    surname_words: Words
    men: Words
    women: Words
    patronymic_words: Words
    female: Flags
    surname: Ints
    given: Ints
    patronymic: Ints
    born: Ints
    category: Ints
    rank: Ints
    branch: Ints
    unit: Ints
    region: Ints
    country: Ints  # 0 the nation's own, else the place in its list of other citizenships, from 1
    taken: Ints
    group: Ints
    batch: Ints
    fate: Ints  # 0 held, 1 missing, 2 dead, 3 elsewhere

    def __len__(self) -> int:
        return len(self.born)


def draw(rng: np.random.Generator, share: Floats | list[float], size: int) -> Ints:
    """`size` numbers drawn with these weights."""
    weights = np.asarray(share, dtype=np.float64)
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(edges, rng.random(size), side="right"), len(weights) - 1).astype(np.int64)


def exact(rng: np.random.Generator, share: dict[str, float], size: int) -> Ints:
    """Numbers of the keys in order, in counts as near the shares as whole people allow, shuffled."""
    want = np.array(list(share.values())) * size
    counts = np.floor(want).astype(np.int64)
    order = np.argsort(-(want - counts), kind="stable")
    counts[order[: size - int(counts.sum())]] += 1
    return rng.permutation(np.repeat(np.arange(len(counts)), counts)).astype(np.int64)


def _birth(rng: np.random.Generator, age: dict[str, float], size: int) -> Ints:
    years = rng.normal(age["mean"], age["spread"], size)
    years = np.where(years < age["youngest"], age["youngest"] + rng.random(size) * 12, years)
    years = np.minimum(years, age["oldest"] + 0.9)
    return (STORY_DAY - np.ceil(years * 365.2425)).astype(np.int64)


def _capture(rng: np.random.Generator, plan: dict[str, Any], size: int) -> Ints:
    months = np.arange(np.datetime64("2022-03", "M"), np.datetime64("2025-05", "M"))
    weight = [float(plan["peaks"].get(str(m), plan["rest"])) for m in months]
    month = months[draw(rng, weight, size)]
    start = month.astype("datetime64[D]").astype(np.int64)
    length = (month + 1).astype("datetime64[D]").astype(np.int64) - start
    # people are taken in clusters: a quarter of a month's days carry most of them
    day = np.floor(rng.random(size) ** 2 * length).astype(np.int64)
    return np.asarray(start + (day * 7) % length, dtype=np.int64)


def populate(
    code: str, *, held: int, sought: int, names: dict[str, Any], shares: dict[str, Any], seed: int
) -> Nation:
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 11 if code == "UKR" else 12])))
    words = surnames(names, code, rng)
    men, women = given_names(names)
    fathers = patronymics(names)
    half, fathers_half = len(words.share) // 2, len(fathers.share) // 2

    category = np.concatenate(
        [exact(rng, shares["category"], held), exact(rng, shares["category"], sought - held)]
    )
    order = [CATEGORIES[i] for i in range(len(shares["category"]))]
    chance = np.array([shares["women"][c] for c in order])
    female = rng.random(sought) < chance[category]
    surname = draw(rng, words.share[:half], sought) + half * female
    given = np.where(female, draw(rng, women.share, sought), draw(rng, men.share, sought))
    patronymic = draw(rng, fathers.share[:fathers_half], sought) + fathers_half * female
    civilian = category == CATEGORIES.index("civilian")
    born = np.where(civilian, _birth(rng, shares["civilian_ages"], sought), _birth(rng, shares["ages"], sought))

    rank = draw(rng, [float(r[2]) for r in rows(shares["ranks"][code], "|")], sought)
    branch = draw(rng, [float(r[2]) for r in rows(shares["branches"][code], "|")], sought)
    region = draw(rng, [float(r[2]) for r in rows(shares["regions"][code], "|")], sought)
    units = shares["units"][code]
    unit = (
        draw(rng, (1.0 / np.arange(3.0, units["last"] - units["first"] + 4.0) ** 0.4), sought) + units["first"]
    )
    taken = _capture(rng, shares["capture"][code], sought)
    abroad = shares["foreign"][code]
    country = np.where(
        rng.random(sought) < abroad["share"], rng.integers(1, len(abroad["codes"]) + 1, sought), 0
    )
    fate = np.zeros(sought, dtype=np.int64)
    fate[held:] = 1 + exact(rng, shares["fate"], sought - held)
    nation = Nation(
        code, held, words, men, women, fathers, female, surname, given, patronymic, born, category,
        np.where(civilian, -1, rank), np.where(civilian, -1, branch), np.where(civilian, -1, unit),
        region, country, taken,
        np.full(sought, -1, dtype=np.int64), np.full(sought, -1, dtype=np.int64), fate,
    )  # fmt: skip
    _families(nation, rng, shares["families"])
    _squads(nation, rng, shares["squads"])
    return nation


def _families(nation: Nation, rng: np.random.Generator, share: float) -> None:
    """Pairs of kin in one track: brothers, father and son; among civilians also husband and wife."""
    total = len(nation)
    half, fathers_half = len(nation.surname_words.share) // 2, len(nation.patronymic_words.share) // 2
    first = rng.permutation(total)[: int(total * share / 2)]
    # most kin were taken together: the second is drawn among those of the same track and fate
    number = 0
    free = np.ones(total, dtype=bool)
    free[first] = False
    for track in range(len(CATEGORIES)):
        for held in (True, False):
            a = first[(nation.category[first] == track) & ((first < nation.held) == held)]
            pool = np.flatnonzero(
                free & (nation.category == track) & ((np.arange(total) < nation.held) == held)
            )
            b = rng.permutation(pool)[: len(a)]
            a = a[: len(b)]
            free[b] = False
            nation.surname[b] = nation.surname[a] % half + half * nation.female[b]
            nation.region[b] = nation.region[a]
            kind = rng.random(len(a))
            son = (kind < 0.3) & ~nation.female[a]
            spouse = nation.female[a] != nation.female[b]
            brother = ~son & ~spouse
            nation.patronymic[b[brother]] = nation.patronymic[a[brother]]
            gap = rng.integers(400, 2900, len(a)) * rng.choice([-1, 1], len(a))
            nation.born[b] = np.where(
                brother, np.minimum(nation.born[a] + gap, STORY_DAY - 6600), nation.born[b]
            )
            father, child = a[son], b[son]
            is_man = ~nation.female[father]
            # men's given names and fathers' names share one numbering, so the son bears his father's name
            nation.patronymic[child[is_man]] = (
                nation.given[father[is_man]] + fathers_half * nation.female[child[is_man]]
            )
            nation.born[child] = np.minimum(
                nation.born[father] + rng.integers(7500, 10500, len(son.nonzero()[0])), STORY_DAY - 6600
            )
            nation.born[father] = np.minimum(nation.born[father], nation.born[child] - 7300)
            together = rng.random(len(a)) < 0.6
            one, other = a[together], b[together]
            for column in (nation.taken, nation.unit, nation.branch):
                column[other] = column[one]
            nation.group[one] = nation.group[other] = number + np.arange(len(one))
            number += len(one)


def _squads(nation: Nation, rng: np.random.Generator, share: float) -> None:
    """Comrades taken together in threes to fives: one unit, one day, one group."""
    soldiers = np.flatnonzero(
        (np.arange(len(nation)) < nation.held) & (nation.category == 0) & (nation.group < 0)
    )
    chosen = rng.permutation(soldiers)[: int(nation.held * share)]
    number, at = int(nation.group.max(initial=-1)) + 1, 0
    sizes = rng.integers(3, 6, len(chosen))
    for size in sizes.tolist():
        members = chosen[at : at + size]
        if len(members) < size:
            break
        for column in (nation.taken, nation.unit, nation.branch):
            column[members] = column[members[0]]
        nation.group[members] = number
        nation.batch[members] = number
        number, at = number + 1, at + size
