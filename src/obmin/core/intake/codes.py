"""Cells that hold a code, a number or plain text, as officers write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from obmin.core.intake.found import Weight
from obmin.core.intake.names import UNKNOWN, Note, clean
from obmin.core.person import (
    COLUMNS,
    Category,
    Consent,
    Fitness,
    Health,
    Judicial,
    Misread,
    Will,
    read_cell,
)

DATES: Final = frozenset({"birth_date", "captured_on", "fitness_until", "will_on"})
NUMBERS: Final = frozenset({"id", "service_number"})
# What a template offers to choose from, and what a doubtful code is told to be one of.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "sex": ("m", "f"),
    "category": tuple(c.value for c in Category if c is not Category.REMAINS),
    "health": tuple(Health),
    "fitness": tuple(Fitness),
    "judicial": tuple(Judicial),
    "dp_consent": tuple(Consent),
    "own_consent": tuple(Consent),
    "will": tuple(Will),
    "rank_code": (*(f"OR-{n}" for n in range(1, 10)), *(f"OF-{n}" for n in range(1, 11))),
    "citizenship": ("UKR", "RUS", "BLR"),
}
# What officers write for a code, by column: code, then the words.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {
        "1": "ч чол чоловік чоловіча м муж мужской мужчина male man",
        "2": "ж жін жінка жіноча жен женский женщина female woman w",
    },
    "category": {
        "military": "військовий військовослужбовець військова військовополонений військ військовополонена"
        " военный военнослужащий военнопленный soldier mil pow в/п вп",
        "civilian": "цивільний цивільна цивільні цив гражданский гражданское civ",
        "retained": "медик капелан медперсонал духовний медик/капелан",
    },
    "citizenship": {
        "UKR": "україна український українське українка українець укр украина ukraine ua",
        "RUS": "росія рф російське россия российское russia ru рос",
        "BLR": "білорусь беларусь белоруссия belarus by рб",
    },
    "health": {
        "wounded": "поранений поранена раненый раненая",
        "sick": "хворий хвора больной больная",
        "none": "здоровий здорова здоров здоровый",
    },
    "judicial": {
        "none": "немає нема нет ні",
        "convicted": "засуджений засуджена осужден осуждён",
        "pending": "слідство підозра обвинувачений следствие",
    },
    "will": {
        "consents": "згоден згодна так согласен yes",
        "refuses": "відмова відмовився відмовилась отказ no",
    },
}
_SAID: Final = {
    column: {word: code for code, words in codes.items() for word in words.split()}
    for column, codes in _WORDS.items()
}
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_LONG: Final = re.compile(r"\d{15,}")
_WHOLE: Final = re.compile(r"(\d+)[.,]0+")
_NUMBER_SIGN: Final = re.compile(r"^(?:№|no\.?|#)\s*", re.IGNORECASE)
_FORMULA: Final = re.compile(r"=[^=\s]|[+@][A-Za-z]+\(")


def read_text(column: str, text: str) -> tuple[str, tuple[Note, ...]]:
    """A cell of any column but names and dates: its value, empty where there is none, and what was found."""
    value, hidden = clean(text)
    value = " ".join(value.split())
    notes = (Note("hidden"),) if hidden else ()
    if value.casefold() in UNKNOWN and not (
        column == "judicial" and value.casefold() in ("немає", "нема", "нет")
    ):
        return "", notes
    if _FORMULA.match(value):
        return "", (*notes, Note("formula", Weight.DOUBT))
    if column in NUMBERS:
        return _number(value, notes)
    if column in CHOICES:
        return _code(column, value, notes)
    return value, notes


def number_key(text: str) -> str:
    """A number as it is compared: letters and digits alone, whatever parts them."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _number(value: str, notes: tuple[Note, ...]) -> tuple[str, tuple[Note, ...]]:
    value = _NUMBER_SIGN.sub("", value)
    if _SCIENTIFIC.fullmatch(value) or (_LONG.fullmatch(value) and value.endswith("00000")):
        return "", (*notes, Note("shortened", Weight.DOUBT))
    if whole := _WHOLE.fullmatch(value):
        value = whole[1]
    return value, notes


def _code(column: str, value: str, notes: tuple[Note, ...]) -> tuple[str, tuple[Note, ...]]:
    plain = value.casefold().strip(" .")
    if said := _SAID.get(column, {}).get(plain):
        return said, notes
    read = read_cell(column, value.upper() if column in ("citizenship", "rank_code") else value)
    if isinstance(read, Misread) or (column in COLUMNS and read is None):
        return "", (*notes, Note("no-code", Weight.DOUBT, ", ".join(CHOICES[column])))
    return read or "", notes
