"""Each file in `refused/` has one mistake, marked on its line with the words that the refusal must contain."""

from __future__ import annotations

from pathlib import Path

import pytest

from obmin.core.terms import check_text

HERE = Path(__file__).parent
FILES = sorted((HERE / "refused").glob("*.yaml"))
MARK = "# refused: "


def test_the_sound_example_is_accepted() -> None:
    text = (HERE / "sound.yaml").read_text(encoding="utf-8")
    assert check_text(text, file="sound.yaml") == []


def test_there_are_many_kinds_of_mistake() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_refused_on_the_right_line_with_a_sentence_that_helps(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    line, words = next((n, row.split(MARK)[1]) for n, row in enumerate(lines, 1) if MARK in row)
    problems = check_text(text, file=file.name)
    assert any(p.row == line and words in f"{p.found}; {p.expected}" for p in problems), [
        str(p) for p in problems
    ]
    assert all(isinstance(p.column, int) and p.expected for p in problems)


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 50_000, "- " * 100_000, "a: " + "x" * 400_000])
def test_a_hostile_file_is_refused_before_it_is_built(text: str) -> None:
    (problem,) = check_text(text, file="hostile.yaml")
    assert problem.expected in ("a flatter file", "at most 300000")
