"""A second pair of lists, by another hand: names, clerks and faults share nothing with the first noise model.

Written from how lists of two parties go wrong, before it was run against anything; rates and seeds are not
changed afterwards. Ten thousand rows a side, six thousand people on both. The people are invented, men mostly;
among them twins, fathers and sons of one name, and strangers of one name. The native side writes in its own
letters, the other side in Latin ones (or in Russian ones) by some thirty clerks, each with a habit, a spelling
and a layout of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from _second_names import (
    Rng,
    arabic,
    arabic_letters,
    choose,
    hebrew,
    hebrew_letters,
    latin_speller,
    patronymic,
    russian,
    semitic_speller,
    slavic,
    woman,
)

SEED = 72_301
SHARE_ON_BOTH = 0.6
# Chances for a row of the native side and of the other side; all are multiplied by the level of the case.
RATES = {
    "no date": (0.05, 0.105),
    "year only": (0.03, 0.05),
    "day and month swapped": (0.005, 0.025),
    "year off by one": (0.01, 0.03),
    "digit of the date wrong": (0.008, 0.02),
    "another date": (0.003, 0.008),
    "read by machine": (0.02, 0.06),
    "typed wrong": (0.02, 0.05),
    "homoglyph": (0.01, 0.0),
    "initial for the given name": (0.01, 0.05),
    "initial for the patronymic": (0.02, 0.04),
    "no patronymic": (0.05, 0.35),
    "parts exchanged": (0.01, 0.03),
    "short given name": (0.005, 0.02),
    "married name": (0.06, 0.12),
    "half of a double name": (0.1, 0.3),
    "no sex": (0.02, 0.1),
    "wrong sex": (0.002, 0.004),
    "no rank": (0.1, 0.35),
    "another rank": (0.04, 0.1),
    "no unit": (0.3, 0.75),
    "another unit": (0.04, 0.08),
    "no number": (0.45, 0.7),
    "digits of the number wrong": (0.03, 0.07),
    "no capture date": (0.5, 0.25),
    "capture date near": (0.12, 0.12),
    "capture date wrong": (0.03, 0.02),
    "no capture place": (0.6, 0.5),
    "another capture place": (0.1, 0.08),
}
CASES = {
    "second cyrillic": {"script": "cyrillic"},
    "second doubled": {"script": "cyrillic", "level": 2.0},
    "second latin first": {"script": "cyrillic", "turned": True},
    "second russian": {"script": "russian"},
    "second arabic": {"script": "arabic"},
    "second hebrew": {"script": "hebrew"},
}
RANKS = ("OR-1", "OR-2", "OR-3", "OR-4", "OR-5", "OR-6", "OR-8", "OF-1", "OF-2", "OF-3")
RANK_SHARES = (0.3, 0.22, 0.15, 0.1, 0.07, 0.05, 0.03, 0.04, 0.03, 0.01)
SEEN_ALIKE = {
    "cyrillic": ("нищцпьлесвбао", "ишшцлъпсеевбоа"),
    "latin": ("ilouvhbecnrmtf", "liouvbhceumnft"),
    "arabic": ("بتثنجحخدذرزسشصضطظعغفقهة", "تبتبحجحذدزرشسضصظطغعقفةه"),
    "hebrew": ("דרהחונזכבנגסםטמ", "רדחהזגובכגנםסמט"),
}
HOMOGLYPHS = str.maketrans("аеорсхі", "aeopcxi")


@dataclass(frozen=True, slots=True)
class Lists:
    """Two registers and who is on both (sought_id, held_id)."""

    sought: pl.DataFrame
    held: pl.DataFrame
    truth: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person; a name's parts in Ukrainian letters or in sounds."""

    surname: str
    given: str
    father: str
    second_surname: str
    maiden: str
    female: bool
    born: date
    number: str
    rank: int
    unit: int
    captured: date
    place: int


@dataclass(slots=True)
class Clerk:
    """Who wrote a part of a list: a spelling, and how rows are laid out."""

    spell: Callable[[str, Rng], str]
    whole: bool
    order: str
    capitals: bool
    number_form: str
    parts: dict[str, str] = field(default_factory=dict)


