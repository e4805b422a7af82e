"""Whatever a check can say, it says in Ukrainian too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from obmin.core.terms import check_text
from obmin.core.terms.load import schema
from obmin.core.terms.sentences import said, table

REFUSED = sorted((Path(__file__).parent / "refused").glob("*.yaml"))
CYRILLIC = re.compile(r"[а-щьюяєіїґ]", re.IGNORECASE)
ENGLISH = re.compile(r"\b(?:the|and|that|nobody|everybody|people|not|clause|before|after|with|Art)\b")


def descriptions(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            yield part["description"]
        for inner in part.values():
            yield from descriptions(inner)
    if isinstance(part, list):
        for inner in part:
            yield from descriptions(inner)


@pytest.mark.parametrize("file", REFUSED, ids=lambda f: f.stem)
def test_every_refusal_is_said_in_ukrainian(file: Path) -> None:
    for problem in check_text(file.read_text(encoding="utf-8"), file=file.name):
        expected = said(problem.expected, "uk")
        assert CYRILLIC.search(expected) or expected == problem.expected.replace(" ", ""), problem.expected
        assert not ENGLISH.search(expected), expected
        found = said(problem.found, "uk")
        assert not ENGLISH.search(re.sub(r"“.*?”|: .*_.*", "", found)), found


def test_every_key_of_the_schema_is_told_in_ukrainian() -> None:
    told = set(descriptions(schema()))
    assert len(told) > 60
    assert [d for d in sorted(told) if not CYRILLIC.search(said(d, "uk"))] == []


def test_both_sides_of_a_sentence_are_filled_with_the_same() -> None:
    for en, uk in table():
        if not en.startswith("{en:") and "{times" not in en and "{after" not in en:
            assert set(re.findall(r"\{(\w+)\}", en)) == set(re.findall(r"\{(\w+)\}", uk)), en


def test_sentences_inside_sentences_and_values_as_they_are() -> None:
    text = "clause T1: takes people who have not agreed to go"
    assert said(text, "uk") == "пункт T1: бере осіб, які не погодилися їхати"
    assert said(text, "en") == text
    assert said("clause T1: a ratio runs on civilian", "uk") == "пункт T1: співвідношення стосується: civilian"
    assert said("Zürich 1944", "uk") == "Zürich 1944"
