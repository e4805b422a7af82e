"""Tracing services hear of nobody unless it is switched on, two people agree, and a search is open; what they
tell makes nobody and moves nobody by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from obmin.accounts import people as accounts
from obmin.accounts.models import Account
from obmin.audit import clock
from obmin.audit.models import Entry
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed, Unreadable, WrongState
from obmin.core.evidence import Says
from obmin.files import pfif as files
from obmin.people import doubts, erasure, evidence, pfif, pfif_in, records, register
from obmin.people.models import Intake, Parked, Person, Register, Testimony
from obmin.people.referrals import Alias, Referral, ServiceNote
from obmin.vault import cells

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent.parent / "data" / "service.pfif.xml"
REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR", fresh=True)
TRACER = Actor.of("t", frozenset({Role.TRACING}), party="UKR", fresh=True)
DPO = Actor.of("d", frozenset({Role.PROTECTION}), party="UKR", fresh=True)
LEGAL = Actor.of("l", frozenset({Role.LEGAL}), party="UKR", fresh=True)
ASKED = pfif.Asked("Central Tracing Agency", "Agreement 12 of 1 May", 90)


@pytest.fixture(autouse=True)
def on(settings: Any) -> None:
    settings.OBMIN = replace(settings.OBMIN, pfif="tracing.example.org")
    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "Headquarters", "Штаб")],
        leads={},
        officers=[
            accounts.Officer(one, "Вигадана Особа", "Vyhadana Osoba", "HQ", (role,))
            for one, role in (("t", Role.TRACING), ("d", Role.PROTECTION), ("r", Role.REGISTRAR))
        ],
    )


def sought(*states: str) -> list[Person]:
    """One person for each state, with more known of them than a service may hear."""
    rows = {
        "id": [f"{n:04}" for n in range(len(states))],
        "surname": [f"Вигаданко{n}" for n in range(len(states))],
        "given": ["Ілля"] * len(states),
        "birth_date": ["1987-05-14"] * len(states),
        "service_number": [f"АА-77000{n}" for n in range(len(states))],
        "unit": ["частина-насіння"] * len(states),
    }
    register.import_list(
        pl.DataFrame(rows), register=Register.SOUGHT, source="kin", power="UKR", actor=REGISTRAR
    )
    who = records.identities(Person.objects.values_list("key", flat=True))
    people = sorted(Person.objects.filter(register="sought"), key=lambda person: who[person.pk].surname)
    for person, state in zip(people, states, strict=True):
        Person.objects.filter(pk=person.pk).update(state=state)
        person.refresh_from_db()
    return people


def let_go(asked: pfif.Asked = ASKED) -> Referral:
    referral = pfif.ask(asked, actor=TRACER, reason="Their office asks for it")
    pfif.release(referral, actor=DPO)
    return Referral.objects.get(pk=referral.pk)


def told(referral: Referral) -> set[str]:
    """The surnames that a file tells."""
    persons = files.read(pfif.file(referral), "f.xml").persons
    return {person.fields["family_name"] for person in persons if not person.placeholder}


def facts(act: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Entry.objects.filter(act=act).latest("index").body)["facts"]
    return found


def answer(alias: str = "LOCAL", **other: str) -> bytes:
    text = DATA.read_text().replace("LOCAL", alias)
    for old, new in other.items():
        text = text.replace(old, new)
    return text.encode()


def taken_in(data: bytes) -> pfif_in.Came:
    return pfif_in.take_in(data, "service.xml", actor=TRACER, reason="Their letter of 14 May")


def test_it_is_off_unless_the_instance_names_a_domain(settings: Any) -> None:
    sought("OPEN")
    settings.OBMIN = replace(settings.OBMIN, pfif="")
    with pytest.raises(WrongState, match=r"instance\.toml"):
        pfif.ask(ASKED, actor=TRACER, reason="x")
    with pytest.raises(WrongState, match=r"instance\.toml"):
        taken_in(answer())
    assert not Referral.objects.exists()
    assert not Parked.objects.exists()
    refused = [json.loads(one.body) for one in Entry.objects.filter(act__startswith="tracing.pfif")]
    assert [one["refused"] for one in refused] == ["pfif-off", "pfif-off"]  # on record, too


def test_only_whose_search_is_open_is_told_of_and_the_others_are_counted_with_why() -> None:
    states = (
        "OPEN",
        "CAPTIVE_UNCONFIRMED",
        "DEATH_REPORTED",
        "REPORTED",
        "CAPTIVE_CONFIRMED",
        "RETURNED",
        "OPEN",
    )
    people = sought(*states)
    held = {"id": ["h"], "surname": ["Полоненко"], "given": ["Ян"]}
    register.import_list(
        pl.DataFrame(held), register=Register.HELD, source="camp", power="RUS", actor=REGISTRAR
    )
    erasure.erase(people[6], actor=DPO, second=LEGAL, reason="The family asks")
    referral = let_go()
    assert told(referral) == {"Вигаданко0", "Вигаданко1", "Вигаданко2"}
    assert referral.left_out == {"erased": 1, "found": 2, "not-opened": 1}
    body = pfif.file(referral).decode()
    for secret in ("Полоненко", "АА-77", "частина-насіння", "Вигаданко3", "CAPTIVE", people[0].pk, "kin"):
        assert secret not in body
    assert referral.until == referral.released_at + timedelta(days=90)  # type: ignore[operator]
    assert facts("tracing.pfif-out")["told"] == 3
    assert facts("tracing.pfif-out")["sha256"] == referral.sha256
    journal = "".join(Entry.objects.values_list("body", flat=True))
    assert "Вигаданко" not in journal


def test_two_people_let_a_file_go_and_neither_of_them_alone() -> None:
    sought("OPEN")
    with pytest.raises(NotAllowed):
        pfif.ask(ASKED, actor=REGISTRAR, reason="x")
    with pytest.raises(NotAllowed):
        pfif.ask(ASKED, actor=TRACER, reason=" ")
    referral = pfif.ask(ASKED, actor=TRACER, reason="x")
    with pytest.raises(WrongState):
        pfif.file(referral)
    with pytest.raises(NotAllowed):
        pfif.release(referral, actor=TRACER)
    with pytest.raises(NotAllowed):
        pfif.release(referral, actor=replace(DPO, fresh=False))
    pfif.drop(referral, actor=DPO, reason="No agreement with them")
    with pytest.raises(WrongState):
        pfif.release(referral, actor=DPO)
    assert not Alias.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        replace(ASKED, service=" "),
        replace(ASKED, agreement=""),
        replace(ASKED, days=0),
        replace(ASKED, days=367),
        replace(ASKED, people=("0123456789abcdef",)),
    ],
)
def test_without_agreement_and_end_nothing_is_asked_for(asked: pfif.Asked) -> None:
    sought("OPEN")
    with pytest.raises(Incomplete):
        pfif.ask(asked, actor=TRACER, reason="x")


def test_a_person_keeps_the_identifier_and_whoever_is_found_or_erased_is_taken_back() -> None:
    one, other, third = sought("OPEN", "OPEN", "OPEN")
    first = files.read(pfif.file(let_go(replace(ASKED, people=(one.pk, other.pk)))), "f.xml")
    assert {person.fields["family_name"] for person in first.persons} == {"Вигаданко0", "Вигаданко1"}
    Person.objects.filter(pk=one.pk).update(state="CAPTIVE_CONFIRMED")
    erasure.erase(other, actor=DPO, second=LEGAL, reason="The family asks")
    again = files.read(pfif.file(let_go()), "f.xml")
    assert again.problems == ()
    assert {person.id for person in again.persons if person.placeholder} == {
        person.id for person in first.persons
    }
    assert all(
        person.expired(clock.now() + timedelta(minutes=1)) for person in again.persons if person.placeholder
    )
    (new,) = (person.id for person in again.persons if not person.placeholder)
    Person.objects.filter(pk=one.pk).update(state="OPEN")
    last = files.read(pfif.file(let_go()), "f.xml")
    now = {person.id for person in last.persons if not person.placeholder}
    assert new in now
    assert len(now & {person.id for person in first.persons}) == 1
    assert {alias.key for alias in Alias.objects.all()}.isdisjoint({one.pk, other.pk, third.pk})


def test_whoever_is_erased_is_gone_from_files_that_went_out() -> None:
    one, _other = sought("OPEN", "OPEN")
    referral = let_go()
    erasure.erase(one, actor=DPO, second=LEGAL, reason="x")
    assert told(referral) == {"Вигаданко1"}


def test_people_of_a_service_become_rows_that_a_registrar_decides_and_nobody_comes_twice() -> None:
    sought("OPEN")
    before = set(Person.objects.values_list("pk", "state"))
    came = taken_in(answer())
    assert came.counts == {
        "parked": 3, "same": 0, "refused": 0, "faulty": 1, "expired": 1,
        "notes": 0, "notes_same": 0, "notes_others": 3,
    }  # fmt: skip
    assert (
        came.left["home_city"]
        == came.left["alternate_names"]
        == came.left["{http://example.org/extension}blood"]
    )
    assert [problem.column for problem in came.problems] == ["sex", "date_of_birth", "first_name"]
    assert set(Person.objects.values_list("pk", "state")) == before
    rows = list(doubts.waiting(REGISTRAR))
    held = cells.opened(rows, records.SYSTEM)
    assert [one.values["name"] for one in held] == [
        "Вигаданко Ілля Іванович", "أحمد خالد المصري", "Шпак-Зоря Марія",
    ]  # fmt: skip
    assert all("from-service" in {finding[1] for finding in one.findings} for one in held)
    again = taken_in(answer())
    assert (again.counts["parked"], again.counts["same"]) == (0, 3)
    person = doubts.take_new(rows[1], actor=REGISTRAR)
    assert taken_in(answer()).counts["same"] == 3
    born = "<pfif:date_of_birth>1992-03-04</pfif:date_of_birth>"
    changed = taken_in(answer(**{"<pfif:age>30-35</pfif:age>": born}))
    assert (changed.counts["parked"], changed.counts["same"]) == (1, 2)
    (fresh,) = cells.opened(
        list(Parked.objects.filter(state="OPEN").order_by("-intake__at")[:1]), records.SYSTEM
    )
    assert person.pk in {finding[4] for finding in fresh.findings}  # whom it was taken for
    erasure.erase(person, actor=DPO, second=LEGAL, reason="x")
    last = taken_in(answer(**{"Ahmad": "Ahmed", "30-35": "36"}))
    assert (last.counts["parked"], last.counts["erased"]) == (0, 1)  # a file names nobody anew
    named = records.sources(Intake.objects.all())
    came = [one for one in Intake.objects.all() if named[one.pk] == pfif_in.SOURCE]
    assert {(one.rows, one.new + one.same + one.doubtful + one.refused) for one in came} == {(3, 3)}


def test_a_note_about_somebody_of_ours_waits_and_what_becomes_evidence_has_the_lowest_grade() -> None:
    (person,) = sought("OPEN")
    let_go()
    alias = Alias.objects.get().key
    came = taken_in(answer(alias))
    assert (came.counts["notes"], came.counts["notes_others"]) == (2, 1)
    person.refresh_from_db()
    assert person.state == "OPEN"  # a note that somebody is dead moves nobody by itself
    assert not Testimony.objects.exists()
    assert taken_in(answer(alias)).counts["notes_same"] == 2
    notes = list(pfif_in.waiting())
    found = cells.opened(notes, records.SYSTEM)
    by = {held.fields["status"]: note for note, held in zip(notes, found, strict=True)}
    with pytest.raises(Incomplete):
        pfif_in.take_note(by["believed_dead"], Says.INVENTED, actor=TRACER)
    pfif_in.take_note(by["believed_dead"], Says.DEAD, actor=TRACER)
    pfif_in.put_aside(by["believed_alive"], actor=TRACER, reason="He may have seen anybody")
    person.refresh_from_db()
    assert person.state == "DEATH_REPORTED"
    ((row, said),) = evidence.of(person)
    assert (said.kind, said.reliability + said.credibility, said.origin) == ("open", "F6", "Журавко Наталія")
    assert said.on == "2025-05-12"
    assert "Сусід" in said.words
    assert set(ServiceNote.objects.values_list("state", "wrapped")) == {("TAKEN", b""), ("ASIDE", b"")}
    assert taken_in(answer(alias)).counts["notes_same"] == 2  # decided, and not asked again
    evidence.withdraw(row, actor=TRACER, reason="It was another man")
    person.refresh_from_db()
    assert person.state == "OPEN"
    journal = "".join(Entry.objects.values_list("body", flat=True))
    assert not any(word in journal for word in ("Журавко", "Сусід", "nobody@example.org"))


def test_our_own_records_come_back_as_nobody_new() -> None:
    sought("OPEN", "OPEN")
    referral = let_go()
    came = taken_in(pfif.file(referral))
    assert came.counts == {"own": 2, "notes_own": 2, "notes": 0, "notes_same": 0}
    assert not Parked.objects.exists()


def test_a_note_about_somebody_erased_is_not_kept_and_one_that_waits_goes_with_them() -> None:
    (person,) = sought("OPEN")
    let_go()
    taken_in(answer(Alias.objects.get().key))
    erasure.erase(person, actor=DPO, second=LEGAL, reason="x")
    assert set(ServiceNote.objects.values_list("wrapped", flat=True)) == {b""}
    assert taken_in(answer(Alias.objects.get().key, Сусід="Кум")).counts["notes_others"] == 3


def test_what_is_no_pfif_is_refused_whole() -> None:
    with pytest.raises(Unreadable):
        taken_in(b"<!DOCTYPE a><a/>")
    assert Entry.objects.filter(act="tracing.pfif-in").count() == 1  # the refusal


def signed_in(account: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=account), backend="obmin.accounts.backend.Links")
    client.cookies["obmin-language"] = "en"
    return client


def test_on_the_screen_from_the_question_to_the_evidence(settings: Any) -> None:
    (person,) = sought("OPEN")
    tracer, protection = signed_in("t"), signed_in("d")
    assert b"/tracing/services" in tracer.get("/tracing").content
    wrong = tracer.post("/tracing/services", {"act": "out", "whom": "these", "people": "x", "days": "0"})
    assert wrong.status_code == 422
    assert wrong.content.count(b'class="field wrong"') == 5  # each with its reason
    given = {"service": "Agency", "agreement": "12", "days": "30", "whom": "these", "people": person.pk}
    asked = tracer.post("/tracing/services", {"act": "out", "why_out": "x", **given}, follow=True)
    address = asked.redirect_chain[-1][0]
    assert tracer.get(address, {"as": "xml"}).status_code == 404
    home = protection.get("/").content.decode()
    assert home.count(f'href="{address}/release"') == 2  # as the first thing to do, and in its queue
    seen = protection.get(f"{address}/release")
    assert "Вигаданко" not in seen.content.decode()
    assert protection.post(f"{address}/release", {"seen": "1"}).status_code == 302
    body = tracer.get(address, {"as": "xml"}).content
    assert "Вигаданко" in body.decode()
    (alias,) = Alias.objects.values_list("key", flat=True)
    sent = SimpleUploadedFile("answer.xml", answer(alias))
    came = tracer.post("/tracing/services", {"act": "in", "why_in": "x", "file": sent}).content.decode()
    assert "1990-02-30" in came
    assert "home_city" in came
    pages = [tracer.get(f"/tracing/notes/{note.pk}") for note in pfif_in.waiting()]
    (page,) = (page for page in pages if "Сусід каже" in page.content.decode())
    following = tracer.post(page.request["PATH_INFO"], {"seen": "1", "says": "dead"})
    assert following["Location"].startswith("/tracing/notes/")  # the other one
    person.refresh_from_db()
    assert person.state == "DEATH_REPORTED"
    settings.OBMIN = replace(settings.OBMIN, pfif="")
    assert b"/tracing/services" not in tracer.get("/tracing").content
    refused = tracer.get("/tracing/services")
    assert refused.status_code == 409
    assert b"instance.toml" in refused.content