def lists(
    script: str, banned: frozenset[str], *, size: int = 10_000, level: float = 1.0, turned: bool = False
) -> Lists:
    """The two lists of a case; `banned`: words, folded, that no name may be; `turned`: Latin sought."""
    rng = np.random.default_rng([SEED, size, int(level * 10), sum(map(ord, script))])
    both = int(size * SHARE_ON_BOTH)
    people, places = _people(rng, script, 2 * size - both, banned)
    order = rng.permutation(len(people))
    native = [int(n) for n in order[:size]]
    other = [int(n) for n in order[size - both :]]
    rng.shuffle(native)
    rng.shuffle(other)
    sides = ("A", "B") if not turned else ("B", "A")
    first = _list(rng, script, [people[n] for n in native], places, 0, level)
    second = _list(rng, script, [people[n] for n in other], places, 1, level)
    ours = {n: f"{sides[0]}{row:06}" for row, n in enumerate(native)}
    theirs = {n: f"{sides[1]}{row:06}" for row, n in enumerate(other)}
    one = first.with_columns(id=pl.Series(list(ours.values())))
    two = second.with_columns(id=pl.Series(list(theirs.values())))
    pairs = [(ours[n], theirs[n]) for n in native if n in theirs]
    if turned:
        one, two, pairs = two, one, [(b, a) for a, b in pairs]
    truth = pl.DataFrame(pairs, schema=["sought_id", "held_id"], orient="row")
    return Lists(one.select("id", *first.columns), two.select("id", *second.columns), truth)


def _words(
    rng: Rng, script: str, kind: str, count: int, banned: frozenset[str], men: list[str] | None = None
) -> list[str]:
    make = {"arabic": arabic, "hebrew": hebrew}.get(script, slavic)
    write = {"arabic": arabic_letters, "hebrew": hebrew_letters}.get(script, lambda word, _: word)
    taken: dict[str, None] = {}
    while len(taken) < count:
        word = make(rng, kind)
        forms = {write(word, rng).casefold(), word}
        if script in {"cyrillic", "russian"}:
            forms |= {russian(word, by_sound=True), russian(word, by_sound=False), woman(word)}
        if not forms & banned and 4 <= len(word) <= 14 and (men is None or word not in men):
            taken[word] = None
    return list(taken)


def _weights(count: int, flat: float) -> np.ndarray:
    shares = 1 / (np.arange(count) + flat)
    return shares / shares.sum()


def _people(rng: Rng, script: str, count: int, banned: frozenset[str]) -> tuple[list[Person], list[str]]:
    surnames = _words(rng, script, "surname", 6_000, banned)
    males = _words(rng, script, "male", 160, banned)
    females = _words(rng, script, "female", 120, banned, males)
    places = _words(rng, script, "place", 120, banned)
    family, man, maid = _weights(6_000, 60), _weights(160, 4), _weights(120, 4)

    def fresh() -> Person:
        female = rng.random() < 0.12
        born = date(1962, 1, 1) + timedelta(days=int(rng.beta(3.2, 2.4) * 43.5 * 365.25))
        double = surnames[int(rng.choice(6_000, p=family))] if rng.random() < 0.02 else ""
        return Person(
            surname=surnames[int(rng.choice(6_000, p=family))],
            given=females[int(rng.choice(120, p=maid))] if female else males[int(rng.choice(160, p=man))],
            father=males[int(rng.choice(160, p=man))],
            second_surname=double,
            maiden=surnames[int(rng.choice(6_000, p=family))],
            female=female,
            born=born,
            number=f"{int(rng.integers(10**9)):09}",
            rank=int(rng.choice(len(RANKS), p=RANK_SHARES)),
            unit=int(rng.integers(1, 140)),
            captured=date(2022, 3, 1) + timedelta(days=int(rng.beta(1, 2) * 1100)),
            place=int(rng.integers(120)),
        )

    people: list[Person] = []
    while len(people) < count:
        person = fresh()
        people.append(person)
        like, kind = fresh(), rng.random()
        if kind < 0.012:  # a twin
            sibling = replace(like, given=males[int(rng.choice(160, p=man))], female=False)
            people.append(replace(sibling, surname=person.surname, father=person.father, born=person.born))
        elif kind < 0.024 and not person.female:  # a father of the same name
            born = person.born - timedelta(days=int(rng.integers(19 * 365, 32 * 365)))
            people.append(replace(like, surname=person.surname, given=person.given, female=False, born=born))
        elif kind < 0.034:  # a brother or sister
            born = person.born + timedelta(days=int(rng.integers(400, 3000)))
            people.append(replace(like, surname=person.surname, father=person.father, born=born))
        elif kind < 0.07 and not person.female:  # a stranger of the same name, often of the same year
            born = like.born
            if rng.random() < 0.3:
                born = date(person.born.year, like.born.month, min(like.born.day, 28))
            father = person.father if rng.random() < 0.4 else like.father
            named = replace(like, surname=person.surname, given=person.given, female=False)
            people.append(replace(named, father=father, born=born))
    return people[:count], places


