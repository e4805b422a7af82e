"""An import is one act; a claim excludes and never clears; nobody is imported twice."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from obmin.audit.models import Entry
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed, Stale
from obmin.people import queries, records, register
from obmin.people.models import Intake, Person, Register
from tests.people.known import numbered

pytestmark = pytest.mark.django_db

REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR")
INTERVIEWER = Actor.of("i", frozenset({Role.INTERVIEWER}), party="UKR", agency="NEUTRAL")
DOCTOR = Actor.of("d", frozenset({Role.MEDICAL}), party="UKR", agency="MOH")
LAWYER = Actor.of("l", frozenset({Role.LEGAL}), party="UKR", agency="HQ")


def table(**changes: list[str | None]) -> pl.DataFrame:
    columns: dict[str, list[str | None]] = {
        "id": ["1", "2", "3"],
        "surname": ["Вигаданенко", "Неіснуйко", "Придуманчук"],
        "given": ["Ілля", "Олег", "Марта"],
        "birth_date": ["1987-05-14", "1990", None],
        "category": ["military", "civilian", "military"],
        "will": ["consents", "refuses", None],
        "fitness": ["seated", "unfit", "seated"],
        "judicial": ["none", "convicted", "none"],
        "dp_consent": [None, "given", None],
        "own_consent": [None, "given", None],
    }
    return pl.DataFrame(columns | changes)


def bring_in(frame: pl.DataFrame, request: str = "") -> register.Report:
    return register.import_list(
        frame, actor=REGISTRAR, register=Register.HELD, power="RUS", source="camp", request=request
    )


def test_every_row_is_accounted_for_and_bound_by_one_entry() -> None:
    report = bring_in(table())
    assert (report.rows, report.new, report.same, report.changed) == (3, 3, 0, 0)
    assert Entry.objects.filter(act="register.import").count() == 1
    assert Person.objects.count() == 3
    assert Intake.objects.get().sha256 in Entry.objects.get().body


def test_the_same_list_twice_changes_nobody() -> None:
    bring_in(table())
    before = list(Person.objects.order_by("key").values_list("key", "version"))
    again = bring_in(table())
    assert (again.new, again.same, again.changed) == (0, 3, 0)
    assert list(Person.objects.order_by("key").values_list("key", "version")) == before


def test_a_changed_row_adds_a_claim_and_overwrites_nothing() -> None:
    bring_in(table())
    report = bring_in(table(given=["Ілля", "Олег", "Марія"]))
    assert (report.same, report.changed) == (2, 1)
    claims = records.claims(Person.objects.get(pk=numbered()["camp/3"]))
    assert [claim.value for claim in claims if claim.kind == "given"] == ["Марта", "Марія"]


def test_keys_say_nothing_and_are_not_serial() -> None:
    bring_in(table())
    keys = sorted(int(key, 16) for key in Person.objects.values_list("key", flat=True))
    assert all(later - earlier > 1_000_000 for earlier, later in pairwise(keys))


def test_a_claim_excludes_and_never_clears() -> None:
    bring_in(table())
    held = {row["surname"]: row for row in queries.held_frame().to_dicts()}
    first, second = held["Вигаданенко"], held["Неіснуйко"]
    assert (first["will"], first["fitness"]) == ("unknown", "unknown")
    assert (second["will"], second["fitness"], second["judicial"]) == ("refuses", "unfit", "convicted")
    assert (second["dp_consent"], second["own_consent"]) == ("none", "none")


def test_the_acts_of_interviewer_doctor_and_court_clear() -> None:
    bring_in(table())
    keys = numbered()
    register.record_interviews([(keys["camp/1"], "consents", "2025-05-20")], actor=INTERVIEWER)
    register.record_examinations(
        [(keys["camp/1"], "none", "seated", "2025-05-23", "", "2025-05-20")], actor=DOCTOR
    )
    register.record_court_decisions([(keys["camp/2"], "convicted", "given", "given")], actor=LAWYER)
    held = {row["id"]: row for row in queries.held_frame().to_dicts()}
    assert (held[keys["camp/1"]]["will"], held[keys["camp/1"]]["fitness"]) == ("consents", "seated")
    assert held[keys["camp/2"]]["own_consent"] == "given"
    assert held[keys["camp/3"]]["will"] == "unknown"


def test_nobody_but_the_interviewer_records_a_will() -> None:
    bring_in(table())
    key = Person.objects.values_list("key", flat=True)[0]
    for other in (REGISTRAR, DOCTOR, LAWYER):
        with pytest.raises(NotAllowed):
            register.record_interviews([(key, "consents", "2025-05-20")], actor=other)
    assert set(queries.held_frame()["will"]) == {"unknown", "refuses"}


def test_a_correction_needs_a_reason_and_keeps_what_was_written() -> None:
    bring_in(table())
    person = Person.objects.get(pk=numbered()["camp/1"])
    with pytest.raises(NotAllowed):
        register.correct(person, "surname", "Вигаданюк", actor=REGISTRAR, reason="")
    register.correct(person, "surname", "Вигаданюк", actor=REGISTRAR, reason="Passport seen", seen=1)
    assert records.identities([person.pk])[person.pk].name == "Вигаданюк Ілля"
    assert {c.value for c in records.claims(person) if c.kind == "surname"} == {"Вигаданенко"}
    with pytest.raises(Stale):
        register.correct(person, "surname", "Ні", actor=REGISTRAR, reason="Late", seen=1)


def test_a_table_without_ids_is_refused_whole() -> None:
    with pytest.raises(Incomplete):
        bring_in(table().drop("id"))
    assert not Person.objects.exists()


def test_who_may_not_read_the_register_sees_nobody() -> None:
    bring_in(table())
    press = Actor.of("p", frozenset({Role.PRESS}), party="UKR")
    assert not queries.visible_to(press, Register.HELD).exists()
    assert queries.visible_to(REGISTRAR, Register.HELD).count() == 3
