"""Which script a text is written in, and which of two Cyrillic languages a name follows."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

UNDETERMINED: Final = "Zyyy"  # ISO 15924 for digits, marks and an empty text
_BLOCKS: Final = (
    ("LATIN", "Latn"),
    ("CYRILLIC", "Cyrl"),
    ("ARABIC", "Arab"),
    ("HEBREW", "Hebr"),
    ("GREEK", "Grek"),
    ("ARMENIAN", "Armn"),
    ("GEORGIAN", "Geor"),
)
_UKRAINIAN: Final = frozenset("іїєґ")
_RUSSIAN: Final = frozenset("ыэёъ")
# Letters that look the same in two alphabets, small and capital.
_CYRILLIC_TWINS: Final = "аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ"
_LATIN_TWINS: Final = "aeopcyxijshdqwABEKMHOPCTYXIJS"
_TO_LATIN: Final = str.maketrans(_CYRILLIC_TWINS, _LATIN_TWINS)
_TO_CYRILLIC: Final = str.maketrans(_LATIN_TWINS, _CYRILLIC_TWINS)
# Sounds that each language writes in only one way in names: и is y in one and i in the other.
_UKRAINIAN_SIGNS: Final = (
    "олекс",
    "волод",
    "микол",
    "дмитро",
    "петро",
    "павло",
    "кирил",
    "енко",
    "ський",
    "цьк",
    "чук",
    "ьо",
    "йо",
)
_RUSSIAN_SIGNS: Final = (
    "алекс",
    "владимир",
    "никол",
    "дмитри",
    "ский",
    "цк",
    "сергеевич",
    "иев",
    "ьев",
    "ина",
    "кин",
)


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((code for word, code in _BLOCKS if name.startswith(word)), UNDETERMINED)


@lru_cache(maxsize=1 << 17)
def script_of(text: str) -> str:
    """The ISO 15924 code of the script of most letters; `Zyyy` where there are none that we know.

    Of two scripts with equally many letters the one that comes first in the text wins.
    """
    counts: dict[str, int] = {}
    for letter in text:
        if letter.isalpha() and (code := _script(letter)) != UNDETERMINED:
            counts[code] = counts.get(code, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else UNDETERMINED


@lru_cache(maxsize=1 << 16)
def unmixed(word: str) -> str:
    """A word in which Latin and Cyrillic letters of one shape were mixed, in the alphabet of its other letters.

    Letters that have no twin decide; a word of twins alone goes by most letters.

    >>> unmixed("Пeтpенко"), unmixed("Pеtrenkо")
    ('Петренко', 'Petrenko')
    """
    codes = {_script(letter) for letter in word if letter.isalpha()}
    if not {"Latn", "Cyrl"} <= codes:
        return word
    telling = "".join(letter for letter in word if letter not in _CYRILLIC_TWINS + _LATIN_TWINS)
    own = script_of(telling)
    if own == UNDETERMINED:
        own = script_of(word)
    return word.translate(_TO_LATIN if own == "Latn" else _TO_CYRILLIC if own == "Cyrl" else {})


def is_ukrainian(words: Sequence[str]) -> bool:
    """Whether Cyrillic words, in lower case, read as Ukrainian rather than Russian.

    Letters that only one of the two has decide; then how common names and endings are written. A text
    without any sign reads as Russian, whose passport table is the more usual for other languages.
    """
    text = " ".join(words)
    letters = frozenset(text)
    if letters & _UKRAINIAN:
        return True
    if letters & _RUSSIAN:
        return False
    ukrainian = sum(sign in text for sign in _UKRAINIAN_SIGNS)
    return ukrainian > sum(sign in text for sign in _RUSSIAN_SIGNS)
