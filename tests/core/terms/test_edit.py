"""File -> form -> file: nothing changes but what was changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.errors import NotFound, Unreadable
from obmin.core.terms import diff, fields, load, with_values

FILES = sorted((Path(__file__).parents[3] / "agreements").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_form_left_as_it_is_changes_no_byte(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    filled = {f.path: f.value for f in fields(text, file=file.name)}
    assert len(filled) > 20
    assert with_values(text, filled, file=file.name) == text


def test_one_value_changes_its_own_characters_only(text: str) -> None:
    path = "versions.1.clauses.1.count.phases.P2"
    after = with_values(text, {path: "308"}, file="t")
    changed = [(a, b) for a, b in zip(text.splitlines(), after.splitlines(), strict=True) if a != b]
    assert [(a.replace("P2: 307", "P2: 308"), b) for a, b in changed] == [(b, b) for _, b in changed]
    assert len(changed) == 1
    said = diff(load(text, file="t"), load(after, file="t"))
    assert len(said) == 1
    assert "P2: exactly 308" in said[0].en


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_words_come_back_as_they_were_written(text: str, words: str) -> None:
    after = with_values(text, {"title.uk": words, "versions.0.clauses.0.says.en": words}, file="t")
    agreement = load(after, file="t")
    assert agreement.title.uk == words
    assert agreement.versions[0].clauses[0].says.en == words


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("versions.1.clauses.1.count.exactly", "many"),
        ("concluded", "yesterday"),
        ("actors.0.signs", "perhaps"),
    ],
)
def test_a_value_of_another_kind_is_refused(text: str, path: str, value: str) -> None:
    with pytest.raises(Unreadable) as refused:
        with_values(text, {path: value}, file="t")
    assert refused.value.problems[0].found == value


def test_a_path_that_leads_nowhere(text: str) -> None:
    with pytest.raises(NotFound):
        with_values(text, {"versions.9.agreed": "2026-01-01"}, file="t")
