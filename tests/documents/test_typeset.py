"""Printed papers: what is on them, in both languages; what is not; and the same bytes each time."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
import typst
from ruamel.yaml import YAML

from obmin.documents import typeset
from obmin.documents.forms import (
    HEALTH,
    CaptureCard,
    CaptureCards,
    Certificate,
    Certificates,
    Crossing,
    Kind,
    Made,
    Manifest,
    PeopleList,
    Row,
    TransferAct,
)
from obmin.documents.typeset import grouped, printed_at, render, words
from obmin.documents.workbooks import workbook

MADE = Made(datetime(2026, 11, 22, 15, 12, tzinfo=UTC), "Коваленко Ірина", "wounded or ill", training=True)
FINGERPRINT = "0f1e2d3c4b5a69788796" + "0" * 44
NAME = "Ґедзишин Ілля Юрійович"
ROWS = tuple(
    Row(
        number=number,
        name=NAME,
        romanised="Gedzyshyn Illia Yuriiovych",
        birth_date=("1997-08-14", "1997-08", "1997", "")[number % 4],
        rank="старший сержант",
        track="civilian" if number % 5 == 0 else "military",
        mark="CHECKED",
        ground="T2-military",
        vehicle="bus-2",
        code=f"7K{number:04d}",
        phase="P1",
        counted=number % 20 != 0,
    )
    for number in range(1, 61)
)
CROSSING = Crossing("2026-11", "P1", "UKR", "RUS", "Kalyna crossing", date(2026, 11, 27))
LIST = PeopleList("List 2026-11/4", "Terms, version 3", ROWS, FINGERPRINT, MADE)
MANIFEST = Manifest(CROSSING, ROWS, FINGERPRINT, MADE)
ACT = TransferAct(
    CROSSING,
    ROWS[:57],
    tuple(replace(row, mark="declined") for row in ROWS[57:]),
    "Türkiye",
    FINGERPRINT,
    ("UKR",),
    MADE,
)
CERTIFICATE = Certificate(
    on=date(2026, 11, 20),
    camp="Camp 1",
    hospital="Шпиталь 2",
    surname="Дубровчук",
    given="Дем’ян",
    birth_date="14.08.1997",
    rank="сержант",
    army_number="АБ-1",
    prisoner_number="P-77",
    finding="fracture",
    decision="B",
)
CARD = CaptureCard(
    power="Україна",
    surname="Дубровчук",
    given="Дем’ян",
    father="Андрій",
    birth_date="14.08.1997",
    birth_place="Харків",
    rank="сержант",
    service_number="АБ-1",
    kin_address="Вигадана вул. 1",
    captured_on="05.2025",
    coming_from="",
    health="slightly-wounded",
    prisoner_number="P-77",
    camp="Camp 1",
    on=date(2026, 11, 20),
)
FORMS = {
    Kind.LIST: LIST,
    Kind.MANIFEST: MANIFEST,
    Kind.TRANSFER_ACT: ACT,
    Kind.CERTIFICATE: Certificates((CERTIFICATE,), MADE),
    Kind.CAPTURE_CARD: CaptureCards((CARD,), MADE),
}


def read(pdf: bytes) -> str:
    """All text of a PDF, pages parted by form feeds, spaces evened."""
    program = shutil.which("pdftotext")
    assert program, "install the Debian package poppler-utils"
    told = subprocess.run([program, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"[^\S\f]+", " ", told.stdout.decode().replace("\n", " "))


def pages(pdf: bytes) -> list[str]:
    return read(pdf).rstrip("\f ").split("\f")


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("kind", Kind)
def test_the_same_form_gives_the_same_bytes(kind, language):
    first = render(kind, FORMS[kind], language)
    assert first.startswith(b"%PDF")
    assert render(kind, FORMS[kind], language) == first
    later = replace(FORMS[kind], made=replace(MADE, at=datetime(2026, 11, 23, tzinfo=UTC)))
    assert render(kind, later, language) != first


def test_a_form_is_printed_as_what_it_is():
    with pytest.raises(ValueError, match="PeopleList is no manifest"):
        render(Kind.MANIFEST, LIST, "en")


def test_each_page_of_a_list_says_what_it_is():
    found = pages(render(Kind.LIST, LIST, "en"))
    assert len(found) > 1
    for number, page in enumerate(found, 1):
        assert "No. Name State Born Category Phase Clause" in page
        assert f"page {number} of {len(found)}" in page
        assert "Printed 22.11.2026 15:12 UTC by Коваленко Ірина" in page
        assert "Copy, not original" in page
        assert "Fingerprint 0F1E 2D3C 4B5A 6978 8796" in page
        assert "TRAINING: every person on this paper is invented" in page
    text = " ".join(found)
    assert text.count(NAME) == text.count("Gedzyshyn Illia Yuriiovych") == len(ROWS)
    assert text.count(" 14.08.1997 ") == text.count(" 08.1997 ") == len(ROWS) // 4
    assert "Filter: wounded or ill" in text


def test_no_person_is_torn_over_two_pages():
    for spare in range(1, 6):  # rows of other heights meet the foot of the page elsewhere
        rows = tuple(replace(row, romanised="Gedzyshyn " * (6 * spare) + "Illia") for row in ROWS)
        for page in pages(render(Kind.LIST, replace(LIST, rows=rows), "uk")):
            assert page.count(NAME) == page.count(" Illia") > 0


def test_a_list_in_ukrainian():
    text = read(render(Kind.LIST, LIST, "uk"))
    for said in ("Народження", "сторінка 1 з", "Копія, не оригінал", "НАВЧАННЯ", "цивільні", "Перевірено"):
        assert said in text


def test_the_counts_keep_the_tracks_apart():
    text = read(render(Kind.MANIFEST, MANIFEST, "en"))
    assert re.search(r" 60 48 9 3 altogether military civilian outside the count ", text)


def test_a_paper_of_a_live_home_says_nothing_of_training():
    live = replace(ACT, made=replace(MADE, training=False))
    text = read(render(Kind.TRANSFER_ACT, live, "en"))
    assert "TRAINING" not in text
    assert "Copy" not in text


def test_an_act_has_three_places_to_sign_and_the_annexed_list():
    text = read(render(Kind.TRANSFER_ACT, ACT, "en"))
    front, annex = text.split("Annex: nominal list")
    for said in ("For the party that hands over", "For the party that receives", "as witness", "Türkiye"):
        assert said in front
    assert len(re.findall(r"\bSignature\b", front)) == 3
    assert front.count("Signed electronically under") == front.count("Not yet signed electronically") == 1
    assert FINGERPRINT in front
    assert annex.count(NAME) == 57
    assert front.count(NAME) == 3


def test_an_act_never_says_that_somebody_refused():
    text = read(render(Kind.TRANSFER_ACT, ACT, "en"))
    assert text.count("not available") == 3
    assert not re.search("declin|refus", text)
    assert "недоступна особа" in read(render(Kind.TRANSFER_ACT, ACT, "uk"))
    assert not any("відмов" in said.lower() for said in words("uk").values())


def test_a_certificate_has_the_fields_of_form_e_in_both_languages():
    text = read(render(Kind.CERTIFICATE, FORMS[Kind.CERTIFICATE], "en"))
    shown = "on camp hospital surname given born-on rank army_number prisoner_number finding decision chairman"
    for language in ("en", "uk"):
        for label in shown.split():
            assert words(language)[label] in text, label
    for value in ("20.11.2026", "Camp 1", "Шпиталь 2", "Дубровчук", "Дем’ян", "14.08.1997", "P-77", "fracture"):
        assert value in text


def test_a_capture_card_has_the_fields_of_form_b_and_no_place_for_remarks():
    front, back = pages(render(Kind.CAPTURE_CARD, FORMS[Kind.CAPTURE_CARD], "uk"))
    assert "Central Tracing Agency" in front
    assert "Free of postage" in front
    assert [n for n in [*range(1, 10), "10a", "10b", 11, 12, 13, 14] if f" {n}. " not in f" {back}"] == []
    for state in HEALTH:
        assert words("uk")[f"health-{state}"] in back
    assert "05.2025" in back
    assert not re.search("remark|зауваж|примітк", back, re.IGNORECASE)


def test_only_the_chosen_box_is_crossed():
    """The crossed box is drawn, not written: another choice is another drawing with the same words."""
    drawings = set()
    for state in HEALTH:
        form = CaptureCards((replace(CARD, health=state),), MADE)
        pdf = render(Kind.CAPTURE_CARD, form, "en")
        drawings.add(pdf)
        assert read(pdf) == read(render(Kind.CAPTURE_CARD, FORMS[Kind.CAPTURE_CARD], "en"))
    assert len(drawings) == len(HEALTH)


def test_papers_for_one_person_do_not_tell_how_many_there_are():
    seven = {
        Kind.CERTIFICATE: Certificates((CERTIFICATE,) * 7, MADE),
        Kind.CAPTURE_CARD: CaptureCards((CARD,) * 7, MADE),
    }
    for kind, form in seven.items():
        assert len(pages(render(kind, form, "en"))) >= 7
        first, *_ = pages(render(kind, form, "en"))
        (alone, *_) = pages(render(kind, FORMS[kind], "en"))
        assert first.strip() == alone.strip()


def test_a_name_cannot_run_anything():
    nasty = '#panic("x") \\ $x$ @preview/x:1.0 "] #read("/etc/passwd") <b>'
    text = read(render(Kind.LIST, replace(LIST, rows=(Row(1, nasty),)), "en"))
    assert '#read("' in text
    assert "root:" not in text


def test_templates_use_no_packages():
    templates = list((typeset.HERE / "templates").glob("*.typ"))
    assert {f"{kind}.typ" for kind in Kind} <= {path.name for path in templates}
    assert not [p.name for p in templates if "@preview" in p.read_text() or "@local" in p.read_text()]


def test_cyrillic_is_printed_without_our_own_fonts(monkeypatch):
    bare = typst.Fonts(include_system_fonts=False, font_paths=[])
    monkeypatch.setattr(typeset, "_fonts", lambda: bare)
    text = read(render(Kind.LIST, LIST, "uk"))
    assert text.count(NAME) == len(ROWS)


def test_a_long_lived_process_forgets_what_it_laid_out():
    kept = typeset._laid_out
    for number in range(40):
        render(Kind.LIST, replace(LIST, fingerprint=f"{number:064x}"), "en")
    assert kept.rows <= kept.ROWS


@pytest.mark.parametrize("form", [LIST, MANIFEST, ACT], ids=lambda form: type(form).__name__)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_workbook_has_the_same_people_and_says_where_it_is_from(form, language):
    first = workbook(form, language)
    assert workbook(form, language) == first
    people, about = openpyxl.load_workbook(io.BytesIO(first)).worksheets
    say = words(language)
    assert people.max_row == len(ROWS) + 1
    assert [cell.value for cell in people["B"][1:]] == [NAME] * len(ROWS)
    assert say["name"] == people["B1"].value
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert said[say["who"]] == MADE.by
    assert said[say["printed"]] == "22.11.2026 15:12 UTC"
    assert said[say["scope"]] == "wounded or ill"
    assert said[say["fingerprint"]] == grouped(FINGERPRINT)
    assert said[say["note"]] == say["training"]


def test_a_formula_in_a_name_stays_text_in_the_workbook():
    rows = (Row(1, '=HYPERLINK("http://example.org")'),)
    people = openpyxl.load_workbook(io.BytesIO(workbook(replace(LIST, rows=rows), "en"))).worksheets[0]
    assert people["B2"].data_type == "s"


def test_a_moment_bears_its_zone():
    at = datetime.fromisoformat("2026-11-22T15:12:00+02:00")
    assert printed_at(at) == "22.11.2026 15:12 UTC+02:00"


def test_every_word_is_said_in_both_languages_and_asked_for_by_somebody():
    wording = YAML(typ="safe").load((typeset.HERE / "wording.yaml").read_text(encoding="utf-8"))
    templates = "".join(p.read_text() for p in (typeset.HERE / "templates").glob("*.typ"))
    for key, said in wording.items():
        assert set(said) == {"en", "uk"}, key
        assert all(said.values()), key
    asked = set(re.findall(r'(?:say|both|blank)\("([\w.-]+)"\)', templates))
    assert asked
    assert asked - set(wording) == set()
