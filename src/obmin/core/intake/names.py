"""Cells of names: what is the name, what stands beside it, and which letters only look right."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from obmin.core.intake.found import Weight

HIDDEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CYRILLIC: Final = "АВСЕНІЈКМОРЅТХУаеіјорсухѕїёЁЇ"
_LATIN: Final = "ABCEHIJKMOPSTXYaeijopcyxsïëËÏ"
_TO_CYRILLIC: Final = dict(zip(_LATIN, _CYRILLIC, strict=True)) | {
    "0": "О",
    "3": "З",
    "k": "к",
    "u": "и",
    "v": "ѵ",
}
_TO_LATIN: Final = dict(zip(_CYRILLIC, _LATIN, strict=True)) | {"0": "O", "1": "l"}
_WORD: Final = re.compile(r"[\w'’ʼ`-]+")
_IS_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_IS_CYRILLIC: Final = re.compile(r"[Ѐ-ӿ]")
_FIRST_NUMBER: Final = re.compile(r"^\(?\d{1,6}\s*[.)]\s*(?=\D)")
_BRACKETS: Final = re.compile(r"\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]\s*")
_FORMER: Final = re.compile(
    r"(?i)^(?:дів(?:оче|\.)?|до шлюбу|колишн[єя]|колись|раніше|кол\.|ур\.|уроджен[аи]"
    r"|урожд(?:енная|\.)?|девичья|бывш(?:ая|ий|\.)?|ранее|née|nee|born|formerly|ex)\s*[:\-]?\s*"
)
_BORN: Final = re.compile(
    r"^(.*?[^\W\d_].*?)[,;\s(]+((?:\d{1,2}[./]\d{1,2}[./])?(?:19|20)\d\d)\s*(?:р\.?\s?н\.?|г\.?\s?р\.?|р\.?|г\.?|року"
    r"(?:\s+народження)?)?\s*\)?$"
)
_TWO: Final = re.compile(r"[\n;]|,|\s(?:та|і|й|и|and|&|\+|/)\s|\s*/\s*|\s\d\s*[.)]\s")
_ODD: Final = re.compile(r"[^\w\s'’ʼ`.,\-–‐]|\d|_")
_LETTER: Final = re.compile(r"[^\W\d_]")
_NOTHING: Final = (
    "-|–|—|--|---|?|??|???|…|.|н/д|н/в|нд|немає|нема|невідомо|невідомий|невідома|неизвестно|неизвестный|нет"
    "|unknown|n/a|null|nil|відсутній|відсутня|відсутнє|прочерк|не відомо|нет данных|немає даних|не встановлено"
)
UNKNOWN: Final = frozenset(_NOTHING.split("|"))  # what stands in a cell of which nobody knows the content


@dataclass(frozen=True, slots=True)
class Note:
    """What was found in a cell: a code of `words.WORDS`."""

    code: str
    weight: Weight = Weight.NOTE
    more: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A cell of a name as read; `born` is a date that stood in it, as written."""

    value: str
    notes: tuple[Note, ...] = ()
    former: str = ""
    born: str = ""


def clean(text: str) -> tuple[str, bool]:
    """A text without signs that cannot be seen and with plain spaces; whether there were such signs."""
    seen = HIDDEN.sub("", text)
    plain = unicodedata.normalize("NFC", seen)
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    return "\n".join(line for line in lines if line), seen != text


def read_name(text: str, *, whole: bool) -> Name:
    """One cell of a name; `whole` where surname and given name stand in it together."""
    value, hidden = clean(text)
    notes = [Note("hidden")] if hidden else []
    if value.casefold() in UNKNOWN:
        return Name("", tuple(notes))
    if value.startswith(("=", "+", "@")):
        return Name("", (Note("formula", Weight.DOUBT),))
    if unnumbered := _FIRST_NUMBER.sub("", value):
        if unnumbered != value:
            notes.append(Note("numbered", more=unnumbered))
        value = unnumbered
    born = former = ""
    if match := _BORN.match(value):
        value, born = match[1].rstrip(" ,;("), match[2]
        notes.append(Note("born-in-name", more=born))
    if match := _BRACKETS.search(value):
        former = _FORMER.sub("", match[1]).strip()
        value = " ".join(_BRACKETS.sub(" ", value, count=1).split())
        notes.append(Note("former", more=former))
    value = value.strip(" ,;-–—")
    if _two(value, whole=whole):
        return Name(value.replace("\n", "; "), (*notes, Note("two-people", Weight.DOUBT)), former, born)
    value = " ".join(value.split())
    value, doubt = _one_script(value)
    if doubt:
        notes.append(Note("two-scripts", Weight.DOUBT, value))
    letters = "".join(sign for sign in value if not unicodedata.combining(sign))
    if not _LETTER.search(value) or _ODD.search(letters):
        notes.append(Note("no-name", Weight.DOUBT))
    if (plain := _case(value)) != value:
        value = plain
        notes.append(Note("capitals", more=value))
    return Name(value, tuple(notes), former, born)


def _two(value: str, *, whole: bool) -> bool:
    """Whether a cell may name two people: each side of what parts it has a name of its own."""
    sides = [side for side in _TWO.split(value) if side and _LETTER.search(side)]
    if len(sides) < 2:
        return False
    if not whole:  # a single part of a name
        return True
    # "Surname, Given Patronymic" is one person; so is a name with the given one on the next line
    return all(len(side.split()) > 1 for side in sides) or (";" in value and "\n" not in value)


def _one_script(value: str) -> tuple[str, bool]:
    """The name in the script that most of its letters have, where the others only look like it."""
    latin, cyrillic = len(_IS_LATIN.findall(value)), len(_IS_CYRILLIC.findall(value))
    digits = bool(re.search(r"[^\W\d_][013]|[013][^\W\d_]", value))
    if not (latin and cyrillic) and not digits:
        return value, False
    table = _TO_CYRILLIC if cyrillic >= latin else _TO_LATIN
    other = _IS_LATIN if cyrillic >= latin else _IS_CYRILLIC
    words = []
    for word in re.split(r"(\s+)", value):
        put = "".join(table.get(letter, letter) for letter in word)
        words.append(word if other.search(put) else _like(word, put))
    return "".join(words), True


def _like(before: str, after: str) -> str:
    """Looks-alike letters have the case of the word that they stand in."""
    if before[1:].islower() or (len(before) > 1 and sum(map(str.islower, before)) > len(before) // 2):
        return after[:1] + after[1:].lower()
    return after


def _case(value: str) -> str:
    """A name that is all capitals, or all small, as names are written; initials and mixed case stay."""
    words = _WORD.findall(value)
    long = [word for word in words if sum(map(str.isalpha, word)) > 2]
    if not long or not (all(map(str.isupper, long)) or all(map(str.islower, long))):
        # "ІВАНЕНКО Іван": a surname in capitals beside a given name in small letters
        return re.sub(_WORD, lambda m: _capital(m[0]) if _shouts(m[0]) else m[0], value)
    return re.sub(_WORD, lambda m: _capital(m[0]), value)


def _shouts(word: str) -> bool:
    return sum(map(str.isalpha, word)) > 2 and word.isupper()


def _capital(word: str) -> str:
    parts = [part[:1].upper() + part[1:].lower() for part in word.split("-")]
    joined = "-".join(parts)
    return re.sub(r"^([ODodОо])(['’ʼ`])(\w)", lambda m: m[1].upper() + m[2] + m[3].upper(), joined)
