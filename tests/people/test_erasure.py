"""Erasing a person: two people do it, nobody finds them, nothing opens, what was decided stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection

from obmin.audit import inspection
from obmin.audit.models import Entry, Remark
from obmin.audit.perform import perform
from obmin.core import record
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed
from obmin.files.lists import read_text
from obmin.people import erasure, imports, records, register, tracing, uploads
from obmin.people.judged import Said
from obmin.people.models import (
    Court,
    Custody,
    Family,
    Identity,
    Matching,
    Medical,
    Notice,
    Pairing,
    Parked,
    Person,
    Register,
    TheirLine,
    Upload,
    UploadPart,
    Wish,
)
from obmin.vault import cells, process
from obmin.vault.models import sealed_models

pytestmark = pytest.mark.django_db
REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR")
PROTECTION = Actor.of("p", frozenset({Role.PROTECTION}), party="UKR", fresh=True)
LEGAL = Actor.of("l", frozenset({Role.LEGAL}), party="UKR", fresh=True)
TRACER = Actor.of("t", frozenset({Role.TRACING}), party="UKR", fresh=True)
# sealed rows that tell of no one person
NOBODY = {"vault.Secret", "negotiation.Draft", "negotiation.Package"}
NOBODY |= {"people.Intake", "people.SourceColumns"}  # what a source is called
NOBODY |= {"people.Upload", "people.UploadPart"}  # dropped whole where they name whoever is erased
WORDS = {"audit.Remark"}  # found by what their entry is about
CLASSES = (Identity, Custody, Family, Medical, Wish, Court)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A keeper and a folder of keys of this test's own."""
    from obmin.files.instance import Instance

    folder = Instance.folder
    monkeypatch.setattr(
        Instance, "folder", lambda self, name: tmp_path if name == "keys" else folder(self, name)
    )
    # The tests' transaction is open: the write-ahead file is settled in the tests of a real home.
    monkeypatch.setattr(erasure, "settle", lambda: None)
    process.be(process.holder(bytes(32)))
    yield tmp_path
    process.be_none()


def table(given: str = "Ілля") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": ["1", "2"],
            "surname": ["Вигаданенко", "Неіснуйко"],
            "given": [given, "Олег"],
            "service_number": ["НГ-1", "НГ-2"],
            "facility": ["Колонія", "Колонія"],
        }
    )


def bring_in(given: str = "Ілля") -> register.Report:
    return register.import_list(
        table(given), actor=REGISTRAR, register=Register.HELD, power="RUS", source="camp"
    )


def known() -> Person:
    bring_in()
    who = records.identities(Person.objects.values_list("key", flat=True))
    return Person.objects.get(pk=next(key for key, value in who.items() if value.surname == "Вигаданенко"))


def erase(person: Person, captured: Any = None) -> None:
    erasure.erase(person, actor=PROTECTION, second=LEGAL, reason="На прохання родини")
    if captured is not None:
        for done in captured:
            done()


@pytest.mark.parametrize("second", [None, PROTECTION, REGISTRAR])
def test_one_person_alone_or_any_second_one_erases_nobody(second: Actor | None) -> None:
    person = known()
    with pytest.raises(NotAllowed):
        erasure.erase(person, actor=PROTECTION, second=second, reason="x")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        erasure.erase(person, actor=REGISTRAR, second=LEGAL, reason="x")
    with pytest.raises(NotAllowed):
        erasure.erase(person, actor=PROTECTION, second=LEGAL, reason="")
    assert records.identities([person.pk])


def test_nobody_finds_them_and_nothing_opens() -> None:
    person = known()
    other = Person.objects.exclude(pk=person.pk).get()
    keeper = process.keeper()
    assert keeper.arrange("held", ["вигад"], None, 0, 9)[1] == 1
    assert keeper.find("held", "Вигаданенко", "", 1)[0][0] == person.pk
    waits = Notice.objects.filter(state="QUEUED")
    assert {person.pk, other.pk} <= set(waits.values_list("person", flat=True))
    erase(person)
    assert set(waits.values_list("person", flat=True)) == {other.pk}  # nobody is told of somebody forgotten
    assert keeper.arrange("held", ["вигад"], None, 0, 9)[1] == 0
    assert keeper.arrange("held", ["нг-1"], None, 0, 9)[1] == 0
    assert person.pk not in {key for key, _, _ in keeper.find("held", "Вигаданенко Ілля", "", 9)}
    for model in CLASSES:
        assert set(records.opened(model, [person.pk, other.pk])) == {other.pk}
        assert records.frame(model, "held")["key"].to_list() == [other.pk]
    seen = records.shown(REGISTRAR, [person.pk], Custody)[person.pk]
    assert (seen.identity, seen.custody) == (record.Identity(), None)
    assert records.claims(person) == []


HEAD = "ПІБ;Дата народження;Особистий номер"


def laid_out(*rows: str, source: str = "camp-2") -> Upload:
    listed = read_text(("\n".join((HEAD, *rows)), "utf-8"), "pasted")
    upload = uploads.lay_out(listed, "l", actor=REGISTRAR, register=Register.HELD, power="RUS", source=source)
    imports.read_upload(upload, actor=REGISTRAR)
    return upload


