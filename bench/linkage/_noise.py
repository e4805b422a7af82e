"""The benchmark's lists: people invented by a seed, written down by two sides, each in its way, each spoilt.

Everything that decides how hard it is stands in `FAULTS`, `SEEDS` and `SHARED`; they were fixed before anything
was tuned. Tune on the seeds of the first half, report those of the second.
"""
# ruff: noqa: E501

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from _clerks import RUSSIAN_SHARE, UKRAINIAN_SHARE, latin, typo
from _names import Form, given, patronymics, semitic, surnames

SEEDS = {"tune": (101, 102, 103), "report": (201, 202, 203)}
SHARED = 0.6  # of each list, the people who are on the other too
# Chance of each fault, of a row or a word, on the native and on the Latin list.
FAULTS = {
    "typo": (0.02, 0.06), "typo_again": (0.004, 0.015), "patronymic_missing": (0.04, 0.25),
    "given_initial": (0.005, 0.03),
    "exchanged": (0.005, 0.03), "name_only": (0.0, 0.2), "capitals": (0.05, 0.2), "date_missing": (0.02, 0.06),
    "year_only": (0.015, 0.04), "day_month": (0.005, 0.02), "digit": (0.01, 0.03), "year_off": (0.01, 0.02),
    "number_missing": (0.75, 0.85), "number_digit": (0.01, 0.03),
    "region_missing": (0.1, 0.3), "region_wrong": (0.03, 0.05),
    "sex_missing": (0.02, 0.05),
}  # fmt: skip
REGIONS = tuple(
    region
    for line in (
        "Вінницька Волинська Дніпропетровська Донецька Житомирська Закарпатська Запорізька Київська Кіровоградська",
        "Луганська Львівська Миколаївська Одеська Полтавська Рівненська Сумська",
        "Тернопільська Харківська Херсонська Черкаська",
    )
    for region in line.split()
)
WOMEN = 0.06


@dataclass(frozen=True, slots=True)
class Lists:
    """Two registers and the true pairs (sought_id, held_id)."""

    sought: pl.DataFrame
    held: pl.DataFrame
    truth: pl.DataFrame


def trained_on(directory: Path | None) -> frozenset[str]:
    """Every native word of the tables that the product learned from, lower case; empty without the tables."""
    if directory is None:
        return frozenset()
    return frozenset(
        word.lower()
        for path in sorted(directory.glob("*.tsv.gz"))
        for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
        for word in line.split("\t")[:2]
    )


def lists(script: str, size: int, seed: int, *, level: float = 1.0, unseen: bool = False,
          banned: frozenset[str] = frozenset()) -> Lists:  # fmt: skip
    """Two lists of `size` rows: the first in `script` (cyrillic, ar, he), the second in Latin letters.

    `level` multiplies every chance of a fault; `unseen` invents given names and patronymics too.
    """
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, size])))
    shared = round(size * SHARED)
    people = _people(script, 2 * size - shared, rng, unseen, banned)
    native = [_written(person, "native", script, rng, level) for person in people[:size]]
    other = [_written(person, "latin", script, rng, level) for person in people[size - shared :]]
    order_a, order_b = rng.permutation(size), rng.permutation(size)
    sought = pl.DataFrame(
        [native[k] | {"id": f"S{at:06}"} for at, k in enumerate(order_a)], infer_schema_length=None
    )
    held = pl.DataFrame(
        [other[k] | {"id": f"H{at:06}"} for at, k in enumerate(order_b)], infer_schema_length=None
    )
    place_a, place_b = np.argsort(order_a), np.argsort(order_b)
    truth = pl.DataFrame(
        {
            "sought_id": [f"S{place_a[size - shared + k]:06}" for k in range(shared)],
            "held_id": [f"H{place_b[k]:06}" for k in range(shared)],
        }
    )
    return Lists(
        sought.with_columns(pl.all().cast(pl.String)), held.with_columns(pl.all().cast(pl.String)), truth
    )


@dataclass(frozen=True, slots=True)
class Person:
    surname: Form
    given: Form
    patronymic: Form | None
    woman: bool
    born: date
    number: str
    region: int


def _draw(rng: np.random.Generator, forms: list[Form], count: int, power: float) -> list[Form]:
    share = 1.0 / np.arange(1, len(forms) + 1) ** power
    return [forms[int(k)] for k in rng.choice(len(forms), count, p=share / share.sum())]


