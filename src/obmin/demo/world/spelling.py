"""How clerks write a name: the other language's spelling, and Latin letters after seven habits.

Made for invented registers only. It is deliberately not the code that compares names: whoever invents
the difficulty must not also hold the key to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_CONSONANTS_OF_NINE = "дтзсцжшчр"
_VOWELS = "аеёиоуыэюяєії"


def russian_of_ukrainian(word: str) -> str:
    """A Ukrainian surname as a Russian-writing clerk puts it down: і, ї → и, є → е, ґ → г."""
    text = re.sub(r"ський$", "ский", word)
    text = re.sub(r"ська$", "ская", text)
    return text.translate(_RUSSIFIED)


def ukrainian_of_russian(word: str, *, nine: bool) -> str:
    """A Russian surname in Ukrainian letters. With `nine`, и stays after nine consonants."""
    text = re.sub(r"ский$", "ський", word)
    text = re.sub(r"ская$", "ська", text)
    out: list[str] = []
    for place, letter in enumerate(text):
        low = letter.lower()
        before = text[place - 1].lower() if place else ""
        if low == "и" and text[place:] != "ий":
            new = "и" if nine and before and before in _CONSONANTS_OF_NINE else "і"
        elif low == "ы":
            new = "и"
        elif low == "э":
            new = "е"
        elif low == "ё":
            new = "йо" if not before or before in _VOWELS else "ьо"
        elif low == "е" and (not before or before in _VOWELS or before == "ь"):
            new = "є"
        elif low == "ъ":
            new = "’"
        else:
            new = low
        out.append(new.capitalize() if letter.isupper() else new)
    return "".join(out)


def _both(small: str, latin: str) -> dict[str, str]:
    return {small: latin, small.upper(): latin.capitalize()}


def _table(pairs: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for pair in pairs.split():
        letter, _, latin = pair.partition("=")
        table |= _both(letter, latin)
    return table


_RUSSIFIED: Final = {
    ord(k): v
    for k, v in {**_both("і", "и"), **_both("ї", "и"), **_both("є", "е"), **_both("ґ", "г"), "’": ""}.items()
}
_PLAIN = "а=a б=b в=v г=g ґ=g д=d з=z к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f ь= ъ= ’= "
_UK = _PLAIN + "е=e ж=zh и=y і=i х=kh ц=ts ч=ch ш=sh щ=shch ё=o ы=y э=e "
_RU = _PLAIN + "ж=zh и=i х=kh ц=ts ч=ch ш=sh щ=shch ы=y э=e і=i ї=i є=e "

# name of the habit: (source language, table inside a word, table at its start)
HABITS: Final[Mapping[str, tuple[str, dict[str, str], dict[str, str]]]] = {
    # Cabinet of Ministers resolution 55 of 2010
    "uk-2010": (
        "uk",
        _table(_UK + "г=h є=ie ї=i й=i ю=iu я=ia"),
        _table("є=ye ї=yi й=y ю=yu я=ya"),
    ),
    # as people write their own names: y for every soft vowel, h for х
    "uk-own": ("uk", _table(_UK + "г=g є=ye ї=yi й=y ю=yu я=ya х=h и=i"), {}),
    # ICAO 9303 from the Russian spelling
    "ru-icao": ("ru", _table(_RU + "е=e ё=e й=i ю=iu я=ia ъ=ie"), {}),
    # geographic board's habit from the Russian spelling
    "ru-geo": ("ru", _table(_RU + "е=e ё=yo й=y ю=yu я=ya"), _table("е=ye")),
    # Slavic letters without marks
    "ru-slavic": ("ru", _table(_RU + "е=e ё=jo й=j ю=ju я=ja х=h ц=c ж=z ч=c ш=s щ=sc"), {}),
    # passports of the eighties, after French
    "ru-french": (
        "ru",
        _table(_RU + "е=e ё=io й=i ю=iou я=ia у=ou ж=j ч=tch ш=ch щ=chtch х=kh"),
        _table("е=ie"),
    ),
    # after German
    "ru-german": (
        "ru",
        _table(_RU + "е=e ё=jo й=j ю=ju я=ja в=w з=s ц=z ж=sch ч=tsch ш=sch щ=schtsch х=ch"),
        _table("е=je"),
    ),
}


def latin(word: str, habit: str) -> str:
    """`word` (already in the language that the habit starts from) in Latin letters."""
    _, inside, start = HABITS[habit]
    if habit == "uk-2010":
        word = word.replace("зг", "zgh").replace("Зг", "Zgh")
    first, rest = word[:1], word[1:]
    head = start.get(first, inside.get(first, first))
    return head + rest.translate({ord(letter): text for letter, text in inside.items()})
