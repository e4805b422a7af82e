"""What happens to records after they were merged, judged or taken back: nothing turns or is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from obmin.audit.perform import perform
from obmin.core.access import Actor, Role
from obmin.core.custody import Event, after
from obmin.core.errors import WrongState
from obmin.core.merging import Answer
from obmin.people import doubts, erasure, evidence, merging
from obmin.people.models import Identity, Intake, Person, Register
from tests.people.test_merging import FIRST, SECOND, WHY, bring_in, merged, officers  # noqa: F401

pytestmark = pytest.mark.django_db

TRACER = Actor.of("t", frozenset({Role.TRACING}), party="UKR", fresh=True)
HELD = {
    "says": "held", "kind": "agency", "reliability": "A", "credibility": "1", "origin": "CTA",
    "on": "2025-05-02", "document": "Notice 1",
}  # fmt: skip


def sought() -> tuple[Person, Person]:
    one, other = bring_in("Ада", "Бета", which=Register.SOUGHT)
    Person.objects.filter(pk__in=[one.pk, other.pk]).update(state="OPEN")
    return Person.objects.get(pk=one.pk), Person.objects.get(pk=other.pk)


def state(person: Person) -> str:
    return Person.objects.get(pk=person.pk).state


def test_the_record_that_stays_stays_whatever_happens_to_it_later() -> None:
    one, other = sought()
    merged(one, other)
    before = merging.computed()
    for person in (one, other):
        Person.objects.filter(pk=person.pk).update(since="2031-01-01T00:00:00Z")
        assert merging.computed() == before


def test_what_was_heard_of_one_counts_from_the_merge_until_it_is_undone() -> None:
    one, other = sought()
    evidence.add(other, HELD, actor=TRACER)
    said = merged(*Person.objects.filter(pk__in=[one.pk, other.pk]).order_by("key"))
    head = Person.objects.get(into=None)
    assert head.state == "CAPTIVE_CONFIRMED"
    said.refresh_from_db()
    merging.ask_split(said, actor=FIRST, reason=WHY)
    merging.split(said, actor=SECOND)
    assert (state(one), state(other)) == ("OPEN", "CAPTIVE_CONFIRMED")


def test_whom_somebody_judged_is_not_taken_back_with_the_list() -> None:
    one, other = bring_in("Ада", "Бета")
    merging.judge(one, other, Answer.NOT_SAME, actor=FIRST, reason=WHY)
    for intake in Intake.objects.all():
        doubts.take_back(intake, actor=FIRST, reason="The wrong file")
    assert all(bytes(row.wrapped) for row in Identity.objects.filter(pk__in=[one.pk, other.pk]))


def test_whom_a_list_took_back_a_backup_does_not_bring_back(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(
        erasure, "settle", lambda: None
    )  # the file cannot be settled inside a test's transaction
    (one,) = bring_in("Ада")
    with django_capture_on_commit_callbacks(execute=True):
        doubts.take_back(Intake.objects.get(), actor=FIRST, reason="The wrong file")
    assert one.pk in erasure._list().read_text(encoding="ascii").split()


def test_registration_is_not_passed_over_and_a_courts_hold_goes_with_the_person() -> None:
    told = {"on": "2025-05", "place": "h", "document": "d"}
    for event in (Event.HOSPITAL, Event.DEPARTURE):
        with pytest.raises(WrongState):
            after(event, "CAPTURED", told)
    for event in (Event.ARRIVAL, Event.DEPARTURE, Event.HOSPITAL, Event.DISCHARGE):
        assert after(event, "HELD_AFTER_HOSTILITIES", told) == "HELD_AFTER_HOSTILITIES"
    assert after(Event.DISCHARGE, "HOSPITAL", told) == "INTERNED"


def test_the_gate_is_needed_to_hear() -> None:
    one, _other = sought()
    with perform("register.suspect", actor=FIRST) as gate:
        evidence.hear(gate, [evidence.Told(one.pk, evidence._read(HELD))])
    assert state(one) == "CAPTIVE_CONFIRMED"


def test_nobody_on_a_list_under_way_is_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = bring_in("Ада", "Бета")
    said = merged(one, other)
    head = Person.objects.get(into=None)
    merging.ask_split(said, actor=FIRST, reason=WHY)
    with monkeypatch.context() as listed:
        listed.setattr(merging, "on_lists", lambda keys: frozenset(keys) & {head.pk})
        with pytest.raises(WrongState) as refused:
            merging.split(said, actor=SECOND)
    assert (refused.value.code, Person.objects.filter(into=head).count()) == ("on-a-list", 1)
    merging.split(said, actor=SECOND)
    assert not Person.objects.exclude(into=None).exists()


def test_a_merge_looks_at_those_around_it_and_at_nobody_else() -> None:
    names = ("Ада", "Бета", "Ґава", "Дах", "Енко", "Жук", "Зима", "Іва")
    people = bring_in(*names)
    for at in (0, 2, 4):
        merged(people[at], people[at + 1])
    asked = merging.judge(people[6], people[7], Answer.SAME, actor=FIRST, reason=WHY)
    with CaptureQueriesContext(connection) as seen:
        merging.merge(asked, actor=SECOND)
    elsewhere = {person.pk for person in people[:6]}
    assert not [query["sql"] for query in seen if any(key in query["sql"] for key in elsewhere)]
    assert merging.computed() == dict(Person.objects.exclude(into=None).values_list("key", "into_id"))
    assert len(merging.computed()) == 4