def _list(
    rng: Rng, script: str, people: list[Person], places: list[str], side: int, level: float
) -> pl.DataFrame:
    clerks = [_clerk(rng, script, side) for _ in range(30)]
    shares = _weights(30, 3)
    rows = []
    for person in people:
        clerk = clerks[int(rng.choice(30, p=shares))]
        faults = {name: bool(rng.random() < min(rates[side] * level, 0.95)) for name, rates in RATES.items()}
        rows.append(_row(rng, script, person, places, clerk, faults, side))
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


def _clerk(rng: Rng, script: str, side: int) -> Clerk:
    spell: Callable[[str, Rng], str]
    if side == 0:
        native = {"arabic": arabic_letters, "hebrew": hebrew_letters}.get(script)
        spell = native or (lambda word, _: word)
    elif script == "russian":
        by_sound = rng.random() < 0.3
        spell = lambda word, rng: russian(word, by_sound=by_sound != (rng.random() < 0.1))  # noqa: E731
    elif script == "cyrillic":
        spell = latin_speller(rng)
    else:
        spell = semitic_speller(rng, script)
    return Clerk(
        spell=spell,
        whole=rng.random() < (0.1, 0.3)[side],
        order=choose(rng, ("SGP", "SGP", "GPS") if side == 0 else ("SGP", "GPS", "GPS", "GS")),
        capitals=rng.random() < (0.1, 0.4)[side],
        number_form=choose(rng, ("{}", "{}", "НП-{}" if side == 0 else "No {}", "{:.3} {:.0}")),
    )


def _row(
    rng: Rng, script: str, person: Person, places: list[str], clerk: Clerk, faults: dict[str, bool], side: int
) -> dict[str, str | None]:
    parts = _name(rng, script, person, clerk, faults, side)
    whole = None
    if clerk.whole:
        letters = {"S": "surname", "G": "given", "P": "patronymic"}
        whole = " ".join(parts[letters[letter]] for letter in clerk.order if parts[letters[letter]])
    sex = ("2" if person.female else "1") if not faults["wrong sex"] else ("1" if person.female else "2")
    rank = person.rank + (int(rng.choice((-1, 1))) if faults["another rank"] else 0)
    unit = int(rng.integers(1, 140)) if faults["another unit"] else person.unit
    place = int(rng.integers(120)) if faults["another capture place"] else person.place
    captured = person.captured
    if faults["capture date near"]:
        captured += timedelta(days=int(rng.choice((-4, -3, -2, -1, 1, 2, 3, 5))))
    if faults["capture date wrong"]:
        captured += timedelta(days=int(rng.integers(-200, 200)))
    return {
        "name": whole,
        "surname": None if clerk.whole else parts["surname"],
        "given": None if clerk.whole else parts["given"],
        "patronymic": None if clerk.whole else parts["patronymic"] or None,
        "birth_date": _date(rng, person.born, faults),
        "sex": None if faults["no sex"] else sex,
        "rank_code": None if faults["no rank"] else RANKS[min(max(rank, 0), len(RANKS) - 1)],
        "unit": None if faults["no unit"] else str(unit),
        "service_number": None if faults["no number"] else _number(rng, person, clerk, faults),
        "captured_on": None if faults["no capture date"] else captured.isoformat(),
        "captured_at": None if faults["no capture place"] else clerk.spell(places[place], rng).capitalize(),
    }


