"""A person new to the file can answer ten set questions from the generated text alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from obmin.core.terms import Agreement, check, diff, explain, load, schema, timeline_svg
from obmin.core.terms.patch import put


@dataclass(frozen=True)
class Asked:
    """A question that somebody new to the file is asked, and the words of the text that answer it.

    Beside it a change of the file (path, new value) after which the text must give another answer.
    """

    question: str
    en: str
    uk: str
    path: tuple[str | int, ...]
    value: Any
    then_en: str
    then_uk: str


T1, T2 = ("versions", 1, "clauses", 1), ("versions", 1, "clauses", 4)
TEN = [
    Asked(
        "Who are the parties?",
        "Parties: Ukraine [UKR] (holder, receiver); Russia [RUS] (holder, receiver).",
        "Сторони: Україна [UKR] (утримує, приймає); Росія [RUS] (утримує, приймає).",
        ("parties", 1, "roles"), ["holder"],
        "Russia [RUS] (holder).", "Росія [RUS] (утримує).",
    ),
    Asked(
        "When was it concluded?",
        "Concluded: 2025-05-16.", "Укладено: 2025-05-16.",
        ("concluded",), date(2025, 5, 15),
        "Concluded: 2025-05-15.", "Укладено: 2025-05-15.",
    ),
    Asked(
        "How many soldiers does Russia hand over?",
        "Russia → Ukraine: soldiers: exactly 880.", "Росія → Україна: військові: рівно 880.",
        (*T1, "count", "exactly"), 881,
        "Russia → Ukraine: soldiers: exactly 881.", "Росія → Україна: військові: рівно 881.",
    ),
    Asked(
        "How many civilians does Ukraine hand over?",
        "Ukraine → Russia: civilians: exactly 120.", "Україна → Росія: цивільні: рівно 120.",
        ("versions", 1, "clauses", 5, "count"),
        {"from": "UKR", "to": "RUS", "track": "civilian", "at_least": 90},
        "Ukraine → Russia: civilians: at least 90.", "Україна → Росія: цивільні: щонайменше 90.",
    ),
    Asked(
        "On which day is the second part?",
        "P2 (second day): on 2025-05-24", "P2 (другий день): дата: 2025-05-24",
        ("versions", 1, "phases", 1, "day"), date(2025, 5, 27),
        "P2 (second day): on 2025-05-27", "P2 (другий день): дата: 2025-05-27",
    ),
    Asked(
        "How many soldiers come on the third day?",
        "soldiers: exactly 880.\n  - By phase: P1: exactly 270; P2: exactly 307; P3: exactly 303.",
        "військові: рівно 880.\n  - За чергами: P1: рівно 270; P2: рівно 307; P3: рівно 303.",
        (*T1, "count", "phases", "P3"), {"at_most": 303},
        "P2: exactly 307; P3: at most 303.", "P2: рівно 307; P3: щонайбільше 303.",
    ),
    Asked(
        "Who picks the names on Ukraine's list?",
        "Names picked by: Ukraine.", "Імена обирає: Україна.",
        (*T2, "count", "selected_by"), "TUR",
        "Names picked by: Türkiye.", "Імена обирає: Туреччина.",
    ),
    Asked(
        "Must Belarus sign?",
        "Belarus [BLR] (transit), does not sign.", "Білорусь [BLR] (транзит), не підписує.",
        ("actors", 1, "signs"), True,
        "Belarus [BLR] (transit).", "Білорусь [BLR] (транзит).",
    ),
    Asked(
        "Who travels besides, outside every count?",
        "outside every count:\n  - whoever holds and receives: people (health: direct medical case (Art. 110))",
        "поза будь-яким рахунком:\n  - хто б не тримав і не приймав: люди (стан здоров'я: прямий медичний",
        ("versions", 1, "beside", 0, "who"), {"sex": "2"},
        "people (sex: women)", "люди (стать: жінки)",
    ),
    Asked(
        "What becomes of a man who does not want to go?",
        "whoever refuses stays without any ill effect", "хто відмовився, лишається без жодних наслідків",
        ("historic",), True,
        "Kept as history: it is verified, never composed", "списків за нею не складають",
    ),
]  # fmt: skip


def test_there_are_ten_questions() -> None:
    assert len({asked.question for asked in TEN}) == 10


@pytest.mark.parametrize("asked", TEN, ids=lambda a: a.question)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_question_is_answered_by_the_text_and_by_the_file_behind_it(
    text: str, istanbul: Agreement, asked: Asked, language: str
) -> None:
    """Had another thing been agreed the text would say so: the answer comes from the file."""
    answer, other = (asked.en, asked.then_en) if language == "en" else (asked.uk, asked.then_uk)
    said = explain(istanbul, language)
    assert answer in said
    assert other not in said
    changed = explain(load(put(text, asked.path, asked.value, file="t"), file="t"), language)
    assert other in changed
    assert changed.count(answer) < said.count(answer)


def test_a_civilian_never_fills_a_gap_among_the_soldiers(istanbul: Agreement) -> None:
    assert "More under one does not make up for fewer under another." in explain(istanbul, "en")


def test_the_same_in_ukrainian(istanbul: Agreement) -> None:
    text = explain(istanbul, "uk")
    for answer in (
        "Сторони: Україна [UKR] (утримує, приймає); Росія [RUS] (утримує, приймає).",
        "Росія → Україна: військові: рівно 880.",
        "За чергами: P1: рівно 270; P2: рівно 307; P3: рівно 303.",
        "Більше за одним пунктом не заступає нестачі за іншим.",
        "Прямі медичні випадки (ст. 110) їдуть додому поза будь-яким рахунком",
    ):
        assert answer in text
    assert "Russia" not in text
    assert "exactly" not in text


def test_the_announced_version_says_what_is_open(istanbul: Agreement) -> None:
    text = explain(istanbul, "en", version=1)
    assert "Russia → Ukraine: soldiers: a number left open." in text
    assert "By phase" not in text


def test_the_talks_are_told_and_bind_nobody(text: str) -> None:
    talks = [
        {
            "says": "First session.",
            "day": date(2025, 5, 16),
            "place": "Istanbul",
            "delegations": ["Ukraine: nine"],
        }
        | {"proposals": [{"by": "UKR", "says": "all for all", "answer": "refused"}]}
        | {"claims": [{"by": "RUS", "says": "names were changed", "source": "https://example.org"}]}
    ]
    told = load(put(text, ["talks"], talks, file="t"), file="t")
    assert check(told) == []
    said = explain(told, "en")
    for line in (
        "Talks (nothing here binds):",
        "2025-05-16, Istanbul: First session.",
        "Delegations: Ukraine: nine.",
        "Ukraine proposed: “all for all” (refused).",
        "Russia claims: “names were changed” (https://example.org).",
    ):
        assert line in said
    assert "Україна пропонує: «all for all» (відхилено)." in explain(told, "uk")
    assert diff(load(text, file="t"), told) == [], "no clause of it changes"
    stranger = load(
        put(text, ["talks"], [{"says": "x", "claims": [{"by": "XXX", "says": "y"}]}], file="t"), file="t"
    )
    (problem,) = check(stranger)
    assert "XXX" in problem.found


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
