"""Reading a text for what would tell of a person, a place, or how many are still held."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from obmin.core.disclosure.words import Words

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_GAP = "[ \u00a0\u202f\u2009]"
_NUMBER: Final = re.compile(rf"\d{{1,3}}(?:(?:{_GAP}|,)\d{{3}})+(?!\d)|\d+")
_LONG: Final = re.compile(r"(?:[^\W\d_]{1,3}[ -]?)?\d(?:[ -]?\d){5,}")
_ORDINAL: Final = re.compile(r"\b\d+(?:st|nd|rd|th)\b|\b\d+-?(?:й|ий|го|му|та|ту|ої|ша|га|тя)\b")
_SHARE: Final = re.compile(r"%|\d\s*/\s*\d|‰")
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’ʼ`"), None)
_SHORTEST = 4  # letters of a name that are enough to compare with an inflected form


@dataclass(frozen=True, slots=True)
class Known:
    """What the text is compared with.

    `names` are names of people as recorded (any script), `places` sites and crossings, `numbers` service
    and document numbers. `allowed_numbers` are the figures (and hotlines) that may stand, `allowed_dates`
    the dates, `allowed_words` names that are no person's here (of a minister thanked, an agency).
    """

    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    allowed_numbers: frozenset[int] = frozenset()
    allowed_dates: frozenset[date] = frozenset()
    allowed_words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Index:
    """Words that may stand, the kind of each that may not, and how names begin."""

    allowed: frozenset[str]
    exact: Mapping[str, str]
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text. `certain` findings stop it; others ask for two pairs of eyes."""

    kind: str
    found: str
    at: int
    certain: bool = field(default=True)


def fold(text: str) -> str:
    """Letters as compared: compatibility form, no case, no accents, no apostrophes, ё as е."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_APOSTROPHES)
    kept = "".join(c for c in plain if not unicodedata.combining(c) or c == "\u0306")  # й keeps its breve
    return unicodedata.normalize("NFC", kept)


def scan(
    text: str,
    known: Known,
    words: Words,
    topics: Iterable[str] = ("shares", "remainders", "secrets"),
    names: Index | None = None,
) -> list[Finding]:
    """Everything in the text that should not be there, in order of place, each with its offset.

    `names` is the `index` of `known`, for whoever reads several texts.
    """
    dated, rest = _dates(text, known, words)
    found = _names(text, names or index(known)) + dated + _long_numbers(rest, known) + _figures(rest, known)
    found += [Finding("ordinal", m[0], m.start()) for m in _ORDINAL.finditer(rest)]
    found += [Finding("share", m[0], m.start()) for m in _SHARE.finditer(rest)]
    lowered = text.lower()
    for phrase in sorted(known.allowed_words, key=len, reverse=True):
        lowered = lowered.replace(phrase.lower(), " " * len(phrase))
    for topic in topics:
        for word in words.topics[topic]:
            found += [Finding(topic, m[0], m.start()) for m in re.finditer(rf"\b{re.escape(word)}\w*", lowered)]
    return sorted(set(found), key=lambda one: (one.at, one.kind, one.found))


def index(known: Known) -> Index:
    """What texts are compared with, made once for all of them."""
    allowed = frozenset(part for name in known.allowed_words for part in _parts(name))
    exact: dict[str, str] = {}
    for kind, entries in (("place", known.places), ("name", known.names)):
        exact |= {part: kind for entry in entries for part in _parts(entry) if part not in allowed}
    stems = frozenset(part[: max(_SHORTEST, len(part) - 2)] for part in exact if len(part) >= _SHORTEST)
    return Index(allowed, exact, stems)


def _names(text: str, index: Index) -> list[Finding]:
    allowed, exact, stems = index.allowed, index.exact, index.stems
    found: list[Finding] = []
    for match in _WORD.finditer(text):
        word = fold(match[0])
        if word in allowed or len(word) < 2:
            continue
        capital = match[0][0].isupper()
        ends = range(max(_SHORTEST, len(word) - 4), len(word) + 1)
        if word in exact and (capital or exact[word] == "place"):
            found.append(Finding(exact[word], match[0], match.start()))
        elif word in exact or (capital and any(word[:end] in stems for end in ends)):
            # many names are words too; many words begin like a name
            found.append(Finding("like-a-name", match[0], match.start(), certain=False))
    return found


def _parts(name: str) -> list[str]:
    return [folded for word in _WORD.findall(name) if len(folded := fold(word)) >= 2]


def _long_numbers(text: str, known: Known) -> list[Finding]:
    compact = {re.sub(r"[\W_]", "", number).casefold() for number in known.numbers} - {""}
    found = []
    for match in re.finditer(r"\w[\w-]*", text):
        if re.sub(r"[\W_]", "", match[0]).casefold() in compact:
            found.append(Finding("number", match[0], match.start()))
    for match in _LONG.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if int(digits) not in known.allowed_numbers:
            found.append(Finding("number", match[0], match.start()))
    return found


def _dates(text: str, known: Known, words: Words) -> tuple[list[Finding], str]:
    """Dates that may not stand, and the text with every date blanked out."""
    numbers = {name: n for names in words.months for n, name in enumerate(names, 1)}
    names = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True))
    forms = (
        (re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"), False),
        (re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})\b"), False),
        (re.compile(rf"\b(?P<d>\d{{1,2}}){_GAP}(?P<m>{names}){_GAP}(?P<y>\d{{4}})\b", re.IGNORECASE), True),
    )
    found: list[Finding] = []
    for form, named in forms:
        for match in form.finditer(text):
            month = numbers[match["m"].lower()] if named else int(match["m"])
            try:
                allowed = date(int(match["y"]), month, int(match["d"])) in known.allowed_dates
            except ValueError:
                allowed = False
            if not allowed:
                found.append(Finding("date", match[0], match.start()))
        text = form.sub(lambda m: " " * len(m[0]), text)
    return found, text


def _figures(text: str, known: Known) -> list[Finding]:
    found = []
    for match in _NUMBER.finditer(text):
        if int(re.sub(r"\D", "", match[0])) not in known.allowed_numbers:
            found.append(Finding("figure", match[0], match.start()))
    return found
