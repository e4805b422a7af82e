"""Snapshots of a database: of one moment, whoever writes meanwhile; and back, all of it or nothing."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from obmin.core.errors import Incomplete
from obmin.files import snapshots
from tests.cluster import Cluster

TABLES = (
    "CREATE TABLE audit_tree (id integer primary key, size bigint)",
    "CREATE TABLE audit_checkpoint (size bigint, note text)",
    "CREATE TABLE entry (number bigint)",
    "INSERT INTO audit_tree VALUES (1, 0)",
    "INSERT INTO audit_checkpoint VALUES (1, 'older'), (2, 'newer')",
)


def test_a_snapshot_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    """In each transaction the head moves with the entries; so it must in every snapshot."""
    path = tmp_path / "obmin.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for statement in TABLES:
            connection.execute(statement)
    over = Event()

    def writer() -> None:
        with sqlite3.connect(path, timeout=30) as other:
            while not over.is_set():
                other.executemany("INSERT INTO entry VALUES (?)", [(n,) for n in range(500)])
                other.execute("UPDATE audit_tree SET size = size + 500")
                other.commit()

    thread = Thread(target=writer)
    thread.start()
    try:
        lengths = []
        for number in range(20):
            with snapshots.taken(path, "") as taken:
                copy = tmp_path / f"copy{number}"
                copy.write_bytes(b"".join(taken.blocks))
            with sqlite3.connect(copy) as found:
                assert found.execute("SELECT count(*) FROM entry").fetchone() == (taken.leaves,)
                assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert taken.notes == ("newer", "older")
            lengths.append(taken.leaves)
            time.sleep(0.01)
    finally:
        over.set()
        thread.join()
    assert len(set(lengths)) > 1, "nobody wrote meanwhile"
    assert {p.name for p in tmp_path.iterdir() if not p.name.startswith(("copy", path.name))} == set()


def test_a_dump_of_postgresql_is_of_one_moment_and_comes_back(postgres: Cluster, tmp_path: Path) -> None:
    url, other = postgres.database(), postgres.database()
    with psycopg.connect(url) as connection:
        for statement in (*TABLES, "CREATE FUNCTION obmin_f() RETURNS int LANGUAGE sql AS 'SELECT 1'"):
            connection.execute(statement)
    with snapshots.taken(tmp_path / "none", url) as taken:
        with psycopg.connect(url) as connection:  # after the snapshot, before its bytes are read
            connection.execute("INSERT INTO entry VALUES (1)")
            connection.execute("UPDATE audit_tree SET size = 1")
        (tmp_path / "dump").write_bytes(b"".join(taken.blocks))
    assert (taken.kind, taken.leaves, taken.notes) == ("postgresql", 0, ("newer", "older"))
    assert snapshots.is_empty(other)
    snapshots.bring_back(tmp_path / "dump", other)
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT size FROM audit_tree").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (0,)
    assert not snapshots.is_empty(other)
    snapshots.empty(other)
    assert snapshots.is_empty(other)
    snapshots.bring_back(tmp_path / "dump", other)  # functions too were taken away


def test_a_dump_that_is_cut_brings_nothing_back(postgres: Cluster, tmp_path: Path) -> None:
    url, other = postgres.database(), postgres.database()
    with psycopg.connect(url) as connection:
        for statement in (*TABLES, "INSERT INTO entry SELECT generate_series(1, 50000)"):
            connection.execute(statement)
    with snapshots.taken(tmp_path / "none", url) as taken:
        raw = b"".join(taken.blocks)
    (tmp_path / "dump").write_bytes(raw[: len(raw) * 2 // 3])
    with pytest.raises(Incomplete, match="pg_restore"):
        snapshots.bring_back(tmp_path / "dump", other)
    assert snapshots.is_empty(other)


def test_no_password_stands_on_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere")
    found = snapshots._environment("postgres://obmin:geheim@db.example:5433/register")
    assert {k: v for k, v in found.items() if k.startswith("PG")} == {
        "PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "obmin", "PGPASSWORD": "geheim",
        "PGDATABASE": "register",
    }  # fmt: skip
    assert os.environ["PGHOST"] == "elsewhere"
