"""The parts of two names compared, in the order in which they fit best.

Whole names are taken apart by rule, clerks exchange surname and given name: where the parts do not fit as they
stand, every order of the second name is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from obmin.core.matching import levels as agree
from obmin.core.matching.levels import UNKNOWN, Floats, Ints, Levels
from obmin.core.matching.people import ROLES, WITHOUT_VOWELS, Both, Word
from obmin.core.names.fold import coarse, readings, skeleton
from obmin.core.names.letters import across
from obmin.core.names.scripts import script_of, unmixed
from obmin.core.names.sounds import Spelt, alike, spelt

POOR: Final = 1.45  # likeness of surname and given name together below which other orders are tried
GAIN: Final = 0.35  # likeness by which another order must be better
WORTH_LEARNED: Final = 0.50  # likeness of readings below which the transducer is not asked
DOUBTED: Final = 0.72  # likeness by letters below which consonants that agree do not make two words the same
HELD_DOWN: Final = 0.80  # their likeness then
DENIED: Final = 0.40  # likeness by letters below which they are hardly alike
LEFT: Final = 0.70  # their likeness then
NEITHER: Final = 0.40  # what two parts count of which one is unknown
UNSAID: Final = frozenset("اأإآعويאעהוי")  # letters that begin a word with any vowel
_ORDERS: Final = tuple(order for order in permutations(range(3)) if order != (0, 1, 2))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of all parts of names of two registers, numbered through, with what comparing them needs.

    `starts[role]` is added to the number of a word in its role's vocabulary.
    """

    starts: dict[str, int]
    written: tuple[str, ...]
    scripts: NDArray[np.str_]
    fine: Spelt
    rough: Spelt
    short: NDArray[np.bool_]  # a single letter
    bare: NDArray[np.bool_]  # of a script that does not write vowels
    begins: Ints  # all sounds that its readings and skeletons begin with, as bits


def lexicon(both: Both) -> Lexicon:
    """The words of surnames, given names and patronymics."""
    words: list[Word] = []
    starts = {}
    for role in ROLES:
        starts[role] = len(words)
        words += both.vocabulary[role]
    written = tuple(unmixed(word.written) for word in words)
    rough = [tuple(dict.fromkeys(coarse(text) for text in word.fine)) for word in words]
    scripts = np.asarray([script_of(text) for text in written], dtype=np.str_)
    return Lexicon(
        starts,
        written,
        scripts,
        spelt([word.fine for word in words]),
        spelt(rough),
        np.asarray([sum(map(str.isalpha, word.written)) == 1 for word in words], dtype=bool),
        np.isin(scripts, WITHOUT_VOWELS),
        np.asarray([_begins(*each) for each in zip(words, written, rough, strict=True)] + [0], dtype=np.int64),
    )


def _begins(word: Word, written: str, rough: Sequence[str]) -> int:
    texts = (*rough, *word.skeletons, *map(coarse, readings(written)), *(skeleton(each) for each in rough))
    sounds = {text[0] for text in texts if text}
    if written[:1] in UNSAID:
        sounds |= set("aeiou")
    return sum(1 << (ord(sound) - 97) for sound in sounds if "a" <= sound <= "z")


@dataclass(frozen=True, slots=True)
class _Near:
    """Of pairs of words: likeness of readings and of coarse ones; one is the other's initial; both known."""

    fine: Floats
    rough: Floats
    initial: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def score(self) -> Floats:
        near = np.where(self.initial, 0.7, np.maximum(self.fine, self.rough - 0.02))
        return np.asarray(np.where(self.known, near, NEITHER))


