"""A register of invented people and the questions asked of it, by a seed. Needs NumPy, nothing of the product.

Everything that decides how hard it is stands in the constants; they were fixed before anything was tuned.
Tune on the seed `tune`, report `report`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "linkage"))
from _clerks import RUSSIAN_SHARE, UKRAINIAN_SHARE, latin
from _clerks import typo as slip
from _names import FATHERS, MEN, WOMEN, russian

SIZE = 1_000_000
SURNAMES = 60_000
SEEDS = {"tune": 7001, "report": 8002}
ASKED = 400  # questions of each kind
RUSSIAN_FORMS = 0.3  # of the people whose name stands in Cyrillic letters
LATIN = 0.15  # of the people: the register has their name in Latin letters
WITHOUT_PATRONYMIC = {"": 0.1, "two words, ": 1.0}  # of the people; in the second register nobody has one
WOMEN_SHARE = 0.1
SURNAME_POWER, GIVEN_POWER, FATHER_POWER = 0.6, 0.8, 0.6
GIVEN_FIRST = 0.3  # of the questions: another order of words than the register's
# Chances, of a word or a question, in the damaged spelling of another side.
DAMAGE = {"typo": 0.06, "typo_again": 0.015, "patronymic_missing": 0.25, "initial": 0.03, "other_form": 0.5}
KINDS = ("one typo", "two typos", "other script", "other script, typo", "damaged")


def _list(text: str) -> list[str]:
    return text.split()


_ONSETS = _list("б в г д ж з к л м н п р с т х ц ч ш бр гр др кр пр тр сл см ст хв шк")
_MIDDLES = _list("а о у е и і я ю")
_CODAS = _list("б в г д ж з к л м н п р с т х ч ш рб рд нд лк рч с л н йд")
_ENDINGS = _list("енко чук ський ук ов ін ак ець ик єв ишин юк")
_ENDING_SHARE = np.asarray((24, 10, 14, 9, 13, 7, 6, 4, 5, 4, 2, 2)) / 100
_CYRILLIC_KEYS, _LATIN_KEYS = "абвгдежзийклмнопрстуфхцчшщьюя", "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Register:
    """People: id and name as recorded (surname first)."""

    ids: list[str]
    names: list[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of which kind, and the id of the one who is meant; nobody else bears the same name."""

    kind: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Person:
    forms: tuple[tuple[str, ...], tuple[str, ...]]  # Ukrainian and Russian, surname first
    form: int
    habit: int  # of the Latin letters; -1 where the name stands in Cyrillic


def register(
    seed: int, size: int = SIZE, shape: str = "", asked: int = ASKED
) -> tuple[Register, list[Question]]:
    """A register of `size` people and `asked` questions of each kind; `shape` is one of WITHOUT_PATRONYMIC."""
    rng = np.random.default_rng([seed, size])
    people = _people(rng, size, WITHOUT_PATRONYMIC[shape])
    names = [_recorded(person) for person in people]
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    ids = [f"P{at:07}" for at in rng.permutation(size)]
    questions = []
    for kind in KINDS:
        found = 0
        while found < asked:
            at = int(rng.integers(0, size))
            if seen[names[at]] == 1:
                words = _asked(kind, people[at], names[at].split(), rng)
                if rng.random() < GIVEN_FIRST:
                    words = [*words[1:], words[0]]
                questions.append(Question(kind, " ".join(words), ids[at]))
                found += 1
    return Register(ids, names), questions


def _people(rng: np.random.Generator, size: int, without: float) -> list[_Person]:
    surnames = _surnames(rng)
    pairs = [tuple(tuple(pair.split()) for pair in text.split(",")) for text in (MEN, WOMEN, FATHERS)]
    family = _draw(rng, len(surnames), size, SURNAME_POWER)
    women = rng.random(size) < WOMEN_SHARE
    first = [_draw(rng, len(each), size, GIVEN_POWER) for each in pairs[:2]]
    father = _draw(rng, len(pairs[2]), size, FATHER_POWER)
    bare = rng.random(size) < without
    form = (rng.random(size) < RUSSIAN_FORMS).astype(int)
    foreign = rng.random(size) < LATIN
    uk_habit = rng.choice(4, size, p=UKRAINIAN_SHARE)
    ru_habit = 4 + rng.choice(6, size, p=RUSSIAN_SHARE)
    found = []
    for at in range(size):
        woman = int(women[at])
        given, parent = pairs[woman][first[woman][at]], pairs[2][father[at]]
        ends = ("івна", "овна") if woman else ("ович", "ович")
        forms = tuple(
            (surnames[family[at]][k], given[k], *(() if bare[at] else (parent[k] + ends[k],))) for k in (0, 1)
        )
        habit = (ru_habit[at] if form[at] else uk_habit[at]) if foreign[at] else -1
        found.append(_Person((forms[0], forms[1]), int(form[at]), int(habit)))
    return found


