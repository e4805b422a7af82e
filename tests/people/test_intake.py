"""Somebody new comes after a search; Article 17 alone is asked as a duty; events of custody move the record."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.accounts import people as accounts
from obmin.audit.models import Entry, Reading
from obmin.core import custody as rules
from obmin.core import record
from obmin.core.access import Actor, Role
from obmin.core.asking import ARTICLE_17, Basis, Fact, Unsaid, may_be_told
from obmin.core.custody import Event
from obmin.core.errors import Incomplete, NotAllowed, Refused, WrongState
from obmin.people import custody, erasure, finding, intake, records, register
from obmin.people.models import Asking, Correction, CustodyEvent, Person, Register, Searched, Telling
from obmin.vault import cells

pytestmark = pytest.mark.django_db

REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR", fresh=True)
FAMILY = Actor.of("f", frozenset({Role.FAMILY}), party="UKR")
OTHER = Actor.of("g", frozenset({Role.FAMILY}), party="UKR")
WHO = {
    "surname": "Вигаданенко",
    "given": "Ілля",
    "birth_date": "1987-05-14",
    "rank": "сержант",
    "unit": "А0000",
}
NONE = {"service_number": "declined"}
MOTHER = record.Asking("Вигаданенко Олена", "mother", "+380 44 000 00 00", "relative")


@pytest.fixture(autouse=True)
def officers() -> None:
    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "HQ", "HQ")],
        leads={},
        officers=[accounts.Officer(name, name, name, "HQ", (Role.FAMILY,)) for name in ("f", "g")]
        + [accounts.Officer("r", "r", "r", "HQ", (Role.REGISTRAR,))],
    )


def searched(words: str = "Вигаданенко", which: Register = Register.HELD) -> record.Searched:
    shown = [hit.person for hit in finding.find(which, words)]
    return intake.searched(intake.ticket(REGISTRAR, which, words, shown), REGISTRAR, which)


def taken(**more: Any) -> Person:
    """Somebody captured, as a form has them."""
    entry = intake.Entry(**({"values": WHO, "unsaid": NONE, "source": "capture"} | more))
    return intake.write_down(Register.HELD, entry, searched(), actor=REGISTRAR)


def reported() -> Person:
    entry = intake.Entry(WHO, NONE, source="relative", asking=MOTHER, officer="f")
    return intake.write_down(Register.SOUGHT, entry, searched(which=Register.SOUGHT), actor=REGISTRAR)


def test_nobody_is_written_down_without_a_search_of_ones_own() -> None:
    mine = intake.ticket(REGISTRAR, Register.HELD, "x", [])
    for text in ("", "x", mine + "x"):
        with pytest.raises(Incomplete, match="Search first"):
            intake.searched(text, REGISTRAR, Register.HELD)
    for actor, which in ((FAMILY, Register.HELD), (REGISTRAR, Register.SOUGHT)):
        with pytest.raises(Incomplete, match="by yourself"):
            intake.searched(mine, actor, which)


def test_what_was_searched_and_who_was_shown_stays_with_the_record() -> None:
    before = taken()
    search = searched("Вигаданенко 1987")
    after = intake.write_down(Register.HELD, intake.Entry(WHO, NONE), search, actor=REGISTRAR)
    kept: record.Searched = records.opened(Searched, [after.pk])[after.pk]
    assert (kept.words, list(kept.shown)) == ("Вигаданенко 1987", [before.pk])
    entry = Entry.objects.filter(act="register.create").latest("index")
    assert '"shown":1' in entry.body
    assert "Вигаданенко" not in entry.body
    with pytest.raises(WrongState, match="done before"):  # one search makes one record
        intake.write_down(Register.HELD, intake.Entry(WHO, NONE), search, actor=REGISTRAR)


def test_a_search_finds_them_in_another_script_by_year_by_number_and_by_unit() -> None:
    person = taken(values=WHO | {"service_number": "СН-1001"}, unsaid={})
    for query in ("Vyhadanenko", "Вигадоненко 1987", "СН-1001", "А0000", "Ілля 14.05.1987"):
        hits = {hit.person: hit.why for hit in finding.find(Register.HELD, query)}
        assert hits.get(person.pk), query
    assert finding.find(Register.SOUGHT, "Вигаданенко") == []


@given(st.sets(st.sampled_from(ARTICLE_17)), st.sampled_from(Unsaid))
def test_only_article_17_is_asked_and_any_of_three_reasons_does(given_: set[str], why: Unsaid) -> None:
    from obmin.core.asking import missing

    values = dict.fromkeys(given_, "x")
    lacking = set(ARTICLE_17) - given_
    assert set(missing(values, {})) == lacking
    assert missing(values, dict.fromkeys(lacking, why.value)) == ()


def test_the_three_answers_stay_three_different_answers() -> None:
    unsaid = {"service_number": "declined", "rank": "not-asked", "birth_date": "unknown"}
    person = taken(values={"surname": "Вигаданенко", "given": "Ілля"}, unsaid=unsaid)
    assert intake.unsaid_of(person.pk) == unsaid
    assert person.state == "REGISTERED"
    with pytest.raises(Incomplete):
        taken(values={"surname": "Вигаданенко"}, unsaid=unsaid)


def test_who_cannot_say_their_name_is_registered_by_other_means_only() -> None:
    silent = dict.fromkeys(ARTICLE_17, "unknown")
    person = taken(values={"tags": "scar on the left hand"}, unsaid=silent)
    assert person.state == "CAPTURED"
    with pytest.raises(Incomplete, match="medical service"):
        intake.enter(person, actor=REGISTRAR)
    with pytest.raises(WrongState):  # no camp before that
        custody.record_event(person, Event.ARRIVAL, {"on": "2025-05-17", "place": "x"}, actor=REGISTRAR)
    intake.enter(person, actor=REGISTRAR, examination="Report 7")
    assert Person.objects.get(pk=person.pk).state == "REGISTERED"
    known = searched("scar")
    other = intake.Entry({"tags": "x"}, silent, basis=Basis.OTHER, examination="Report 8")
    assert intake.write_down(Register.HELD, other, known, actor=REGISTRAR).state == "REGISTERED"


def test_a_capture_is_an_event_of_the_same_act() -> None:
    told = record.Happening(on="2025-05-16", place="край", document="Report 1")
    person = taken(values=WHO | {"captured_on": "2025-05-16"}, capture=told)
    event = CustodyEvent.objects.get(person=person)
    assert (event.kind, event.episode, event.state) == ("capture", 1, "REGISTERED")
    assert Entry.objects.filter(act__startswith="register.").count() == 1


def test_a_life_in_custody_moves_the_record_as_the_events_say() -> None:
    person = taken()
    steps = (
        (Event.ARRIVAL, "INTERNED", 1),
        (Event.HOSPITAL, "HOSPITAL", 1),
        (Event.DISCHARGE, "INTERNED", 1),
        (Event.DEPARTURE, "IN_TRANSFER", 1),
        (Event.ARRIVAL, "INTERNED", 1),
        (Event.ESCAPE, "ESCAPED", 1),
        (Event.RECAPTURE, "INTERNED", 2),
        (Event.DEATH_REPORTED, "INTERNED", 2),
        (Event.DEATH, "DEAD", 2),
    )
    for number, (event, state, episode) in enumerate(steps):
        told = {
            "on": f"2025-06-{number + 1:02}",
            "place": f"place {number}",
            "document": "D",
            "examination": "E",
        }
        custody.record_event(person, event, told, actor=REGISTRAR, seen=person.version)
        last = CustodyEvent.objects.filter(person=person).last()
        assert last is not None
        assert (person.state, last.state, last.episode) == (state, state, episode), event
    where = records.opened(custody.Custody, [person.pk])[person.pk]
    assert where.facility == "place 6"
    with pytest.raises(WrongState):
        custody.record_event(person, Event.RELEASE, {"on": "2025", "document": "x"}, actor=REGISTRAR)


def test_nobody_is_dead_without_an_examination_nor_home_without_a_signed_act() -> None:
    person = taken()
    told = {"on": "2025-06-01", "place": "x", "document": "Form D 1"}
    with pytest.raises(Incomplete, match="examination"):
        custody.record_event(person, Event.DEATH, told, actor=REGISTRAR)
    with pytest.raises(NotAllowed, match="both sides"):
        custody.record_event(person, Event.REPATRIATION, told, actor=REGISTRAR)
    custody.record_event(person, Event.DEATH_REPORTED, told, actor=REGISTRAR)
    assert person.state == "REGISTERED"  # I-16: a report closes nothing
    for missing in ("on", "place", "document"):
        with pytest.raises(Incomplete):
            custody.record_event(person, Event.DEPARTURE, told | {missing: ""}, actor=REGISTRAR)
    with pytest.raises(Incomplete, match=r"30\.02"):
        custody.record_event(person, Event.ESCAPE, {"on": "30.02.2025"}, actor=REGISTRAR)
    sought = reported()
    with pytest.raises(WrongState):
        custody.record_event(sought, Event.RELEASE, told, actor=REGISTRAR)


@given(st.lists(st.sampled_from(Event), max_size=12))
def test_no_row_of_events_brings_the_dead_back_or_sends_anybody_home(events: list[Event]) -> None:
    state, told = "CAPTURED", {"on": "2025", "place": "x", "document": "x", "examination": "x"}
    for event in (one for one in events if one in rules.BY_OFFICERS):
        try:
            after = rules.after(event, state, told)
        except Refused:
            assert event not in rules.open_to(state)
            continue
        assert event in rules.open_to(state)
        assert state != "DEAD"
        assert after not in ("REPATRIATED", "REGISTERED") or after == state
        assert (after == "DEAD") == (event is Event.DEATH)
        state = after


def test_relatives_report_somebody_and_one_named_officer_answers_with_confirmed_facts() -> None:
    person = reported()
    asking = Asking.objects.get(person=person)
    assert (person.state, asking.officer) == ("REPORTED", "f")
    held: record.Asking = cells.value(asking, records.SYSTEM)
    assert held == MOTHER
    intake.open_search(person, actor=REGISTRAR)
    assert Person.objects.get(pk=person.pk).state == "OPEN"
    told = record.Telling("2025-06-01", "search", "Ми шукаємо вашого сина.")
    with pytest.raises(NotAllowed, match="somebody else"):
        intake.tell(asking, told, actor=OTHER)
    with pytest.raises(WrongState, match="not confirmed"):
        intake.tell(asking, record.Telling("2025-06-01", "held", "x"), actor=FAMILY)
    intake.tell(asking, told, actor=FAMILY)
    kept: record.Telling = cells.value(Telling.objects.get(asking=asking), records.SYSTEM)
    assert kept.words == told.words
    with pytest.raises(Incomplete, match="family liaison"):
        intake.ask(person, MOTHER, "r", actor=REGISTRAR)


def test_a_report_of_death_or_of_captivity_is_never_told() -> None:
    for state in ("REPORTED", "OPEN", "CAPTIVE_UNCONFIRMED", "DEATH_REPORTED"):
        assert may_be_told(state) == (Fact.SEARCH,)


def test_a_correction_keeps_what_was_there() -> None:
    person = taken()
    register.correct(person, "unit", "А1111", actor=REGISTRAR, reason="The paybook says so")
    kept: record.Correction = cells.value(Correction.objects.get(person=person), records.SYSTEM)
    assert kept == record.Correction("unit", "А0000", "А1111")


def test_who_asks_and_what_was_told_is_erased_with_the_person() -> None:
    person = reported()
    intake.tell(Asking.objects.get(), record.Telling("2025", "search", "x"), actor=FAMILY)
    one, two = (
        Actor.of(role.value, frozenset({role}), party="UKR", fresh=True)
        for role in (Role.PROTECTION, Role.LEGAL)
    )
    erasure.erase(person, actor=one, second=two, reason="asked for")
    for model in (Asking, Telling, Searched):
        assert not model.objects.exclude(wrapped=b"").exists(), model  # type: ignore[attr-defined]


def test_a_search_that_shows_nobody_reads_nobody() -> None:
    before = Reading.objects.count()
    finding.find(Register.HELD, "Неіснуйко")
    assert Reading.objects.count() == before
