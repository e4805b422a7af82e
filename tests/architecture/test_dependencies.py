"""Every dependency is wanted for a stated reason, under a stated licence, at a locked hash."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import ROOT

REQUIREMENTS = ROOT / "requirements"
PARTS = ("build", "run", "dev")


def wanted(part: str) -> list[str]:
    """The names in one `.in` file, as an index writes them."""
    lines = (REQUIREMENTS / f"{part}.in").read_text("utf-8").splitlines()
    names = [
        re.split(r"[\[~=<>!; ]", line.strip(), maxsplit=1)[0]
        for line in lines
        if line.strip() and line[0] not in "#-"
    ]
    return [canonical(name) for name in names]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(part: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{part}.txt").read_text("utf-8")
    return {canonical(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


@pytest.mark.parametrize("part", PARTS)
def test_every_dependency_is_locked(part: str) -> None:
    assert sorted(set(wanted(part)) - set(pinned(part))) == []


@pytest.mark.parametrize("part", PARTS)
def test_every_pin_has_a_hash(part: str) -> None:
    text = (REQUIREMENTS / f"{part}.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=[\w.-]+==)", text)[1:]
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_locks_agree() -> None:
    """Tests run on the very versions that officers run on."""
    run, dev = pinned("run"), pinned("dev")
    assert {name: (version, dev.get(name)) for name, version in run.items() if dev.get(name) != version} == {}


def test_every_dependency_has_its_reason_and_licence() -> None:
    rows = re.findall(
        r"^\| ([\w.-]+)[^|]*\| ([^|]+)\| ([^|]+)\|",
        (ROOT / "docs" / "dependencies.md").read_text("utf-8"),
        re.MULTILINE,
    )
    told = {canonical(name): (reason.strip(), licence.strip()) for name, reason, licence in rows}
    names = {name for part in PARTS for name in wanted(part)}
    assert sorted(names - set(told)) == []
    assert sorted(set(told) - names - {"dependency"}) == [], "these are told of but no longer wanted"
    assert all(reason and licence for reason, licence in told.values())
