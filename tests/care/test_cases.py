"""Care at each person's pace: whose step it is, what is a choice, and what Art. 117 holds shut."""

from __future__ import annotations

import pytest

from obmin.audit.models import Entry
from obmin.care import cases
from obmin.care.models import Case, Step
from obmin.core.access import Role
from obmin.core.errors import Incomplete, NotAllowed, Stale, WrongState
from obmin.people.models import Person
from tests.negotiation.exchange import DOCTOR, PLANNER, Story, officer

CASE, FAMILY, MIND = officer(Role.CASE), officer(Role.FAMILY), officer(Role.PSYCHOLOGIST)
WHO = {"medical-officer": DOCTOR, "psychologist": MIND}


@pytest.fixture
def home(story: Story) -> Story:
    story.gone()
    story.crossed()
    cases.open_cases(story.exchange, "P1", actor=CASE)
    return story


def first() -> Case:
    return Case.objects.order_by("pk")[0]


def do(case: Case, *codes: str) -> None:
    for code in codes:
        step = cases.way().step(code)
        assert step is not None
        cases.record_step(case, code, "DONE", actor=WHO.get(step.role, CASE))


def test_a_case_for_everybody_received_and_none_twice(home: Story) -> None:
    assert Case.objects.count() == 12
    assert cases.open_cases(home.exchange, "P1", actor=CASE) == 0
    assert Case.objects.count() == 12
    with pytest.raises(NotAllowed):
        cases.open_cases(home.exchange, "P1", actor=PLANNER)


def test_not_now_is_only_for_what_is_a_choice(home: Story) -> None:
    case = first()
    cases.record_step(case, "call-home", "NOT_NOW", actor=CASE)
    assert case.steps.get(code="call-home").state == "NOT_NOW"
    with pytest.raises(WrongState):
        cases.record_step(case, "triage", "NOT_NOW", actor=DOCTOR)
    with pytest.raises(Incomplete):
        cases.record_step(case, "triage", "NEVER", actor=DOCTOR)
    assert case.steps.get(code="triage").state == "OPEN"


def test_what_is_the_doctors_or_the_psychologists_is_recorded_by_them(home: Story) -> None:
    case = first()
    for code, wrong in (("triage", CASE), ("board-decision", MIND), ("psychologist", DOCTOR)):
        with pytest.raises(NotAllowed):
            cases.record_step(case, code, "DONE", actor=wrong)
        with pytest.raises(NotAllowed):
            cases.record_round([case], code, actor=wrong)
    assert not Step.objects.filter(state="DONE").exists()


def test_that_the_family_was_told_is_the_liaisons_word_alone(home: Story) -> None:
    case = first()
    with pytest.raises(NotAllowed):
        cases.record_step(case, cases.TOLD, "DONE", actor=CASE)
    with pytest.raises(NotAllowed):
        cases.record_round([case], cases.TOLD, actor=CASE)
    cases.record_round([case], cases.TOLD, actor=FAMILY)
    case.refresh_from_db()
    told = case.family_told_at
    assert told is not None
    cases.record_round(Case.objects.all(), cases.TOLD, actor=FAMILY)
    case.refresh_from_db()
    assert case.family_told_at == told  # the first word stands
    assert not Case.objects.filter(family_told_at=None).exists()


def test_what_is_done_stays_done(home: Story) -> None:
    case = first()
    do(case, "psychologist")
    done = case.steps.get(code="psychologist")
    for answer in ("NOT_NOW", "DONE"):
        with pytest.raises(WrongState):
            cases.record_step(case, "psychologist", answer, actor=MIND)
    cases.record_round(Case.objects.all(), "psychologist", actor=officer(Role.PSYCHOLOGIST, "another"))
    again = case.steps.get(code="psychologist")
    assert (again.at, again.by, again.state) == (done.at, done.by, "DONE")
    assert Step.objects.filter(code="psychologist", by="another").count() == 11


def test_a_step_that_a_case_does_not_have_is_not_recorded(home: Story) -> None:
    case = first()
    case.steps.filter(code="own-statement").delete()
    before = Entry.objects.filter(act="care.step", subject__contains=case.pk, body__contains='"facts"').count()
    with pytest.raises(Incomplete):
        cases.record_step(case, "own-statement", "DONE", actor=CASE)
    with pytest.raises(Incomplete):
        cases.record_step(case, "dance", "DONE", actor=CASE)
    after = Entry.objects.filter(act="care.step", subject__contains=case.pk, body__contains='"facts"').count()
    assert after == before


def test_whoever_saw_an_older_case_is_told_also_after_a_round(home: Story) -> None:
    case = first()
    seen = case.version
    cases.record_round([case], "kit", actor=CASE)
    with pytest.raises(Stale):
        cases.record_step(case, "identity", "DONE", actor=CASE, seen=seen)
    with pytest.raises(Stale):
        cases.move(case, "STABILISED", actor=CASE, seen=seen)


def to_the_board(case: Case) -> None:
    do(case, "triage", "refeeding", "identity", "first-examination")
    for state in ("STABILISED", "MAIN_PHASE"):
        cases.move(case, state, actor=CASE)
    do(case, "plan", "full-examination")
    cases.move(case, "BOARD", actor=CASE)
    do(case, "board-decision", "own-statement")


@pytest.mark.parametrize(("direct", "code"), [(True, "art-117"), (False, "legal-decision")])
def test_art_117_holds_active_service_shut_and_leave_open(home: Story, direct: bool, code: str) -> None:
    Case.objects.update(direct=direct)
    case = first()
    with pytest.raises(WrongState):
        cases.move(case, "BOARD", actor=CASE)
    to_the_board(case)
    with pytest.raises(WrongState) as found:
        cases.move(case, "DUTY", actor=CASE)
    assert found.value.code == code
    case.refresh_from_db()
    assert case.state == "BOARD"
    cases.move(case, "LEAVE", actor=CASE)
    assert first().state == "LEAVE"


def test_a_case_says_nothing_of_whom_nobody_recognised(home: Story) -> None:
    assert Case.objects.filter(person=None).count() == 12 - Person.objects.filter(state="RETURNED").count()
