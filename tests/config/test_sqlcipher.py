"""A database that is an encrypted file: nothing of it can be read without its key, and all works with it."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.cli.command import done, holder, inside, obmin
from tests.cli.test_backups import CLOSE, IVAN, OLENA, PEOPLE, STATE

ON = {"OBMIN_SQLCIPHER": "1"}
PLAIN_WORDS = (
    b"SQLite format 3",
    b"CREATE TABLE",
    b"audit_entry",
    b"people_person",
    OLENA.encode(),
    b"instance.begin",
)


def raw(home: Path) -> bytes:
    """The database as it lies, its log included."""
    return b"".join(path.read_bytes() for path in home.glob("obmin.sqlite3*"))


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("cipher") / "home"
    done("init", "--home", home, **ON)
    inside(home, PEOPLE + CLOSE, **ON)
    return home


def test_nothing_of_it_can_be_read_in_the_file(encrypted: Path, tmp_path: Path) -> None:
    assert [word for word in PLAIN_WORDS if word in raw(encrypted)] == []
    done("init", "--home", tmp_path / "plain")
    inside(tmp_path / "plain", PEOPLE)
    assert [word for word in PLAIN_WORDS if word not in raw(tmp_path / "plain")] == []  # the search can fail
    mixed = obmin("journal", "verify", "--home", tmp_path / "plain", **ON)
    assert (mixed.returncode, "no encrypted file" in mixed.stderr) == (2, True)
    with sqlite3.connect(encrypted / "obmin.sqlite3") as other, pytest.raises(sqlite3.DatabaseError):
        other.execute("SELECT * FROM sqlite_master")


def test_all_works_in_it(encrypted: Path) -> None:
    """Tables of every type, the journal, the ledger of rows, sealed cells."""
    now = json.loads(inside(encrypted, STATE, **ON))
    assert (now["problems"], now["names"]) == ([], {OLENA: "Олена Невідома", IVAN: "Іван Безіменний"})


def test_only_its_key_opens_it(encrypted: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k" * 32)
    wrong = obmin("journal", "verify", "--home", encrypted, OBMIN_SQLCIPHER_KEY=str(tmp_path / "key"), **ON)
    assert (wrong.returncode, "does not open" in wrong.stdout) == (1, True)
    without = obmin("journal", "verify", "--home", encrypted)
    assert (without.returncode, "OBMIN_SQLCIPHER=1" in without.stderr) == (2, True)


def test_its_backup_comes_back_either_way(encrypted: Path, tmp_path: Path) -> None:
    officer, backup = holder(tmp_path, "A"), tmp_path / "b.age"
    done("backup", "--home", encrypted, "--to", backup, "--recipient", officer.recipient, **ON)
    for name, more in (("plain", {}), ("again", ON)):
        done("restore", backup, "--to", tmp_path / name, "--identity", officer.file, **more)
        assert json.loads(inside(tmp_path / name, STATE, **more))["problems"] == []
        assert (b"audit_entry" in raw(tmp_path / name)) == (name == "plain")


def test_a_live_ones_key_is_drawn_where_its_owner_says(tmp_path: Path) -> None:
    officers = [holder(tmp_path, name) for name in "ABC"]
    named = [part for o in officers for part in ("--officer", f"{o.name}={o.recipient}")]
    stick = tmp_path / "stick" / "obmin.key"
    init = ["init", "--live", "--name", "N", *named, "--home"]
    done(*init, tmp_path / "one", **ON)
    beside = tmp_path / "one" / "keys" / "database.secret"
    assert (stat.S_IMODE(beside.stat().st_mode), len(beside.read_bytes())) == (0o600, 32)
    done(*init, tmp_path / "two", OBMIN_SQLCIPHER_KEY=str(stick), **ON)
    assert len(stick.read_bytes()) == 32
    assert not (tmp_path / "two" / "keys" / "database.secret").exists()
    assert stick.read_bytes() != beside.read_bytes()
    assert b"audit_entry" not in raw(tmp_path / "two")
    stick.unlink()
    lost = obmin("serve", "--home", tmp_path / "two", OBMIN_SQLCIPHER_KEY=str(stick), **ON)
    assert lost.returncode == 2
    assert not stick.exists()  # a lost key is not drawn anew
