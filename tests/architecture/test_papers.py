"""The papers point at things that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from obmin.cli import reference
from tests.architecture.source import ROOT, committed, shown

PAPERS = [file for file in committed() if file.suffix == ".md"]


@pytest.mark.parametrize("paper", PAPERS, ids=shown)
def test_every_link_leads_somewhere(paper: Path) -> None:
    text = _prose(paper)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in links if not (paper.parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=shown)
def test_every_command_that_is_named_exists(paper: Path) -> None:
    known = {command.name for command in reference.commands()}
    first = {name.split()[0] for name in known}
    named = re.findall(r"(?:`|^|/)obmin ([a-z]+)(?: ([a-z]+))?", paper.read_text("utf-8"), re.MULTILINE)
    wrong = [
        f"{word} {below}".strip()
        for word, below in named
        if word not in first or (word not in known and below and f"{word} {below}" not in known)
    ]
    assert wrong == []


@pytest.mark.parametrize("paper", PAPERS, ids=shown)
def test_every_make_target_that_is_named_exists(paper: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", paper.read_text("utf-8"), re.MULTILINE))
    assert sorted(named - targets) == []


def test_every_folder_of_the_package_is_in_the_architecture() -> None:
    told = set(re.findall(r"^  (\w+)/ ", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE))
    there = {folder.name for folder in (ROOT / "src" / "obmin").iterdir() if (folder / "__init__.py").exists()}
    assert told == there


def test_every_file_that_the_architecture_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = re.findall(r"`((?:core|audit|people|cli|tests|web|files|negotiation)/[\w/.]+)`", text)
    places = (ROOT, ROOT / "src" / "obmin")
    missing = [
        name
        for name in named
        if not any((place / name).exists() or (place / f"{name}.py").exists() for place in places)
    ]
    assert missing == []


def _prose(paper: Path) -> str:
    """The text without its code blocks."""
    return re.sub(r"^```.*?^```", "", paper.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
