"""Lists as officers have them: each row is read right or named, none is lost, none stops the others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import F

from obmin.audit.models import Entry
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.core.intake import Verdict
from obmin.files.lists import Listed, read_list, read_text
from obmin.jobs import work
from obmin.people import doubts, imports, records, register, uploads
from obmin.people.lists import Rejudged
from obmin.people.models import (
    IdentityClaim,
    Intake,
    Parked,
    Person,
    Register,
    Upload,
    UploadPart,
)
from obmin.vault import cells
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


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    nasty.workbook(tmp_path / "list.xlsx")
    listed = read_list(tmp_path / "list.xlsx")
    for _ in range(2):
        upload = lay_out(listed)
        imports.read_upload(upload, actor=REGISTRAR)
        found = take(upload)
        now = (Person.objects.count(), Parked.objects.count(), IdentityClaim.objects.count())
        if _ == 0:
            before, rows = now, found.rows
    assert now == before
    assert (found.new, found.changed, found.doubtful) == (0, 0, 0)
    assert found.same + found.refused == found.rows == rows  # what cannot be read is named each time


def test_a_name_in_another_script_is_held_against_the_register_and_its_own_list() -> None:
    take(text(HEAD, "Шевченко Олег;14.05.1987;;солдат", "Коваль Ян;1990;;", "Мороз Лев;01.02.1985;АБ-7001;"))
    key = everybody()["Шевченко Олег"]
    upload = text(
        HEAD,
        "Shevchenko Oleh;1987-05-14;;",  # the same day, another script
        "Koval Yan;03.04.1990;;",  # a year that the date does not exclude
        "Коваль Ян;03.04.1991;;",  # which this one does
        "Хтось Інший;05.06.1977;аб 7001;",  # the number alone
        "Мельник Ян;1985;;",
        "Melnyk Yan;02.03.1985;;",  # perhaps the row above
        source="s-2",
    )
    lines = {line.number: line for line in uploads.read_lines(upload)}
    assert [lines[n].verdict for n in range(2, 8)] == [
        "doubtful",
        "doubtful",
        "new",
        "doubtful",
        "new",
        "doubtful",
    ]
    assert [(f.code, f.more) for f in lines[2].findings] == [("on-register", key)]
    assert [(f.code, f.more) for f in lines[7].findings] == [("row-again", "6")]
    assert take(upload).new == 2


def test_a_changed_row_is_a_claim_and_a_number_of_somebody_else_is_a_doubt() -> None:
    take(text(HEAD, "Шевченко Олег;14.05.1987;АБ-1001;солдат", "Гай Ян;14.05.1988;АБ-1002;солдат"))
    upload = text(HEAD, "Шевченко Олег;14.05.1987;АБ-1001;сержант", "Зовсім Інший;01.01.1970;АБ-1002;солдат")
    first, second = uploads.read_lines(upload)
    assert (first.verdict, second.verdict) == ("changed", "doubtful")
    assert second.findings[-1].code == "other-person"
    found = take(upload)
    assert (found.new, found.changed, found.doubtful) == (0, 1, 1)
    assert Person.objects.count() == 2


def test_what_the_columns_mean_is_corrected_and_remembered_for_the_source() -> None:
    rows = ("Хто;Коли;ПІБ писаря;Дата народження", "Гай Ян;05.06.1980;Писар Лев;01.02.2025")
    upload = lay_out(read_text(("\n".join(rows), "utf-8"), "pasted"))
    said = {"Хто": "name", "Коли": "birth_date", "ПІБ писаря": "", "Дата народження": ""}
    imports.read_upload(upload, actor=REGISTRAR, columns=said)
    assert uploads.read_lines(upload)[0].values == {"name": "Гай Ян", "birth_date": "1980-06-05"}
    assert uploads.remembered("s-1") == said
    again = lay_out(read_text(("\n".join(rows), "utf-8"), "pasted"))
    assert tuple(uploads.layout(again).columns) == ("name", "birth_date", "", "")
    other = lay_out(read_text(("\n".join(rows), "utf-8"), "pasted"), source="s-9")
    assert "name" not in uploads.layout(other).columns


def parked(*rows: str) -> list[Parked]:
    take(text(HEAD, *rows))
    return list(Parked.objects.order_by("number"))


def test_a_person_decides_each_doubtful_row_and_the_sums_stay_true() -> None:
    take(text(HEAD, "Шевченко Олег;14.05.1987;;солдат", source="s-0"))
    key = everybody()["Шевченко Олег"]
    one, two, three = parked("Shevchenko Oleh;14.05.1987;;", "Шевченко Олег;14.05.87;;", "Гай Ян;03/04/1990;;")
    doubts.take_same(one, Person.objects.get(pk=key), actor=REGISTRAR)
    doubts.take_new(two, actor=REGISTRAR)
    with pytest.raises(NotAllowed):
        doubts.refuse(three, actor=REGISTRAR, reason="")
    doubts.refuse(three, actor=REGISTRAR, reason="The unit does not know them")
    assert {c.value for c in records.claims(Person.objects.get(pk=key))} >= {"Шевченко Олег", "Shevchenko Oleh"}
    assert Person.objects.count() == 2
    intake = Intake.objects.latest("at")
    assert (intake.new, intake.changed, intake.doubtful, intake.refused) == (1, 1, 0, 1)
    assert intake.rows == 3
    assert not any(Parked.objects.values_list("wrapped", flat=True))  # what they said is on the records
    with pytest.raises(WrongState):
        doubts.take_new(one, actor=REGISTRAR)
    again = take(text(HEAD, "Shevchenko Oleh;14.05.1987;;", "Шевченко Олег;14.05.87;;", "Гай Ян;03/04/1990;;"))
    assert (again.same, again.doubtful, Person.objects.count()) == (3, 0, 2)


def test_a_row_of_two_people_or_of_nobody_becomes_no_record() -> None:
    two, nobody = parked("Гай Ян та Мороз Лев;1980;;", "=A1;1980;;")
    for row in (two, nobody):
        with pytest.raises(Incomplete):
            doubts.take_new(row, actor=REGISTRAR)
    assert not Person.objects.exists()


def test_a_second_row_of_a_list_about_one_person_overwrites_no_claim() -> None:
    one, two = parked("Гай Ян;14.05.87;;", "Ґай Ян;14.05.87;;")
    person = doubts.take_new(one, actor=REGISTRAR)
    doubts.take_same(two, person, actor=REGISTRAR)
    assert {c.value for c in records.claims(person) if c.kind.startswith("name")} == {"Гай Ян", "Ґай Ян"}


def test_a_list_may_be_taken_in_by_several_acts_and_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    rows = [f"Особа{'абвгґдеєжз'[n]} Ян;1.02.19{70 + n};;" for n in range(7)]
    upload = text(HEAD, *rows)

    def stop(_step: str, done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.import_upload(upload, actor=REGISTRAR, tell=stop)
    assert Upload.objects.get(pk=upload.pk).state == "IMPORTING"
    with pytest.raises(WrongState):
        uploads.put_away(Upload.objects.get(pk=upload.pk), actor=REGISTRAR)
    assert 0 < Person.objects.count() < 7
    found = take(Upload.objects.get(pk=upload.pk))
    assert (found.rows, found.new, Person.objects.count(), Intake.objects.count()) == (7, 7, 7, 1)
    with pytest.raises(WrongState):
        take(Upload.objects.get(pk=upload.pk))
    assert not UploadPart.objects.exists()


def test_whoever_came_in_after_the_check_is_noticed_and_named() -> None:
    first = text(HEAD, "Шевченко Олег;14.05.1987;;", "Гай Ян;05.06.1980;АБ-1002;", "Мороз Лев;01.02.1985;;")
    assert {line.verdict for line in uploads.read_lines(first)} == {"new"}
    take(text(HEAD, "Shevchenko Oleh;1987-05-14;;", source="s-2"))
    take(text(HEAD, "Гай Ян;05.06.1980;АБ-1002;"))  # the same row of the same source, by somebody else
    found = take(first)
    assert (found.rows, found.new, found.same, found.doubtful) == (3, 1, 1, 1)
    told = Rejudged.objects.filter(intake=found.intake).order_by("number")
    assert list(told.values_list("number", "before", "after")) == [(2, "new", "doubtful"), (3, "new", "same")]
    (held,) = cells.opened(list(Parked.objects.filter(intake=found.intake)), records.SYSTEM)
    assert everybody()["Shevchenko Oleh"] in {finding[4] for finding in held.findings}


def test_whoever_left_after_the_check_is_no_reason_to_doubt() -> None:
    one = take(text(HEAD, "Шевченко Олег;14.05.1987;;", source="s-0"))
    upload = text(HEAD, "Shevchenko Oleh;1987-05-14;;")
    assert uploads.read_lines(upload)[0].verdict == "doubtful"
    doubts.take_back(Intake.objects.get(pk=one.intake), actor=REGISTRAR, reason="The wrong list")
    assert take(upload).new == 1


@pytest.mark.parametrize("portion", [1, 2, 10_000])
def test_how_a_list_is_portioned_decides_nothing(monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", portion)
    upload = text(
        HEAD,
        "Гай Ян;;;",
        "Гай Ян;;;",  # the same words, and nothing that says it is the same man
        "Мороз Лев;1.2.85;;",
        "Мороз Лев;1.2.85;;",
        "Коваль Ян;1985;;",
        "Koval Yan;02.03.1985;;",
        "Яр Лев;01.02.1985;АБ-7001;",
        "Яр Лев;01.02.1985;АБ-7001;",  # this one is
    )
    before = [line.verdict for line in uploads.read_lines(upload)]
    found = take(upload)
    assert (found.new, found.same, found.doubtful) == (3, 1, 4)
    assert before.count("doubtful") == found.doubtful == Parked.objects.count()
    assert not Rejudged.objects.exists()


def test_an_import_taken_back_half_way_goes_on_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    begun = text(HEAD, "Мороз Лев;01.02.1985;;", "Яр Лев;01.02.1984;;")
    with pytest.raises(ZeroDivisionError):
        imports.import_upload(begun, actor=REGISTRAR, tell=lambda _step, done, _total: 1 // (1 - done))
    doubts.take_back(Intake.objects.get(), actor=REGISTRAR, reason="The wrong list")
    with pytest.raises(WrongState):
        take(Upload.objects.get(pk=begun.pk))
    assert not UploadPart.objects.exists()


def test_a_list_lies_about_for_a_day_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    laid, read = lay_out(read_text((HEAD, "utf-8"), "x")), text(HEAD, "Гай Ян;05.06.1980;;")
    begun = text(HEAD, "Мороз Лев;01.02.1985;;", "Яр Лев;01.02.1984;;")
    with pytest.raises(ZeroDivisionError):
        imports.import_upload(begun, actor=REGISTRAR, tell=lambda _step, done, _total: 1 // (1 - done))
    work.go_round()
    assert UploadPart.objects.exists()
    count = Entry.objects.count()
    Upload.objects.update(at=F("at") - uploads.KEPT - timedelta(minutes=1))
    work.go_round()
    assert not UploadPart.objects.exists()
    assert not any(Upload.objects.values_list("wrapped", flat=True))
    assert {one.pk for one in Upload.objects.filter(state="DROPPED")} == {laid.pk, read.pk, begun.pk}
    work.go_round()  # nothing is due: nothing is written
    assert Entry.objects.count() == count + 1


def test_what_a_source_is_called_stands_nowhere_in_clear() -> None:
    word = "Родина-Вигаданенків"
    rows = ("Хто;Коли", "Гай Ян;05.06.1980")
    upload = lay_out(read_text(("\n".join(rows), "utf-8"), "pasted"), source=word)
    imports.read_upload(upload, actor=REGISTRAR, columns={"Хто": "name", "Коли": "birth_date"})
    take(upload)
    assert records.sources(Intake.objects.all()) == {Intake.objects.get().pk: word}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            for row in cursor.fetchall():
                told = " ".join(v.hex() if isinstance(v, bytes) else str(v) for v in row)
                assert word not in told, name
                assert word.encode().hex() not in told, name


def test_a_page_of_a_long_check_opens_its_own_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PART", 3)
    rows = [f"Гай Ян;{'15.2.80' if n % 2 else f'15.02.19{70 + n}'};АБ-100{n};" for n in range(10)]
    upload = text(HEAD, *rows)
    opened: list[int] = []
    real = cells.opened
    monkeypatch.setattr(uploads.cells, "opened", lambda rows, who: opened.append(len(rows)) or real(rows, who))
    new, doubtful = frozenset({Verdict.NEW}), frozenset({Verdict.DOUBTFUL, Verdict.REFUSED})
    assert [line.number for line in uploads.page(upload, new, 2, 2)] == [6, 8]
    assert opened == [2]
    assert [line.number for line in uploads.page(upload, doubtful, 0, 100)] == [3, 5, 7, 9, 11]
    assert uploads.page(upload, new, 5, 100) == []


def test_an_import_is_taken_back_but_for_those_whom_somebody_touched() -> None:
    take(text(HEAD, "Шевченко Олег;14.05.1987;АБ-1001;солдат", source="s-0"))
    rows = ("Мороз Лев;01.02.1985;;", "Гай Ян;1980;;", "Гай Іва;1.1.80;;")
    take(text(HEAD, *rows))
    register.correct(
        Person.objects.get(pk=everybody()["Гай Ян"]), "rank", "солдат", actor=REGISTRAR, reason="x"
    )
    intake = Intake.objects.latest("at")
    assert doubts.take_back(intake, actor=REGISTRAR, reason="The wrong list") == 1
    assert set(everybody()) == {"Шевченко Олег", "Гай Ян"}
    assert not Parked.objects.filter(state="OPEN").exists()
    again = take(text(HEAD, *rows))
    assert (again.new, again.same, again.doubtful) == (1, 1, 1)
    with pytest.raises(WrongState):
        doubts.take_back(intake, actor=REGISTRAR, reason="twice")


def test_a_list_without_a_source_or_a_known_column_is_not_read() -> None:
    listed = read_text(("a;b\n1;2", "utf-8"), "pasted")
    with pytest.raises(Incomplete):
        lay_out(listed, source=" ")
    with pytest.raises(Incomplete, match="column"):
        imports.read_upload(lay_out(listed), actor=REGISTRAR)


def test_whoever_may_not_import_lays_nothing_out() -> None:
    tracer = Actor.of("t", frozenset({Role.TRACING}), party="UKR")
    with pytest.raises(NotAllowed):
        uploads.lay_out(
            read_text((HEAD, "utf-8"), "x"), "x", actor=tracer, register=Register.HELD, power="RUS", source="s"
        )
    assert not Upload.objects.exists()
