"""After the story's day nothing of two hundred known strings stands in any file of a home, in any form."""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

import pytest

from tests.demo.conftest import SIDES, Run
from tests.vault.traces import search

COUNT = 200


def known(story: Run, side: str) -> list[str]:
    """Two hundred strings of what a side's registers hold, what officers typed, what the other side wrote."""
    other = "RUS" if side == "UKR" else "UKR"
    held, sought = (story.rows("sides", side, "registers", f"{name}.csv") for name in ("held", "sought"))
    people = [row for pair in zip(held, sought, strict=False) for row in pair]
    officers = " ".join(str(row) for row in story.query(side, "SELECT name, name_latin FROM accounts_account"))
    lines = json.loads((story.out / "rounds" / f"01-wanted-{other}.json").read_text())["lines"]

    def some(column: str, count: int, longest: int = 7) -> list[str]:
        found = dict.fromkeys(row[column] for row in people if len(row[column]) >= longest)
        return list(islice((each for each in found if each not in officers), count))

    words = [row["name"] for row in people[:40]]
    words += some("surname", 25, 9)
    words += some("service_number", 30)
    words += some("birth_date", 25)
    words += some("unit", 10, 10)
    words += some("facility", 5)
    words += [line["name"] for line in lines[:25]]
    words += [line["service_number"] for line in lines if line["service_number"]][:15]
    words += ['"will":"refuses"', '"will":"consents"', '"judicial":"convicted"', '"judicial":"pending"']
    words += ['"finding":"isolation"', '"finding":"psychiatric"', '"fitness":"unfit"', '"own_consent":"given"']
    words += ["A relative recognised the photograph.", "Another father's name and another town."]
    words += ["The sample was read; all agree."]
    return list(dict.fromkeys(words + [row["id"] for row in people]))[:COUNT]


@pytest.mark.parametrize("side", SIDES)
def test_no_known_string_stands_in_any_file_of_a_home(story: Run, side: str) -> None:
    words = known(story, side)
    assert len(words) == COUNT
    folders = [story.out / "sides" / side / "home", story.out.parent / "tmp"]
    assert (folders[0] / "obmin.sqlite3").stat().st_size > 1_000_000
    assert search(folders, words) == []


def test_one_such_string_in_one_row_would_be_found(story: Run, tmp_path: Path) -> None:
    """The search can fail: the same home, with one name in one column of the journal."""
    import sqlite3

    copy = tmp_path / "home"
    shutil.copytree(story.out / "sides" / "UKR" / "home", copy)
    words = known(story, "UKR")
    with sqlite3.connect(copy / "obmin.sqlite3") as database:
        database.execute("UPDATE django_migrations SET name = ? WHERE id = 1", [words[0]])
    found = search([copy], words)
    assert found
    assert all(words[0] in line for line in found)


def test_the_words_do_stand_where_the_courier_sees_them(story: Run) -> None:
    """They are the right words: the registers that were handed in and the lists that crossed have them."""
    found = search([story.out / "sides" / "UKR" / "registers", story.out / "rounds"], known(story, "UKR"))
    said = " ".join(found)
    missing = [word for word in known(story, "UKR") if word not in said]
    assert all(word.startswith('"') or " " in word for word in missing), missing
    assert len(missing) <= 11