def compare_names(words: Lexicon, both: Both, i: Ints, j: Ints) -> dict[str, Levels]:
    """Levels of each of ROLES, and of `order`: 0 where the parts are exchanged, 1 where they are not."""
    left, right = np.full((3, len(i)), -1), np.full((3, len(i)), -1)
    for at, role in enumerate(ROLES):
        for numbers, people, rows in ((left, both.left, i), (right, both.right, j)):
            mine = people.words[role][rows]
            numbers[at] = np.where(mine >= 0, mine + words.starts[role], -1)
    near = [_near(words, left[at], right[at]) for at in range(3)]
    whole = (left[:2] >= 0).all(axis=0) & (right[:2] >= 0).all(axis=0)
    poor = np.flatnonzero(whole & (near[0].score + near[1].score < POOR))
    poor = poor[_may_be_moved(words, left[:, poor], right[:, poor])]
    order = np.tile(np.arange(3), (len(i), 1))
    if len(poor):
        order[poor] = _best_order(words, left[:, poor], right[:, poor])
    found: dict[str, Levels] = {}
    moved = np.flatnonzero((order != np.arange(3)).any(axis=1))
    for at, role in enumerate(ROLES):
        levels = _levels(near[at])
        if len(moved):
            levels[moved] = _levels(_near(words, left[at, moved], right[order[moved, at], moved]))
        found[role] = levels
    straight = np.ones(len(i), dtype=np.int8)
    straight[moved] = 0
    found["order"] = np.where(whole, straight, UNKNOWN).astype(np.int8)
    return found


def _may_be_moved(words: Lexicon, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether in some other order at least two parts begin with the same sound: a cheap sieve."""
    meets = [[(words.begins[left[a]] & words.begins[right[b]]) > 0 for b in range(3)] for a in range(3)]
    found = np.zeros(left.shape[1], dtype=bool)
    for each in _ORDERS:
        agreeing = np.zeros(left.shape[1], dtype=np.int64)
        for a in range(3):
            if each[a] != a:
                agreeing += meets[a][each[a]]
        found |= agreeing >= 2
    return found


def _best_order(words: Lexicon, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    near = [[_near(words, left[a], right[b]) for b in range(3)] for a in range(3)]
    met = [[pair.known.astype(np.int64) for pair in row] for row in near]
    straight = met[0][0] + met[1][1] + met[2][2]
    best = near[0][0].score + near[1][1].score + near[2][2].score + GAIN
    order = np.tile(np.arange(3), (left.shape[1], 1))
    for each in _ORDERS:
        total = sum(near[a][each[a]].score for a in range(3))
        compared = sum(met[a][each[a]] for a in range(3))
        better = (total > best) & (compared >= straight)  # a part that fits nothing is not put beside nothing
        order[better] = each
        best = np.where(better, total, best)
    return order


def _levels(near: _Near) -> Levels:
    levels = agree.name_levels(near.fine, near.rough, near.initial)
    levels[~near.known] = UNKNOWN
    return levels


def _near(words: Lexicon, a: Ints, b: Ints) -> _Near:
    known = (a >= 0) & (b >= 0)
    size, width = len(a), len(words.written)
    found, found_rough, initial = np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool)
    if known.any():
        codes, place = np.unique(a[known] * width + b[known], return_inverse=True)
        first, second = codes // width, codes % width
        fine, rough = alike(words.fine, first, second), alike(words.rough, first, second)
        bare = words.bare[first] != words.bare[second]
        asked = np.flatnonzero(((rough < 0.99) | bare) & (rough >= WORTH_LEARNED))
        learned = across(words.written, words.scripts, first[asked], second[asked])
        doubted = bare[asked] & (learned < DOUBTED) & (learned >= 0.0)
        most = np.where(doubted, np.where(learned < DENIED, LEFT, HELD_DOWN), 1.0)
        fine[asked] = np.minimum(np.maximum(fine[asked], np.minimum(learned, 0.99)), most)
        rough[asked] = np.minimum(np.maximum(rough[asked], learned), most)
        one = words.short[first] | words.short[second]
        found[known] = np.where(one, 0.0, fine)[place]
        found_rough[known] = np.where(one, 0.0, rough)[place]
        initial[known] = (one & ((words.begins[first] & words.begins[second]) > 0))[place]
    return _Near(found, found_rough, initial, known)
