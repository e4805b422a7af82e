"""The repository stands alone: nothing in it points at one machine, one index or a folder beside it."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import committed, shown

# Written in pieces, so that this file does not find itself.
FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.~$}])/(?:home|root|Users|wo" + r"rk)/\w"),
    "a folder beside the repository": re.compile(r"\.\./sha" + r"red\b|\bwo" + r"rk/sha" + r"red\b"),
    "a private library": re.compile(r"(?<!\w)\.lib" + r"rary\b"),
    "a package index by its host": re.compile(
        r"(?:pypi|pythonhosted|npm" + r"js|deb\.debian)\.(?:org|com)\b|--(?:extra-)?index" + r"-url[ =]\S",
        re.IGNORECASE,
    ),
}
TEXT = frozenset(
    {"py", "md", "toml", "in", "txt", "yaml", "yml", "json", "html", "css", "js", "svg", "typ", "po", "xml"}
)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    found = [
        f"{shown(file, number)}: {match.group()}"
        for file in committed()
        if file.suffix.lstrip(".") in TEXT or not file.suffix
        for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), start=1)
        if (match := FORBIDDEN[what].search(line))
    ]
    assert not found


def test_the_patterns_find_what_they_are_for() -> None:
    planted = {
        "a path of somebody's machine": "open('/" + "home/olena/list.csv')",
        "a folder beside the repository": "see .." + "/shared/list.md",
        "a private library": "cat ." + "library/list",
        "a package index by its host": "https://py" + "pi.org/simple",
    }
    assert all(FORBIDDEN[what].search(text) for what, text in planted.items())
    assert not FORBIDDEN["a path of somebody's machine"].search("href='/x/2026-11/work'")
