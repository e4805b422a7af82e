"""Papers from a register table alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest

from obmin.core.errors import Unreadable
from obmin.documents.forms import CaptureCards, Certificates, Crossing, Kind, Made, Manifest
from obmin.documents.from_register import form, lay
from obmin.documents.typeset import render, words
from tests.documents.test_typeset import read

MADE = Made(datetime(2026, 11, 22, tzinfo=UTC), "Коваленко Ірина")
ON = date(2026, 11, 20)
CROSSING = Crossing("2026-11", "P1", "UKR", "RUS", "Kalyna crossing", date(2026, 11, 27))
FRAME = pl.DataFrame(
    {
        "id": ["1", "2"],
        "name": ["Дубровчук Дем’ян Андрійович", None],
        "surname": [None, "Ґедзишин"],
        "given": [None, "Ілля"],
        "patronymic": [None, "Юрійович"],
        "birth_date": ["1997-08", None],
        "category": ["military", None],
        "health": ["none", "wounded"],
        "captured_on": ["2025-05", "2025-06-01"],
        "coming_from": [None, "Camp 2"],
        "decision": ["A", "NC"],
    }
)


def made(kind, frame=FRAME, crossing=CROSSING):
    return form(kind, frame, file="held.csv", on=ON, made=MADE, crossing=crossing)


def test_names_come_whole_or_from_their_parts():
    assert [row.name for row in made(Kind.LIST).rows] == [
        "Дубровчук Дем’ян Андрійович",
        "Ґедзишин Ілля Юрійович",
    ]
    cards = made(Kind.CAPTURE_CARD)
    assert isinstance(cards, CaptureCards)
    assert [(c.surname, c.given) for c in cards.cards] == [
        ("Дубровчук", "Дем’ян Андрійович"),
        ("Ґедзишин", "Ілля Юрійович"),
    ]


def test_nothing_is_guessed_on_a_capture_card():
    """A register knows no degree of a wound, and who comes from a camp was not taken there."""
    first, second = made(Kind.CAPTURE_CARD).cards
    assert (first.health, second.health) == ("good", "")
    assert (first.captured_on, first.coming_from) == ("05.2025", "")
    assert (second.captured_on, second.coming_from) == ("", "Camp 2")
    assert first.kin_address == first.father == ""


def test_a_certificate_needs_the_decision_of_the_commission():
    assert isinstance(made(Kind.CERTIFICATE), Certificates)
    with pytest.raises(Unreadable) as refused:
        made(Kind.CERTIFICATE, FRAME.with_columns(decision=pl.Series(["A", "yes"])))
    assert [(p.row, p.column, p.found) for p in refused.value.problems] == [(3, "decision", "“yes”")]
    with pytest.raises(Unreadable) as refused:
        made(Kind.CERTIFICATE, FRAME.drop("decision"))
    assert [p.row for p in refused.value.problems] == [2, 3]


def test_an_act_from_a_file_claims_nothing_that_has_not_happened():
    """No signature, no bytes that were signed, and nobody said to be present: three lines to fill in."""
    act = made(Kind.TRANSFER_ACT)
    text = read(render(Kind.TRANSFER_ACT, act, "en"))
    assert act.fingerprint not in text
    assert words("en")["no-exceptions"] not in text
    assert words("en")["exceptions"] in text
    assert text.count("Not yet signed electronically") == 2
    signed = read(render(Kind.TRANSFER_ACT, replace(act, signed=("UKR",)), "en"))
    assert act.fingerprint in signed
    assert words("en")["no-exceptions"] in signed


def test_a_manifest_needs_its_crossing():
    assert isinstance(made(Kind.MANIFEST), Manifest)
    with pytest.raises(Unreadable, match="crossing"):
        made(Kind.MANIFEST, crossing=None)


def test_direct_cases_stand_outside_the_count():
    rows = made(Kind.MANIFEST, FRAME.with_columns(health=pl.Series(["direct", "wounded"]))).rows
    assert [row.counted for row in rows] == [False, True]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_laid_down_whole(kind, tmp_path):
    paths = lay(kind, made(kind), tmp_path, "uk")
    people = kind not in (Kind.CERTIFICATE, Kind.CAPTURE_CARD)
    assert {path.suffix for path in paths} == ({".pdf", ".xlsx"} if people else {".pdf"})
    assert sorted(tmp_path.iterdir()) == sorted(paths)
