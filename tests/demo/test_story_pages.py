"""The pages read the instance's database: files can go, and a correction shows wherever the person stands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.demo.conftest import SIDES, Run, surroundings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def walked(story: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the pages of both homes show when nothing but the homes is left."""
    found = {}
    for side in SIDES:
        home = tmp_path_factory.mktemp("home") / side
        shutil.copytree(story.out / "sides" / side / "home", home)
        walk = subprocess.run(
            [sys.executable, "-m", "tests.demo.walk", str(home)],
            cwd=ROOT,
            env=surroundings(),
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        assert walk.returncode == 0, walk.stderr
        found[side] = json.loads(walk.stdout)
    return found


@pytest.mark.parametrize("side", SIDES)
def test_every_page_shows_without_any_artefact(walked: dict[str, dict[str, Any]], side: str) -> None:
    pages = walked[side]["pages"]
    assert len(pages) == 2 * 26
    assert {name: told for name, told in pages.items() if told[0] != 200 or told[1] < 500} == {}


@pytest.mark.parametrize("side", SIDES)
def test_a_corrected_name_shows_at_every_later_stage(walked: dict[str, dict[str, Any]], side: str) -> None:
    before, after = walked[side]["before"], walked[side]["after"]
    assert before == {"ours": [], "held": []}
    stages = {"register", "person", "pair", "round", "site", "muster", "care", "case"}
    assert stages - set(after["ours"]) == set()
    held = {"register-held", "person-held", "list-held", "line-held", "muster-held"}
    assert held - set(after["held"]) == set()
