"""The reference is generated from the code and kept fresh: `python -m obmin.cli.reference`."""

from __future__ import annotations

import pytest

from obmin.cli import reference
from obmin.core.acts import ACTS
from tests.architecture.source import ROOT

PAGES = ("docs/reference/cli.md", "docs/reference/acts.md")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_fresh(name: str) -> None:
    path = ROOT / name
    assert path.exists(), f"{name} is missing: python -m obmin.cli.reference"
    assert path.read_text("utf-8") == reference.pages()[name], f"{name} is stale: python -m obmin.cli.reference"


def test_no_page_is_forgotten() -> None:
    assert set(reference.pages()) == set(PAGES)


def test_every_act_is_told() -> None:
    text = reference.pages()["docs/reference/acts.md"]
    assert [name for name in ACTS if f"`{name}`" not in text] == []


def test_every_command_and_option_is_told() -> None:
    text = reference.pages()["docs/reference/cli.md"]
    commands = reference.commands()
    assert len(commands) > 10
    assert [command.name for command in commands if f"## obmin {command.name}\n" not in text] == []
    assert [command.name for command in commands if not command.help] == [], "a command without a word of help"
