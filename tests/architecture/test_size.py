"""The largest file is watched, not the mean: that is where understanding is lost."""

from __future__ import annotations

from tests.architecture.source import ROOT, committed, functions, modules, shown, tree

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60

# "path" or "path function": the reason why it may be longer.
LONGER: dict[str, str] = {}


def test_no_file_is_long() -> None:
    sources = [file for file in committed() if file.suffix == ".py" and "migrations" not in file.parts]
    long = {shown(file): len(file.read_text("utf-8").splitlines()) for file in sources}
    assert {
        name: lines for name, lines in long.items() if lines > MOST_LINES_OF_A_FILE and name not in LONGER
    } == {}


def test_no_function_is_long() -> None:
    long = {}
    for file in modules():
        for function in functions(tree(file)):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                long[f"{shown(file)} {function.name}"] = lines
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}


def test_the_list_of_exceptions_is_short_and_current() -> None:
    present = {shown(file) for file in committed()}
    assert all(name.split()[0] in present and reason for name, reason in LONGER.items())
    assert len(LONGER) <= 3
    assert ROOT.joinpath("pyproject.toml").exists()


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "services",
        "service",
        "managers",
        "manager",
        "misc",
    }
    assert [shown(file) for file in modules() if file.stem in empty or file.parent.name in empty] == []