def _people(
    script: str, count: int, rng: np.random.Generator, unseen: bool, banned: frozenset[str]
) -> list[Person]:
    if script == "cyrillic":
        family = _draw(rng, surnames(rng, max(count // 3, 200), banned), count, 0.55)
        first = {
            w: _draw(rng, given(rng, women=w, unseen=unseen, banned=banned), count, 0.8) for w in (False, True)
        }
        father: dict[bool, list[Form | None]] = {
            w: list(_draw(rng, patronymics(rng, women=w, unseen=unseen, banned=banned), count, 0.6))
            for w in (False, True)
        }
    else:
        family = _draw(rng, semitic(rng, script, max(count // 3, 200), banned, article=True), count, 0.55)
        names = semitic(rng, script, 150, banned, article=False)
        first = {w: _draw(rng, names, count, 0.7) for w in (False, True)}
        father = {
            w: list(_draw(rng, names, count, 0.7)) if script == "ar" else [None] * count for w in (False, True)
        }
    women = rng.random(count) < WOMEN
    ages = np.clip(rng.normal(37, 10, count), 18, 70)
    return [
        Person(
            family[k], first[bool(women[k])][k], father[bool(women[k])][k], bool(women[k]),
            date(2025, 6, 1) - timedelta(days=int(ages[k] * 365.25) + int(rng.integers(0, 365))),
            f"{rng.integers(10**6, 10**7)}", int(rng.integers(0, len(REGIONS))),
        )
        for k in range(count)
    ]  # fmt: skip


def _written(
    person: Person, side: str, script: str, rng: np.random.Generator, level: float
) -> dict[str, str | None]:
    """A row as one side's clerk writes it."""
    column = 0 if side == "native" else 1
    fault = {name: rng.random() < min(chance[column] * level, 0.95) for name, chance in FAULTS.items()}
    form, habit = _style(side, script, rng)

    def word(each: Form | None) -> str | None:
        if each is None:
            return None
        text = (
            each.native[form % len(each.native)]
            if side == "native"
            else latin(each.spoken[form % len(each.spoken)], habit, script)
        )
        for kind in ("typo", "typo_again"):
            if rng.random() < FAULTS[kind][column] * level:
                text = typo(text, script if side == "native" else "latin", rng)
        return text.upper() if fault["capitals"] else text

    surname, first, father = word(person.surname), word(person.given), word(person.patronymic)
    if fault["patronymic_missing"]:
        father = None
    if fault["given_initial"] and first:
        first = first[0] + "."
    if fault["exchanged"]:
        surname, first = first, surname
    row: dict[str, str | None] = {"name": None, "surname": surname, "given": first, "patronymic": father}
    if fault["name_only"]:
        row = {
            "name": " ".join(part for part in (surname, first, father) if part),
            "surname": None,
            "given": None,
            "patronymic": None,
        }
    region = int(rng.integers(0, len(REGIONS))) if fault["region_wrong"] else person.region
    native_region = REGIONS[region]
    number = person.number
    if fault["number_digit"]:
        at = int(rng.integers(0, len(number)))
        number = number[:at] + str(rng.integers(0, 10)) + number[at + 1 :]
    return row | {
        "birth_date": _date(person.born, fault, rng),
        "sex": None if fault["sex_missing"] else "2" if person.woman else "1",
        "service_number": None if fault["number_missing"] else number,
        "region": None
        if fault["region_missing"]
        else native_region
        if side == "native"
        else latin(native_region, 0, "cyrillic"),
    }


def _style(side: str, script: str, rng: np.random.Generator) -> tuple[int, int]:
    """Which form of a word (0 Ukrainian, 1 Russian) and which Latin habit a row's clerk has."""
    if script != "cyrillic":
        return 0, int(rng.integers(0, 4))
    if side == "native":
        return int(rng.random() < 0.3), 0
    if rng.random() < 0.5:
        return 0, int(rng.choice(4, p=UKRAINIAN_SHARE))
    return 1, 4 + int(rng.choice(6, p=RUSSIAN_SHARE))


def _date(born: date, fault: dict[str, bool], rng: np.random.Generator) -> str | None:
    if fault["date_missing"]:
        return None
    year, month, day = born.year, born.month, born.day
    if fault["year_only"]:
        return str(year)
    if fault["year_off"]:
        year += int(rng.choice((-1, 1)))
    if fault["digit"]:
        day = int(rng.integers(1, 28))
    if fault["day_month"] and day <= 12:
        month, day = day, month
    if month == 2 and day == 29:
        day = 28
    return f"{year:04}-{month:02}-{day:02}"
