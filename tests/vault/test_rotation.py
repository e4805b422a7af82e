"""A new root: no cell changes, every key is wrapped anew; cut off anywhere, one root or the other opens all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from obmin.core.errors import Altered, Refused
from obmin.core.secrecy import Cell, Class, class_key, open_cells
from obmin.files import officers
from tests.vault.conftest import Live, recipients

CLASSES = {"people_identity": Class.IDENTITY, "people_custody": Class.LOCATION, "people_wish": Class.WILL}


def root_of(live: Live, first: int, second: int) -> bytes:
    peeled = officers.peel(live.root_folder, officers.read_identity(live.key(first)))
    root = officers.open_inner(peeled, officers.read_identity(live.key(second)))
    assert root is not None
    return root


def opens(live: Live, root: bytes) -> int:
    """How many rows a root opens, straight from the file."""
    found = 0
    with sqlite3.connect(f"file:{live.home / 'obmin.sqlite3'}?mode=ro", uri=True) as database:
        for table, of in CLASSES.items():
            for key, wrapped, sealed in database.execute(f"SELECT person_id, wrapped, sealed FROM {table}"):
                try:
                    open_cells(class_key(root, of), [(f"{table}/{key}".encode(), Cell(wrapped, sealed))])
                except Altered:
                    continue
                found += 1
    return found


def somewhere(home: Path, secret: bytes) -> list[str]:
    return [str(path) for path in home.rglob("*") if path.is_file() and secret in path.read_bytes()]


def without(found: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in found.items() if name not in names}


def test_a_new_root_changes_no_cell_and_the_old_one_opens_nothing(live: Live) -> None:
    assert live.unseal(0, 1)
    before, cells, keys = (live.living(what) for what in ("look", "sealed", "wrapped"))
    old = root_of(live, 0, 1)
    assert opens(live, old) == 9
    shown = ["--identity", str(live.key(0)), "--identity", str(live.key(2))]
    who = ["--account", "first-1", "--second", "first-2", "--reason", "Третя Вигадана йде"]
    done = live.obmin("keys", "rotate", *shown, *who, *recipients(live.keys, range(3, 6)))
    # One row for each cell, one column for the one-time code; the reason of this very act came after them.
    assert done["rows"] == len(cells) + 1

    after, now, wrapped = (live.living(what) for what in ("look", "sealed", "wrapped"))
    assert {row: now[row] for row in cells} == cells
    assert not {row for row in keys if wrapped[row] == keys[row]}
    assert without(after, "reasons", "root") == without(before, "reasons", "root")
    assert (before["problems"], after["root"]) == ([], 2)
    assert sorted([*before["reasons"], "Третя Вигадана йде"]) == after["reasons"]
    assert live.living("again") == {"new": 0, "same": 3}

    new = root_of(live, 3, 4)
    assert (opens(live, old), opens(live, new)) == (0, 9)
    assert [path.name for path in live.root_folder.parent.iterdir()] == ["2"]
    assert not [row for row in keys if somewhere(live.home, bytes.fromhex(keys[row]))]
    live.stop()
    live.start()
    with pytest.raises(Refused):
        live.unseal(0, 1)
    assert live.unseal(4, 5)
    assert without(live.living("look"), "reasons") == without(after, "reasons")


@pytest.mark.parametrize("death", ["before", "after"])
def test_whoever_rotates_is_killed_and_the_instance_opens(live: Live, death: str) -> None:
    assert live.unseal(0, 1)
    before = live.living("look")
    named = recipients(live.keys, range(3, 6))[1::2]
    live.living("rotate", root_of(live, 0, 1).hex(), death, *named, dies=True)
    # What is done now, by others who know nothing of it, is sealed under the root that is in force.
    live.living("correct", "Неіснуйко", "rank", "солдат")
    assert without(live.living("look"), "reasons", "root") == without(before, "reasons", "root")
    live.stop()
    live.start()
    assert live.unseal(*((0, 1) if death == "before" else (3, 4)))
    after = live.living("look")
    assert without(after, "reasons", "root") == without(before, "reasons", "root")
    assert after["root"] == (1 if death == "before" else 2)
    assert [path.name for path in live.root_folder.parent.iterdir()] == [str(after["root"])]
    # And it can be done again.
    pair = (0, 1) if death == "before" else (3, 4)
    live.living("rotate", root_of(live, *pair).hex(), "none", *recipients(live.keys, range(6, 9))[1::2])
    assert live.living("look")["names"] == before["names"]


def test_rows_read_before_a_rotation_still_open_right_after_it(live: Live) -> None:
    assert live.unseal(0, 1)
    with sqlite3.connect(live.home / "obmin.sqlite3") as database:
        key, *cell = database.execute("SELECT person_id, wrapped, sealed FROM people_identity").fetchone()
    row = (f"people_identity/{key}".encode(), cell)
    asked = ("open", "identity", [row], ["system", True])
    held = live.remote.ask(*asked)
    live.living("rotate", root_of(live, 0, 1).hex(), "none", *recipients(live.keys, range(3, 6))[1::2])
    assert live.remote.ask(*asked) == held
    live.stop()
    live.start()
    assert live.unseal(3, 4)
    with pytest.raises(Altered):
        live.remote.ask(*asked)


def test_nobody_draws_a_root_without_showing_the_one_in_force(live: Live) -> None:
    assert live.unseal(0, 1)
    named = dict(one.split("=") for one in recipients(live.keys, range(3, 6))[1::2])
    with pytest.raises(Altered):
        live.remote.ask("renew", bytes(32), named)
    with pytest.raises(Refused):
        live.remote.ask("rewrap", "identity", [])
    with pytest.raises(Refused, match="officers"):
        live.remote.ask("renew", root_of(live, 0, 1), dict(list(named.items())[:2]))
    assert live.living("look")["root"] == 1
