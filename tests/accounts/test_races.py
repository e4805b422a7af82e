"""Eight at once with one answer: one gets in. Eight guesses at once: three are tried."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from obmin.accounts import lockout
from obmin.files.instance import create_training
from tests.cluster import Cluster

ROOT = Path(__file__).parents[2]


@pytest.mark.faults
@pytest.mark.parametrize("database", ["embedded", "postgresql"])
def test_at_the_door_too_there_is_one_winner(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, faults_count: Callable[[int, int], int]
) -> None:
    home = tmp_path / "home"
    create_training(home, party="UKR", name="Races", seed="races", began=datetime(2026, 1, 1, tzinfo=UTC))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OBMIN_")}
    around = kept | {
        "OBMIN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "obmin.config.settings",
        "PYTHONPATH": str(ROOT),
    }
    if database == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        around["OBMIN_DATABASE_URL"] = cluster.database()
    times = faults_count(5, 200)
    command = [sys.executable, str(ROOT / "tests" / "accounts" / "racer.py"), str(times)]
    done = subprocess.run(command, env=around, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == [[1, lockout.FREE]] * times