def test_lists_and_rows_that_wait_forget_them_too_and_nobody_else() -> None:
    named = imports.import_upload(
        laid_out("Вигаданенко Ілля;14.05.1987;НГ-1111", source="camp"), actor=REGISTRAR
    ).intake
    person = Person.objects.get(claims__intake=named)
    imports.import_upload(laid_out("Vyhadanenko Illia;14.05.1987;", "Гай Ян;1.2.80;"), actor=REGISTRAR)
    same = laid_out("Вигаданенко Ілля;14.05.1987;НГ-1111", source="camp")  # their own row again
    like = laid_out("Вигаданенко Илья;1987;", source="camp-3")
    other = laid_out("Мороз Лев;01.02.1985;", source="camp-3")
    unread = uploads.lay_out(
        read_text((HEAD, "utf-8"), "x"), "x", actor=REGISTRAR, register=Register.HELD, power="RUS", source="s"
    )
    erase(person)
    parked = {row.number: row for row in Parked.objects.all()}
    assert (parked[2].state, parked[2].wrapped) == ("REFUSED", b"")
    assert parked[3].state == "OPEN"
    assert parked[3].wrapped
    intake = parked[2].intake
    assert (intake.rows, intake.doubtful, intake.refused) == (2, 1, 1)
    assert {upload.pk for upload in Upload.objects.filter(state="DROPPED")} == {same.pk, like.pk, unread.pk}
    assert set(UploadPart.objects.values_list("upload", flat=True)) == {other.pk}
    again = imports.import_upload(laid_out("Vyhadanenko Illia;14.05.1987;"), actor=REGISTRAR)
    assert (again.same, again.new) == (1, 0)  # the row that waited names nobody anew


def test_the_frame_of_the_record_stands() -> None:
    person = known()
    count, entries = Person.objects.count(), Entry.objects.count()
    erase(person)
    person.refresh_from_db()
    assert (Person.objects.count(), person.version, person.state) == (count, 2, "REGISTERED")
    assert Entry.objects.filter(act="register.erase").count() == 1
    assert Entry.objects.count() == entries + 1
    assert not inspection.inspect(()).problems


def test_their_line_about_the_person_and_what_spoke_for_it_go_too() -> None:
    person = known()
    with perform("tracing.propose", actor=TRACER) as gate:
        lines = [{"id": "L1", "name": "Vyhadanenko Illia"}, {"id": "L2", "name": "Inshyi Ivan"}]
        theirs = tracing.take_in(gate, lines, kind="wanted", party="RUS", round=1, sha256="0" * 64)
        run = Matching.objects.create(
            key="m", list=theirs, register="sought", parameters={}, proposed=1, clear=0, at=gate.now
        )
    ours = theirs.lines.get(line="L1")
    pair = Pairing(person=person, line=ours, run=run, millibits=9, ppm=9, clear=False)
    cells.fill(pair, record.Evidence("Vyhadanenko: Вигаданенко 0.98"))
    pair.save()
    tracing.judge(pair, "SAME", actor=TRACER, reason="Вигаданенко, за фото")
    erase(person)
    pair.refresh_from_db()
    assert (pair.state, records.evidence([pair])) == ("SAME", {pair.pk: record.Evidence()})
    held = list(TheirLine.objects.order_by("line"))
    assert [words.name for words in records.their_words(held)] == ["", "Inshyi Ivan"]
    assert held[0].person_id == person.pk
    assert "Вигаданенко, за фото" not in reasons()
    assert cells.opened(list(Said.objects.all()), records.SYSTEM) == [None]


def reasons() -> set[str]:
    return {text.decode() for text in cells.opened(list(Remark.objects.all()), records.SYSTEM) if text}


def test_reasons_about_them_go_and_the_reason_for_erasing_stays() -> None:
    person = known()
    other = Person.objects.exclude(pk=person.pk).get()
    register.correct(person, "rank", "солдат", actor=REGISTRAR, reason="Вигаданенко сам сказав")
    register.correct(other, "rank", "солдат", actor=REGISTRAR, reason="Неіснуйко сам сказав")
    erase(person)
    assert reasons() == {"Неіснуйко сам сказав", "На прохання родини"}


def test_every_kind_of_sealed_row_says_whom_it_is_about() -> None:
    paths = {model: erasure.about(model) for model in sealed_models()}
    assert {model._meta.label for model, path in paths.items() if not path} == NOBODY | WORDS
    for model, path in paths.items():
        if path:
            assert not model._default_manager.filter(**{f"{path}__key": "nobody"}).exists()


def test_the_same_list_again_names_nobody_who_was_erased() -> None:
    person = known()
    erase(person)
    again = bring_in("Ілля-Марко")
    assert (again.new, again.changed) == (0, 0)
    assert records.claims(person) == []
    assert not records.identities([person.pk])
    with pytest.raises(Incomplete, match="erased"):
        register.correct(person, "surname", "Вигаданенко", actor=REGISTRAR, reason="x")
    register.record_interviews(
        [(person.pk, "refuses", "2025-05-20")], actor=Actor.of("i", frozenset({Role.INTERVIEWER}), party="UKR")
    )
    assert not records.opened(Wish, [person.pk])


def test_who_was_erased_is_written_beside_the_database_even_after_a_crash(
    kept: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first = known()
    second = Person.objects.exclude(pk=first.pk).get()
    erase(first)  # and here the machine stops: nothing was written
    assert not (kept / "shredded.txt").exists()
    with django_capture_on_commit_callbacks(execute=True):
        erase(second)
    written = (kept / "shredded.txt").read_text().split()
    assert written == sorted([first.pk, second.pk])
    assert erasure.erased() == {first.pk, second.pk}


def test_no_column_of_any_table_holds_what_was_erased() -> None:
    person = known()
    cell = Identity.objects.get(pk=person.pk)
    secrets = [bytes(cell.wrapped).hex(), bytes(cell.sealed).hex()]
    erase(person)
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            for row in cursor.fetchall():
                told = " ".join(v.hex() if isinstance(v, bytes) else str(v) for v in row).lower()
                assert not [secret for secret in secrets if secret in told], name
