"""Script-neutral readings of a word of a name.

Every reading is written in one alphabet of sounds: `a b v g d e z i k l m n o p r s t u f` as they look,
`x` for х, `c` for ц, `C` for ч, `S` for ш, `Z` for ж. Cyrillic has one reading, or two where ё stands.
Latin has several, since ch, j, c, z, h and w mean different sounds to an English, Slavic, German or French
clerk. Two spellings of a name meet when any of their readings meet. A word of a script without rules here is
romanised letter by letter and read as Latin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from anyascii import anyascii

from obmin.core.names.scripts import unmixed

_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "e", "ё": "e", "э": "e",
    "ж": "Z", "з": "z", "и": "i", "і": "i", "ї": "i", "й": "i", "ы": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "v", "ф": "f", "х": "x",
    "ц": "c", "ч": "C", "ш": "S", "щ": "SC", "ь": "", "ъ": "", "ю": "iu", "я": "ia",
    "ј": "i", "љ": "l", "њ": "n", "ђ": "d", "ћ": "C", "џ": "dZ", "ѓ": "g", "ќ": "k", "ѕ": "dz",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "x",
}  # fmt: skip
_ARABIC: Final = dict(
    zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأإؤئپچژگکی",
        ["a", "b", "t", "t", "Z", "x", "x", "d", "d", "r", "z", "s", "S", "s", "d", "t", "z", "", "g", "f", "k",
         "k", "l", "m", "n", "x", "u", "i", "a", "a", "", "a", "a", "i", "u", "i", "p", "C", "Z", "g", "k",
         "i"],
        strict=True)
)  # fmt: skip
_HEBREW: Final = dict(
    zip("אבגדהוזחטיכךלמםנןסעפףצץקרשת",
        ["a", "b", "g", "d", "", "u", "z", "x", "t", "i", "k", "k", "l", "m", "m", "n", "n", "s", "a", "p", "f",
         "c", "c", "k", "r", "S", "t"], strict=True)
)  # fmt: skip
_MARKED: Final = {
    "š": "\x01", "č": "\x02", "ž": "\x03", "ş": "\x01", "ś": "s", "ć": "\x02", "ż": "\x03", "ź": "z",
    "ł": "l", "đ": "d", "ø": "o", "æ": "e", "œ": "e", "ß": "s", "ı": "i", "ŝ": "\x01\x02", "ç": "s",
}  # fmt: skip
_PLAIN: Final = {
    "a": "a", "b": "b", "d": "d", "e": "e", "f": "f", "g": "g", "h": "g", "i": "i", "k": "k", "l": "l",
    "m": "m",
    "n": "n", "o": "o", "p": "p", "q": "k", "r": "r", "s": "s", "t": "t", "u": "u", "v": "v", "w": "v",
    "x": "ks", "y": "i", "z": "z", "c": "k", "j": "Z", "\x01": "S", "\x02": "C", "\x03": "Z",
    "kh": "x", "gh": "g", "dh": "d", "ph": "f", "th": "t", "ck": "k", "zh": "Z", "sh": "S",
    "ts": "c", "tz": "c",
    "tch": "C", "shch": "SC", "cz": "C", "sz": "S", "tsch": "C", "szcz": "SC",
}  # fmt: skip
_ENGLISH: Final = _PLAIN | {"ch": "C", "sch": "S", "dj": "dZ", "oo": "u", "ee": "i", "tsh": "C"}
_SLAVIC: Final = _PLAIN | {"ch": "x", "c": "c", "j": "i", "h": "x", "rz": "Z", "x": "x", "sc": "SC"}
_GERMAN: Final = _PLAIN | {
    "ch": "x",
    "sch": "S",
    "schtsch": "SC",
    "z": "c",
    "j": "i",
    "w": "v",
    "dsch": "dZ",
    "c": "c",
}
_FRENCH: Final = _PLAIN | {
    "ch": "S",
    "chtch": "SC",
    "j": "Z",
    "ou": "u",
    "gu": "g",
    "qu": "k",
    "dj": "dZ",
    "c": "s",
    "ss": "s",
    "h": "",
}


def _pattern(table: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted((re.escape(key) for key in table), key=lambda key: (-len(key), key))))


_CLERKS: Final = tuple((table, _pattern(table)) for table in (_ENGLISH, _SLAVIC, _GERMAN, _FRENCH))
_AMBIGUOUS: Final = re.compile("[chjxz]|ou|gu|qu|oo|ee")  # what the four clerks read differently
_SAME: Final = (
    (re.compile(r"i+(?=[ieé])"), ""),  # ie, ye, je are e
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=[aeou])i(?=i)"), ""),
    (re.compile(r"(?<=[oe])u(?=[oe])"), ""),
)
_COARSE: Final = str.maketrans({"S": "s", "C": "s", "c": "s", "Z": "z", "x": "g"})
_IOTATED: Final = re.compile("ё|ьо|йо")
_HARD: Final = re.compile("(?<=[бвгджзклмнпрстфхцчшщ])ъ(?=[бвгджзклмнпрстфхцчшщ])")
_SOUTHERN: Final = {"ђ": "дж", "ѓ": "дж", "љ": "ли", "њ": "ни"}  # two letters to one clerk, one to another
# Two letters that are one sound, before a letter-by-letter romanisation; the second where a clerk keeps both.
_DIGRAPHS: Final = {"ου": "ou", "αυ": "av", "ευ": "ev", "γγ": "ng", "γχ": "nch", "χ": "kh", "ու": "u"}
_HARD_GREEK: Final = (
    {"μπ": "b", "ντ": "d", "γκ": "g"},
    {"μπ": "mp", "ντ": "nt", "γκ": "gk"},
)
_VOWELS: Final = str.maketrans("", "", "aeiou")
_REPEATED: Final = re.compile(r"(.)\1+")
_BARE: Final = str.maketrans("pkg", "fkk", "aeiouv")
_ROUGHEST: Final = str.maketrans("pbgd", "ffkt", "aeiou")
_PAIRED: Final = re.compile("ts|dz")  # ch and j, as some clerks spell them
_FINAL_H: Final = re.compile("(?<=[ae])g$")
_NOT_LETTERS: Final = re.compile(r"[^a-z\x01\x02\x03]")


@lru_cache(maxsize=1 << 18)
def readings(word: str) -> tuple[str, ...]:
    """The readings of one word, the likeliest first; none for a word without letters."""
    lower = unicodedata.normalize("NFC", unmixed(word)).lower()
    if any("\u0400" <= letter <= "\u052f" for letter in lower):
        found = [_spell(lower, _CYRILLIC)]
        if any(sign in lower for sign in ("ё", "ьо", "йо")):
            found.append(_spell(_IOTATED.sub("ио", lower), _CYRILLIC))
            found.append(_spell(_IOTATED.sub("е", lower), _CYRILLIC))
        if _HARD.search(lower):
            found.append(_spell(_HARD.sub("а", lower), _CYRILLIC))  # a vowel in Bulgarian
        if any(letter in lower for letter in _SOUTHERN):
            found.append(_spell("".join(_SOUTHERN.get(letter, letter) for letter in lower), _CYRILLIC))
    elif any("\u0590" <= letter <= "\u05ff" for letter in lower):
        found = [_spell(lower, _HEBREW)]
    elif any("\u0600" <= letter <= "\u06ff" for letter in lower):
        found = [_spell(lower, _ARABIC)]
    else:
        found = []
        for plain in dict.fromkeys(map(_latin, _romanised(lower))):
            clerks = _CLERKS if _AMBIGUOUS.search(plain) else _CLERKS[:1]
            found += [_same(_spelt(plain, table, pattern)) for table, pattern in clerks]
        found += [reading.replace("io", "e") for reading in found[:1] if "io" in reading[1:]]
    return tuple(dict.fromkeys(reading for reading in found if reading))


@lru_cache(maxsize=1 << 18)
def coarse(reading: str) -> str:
    """A reading without the differences that lost háčeks and careless clerks make.

    S, C and c are s, Z is z, x is g.
    """
    return _REPEATED.sub(r"\1", reading.translate(_COARSE))


@lru_cache(maxsize=1 << 18)
def skeleton(reading: str) -> str:
    """The consonants of a coarse reading, repeats once; the first vowel stays where it begins the word."""
    rough = coarse(reading)
    return (
        rough[:1] + _REPEATED.sub(r"\1", rough[1:].translate(_VOWELS))
        if rough[:1] in "aeiou"
        else _REPEATED.sub(r"\1", rough.translate(_VOWELS))
    )


def bare(reading: str) -> tuple[str, ...]:
    """What a script without vowels keeps of a reading, as one or two forms.

    Vowels, w and v go; p is f, k and kh are one; a b that may have been said v is there or not.
    """
    rough = _FINAL_H.sub("", coarse(reading))
    kept = rough.translate(_BARE)
    first, others = kept[:1], kept[1:]
    forms = (first + others, first + others.replace("b", ""))
    return tuple(dict.fromkeys(found for form in forms if (found := _REPEATED.sub(r"\1", form))))


def roughest(reading: str) -> tuple[str, ...]:
    """What is sure to meet of a reading where a script without vowels is involved: keys, not likeness.

    p, b and f are one, d and t; a v was heard as f or not at all, z and zh as s or as a hard g.
    """
    rough = _PAIRED.sub(lambda two: two.group()[1], _FINAL_H.sub("", coarse(reading)))
    found = []
    for z in "sk":
        for v in ("", "f") if "v" in rough else ("",):
            kept = "".join(z if x == "z" else v if x == "v" else x for x in rough).translate(_ROUGHEST)
            if form := _REPEATED.sub(r"\1", kept):
                found.append(form)
    return tuple(dict.fromkeys(found))


def _latin(lower: str) -> str:
    marked = "".join(_MARKED.get(letter, letter) for letter in lower)
    bare = unicodedata.normalize("NFKD", marked)
    return _NOT_LETTERS.sub("", bare)


def _romanised(lower: str) -> list[str]:
    """The word itself where it is Latin; else letter by letter, two letters of one sound first."""
    if all(letter < "\u0370" or not letter.isalpha() for letter in lower):
        return [lower]
    found = []
    for hard in _HARD_GREEK:
        text = "".join(x for x in unicodedata.normalize("NFD", lower) if not "\u0300" <= x <= "\u036f")
        for pair, spelt in (_DIGRAPHS | hard).items():
            text = text.replace(pair, spelt)
        found.append(anyascii(text).lower())
    return found


def _spelt(plain: str, table: Mapping[str, str], pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda part: table[part.group()], plain)


def _spell(lower: str, table: Mapping[str, str]) -> str:
    return _same("".join(table[letter] if letter in table else _other(letter) for letter in lower))


@lru_cache(maxsize=1 << 12)
def _other(letter: str) -> str:
    """The sounds of a letter that no table of its script has; a Latin letter stays as it is."""
    if letter.isascii():
        return letter if letter.isalpha() else ""
    return "".join(_PLAIN.get(x, "") for x in anyascii(letter).lower()) if letter.isalpha() else ""


def _same(sounds: str) -> str:
    for pattern, replacement in _SAME:
        sounds = pattern.sub(replacement, sounds)
    return sounds
