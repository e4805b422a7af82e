"""A live home after a day's work, its keeper running: nothing of what was said of people stands in a file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.vault import living
from tests.vault.conftest import Live
from tests.vault.traces import search


@pytest.fixture
def tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of everything that this test starts."""
    made = tmp_path / "tmp"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    return made


def test_two_hundred_strings_of_a_days_work_are_in_no_file(tmp: Path, live: Live, tmp_path: Path) -> None:
    assert live.unseal(0, 1)
    table = tmp_path / "table.xlsx"
    done = live.living("day", str(table))
    table.unlink()  # what somebody brings is theirs
    words = living.words()
    assert len(words) == 200
    assert done["new"] == living.CROWD
    assert done["pairs"] > 10
    assert search([live.home, tmp], words) == []
    live.obmin("keys", "lock")
    live.stop()
    assert search([live.home, tmp], words) == []
    # The search can fail: the same words in one file of a copy.
    copy = tmp_path / "copy"
    shutil.copytree(live.home, copy)
    with (copy / "obmin.sqlite3").open("ab") as file:
        file.write(words[7].encode("utf-16-le"))
    assert f"{copy / 'obmin.sqlite3'}: UTF-16 LE of {words[7]}" in search([copy], words)


def test_whoever_was_erased_is_in_no_file_afterwards(tmp: Path, live: Live) -> None:
    assert live.unseal(0, 1)
    held = live.living("wrapped")
    cells = live.living("sealed")
    key = live.living("erase", "Вигаданюк")
    gone = [row for row in held if row.partition("/")[2] == key]
    assert len(gone) == 6
    for row in gone:
        for secret in (held[row], cells[row]):
            for path in (path for path in live.home.rglob("*") if path.is_file()):
                data = path.read_bytes()
                assert bytes.fromhex(secret) not in data, (row, path)
                assert secret.encode() not in data.lower(), (row, path)
    assert search([live.home, tmp], ["Вигаданюк", "НГ-700124", "1990-01-02"]) == []
    found = live.living("look")
    assert found["problems"] == []
    assert not [name for name in found["names"] if "Вигаданюк" in name]
    assert len(found["names"]) == 2
    assert (live.home / "keys" / "shredded.txt").read_text().split() == [key]
