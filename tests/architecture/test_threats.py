"""The threat model names for each threat a control and tests; every one of those tests exists."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.architecture.source import ROOT

TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in TEXT.split("## Threats")[1].split("## Not covered")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| who, what")
]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


@cache
def names_in(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return frozenset(n.name for n in nodes if isinstance(n, ast.FunctionDef))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in names_in(path)


def test_each_threat_has_a_control_and_a_test() -> None:
    assert len(ROWS) >= 25
    lacking = [row for row in ROWS if len(row) != 3 or not row[1] or not re.search(r"`tests/.+::test_", row[2])]
    assert lacking == []


def test_what_stands_in_the_tests_column_is_tests() -> None:
    found = {word for row in ROWS for word in row[2].split()}
    assert {word for word in found if not re.fullmatch(r"`tests/[\w/]+\.py::test_\w+`", word)} == set()


def test_no_test_is_named_twice() -> None:
    assert sorted({n for n in NAMED if NAMED.count(n) > 1}) == []
