"""Evidence moves what is known of somebody sought, and its withdrawal moves it back; nobody's word is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.audit.models import Entry
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.core.evidence import Says
from obmin.people import evidence, evidence_pages, models, tracing
from obmin.people.models import Pairing, Person, Register
from tests.people.test_tracing import REGISTRAR, TRACER, laid_out

pytestmark = pytest.mark.django_db

GIVEN = {
    "says": "held", "kind": "returnee", "reliability": "B", "credibility": "2",
    "origin": "Петро, повернувся 2 травня", "on": "04.2025", "words": "Бачив у таборі взимку.",
}  # fmt: skip


def somebody() -> Person:
    theirs, found = laid_out(6)
    tracing.propose(theirs, found, Register.SOUGHT, actor=TRACER)
    return Pairing.objects.order_by("pk")[0].person


def now(person: Person) -> str:
    return Person.objects.get(pk=person.pk).state


def test_one_returnee_makes_it_perhaps_two_make_it_so_and_withdrawal_takes_it_back() -> None:
    person = somebody()
    evidence.add(person, GIVEN, actor=TRACER)
    assert now(person) == "CAPTIVE_UNCONFIRMED"
    person.refresh_from_db()
    evidence.add(person, GIVEN | {"origin": "Інший, повернувся 9 травня"}, actor=TRACER)
    assert now(person) == "CAPTIVE_CONFIRMED"
    second = models.Testimony.objects.order_by("at", "key").last()
    assert second is not None
    evidence.withdraw(second, actor=TRACER, reason="It was the same man under his mother's name")
    assert now(person) == "CAPTIVE_UNCONFIRMED"
    with pytest.raises(WrongState):
        evidence.withdraw(second, actor=TRACER, reason="again")
    assert len(list(evidence.of(person))) == 2  # what was withdrawn is still shown
    said = next(said for row, said in evidence.of(person) if row.withdrawn_at is None)
    assert (said.on, said.origin, said.words) == ("2025-04", GIVEN["origin"], GIVEN["words"])
    entry = Entry.objects.filter(act="tracing.testify").earliest("index")
    assert json.loads(entry.body)["facts"]["grade"] == "B2"
    assert GIVEN["origin"] not in entry.body  # who saw somebody stays out of the journal


@pytest.mark.parametrize(
    "lacking",
    [{"origin": " "}, {"reliability": "G"}, {"credibility": ""}, {"says": "alive"}, {"on": "31.02.2025"},
     {"kind": "agency", "document": ""}, {"kind": "remains", "document": "№ 4", "says": "held"}],
)  # fmt: skip
def test_what_cannot_be_weighed_is_not_written_down(lacking: dict[str, str]) -> None:
    person = somebody()
    with pytest.raises(Incomplete):
        evidence.add(person, GIVEN | lacking, actor=TRACER)
    assert not models.Testimony.objects.exists()
    assert now(person) == "OPEN"


def test_a_judgement_on_their_list_is_evidence_and_goes_with_the_judgement() -> None:
    pair = Pairing.objects.get(person=somebody())
    tracing.judge(pair, "SAME", actor=TRACER, reason="x", rests_on=("birth date", "surname"))
    [(row, said)] = evidence.of(pair.person)
    assert (said.says, said.kind, said.origin, row.withdrawn_at) == ("held", "party", "RUS", None)
    assert now(pair.person) == "CAPTIVE_CONFIRMED"
    entry = Entry.objects.filter(act="tracing.judge").latest("index")
    assert json.loads(entry.body)["facts"]["rests on"] == "birth date, surname"
    evidence.add(pair.person, GIVEN, actor=TRACER)
    pair.refresh_from_db()
    tracing.judge(pair, "NOT_SAME", actor=TRACER, reason="Another date")
    assert now(pair.person) == "CAPTIVE_UNCONFIRMED"  # the returnee's word stands
    assert [row.withdrawn_by for row, said in evidence.of(pair.person) if said.kind == "party"] == ["t"]


def test_what_others_decided_is_not_moved() -> None:
    person = somebody()
    Person.objects.filter(pk=person.pk).update(state="RETURNED")
    person.refresh_from_db()
    evidence.add(person, GIVEN | {"says": Says.DEAD}, actor=TRACER)
    assert now(person) == "RETURNED"
    Person.objects.filter(pk=person.pk).update(register=Register.HELD)
    person.refresh_from_db()
    with pytest.raises(WrongState):
        evidence.add(person, GIVEN, actor=TRACER)


def test_it_takes_the_duty() -> None:
    person = somebody()
    for actor in (REGISTRAR, Actor.of("n", frozenset({Role.NEGOTIATOR}), party="UKR")):
        with pytest.raises(NotAllowed):
            evidence.add(person, GIVEN, actor=actor)


@given(st.text("абвгiі ", max_size=12), st.text("абвгiі ", max_size=12))
def test_marked_pieces_are_the_texts_again(ours: str, theirs: str) -> None:
    found = evidence_pages.marked(ours, theirs)
    if found is not None:
        assert tuple("".join(text for text, _ in side) for side in found) == (ours, theirs)
        assert all(not differs for side in found for _, differs in side) is (ours == theirs)


def test_one_letter_is_marked_and_another_name_is_not() -> None:
    assert evidence_pages.marked("Дубровчук", "Дубровчик") == (
        [("Дубровч", False), ("у", True), ("к", False)],
        [("Дубровч", False), ("и", True), ("к", False)],
    )
    assert evidence_pages.marked("Дубровчук", "Shevchenko") is None


def test_what_was_heard_of_a_record_counts_where_it_was_merged_into_and_only_while_it_is() -> None:
    person = somebody()
    other = Person.objects.exclude(pk=person.pk).order_by("key")[0]
    evidence.add(other, GIVEN, actor=TRACER)
    Person.objects.filter(pk=other.pk).update(into=person)
    assert evidence.come_to([person.pk])[person.pk].state == "CAPTIVE_UNCONFIRMED"
    person.refresh_from_db()
    evidence.add(person, GIVEN | {"origin": "Інший"}, actor=TRACER)
    assert now(person) == "CAPTIVE_CONFIRMED"  # one report stood on each record
    assert len(list(evidence.of(person))) == 2
    Person.objects.filter(pk=other.pk).update(into=None)
    assert evidence.come_to([person.pk])[person.pk].state == "CAPTIVE_UNCONFIRMED"
