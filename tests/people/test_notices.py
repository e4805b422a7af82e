"""Whatever Article 122 names makes its notices in the same act; what goes out says Article 122's items only."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from obmin.audit import clock
from obmin.audit.models import Entry
from obmin.core import record
from obmin.core.access import Actor, Role
from obmin.core.custody import Event
from obmin.core.duties import Kind, Standing, To
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.files import packages
from obmin.people import custody, doubts, erasure, notices, records, register
from obmin.people.models import Inspection, Intake, Notice, Notified, Person, Register
from obmin.vault.secrets import secret

pytestmark = pytest.mark.django_db

REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR", fresh=True)
MEDICAL = Actor.of("m", frozenset({Role.MEDICAL}), party="UKR")
TRACING = Actor.of("t", frozenset({Role.TRACING}), party="UKR")
SECOND = Actor.of("l", frozenset({Role.LEGAL}), party="UKR", fresh=True)
DPO = Actor.of("d", frozenset({Role.PROTECTION}), party="UKR", fresh=True)
ON = {"on": "2025-04-30"}
EVENTS: dict[Event, dict[str, str]] = {
    Event.DEPARTURE: ON | {"place": "Camp 2", "document": "order 1"},
    Event.HOSPITAL: ON | {"place": "Hospital 1"},
    Event.ESCAPE: ON,
    Event.RELEASE: ON | {"document": "order 2"},
    Event.DEATH: ON | {"place": "Camp 1", "document": "form D", "examination": "report 1"},
}


def listed(count: int = 1, which: Register = Register.HELD, **more: Any) -> list[Person]:
    rows = {
        "id": [f"{n:04}" for n in range(count)],
        "surname": [f"Вигаданко{n}" for n in range(count)],
        "given": ["Ілля"] * count,
        "birth_date": ["1987-05-14"] * count,
        "captured_on": ["2022-05-16"] * count,
        "facility": ["Camp 1"] * count,
        "health": ["wounded"] * count,
        "will": ["refuses"] * count,
        "judicial": ["convicted"] * count,
    } | {name: [value] * count for name, value in more.items()}
    register.import_list(pl.DataFrame(rows), register=which, source="list", power="RUS", actor=REGISTRAR)
    return list(Person.objects.filter(register=which).order_by("key"))


def owed(person: Person, kind: Kind) -> set[tuple[str, str]]:
    return set(Notice.objects.filter(person=person, kind=kind.value).values_list("to", "state"))


def test_a_list_of_people_in_our_hands_owes_notices_and_one_of_people_sought_does_not() -> None:
    people = listed(3)
    listed(2, Register.SOUGHT)
    listed(3)  # the same list again
    assert notices.waiting(REGISTRAR, clock.now()).total() == 3 * 3
    notices.prepare(To.AGENCY, actor=REGISTRAR)
    for person in people:
        assert owed(person, Kind.CAPTURE) == {("bureau", "QUEUED"), ("agency", "QUEUED")}
        assert owed(person, Kind.CARD) == {("agency", "QUEUED")}
    assert notices.waiting(REGISTRAR, clock.now()).total() == Notice.objects.count() == 3 * 3


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_makes_its_notices_in_the_same_act(event: Event) -> None:
    (person,) = listed()
    before = Entry.objects.count()
    custody.record_event(person, event, EVENTS[event], actor=REGISTRAR)
    kind = Kind.TRANSFER if event is Event.DEPARTURE else Kind(event.value)
    assert owed(person, kind) == {("bureau", "QUEUED"), ("agency", "QUEUED")}
    assert Entry.objects.count() == before + 1
    assert all(n.event for n in Notice.objects.filter(person=person, kind=kind.value))


def test_an_event_that_is_refused_leaves_no_notice() -> None:
    (person,) = listed()
    with pytest.raises(Incomplete):
        custody.record_event(person, Event.DEATH, ON, actor=REGISTRAR)
    assert not owed(person, Kind.DEATH)


def test_a_card_is_owed_again_at_the_next_camp() -> None:
    (person,) = listed()
    custody.record_event(person, Event.DEPARTURE, EVENTS[Event.DEPARTURE], actor=REGISTRAR)
    custody.record_event(person, Event.ARRIVAL, ON | {"place": "Camp 2"}, actor=REGISTRAR)
    sending = notices.prepare(To.AGENCY, actor=REGISTRAR)
    told = notices.said(sending)
    cards = [one for one in told.values() if one.values["notice"] == "card"]
    assert [card.values["mail"] for card in cards] == ["Camp 2", "Camp 2"]
    assert owed(person, Kind.CARD) == {("agency", "QUEUED")}


def test_what_goes_out_is_signed_whole_and_says_nothing_of_health_will_or_courts() -> None:
    listed(2)
    sending = notices.prepare(To.BUREAU, actor=REGISTRAR)
    body = notices.sheet(sending)
    key = packages.signing_key(secret("acts")).public
    assert hashlib.sha256(body).hexdigest() == sending.sha256
    assert packages.verify(body, sending.signature, key)
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert tuple(head) == notices.ITEMS
    assert len(rows) == 2
    whole = " ".join(str(cell) for row in rows for cell in row if cell)
    assert "Вигаданко0" in whole
    assert not {"wounded", "refuses", "convicted"} & set(whole.split())


def test_one_act_marks_all_as_sent_and_one_as_received() -> None:
    listed(3)
    sending = notices.prepare(To.AGENCY, actor=REGISTRAR)
    with pytest.raises(Incomplete, match="Nothing waits"):
        notices.prepare(To.AGENCY, actor=REGISTRAR)
    with pytest.raises(Incomplete, match="reference"):
        notices.sent(sending, "courier", " ", actor=REGISTRAR)
    before = Entry.objects.count()
    notices.sent(sending, "courier", "12/3", actor=REGISTRAR)
    assert Entry.objects.count() == before + 1
    assert set(sending.of.values_list("state", flat=True)) == {"SENT"}
    with pytest.raises(WrongState):
        notices.sent(sending, "courier", "12/3", actor=REGISTRAR)
    notices.received(sending, "A-7", actor=REGISTRAR)
    assert set(sending.of.values_list("state", flat=True)) == {"ACKNOWLEDGED"}
    assert notices.waiting(REGISTRAR, clock.now()).total() == 3


def test_what_was_put_away_unsent_waits_again_with_what_is_known_then() -> None:
    (person,) = listed()
    sending = notices.prepare(To.BUREAU, actor=REGISTRAR)
    notice = sending.of.get()
    with pytest.raises(WrongState, match="put that one away"):
        notices.withdraw(notice, actor=REGISTRAR, reason="error")
    notices.drop(sending, actor=REGISTRAR, reason="a name is wrong")
    register.correct(person, "surname", "Інакший", actor=REGISTRAR, reason="document")
    again = notices.prepare(To.BUREAU, actor=REGISTRAR)
    assert next(iter(notices.said(again).values())).values["surname"] == "Інакший"
    notices.drop(again, actor=REGISTRAR, reason="on paper")
    notice.refresh_from_db()
    notices.withdraw(notice, actor=REGISTRAR, reason="sent on paper")
    notice.refresh_from_db()
    assert notice.state == "WITHDRAWN"


def test_health_is_told_again_every_week_while_they_lie_in_hospital() -> None:
    (person,) = listed()
    custody.record_event(person, Event.HOSPITAL, EVENTS[Event.HOSPITAL], actor=REGISTRAR)
    notices.sent(notices.prepare(To.BUREAU, actor=REGISTRAR), "courier", "1", actor=REGISTRAR)
    assert owed(person, Kind.HEALTH) == {("bureau", "SENT"), ("bureau", "QUEUED")}
    person.refresh_from_db()
    custody.record_event(person, Event.DISCHARGE, ON, actor=REGISTRAR)
    notices.sent(notices.prepare(To.BUREAU, actor=REGISTRAR), "courier", "2", actor=REGISTRAR)
    assert owed(person, Kind.HEALTH) == {("bureau", "SENT")}


def test_the_board_counts_each_notice_once_and_gets_graver_by_the_hour() -> None:
    listed(2)
    now = clock.now()
    assert sum(notices.waiting(REGISTRAR, now).values()) == 6
    assert notices.waiting(REGISTRAR, now + timedelta(hours=25))[Standing.OVERDUE] == 4
    assert notices.waiting(REGISTRAR, now + timedelta(hours=73))[Standing.GRAVE] == 4
    assert notices.waiting(REGISTRAR, now + timedelta(days=8))[Standing.OVERDUE] == 2  # the cards
    notices.prepare(To.BUREAU, actor=REGISTRAR)
    told = notices.board(now + timedelta(days=8))
    assert [standing for _, standing in told] == [Standing.GRAVE] * 4 + [Standing.OVERDUE] * 2


def test_an_import_that_is_taken_back_tells_nobody() -> None:
    listed(2)
    assert doubts.take_back(Intake.objects.get(), actor=REGISTRAR, reason="wrong list") == 0
    assert set(Notice.objects.values_list("state", flat=True)) == {"WITHDRAWN"}


def test_whom_a_notice_told_of_stays_when_the_import_is_taken_back() -> None:
    listed(2)
    notices.sent(notices.prepare(To.BUREAU, actor=REGISTRAR), "courier", "1", actor=REGISTRAR)
    assert doubts.take_back(Intake.objects.get(), actor=REGISTRAR, reason="wrong list") == 2


def test_what_was_sent_of_somebody_is_erased_with_them() -> None:
    person, other = listed(2)
    sending = notices.prepare(To.BUREAU, actor=REGISTRAR)
    erasure.erase(person, actor=DPO, second=SECOND, reason="asked for")
    assert {Notified.objects.get(pk=pk).person_id for pk in notices.said(sending)} == {other.pk}


def test_a_month_after_registration_or_the_last_inspection_the_next_is_late() -> None:
    (person,) = listed()
    now = clock.now()
    assert not notices.uninspected(now + timedelta(days=27))
    assert list(notices.uninspected(now + timedelta(days=32))) == [person]
    for weight in ("", "-5", "7", "many", "8²", "٨٠", "7_0", "80.", "1e2"):
        with pytest.raises(Incomplete):
            notices.record_inspections([(person.pk, record.Inspection("2025-05-01", weight))], actor=MEDICAL)
    later = now + timedelta(days=32)
    told = record.Inspection("2025-05-01", "71.5", "nothing new")
    notices.record_inspections([(person.pk, told)], actor=MEDICAL, at=later)
    assert not notices.uninspected(later + timedelta(days=20))
    with pytest.raises(NotAllowed):
        notices.record_inspections([(person.pk, told)], actor=REGISTRAR)
    assert Inspection.objects.count() == 1
    assert records.identities([person.pk])
