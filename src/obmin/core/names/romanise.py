"""A name in Latin letters as its bearer's passport would have it.

Ukrainian by the table of Resolution 55 of the Cabinet of Ministers (27 January 2010), Russian by ICAO
Doc 9303 part 3, Arabic and Hebrew by plain tables of consonants, since vowels are not written.
"""

from __future__ import annotations

import re
from typing import Final

from obmin.core.names.scripts import is_ukrainian

_SHARED: Final = {
    "а": "a", "б": "b", "в": "v", "д": "d", "ж": "zh", "з": "z", "к": "k", "л": "l", "м": "m", "н": "n",
    "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "shch", "ь": "", "ў": "u", "ґ": "g",
}  # fmt: skip
UKRAINIAN: Final = _SHARED | {
    "г": "h", "е": "e", "є": "ie", "и": "y", "і": "i", "ї": "i", "й": "i", "ю": "iu", "я": "ia",
    "ё": "io", "ы": "y", "э": "e", "ъ": "",
}  # fmt: skip
UKRAINIAN_FIRST: Final = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
RUSSIAN: Final = _SHARED | {
    "г": "g", "е": "e", "ё": "e", "и": "i", "й": "i", "ъ": "ie", "ы": "y", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "ї": "i", "є": "ie",
}  # fmt: skip
ARABIC: Final = dict(
    zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأإؤئپچژگکی",
        ["a", "b", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "", "gh", "f",
         "q", "k", "l", "m", "n", "h", "w", "y", "a", "a", "", "a", "a", "i", "", "", "p", "ch", "zh", "g", "k",
         "y"], strict=True)
)  # fmt: skip
HEBREW: Final = dict(
    zip("אבגדהוזחטיכךלמםנןסעפףצץקרשת",
        ["a", "b", "g", "d", "h", "v", "z", "h", "t", "y", "k", "k", "l", "m", "m", "n", "n", "s", "", "p", "f",
         "ts", "ts", "k", "r", "sh", "t"], strict=True)
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’ʼ`ʹ][^\W\d_]+)*", re.UNICODE)
_APOSTROPHES: Final = re.compile(r"['’ʼ`ʹ]")


def romanise(text: str) -> str:
    """The text with every Cyrillic, Arabic or Hebrew word in Latin letters; the rest stays as it is.

    >>> romanise("Згурський Юрій"), romanise("Щукин Фёдор")
    ('Zghurskyi Yurii', 'Shchukin Fedor')
    """
    ukrainian = is_ukrainian([word.lower() for word in _WORD.findall(text)])
    return _WORD.sub(lambda found: _word(found.group(), ukrainian), text)


def _word(word: str, ukrainian: bool) -> str:
    lower = word.lower()
    if any("\u0400" <= letter <= "\u04ff" for letter in lower):
        latin = _cyrillic(_APOSTROPHES.sub("", lower), ukrainian)
    elif any("\u0590" <= letter <= "\u06ff" for letter in lower):
        latin = "".join(ARABIC.get(letter, HEBREW.get(letter, "")) for letter in lower)
    else:
        return word
    if word.isupper() and len(word) > 1:
        return latin.upper()
    return latin[:1].upper() + latin[1:] if word[:1].isupper() or lower == word.upper() else latin


def _cyrillic(word: str, ukrainian: bool) -> str:
    if not ukrainian:
        return "".join(RUSSIAN.get(letter, letter) for letter in word)
    word = word.replace("зг", "з\0")
    first = UKRAINIAN_FIRST.get(word[:1]) or UKRAINIAN.get(word[:1], word[:1])
    return first + "".join("gh" if letter == "\0" else UKRAINIAN.get(letter, letter) for letter in word[1:])