def _name(
    rng: Rng, script: str, person: Person, clerk: Clerk, faults: dict[str, bool], side: int
) -> dict[str, str]:
    slavs = script in {"cyrillic", "russian"}
    surname = person.maiden if person.female and faults["married name"] else person.surname
    surnames = [surname, person.second_surname] if person.second_surname else [surname]
    if len(surnames) == 2 and faults["half of a double name"]:
        surnames = [surnames[int(rng.random() < 0.5)]]
    given = person.given
    if faults["short given name"] and len(given) > 4:
        given = given[: len(given) - 2]
    father = patronymic(person.father, female=person.female) if slavs else person.father
    if slavs and person.female:
        surnames = [woman(each) for each in surnames]
    written = {
        "surname": "-".join(clerk.spell(each, rng) for each in surnames),
        "given": clerk.spell(given, rng),
        "patronymic": "" if faults["no patronymic"] else clerk.spell(father, rng),
    }
    if script == "arabic" and int(person.number) % 3 == 0:
        habit = "ال" if side == 0 else choose(rng, ("al-", "al-", "el-", "al", "Al "))
        written["surname"] = habit + written["surname"]
    letters = script if side == 0 and not slavs else "cyrillic" if side == 0 or script == "russian" else "latin"
    for part, text in written.items():
        written[part] = text if not text else _damaged(rng, text, letters, faults, len(written))
    for part, fault in (("given", "initial for the given name"), ("patronymic", "initial for the patronymic")):
        if faults[fault] and written[part]:
            written[part] = written[part].lstrip("'")[:1] + choose(rng, (".", ".", ""))
    if faults["parts exchanged"]:
        written["surname"], written["given"] = written["given"], written["surname"]
    shape = str.upper if clerk.capitals else str.title
    return {part: shape(text).replace("'S", "'s") for part, text in written.items()}


def _damaged(rng: Rng, text: str, letters: str, faults: dict[str, bool], parts: int) -> str:
    if faults["read by machine"] and rng.random() < 1.6 / parts:
        seen, read = SEEN_ALIKE[letters]
        at = [place for place, letter in enumerate(text) if letter in seen]
        if at:
            place = at[int(rng.integers(len(at)))]
            text = text[:place] + read[seen.index(text[place])] + text[place + 1 :]
    if faults["typed wrong"] and rng.random() < 1.4 / parts and len(text) > 3:
        place = int(rng.integers(1, len(text) - 1))
        kind = rng.random()
        if kind < 0.35:
            text = text[:place] + text[place + 1 :]
        elif kind < 0.65:
            text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        elif kind < 0.85:
            text = text[:place] + text[place] + text[place:]
        else:
            text = text[:place] + text[int(rng.integers(len(text)))] + text[place + 1 :]
    return text.translate(HOMOGLYPHS) if faults["homoglyph"] and letters == "cyrillic" else text


def _number(rng: Rng, person: Person, clerk: Clerk, faults: dict[str, bool]) -> str:
    digits = person.number
    for _ in range(int(rng.integers(1, 3)) if faults["digits of the number wrong"] else 0):
        place = int(rng.integers(9))
        digits = digits[:place] + str(int(rng.integers(10))) + digits[place + 1 :]
    if clerk.number_form.startswith("{:"):
        return f"{digits[:3]} {digits[3:]}"
    return clerk.number_form.format(digits)


def _date(rng: Rng, born: date, faults: dict[str, bool]) -> str | None:
    if faults["no date"]:
        return None
    year, month, day = born.year, born.month, born.day
    if faults["another date"]:
        year, month, day = year + int(rng.integers(-6, 7)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    if faults["year off by one"]:
        year += int(rng.choice((-1, 1)))
    if faults["day and month swapped"] and day <= 12:
        month, day = day, month
    if faults["digit of the date wrong"]:
        if rng.random() < 0.5:
            day = day % 10 + 10 * int(rng.integers(0, 3)) or day
        else:
            year = year // 10 * 10 + int(rng.integers(10))
    if faults["year only"]:
        return str(year)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return date(year, month, min(max(day, 1), 28)).isoformat()