def _surnames(rng: np.random.Generator) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    while len(found) < SURNAMES:
        many = SURNAMES
        parts = [
            rng.integers(0, len(each), many) for each in (_ONSETS, _MIDDLES, _CODAS, _MIDDLES, _CODAS[:17])
        ]
        long = rng.random(many) < 0.6
        ends = rng.choice(len(_ENDINGS), many, p=_ENDING_SHARE)
        for a, b, c, d, e, more, end in zip(*parts, long, ends, strict=True):
            stem = _ONSETS[a] + _MIDDLES[b] + _CODAS[c] + (_MIDDLES[d] + _CODAS[e] if more else "")
            found.setdefault((stem + _ENDINGS[end]).capitalize(), "")
            if len(found) == SURNAMES:
                break
    return [(uk, russian(uk).replace("ський", "ский").replace("скый", "ский")) for uk in found]


def _draw(rng: np.random.Generator, many: int, size: int, power: float) -> list[int]:
    share = 1.0 / np.arange(1, many + 1) ** power
    return list(map(int, rng.choice(many, size, p=share / share.sum())))


def _recorded(person: _Person) -> str:
    words = person.forms[person.form]
    if person.habit >= 0:
        return " ".join(latin(word, person.habit, "cyrillic") for word in words)
    return " ".join(words)


def _asked(kind: str, person: _Person, recorded: list[str], rng: np.random.Generator) -> list[str]:
    if kind == "one typo":
        return _spoilt(recorded, 1, rng)
    if kind == "two typos":
        return _spoilt(recorded, 2, rng)
    if kind == "damaged":
        return _damaged(person, rng)
    words = list(person.forms[person.form])
    if person.habit < 0:
        words = [latin(word, _habit(person.form, rng), "cyrillic") for word in words]
    return _spoilt(words, 1, rng) if kind == "other script, typo" else words


def _habit(form: int, rng: np.random.Generator) -> int:
    return 4 + int(rng.choice(6, p=RUSSIAN_SHARE)) if form else int(rng.choice(4, p=UKRAINIAN_SHARE))


def _damaged(person: _Person, rng: np.random.Generator) -> list[str]:
    form = 1 - person.form if rng.random() < DAMAGE["other_form"] else person.form
    words = list(person.forms[form])
    if person.habit < 0:
        habit = _habit(form, rng)
        words = [latin(word, habit, "cyrillic") for word in words]
    keys = "latin" if person.habit < 0 else "cyrillic"
    for kind in ("typo", "typo_again"):
        words = [slip(word, keys, rng) if rng.random() < DAMAGE[kind] else word for word in words]
    if rng.random() < DAMAGE["patronymic_missing"]:
        words = words[:2]
    if rng.random() < DAMAGE["initial"]:
        words[1] = words[1][0] + "."
    return words


def _spoilt(words: list[str], times: int, rng: np.random.Generator) -> list[str]:
    """So many slips, each on any word: a letter put in, left out or exchanged, or two turned round."""
    words = list(words)
    for _ in range(times):
        at = int(rng.integers(0, len(words)))
        word = words[at]
        keys = _CYRILLIC_KEYS if any("\u0400" <= letter <= "\u04ff" for letter in word) else _LATIN_KEYS
        place, letter = int(rng.integers(0, len(word))), keys[int(rng.integers(0, len(keys)))]
        match int(rng.integers(0, 4)):
            case 0:
                words[at] = word[:place] + letter + word[place:]
            case 1 if len(word) > 2:
                words[at] = word[:place] + word[place + 1 :]
            case 2:
                words[at] = word[:place] + letter + word[place + 1 :]
            case _:
                place = min(place, len(word) - 2)
                words[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return words
