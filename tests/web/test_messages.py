"""Every word of the app is there in Ukrainian, and the file of words is the sources' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from obmin.web import messages


def test_the_file_is_fresh() -> None:
    assert messages.PO.read_bytes() == messages.merged(), "run python -m obmin.web.messages extract"


def test_nothing_lacks_ukrainian() -> None:
    assert messages.untranslated() == []


def test_values_keep_their_places() -> None:
    assert messages.misformed() == []


def test_words_are_found_in_code_pages_and_acts() -> None:
    catalog = messages.template()
    assert catalog.get("Nothing stands in the way.") is not None, "a template"
    assert catalog.get("Counter-proposal") is not None, "a table in code"
    assert catalog.get("Compose a list") is not None, "the table of acts"
    assert catalog.get("Closed", context="case") is not None, "a word with a context"
    assert catalog.get(("in %(n)s day", "in %(n)s days")) is not None, "a plural"
    assert catalog.get("Saved at 15:12.") is not None, "a word handed to a tag"


def test_a_new_word_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = messages.PO.read_text("utf-8").split("\n\n")
    stale = tmp_path / "django.po"
    stale.write_text("\n\n".join(lines[:-2]) + "\n\n", "utf-8")
    monkeypatch.setattr(messages, "PO", stale)
    assert stale.read_bytes() != messages.merged()
    stale.write_bytes(messages.merged())
    assert messages.untranslated(), "what was cut out comes back without its translation"


def test_the_languages_apostrophe() -> None:
    typed = [str(message.id) for message in messages.kept() if message.id and "'" in str(message.string)]
    assert [one for one in typed if not one.startswith("(")] == [], "Ukrainian is written with ’"
