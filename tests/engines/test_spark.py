"""The same work on Apache Spark, for real: processes of Java and Python on this machine. The same matches."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from obmin.core.errors import Incomplete
from obmin.engines import candidates, spark
from obmin.engines.linkage import reconcile
from obmin.files import scratch
from tests.engines.test_linkage import lists


@pytest.mark.parametrize("people", [1900, 60], ids=["joined by keys", "every pair"])
def test_the_same_matches_to_the_pair_however_the_rows_lie(people: int) -> None:
    sought, held = lists(people)
    assert (sought.height * held.height > candidates.ALL_PAIRS) is (people > 1000)
    here = reconcile(sought, held)
    there = reconcile(sought.sample(fraction=1.0, shuffle=True, seed=3), held.reverse(), engine="spark")
    assert here.matches.height > 30
    assert there.matches.equals(here.matches)
    assert there.evidence.equals(here.evidence)
    assert there.parameters | {"engine": "duckdb"} == here.parameters


def test_its_files_are_encrypted_private_and_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    folder = scratch.folder

    def watched() -> Iterator[Path]:
        with folder() as place:
            made.append(place)
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
            yield place

    from contextlib import contextmanager

    monkeypatch.setattr(scratch, "folder", contextmanager(watched))
    with spark.session() as running:
        told = running.sparkContext.getConf()
        assert told.get("spark.io.encryption.enabled") == "true"
        assert told.get("spark.ui.enabled") == "false"
        assert told.get("spark.driver.host") == "127.0.0.1"
        frame = running.range(1000).repartition(7).selectExpr("id % 10 as k").groupBy("k").count()
        assert frame.count() == 10
        assert any(made[0].iterdir())  # it did use the folder
    assert not made[0].exists()


def test_where_it_is_not_installed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    sought, held = lists(30)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pyspark.sql", None)
        with pytest.raises(Incomplete, match=r"obmin\[spark\]"):
            reconcile(sought, held, engine="spark")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Incomplete, match="openjdk"):
        reconcile(sought, held, engine="spark")
