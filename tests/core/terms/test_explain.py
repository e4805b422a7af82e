"""A person new to the file can answer ten set questions from the generated text alone."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from obmin.core.terms import Agreement, diff, explain, schema, timeline_svg

# question, and what the text must say for the answer to be found in it
QUESTIONS = [
    ("Who are the parties?", "Parties: Ukraine [UKR] (holder, receiver); Russia [RUS] (holder, receiver)."),
    ("When was it concluded?", "Concluded: 2025-05-16"),
    ("How many soldiers does Russia hand over?", "Russia → Ukraine: soldiers: exactly 880."),
    ("How many civilians does Ukraine hand over?", "Ukraine → Russia: civilians: exactly 120."),
    ("On which day is the second part?", "P2 (second day): on 2025-05-24"),
    (
        "How many soldiers come on the third day?",
        "By phase: P1: exactly 270; P2: exactly 307; P3: exactly 303.",
    ),
    ("May a civilian fill a gap among the soldiers?", "None of them stands in for another."),
    ("Who picks the names on Ukraine's list?", "Names picked by: Ukraine."),
    ("Do the badly wounded count?", "Direct medical cases (Art. 110) go home besides, outside every count"),
    ("What becomes of a man who does not want to go?", "whoever refuses stays without any ill effect"),
]


@pytest.mark.parametrize(("question", "answer"), QUESTIONS)
def test_ten_questions(istanbul: Agreement, question: str, answer: str) -> None:
    assert answer in explain(istanbul, "en"), question


def test_the_same_in_ukrainian(istanbul: Agreement) -> None:
    text = explain(istanbul, "uk")
    for answer in (
        "Сторони: Україна [UKR] (утримує, приймає); Росія [RUS] (утримує, приймає).",
        "Росія → Україна: військові: рівно 880.",
        "За чергами: P1: рівно 270; P2: рівно 307; P3: рівно 303.",
        "Жоден не замінює іншого.",
        "Прямі медичні випадки (ст. 110) їдуть додому поза будь-яким рахунком",
    ):
        assert answer in text
    assert "Russia" not in text
    assert "exactly" not in text


def test_the_announced_version_says_what_is_open(istanbul: Agreement) -> None:
    text = explain(istanbul, "en", version=1)
    assert "Russia → Ukraine: soldiers: a number left open." in text
    assert "By phase" not in text


def test_another_language_is_refused(istanbul: Agreement) -> None:
    with pytest.raises(ValueError, match="en or uk"):
        explain(istanbul, "fr")


def test_two_versions_in_plain_words(istanbul: Agreement) -> None:
    said = [t.en for t in diff(istanbul, istanbul, 1, 2)]
    assert any(
        s.startswith("Clause T1-military was: Russia → Ukraine: soldiers: a number left open.")
        and "Now: Russia → Ukraine: soldiers: exactly 880." in s
        for s in said
    )
    assert "Phase P3 (third day): on 2025-05-25" in said
    assert not any("T3" in s for s in said), "what did not change is not named"


def test_the_picture_is_plain_and_whole(istanbul: Agreement) -> None:
    picture = timeline_svg(istanbul, "uk")
    root = ElementTree.fromstring(picture)
    tags = {e.tag.split("}")[1] for e in root.iter()}
    assert tags <= {"svg", "title", "g", "text", "rect", "line"}
    assert not any("style" in e.attrib or "fill" in e.attrib for e in root.iter())
    rows = [e for e in root.iter() if "timeline-phase" in e.attrib.get("class", "")]
    assert len(rows) == 3
    bars = [float(next(b for b in row if b.tag.endswith("rect")).attrib["x"]) for row in rows]
    assert bars == sorted(set(bars)), "later days lie further right"


def test_the_published_schema_is_the_one_that_is_used() -> None:
    published = Path(__file__).parents[3] / "docs" / "reference" / "agreement.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema()
