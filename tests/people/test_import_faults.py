"""An import whose process is killed, anywhere, and taken up again: no row twice, none lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from obmin.files.instance import create_training

HERE = Path(__file__).parent


@pytest.mark.faults
def test_an_import_that_is_killed_anywhere_takes_each_row_once(
    tmp_path: Path, faults_count: Callable[[int, int], int]
) -> None:
    home = tmp_path / "home"
    create_training(home, party="UKR", name="Faults", seed="f", began=datetime(2026, 1, 1, tzinfo=UTC))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OBMIN_")}
    around = kept | {"OBMIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "obmin.config.settings"}
    times = faults_count(2, 60)
    done = subprocess.run(
        [sys.executable, str(HERE / "importer.py"), str(times), "5"],
        env=around, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found["lists"]) == times
    assert sum(children for children, *_ in found["lists"]) > 2 * times  # they were killed, and often
    for _children, sums, people, different, numbers, parked, rejudged in found["lists"]:
        assert sums == [60, 50, 0, 0, 10, 0]
        assert (people, different, numbers, parked, rejudged) == (50, 50, 10, 10, 0)
    assert (found["left"], found["sound"]) == (0, True)
