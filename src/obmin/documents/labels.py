"""Words on printed papers, in English and Ukrainian; dates as papers write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    ENGLISH = "en"
    UKRAINIAN = "uk"


WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "list": ("List", "Список"),
    "manifest": ("Manifest", "Відомість на перевезення"),
    "act": ("Transfer act", "Акт приймання-передачі"),
    "certificate": ("Repatriation certificate", "Посвідчення про репатріацію"),
    "card": ("Capture card", "Картка про взяття в полон"),
    "number": ("No.", "№"),
    "name": ("Name", "Ім’я"),
    "romanised": ("Name in Latin letters", "Ім’я латиницею"),
    "born": ("Born", "Дата народження"),
    "rank": ("Rank", "Звання"),
    "state": ("State", "Стан"),
    "ground": ("Ground", "Підстава"),
    "place": ("Place", "Місце"),
    "transport": ("Travels", "Як їде"),
    "vehicle": ("Vehicle", "Транспорт"),
    "seat": ("Seat", "Місце в транспорті"),
    "outcome": ("Outcome", "Результат"),
    "code": ("Code", "Код"),
    "tick": ("Seen", "Звірено"),
    "page": ("Page {n} of {m}", "Сторінка {n} з {m}"),
    "fingerprint": ("List fingerprint", "Відбиток списку"),
    "printed": ("Printed by {by}, {at}", "Надруковано: {by}, {at}"),
    "copy": ("Copy, not original", "Копія, не оригінал"),
    "training": ("TRAINING: invented people", "НАВЧАННЯ: вигадані люди"),
    "people": ("People on this paper", "Осіб у документі"),
    "exchange": ("Exchange", "Обмін"),
    "date": ("Date", "Дата"),
    "crossing": ("Place of transfer", "Місце передачі"),
    "hands-over": ("Hands over", "Передає"),
    "receives": ("Receives", "Приймає"),
    "intermediary": ("Intermediary", "Посередник"),
    "phase": ("Phase", "Етап"),
    "escort": ("Escort lead", "Старший супроводу"),
    "act-text": (
        "The side that hands over has transferred, and the side that receives has received, the people named "
        "in the annexed list, checked name by name. The annex is part of this act.",
        "Сторона, що передає, передала, а сторона, що приймає, прийняла осіб, названих у доданому списку, "
        "звіривши їх поіменно. Додаток є частиною цього акта.",
    ),
    "act-counts": ("Received: {here}. Not transferred: {absent}.", "Прийнято: {here}. Не передано: {absent}."),
    "annex": ("Annex: nominal list", "Додаток: поіменний список"),
    "for-giver": ("For the side that hands over", "Від сторони, що передає"),
    "for-taker": ("For the side that receives", "Від сторони, що приймає"),
    "for-witness": ("Intermediary, as witness", "Посередник, як свідок"),
    "sign-name": ("Name and office", "Ім’я та посада"),
    "sign-sign": ("Signature", "Підпис"),
    "sign-date": ("Date and time", "Дата і час"),
    "seal": ("Seal", "Печатка"),
    # Form E
    "camp": ("Camp", "Табір"),
    "hospital": ("Hospital", "Лікарня"),
    "surname": ("Surname", "Прізвище"),
    "given": ("First names", "Імена"),
    "father": ("Father’s first name", "Ім’я батька"),
    "birth-date": ("Date of birth", "Дата народження"),
    "birth-place": ("Place of birth", "Місце народження"),
    "army-number": ("Army number", "Військовий номер"),
    "prisoner-number": ("Prisoner number", "Номер полоненого"),
    "condition": ("Disease or wound", "Хвороба або поранення"),
    "decision": ("Decision of the commission", "Рішення комісії"),
    "decision-A": ("A: direct repatriation", "A: безпосередня репатріація"),
    "decision-B": ("B: accommodation in a neutral country", "B: госпіталізація в нейтральній країні"),
    "decision-NC": ("NC: examination by the next commission", "NC: огляд наступною комісією"),
    "chairman": (
        "Chairman of the mixed medical commission, signature",
        "Голова мішаної медичної комісії, підпис",
    ),
    "form-e": (
        "Third Geneva Convention, Annex II, Art. 11; Annex IV E",
        "Третя Женевська конвенція, додаток II, ст. 11; додаток IV E",
    ),
    # Capture card
    "form-b": (
        "Third Geneva Convention, Art. 70; Annex IV B",
        "Третя Женевська конвенція, ст. 70; додаток IV B",
    ),
    "mail": ("Prisoner of war mail", "Пошта військовополоненого"),
    "free": ("Postage free", "Без поштової оплати"),
    "agency": ("Central Tracing Agency", "Центральне агентство з розшуку"),
    "agency-of": (
        "International Committee of the Red Cross, Geneva, Switzerland",
        "Міжнародний комітет Червоного Хреста, Женева, Швейцарія",
    ),
    "not-family": (
        "This card is not the card to the family. No remarks may be added.",
        "Це не картка для родини. Дописувати зауваження не можна.",
    ),
    "power": ("Power on which the prisoner depends", "Держава, за якою числиться полонений"),
    "service-number": ("Service number", "Особистий номер"),
    "kin": ("Address of next of kin", "Адреса найближчих родичів"),
    "taken": ("Taken prisoner on", "Узято в полон"),
    "coming-from": ("Coming from", "Прибуває з"),
    "health": ("Health", "Стан здоров’я"),
    "good": ("in good health", "здоровий"),
    "not-wounded": ("not wounded", "не поранений"),
    "recovered": ("recovered", "одужав"),
    "convalescent": ("convalescent", "одужує"),
    "sick": ("sick", "хворий"),
    "slightly-wounded": ("slightly wounded", "легко поранений"),
    "seriously-wounded": ("seriously wounded", "тяжко поранений"),
    "address": ("Present address", "Теперішня адреса"),
    "signature": ("Signature", "Підпис"),
    # Codes that a cell may hold
    "here": ("here", "на місці"),
    "absent": ("not present", "немає на місці"),
    "unfit": ("needs care first", "спершу лікування"),
    "not-available": ("not available", "недоступно"),
    "seated": ("seated", "сидячи"),
    "assisted": ("seated, with help", "сидячи, з допомогою"),
    "stretcher": ("stretcher", "на ношах"),
    "intensive": ("intensive care", "інтенсивна терапія"),
    # The sheet that says where a workbook is from
    "about": ("About", "Про цей файл"),
    "what": ("What", "Що"),
    "when": ("Made at", "Створено"),
    "who": ("Made by", "Ким створено"),
    "filter": ("Filter", "Відбір"),
    "everyone": ("everyone", "усі"),
}

MONTHS: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.ENGLISH: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    Language.UKRAINIAN: (
        *("січня", "лютого", "березня", "квітня", "травня", "червня"),
        *("липня", "серпня", "вересня", "жовтня", "листопада", "грудня"),
    ),
}


def word(key: str, language: Language) -> str:
    """A label or the word for a code; a text that is neither is itself."""
    pair = WORDS.get(key)
    return key if pair is None else pair[0 if language is Language.ENGLISH else 1]


def both(key: str, language: Language) -> str:
    """A label in the paper's language and then in the other, as the Convention's forms ask."""
    first, second = WORDS[key]
    return f"{first} / {second}" if language is Language.ENGLISH else f"{second} / {first}"


def day(iso: str | None) -> str:
    """An ISO date of any precision as papers write it.

    >>> day("2026-11-27"), day("1997-08"), day("1997"), day(None)
    ('27.11.2026', '08.1997', '1997', '')
    """
    return ".".join(reversed(iso.split("-"))) if iso else ""


def long_day(iso: str, language: Language) -> str:
    """A whole date in running text; a partial one as `day` gives it.

    >>> long_day("2026-11-27", Language.UKRAINIAN)
    '27 листопада 2026 року'
    """
    parts = iso.split("-")
    if len(parts) < 3:
        return day(iso)
    text = f"{int(parts[2])} {MONTHS[language][int(parts[1]) - 1]} {parts[0]}"
    return text if language is Language.ENGLISH else f"{text} року"


def moment(at: datetime) -> str:
    """Date, time and zone, as on every print."""
    zone = at.strftime("%z")
    return at.strftime("%d.%m.%Y, %H:%M") + (f" UTC{zone[:3]}:{zone[3:]}" if zone.strip("+-0") else " UTC")
