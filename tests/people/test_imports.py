"""Lists as officers have them: each row is read right or named, none is lost, none stops the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from obmin.core.access import Actor, Role
from obmin.files.lists import Listed, read_list, read_text
from obmin.people import imports, records, uploads
from obmin.people.models import Parked, Person, Register, Upload
from tests.people import nasty

pytestmark = pytest.mark.django_db

REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR")


def lay_out(listed: Listed, source: str = "s-1") -> Upload:
    return uploads.lay_out(listed, "list", actor=REGISTRAR, register=Register.HELD, power="RUS", source=source)


def text(*rows: str, source: str = "s-1") -> Upload:
    upload = lay_out(read_text(("\n".join(rows), "utf-8"), "pasted"), source)
    imports.read_upload(upload, actor=REGISTRAR)
    return upload


def take(upload: Upload) -> imports.Outcome:
    return imports.import_upload(upload, actor=REGISTRAR)


def everybody() -> dict[str, str]:
    """The people of the register by name: their keys."""
    who = records.identities(Person.objects.values_list("key", flat=True))
    return {identity.name: key for key, identity in who.items()}


HEAD = "ПІБ;Дата народження;Особистий номер;Звання"


def test_sixty_nasty_rows_are_each_read_right_or_named(tmp_path: Path) -> None:
    assert len(nasty.ROWS) >= 60
    expected = nasty.workbook(tmp_path / "list.xlsx")
    upload = lay_out(read_list(tmp_path / "list.xlsx"))
    imports.read_upload(upload, actor=REGISTRAR)
    lines = {line.number: line for line in uploads.read_lines(upload)}
    assert sorted(lines) == list(range(3, nasty.FIRST + len(expected)))
    assert lines[3].passed == "head"  # the numbers of the columns
    for number, row in expected.items():
        line = lines[number]
        assert (line.passed or line.verdict) == row.verdict, (row, line)
        if isinstance(row.told, str):
            assert not row.told or row.told in {finding.code for finding in line.findings}, (row, line)
        else:
            assert row.told.items() <= line.values.items(), (row, line)
    found = take(upload)
    people = [row for row in expected.values() if row.verdict in ("new", "doubtful", "refused")]
    assert found.rows == len(people) == found.new + found.same + found.changed + found.doubtful + found.refused
    assert found.passed == len(expected) - len(people) + 1
    assert Person.objects.count() == found.new == sum(row.verdict == "new" for row in people)
    assert set(Parked.objects.values_list("number", "state")) == {
        (number, "OPEN" if row.verdict == "doubtful" else "UNREAD")
        for number, row in expected.items()
        if row.verdict in ("doubtful", "refused")
    }
