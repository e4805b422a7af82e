"""Papers of a sending: the cover with its people, and the capture cards (form B of Annex IV)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import get_language

from obmin.core import record
from obmin.core.duties import Kind, To
from obmin.core.names import romanise, script_of
from obmin.documents import forms
from obmin.documents.forms import CaptureCard, CaptureCards, Language, Made, PeopleList
from obmin.documents.typeset import render, shown
from obmin.people import notices
from obmin.people.models import Sending

_TITLES: Final[dict[Language, dict[str, str]]] = {
    "en": {
        To.BUREAU: "Notices to the National Information Bureau (Art. 122)",
        To.AGENCY: "Notices to the Central Tracing Agency (Art. 123)",
    },
    "uk": {
        To.BUREAU: "Повідомлення Національному інформаційному бюро (ст. 122)",
        To.AGENCY: "Повідомлення Центральному агентству з розшуку (ст. 123)",
    },
}


def cover(sending: Sending) -> bytes:
    """The people of a sending as a PDF; its fingerprint is that of the workbook beside it."""
    language = _language()
    rows = [
        forms.Row(
            number,
            held.values.get("name", ""),
            held.values.get("romanised", ""),
            held.values.get("birth_date", ""),
            held.values.get("rank", ""),
        )
        for number, held in enumerate(_told(sending, cards=False), start=1)
    ]
    title = _TITLES[language][sending.to]
    paper = PeopleList(title, sending.pk, tuple(rows), sending.sha256, _made(sending))
    return render(forms.Kind.LIST, paper, language)


def cards(sending: Sending) -> bytes:
    """The capture cards of a sending, two pages each, names in their own script and in Latin letters."""
    found = tuple(_card(held, sending) for held in _told(sending, cards=True))
    return render(forms.Kind.CAPTURE_CARD, CaptureCards(found, _made(sending)), _language())


def _card(held: record.Notified, sending: Sending) -> CaptureCard:
    values = held.values
    return CaptureCard(
        power=values.get("power", ""),
        surname=_both(values.get("surname") or values.get("name", "")),
        given=_both(values.get("given", "")),
        father=_both(values.get("patronymic", "")),
        birth_date=shown(values.get("birth_date", "")),
        birth_place="",
        rank=values.get("rank", ""),
        service_number=values.get("service_number", ""),
        kin_address="",
        captured_on=shown(values.get("captured_on", "")),
        coming_from="",
        health="",  # ticked by hand: what the doctor found is not the registrar's
        prisoner_number="",
        camp=values.get("mail", ""),
        on=sending.at.date(),
    )


def _both(text: str) -> str:
    """A word as written, and in Latin letters where it is in others."""
    return text if not text or script_of(text) == "Latn" else f"{text} · {romanise(text)}"


def _told(sending: Sending, *, cards: bool) -> list[record.Notified]:
    found = notices.said(sending).values()
    return [held for held in found if (held.values["notice"] == Kind.CARD) is cards]


def _made(sending: Sending) -> Made:
    return Made(sending.at, sending.by, "", settings.OBMIN.training)


def _language() -> Language:
    return "uk" if get_language() == "uk" else "en"
