"""The home page's queues: what waits for me, for others, and what is overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from obmin.accounts import people as accounts
from obmin.accounts import staff
from obmin.audit import alarms
from obmin.audit.perform import perform
from obmin.care import cases
from obmin.core.access import Area, Role
from obmin.core.merging import Answer
from obmin.desk import queues
from obmin.negotiation import lists
from obmin.people import merging
from obmin.people.models import Person
from tests.negotiation.exchange import APPROVER, NEGOTIATOR, Story, officer
from tests.people.test_tracing import proposed

CASE = officer(Role.CASE)


def waiting(actor: object) -> dict[str, list[str]]:
    """The queues by name: overdue, mine, others."""
    shown = queues.home(actor)["queues"]  # type: ignore[arg-type]
    return {
        name: [task.text for task in tasks]
        for name, (_, tasks, _) in zip(("overdue", "mine", "others"), shown, strict=True)
    }


@pytest.fixture
def asked(story: Story) -> Story:
    story.both_proposed()
    return story


def test_lines_to_answer_are_the_negotiators_and_others_wait(asked: Story) -> None:
    assert waiting(NEGOTIATOR) == {"overdue": [], "mine": ["Answer 12 lines of round 1"], "others": []}
    assert waiting(APPROVER) == {"overdue": [], "mine": [], "others": ["Answer 12 lines of round 1"]}


def test_whoever_may_not_open_it_does_not_hear_of_it(asked: Story) -> None:
    assert waiting(CASE) == {"overdue": [], "mine": [], "others": []}


def test_what_was_answered_waits_no_more(asked: Story) -> None:
    asked.answer()
    assert waiting(NEGOTIATOR)["mine"] == []


def test_what_expired_is_overdue(asked: Story) -> None:
    with perform("reception.resources", actor=officer(Role.PLANNER), at=datetime(2025, 6, 1, tzinfo=UTC)):
        pass
    found = waiting(NEGOTIATOR)
    assert (found["overdue"], found["mine"]) == (["Answer 12 lines of round 1"], [])


def test_care_is_due_from_the_first_hours_not_only_when_the_exchange_is_over(story: Story) -> None:
    story.gone()
    story.crossed()
    cases.open_cases(story.exchange, "P1", actor=CASE)
    assert story.again().state == "RUNNING"
    assert waiting(CASE)["overdue"] == []
    with perform("reception.resources", actor=officer(Role.PLANNER), at=datetime(2025, 6, 1, tzinfo=UTC)):
        pass
    assert len(waiting(CASE)["overdue"]) == 1


@pytest.mark.django_db
def test_tracing_has_the_doubtful_one_by_one_and_the_clear_together() -> None:
    proposed()
    assert waiting(officer(Role.TRACING))["mine"] == ["Compare 5 pairs", "Confirm 25 clear pairs"]


@pytest.mark.django_db
def test_the_oldest_stands_first_and_what_tells_how_many_are_held_is_for_those_who_do_it() -> None:
    proposed()
    old, new = Person.objects.order_by("key")[:2]
    day = datetime(2025, 5, 17, tzinfo=UTC)
    Person.objects.filter(pk=new.pk).update(state="REPORTED", since=day)
    Person.objects.filter(pk=old.pk).update(register="held", state="CAPTURED", since=day - timedelta(days=9))
    with perform("reception.resources", actor=officer(Role.PLANNER), at=day + timedelta(days=1)):
        pass
    shown = queues.home(officer(Role.REGISTRAR))["mine"]
    assert [(task.text, task.area) for task in shown] == [
        ("1 new record waits", Area.HELD),
        ("1 new record waits", Area.SOUGHT),
    ]
    assert waiting(officer(Role.LEGAL)) == {"overdue": [], "mine": [], "others": []}


def test_a_locked_list_waits_for_whoever_signs(story: Story) -> None:
    draft = story.compose()
    lists.close(draft, actor=officer(Role.LISTS), seen=draft.version)
    said = f"Sign list {draft.number} of {draft.exchange_id}"
    assert said in waiting(APPROVER)["mine"]
    assert said in waiting(officer(Role.LEGAL))["others"]
    assert waiting(CASE) == {"overdue": [], "mine": [], "others": []}


@pytest.mark.django_db
def test_what_i_asked_for_waits_for_others_and_what_they_asked_for_waits_for_me() -> None:
    proposed()
    one, other, *_ = Person.objects.filter(register="sought").order_by("key")
    asker, second = officer(Role.REGISTRAR), replace(officer(Role.REGISTRAR), id="another")
    merging.judge(one, other, Answer.SAME, actor=asker, reason="The same number")
    assert "Your merge waits for a second person" in waiting(asker)["others"]
    assert not [text for text in waiting(asker)["mine"] if "second person" in text]
    assert "1 merge waits for a second person" in waiting(second)["mine"]
    assert "Your merge waits for a second person" not in waiting(second)["others"]


@pytest.mark.django_db
def test_a_change_of_accounts_is_known_to_who_asked_and_to_who_can_confirm() -> None:
    keepers = [Role.ADMINISTRATOR, Role.PROTECTION]
    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "Headquarters", "Штаб")],
        leads={},
        officers=[accounts.Officer(r.value, "Вигадана Особа", "Vyhadana Osoba", "HQ", (r,)) for r in keepers],
    )
    asker, second = (officer(role) for role in keepers)
    wish = staff.Wish(
        staff.Kind.CREATE,
        "o-new",
        "Somebody joins",
        "Нова Особа",
        "Nova Osoba",
        "HQ",
        (Role.REGISTRAR,),
        (),
        None,
    )
    staff.ask(wish, actor=asker)
    said = "A change of accounts waits for a second person: o-new"
    assert (said in waiting(asker)["mine"], said in waiting(asker)["others"]) == (False, True)
    assert (said in waiting(second)["mine"], said in waiting(second)["others"]) == (True, False)
    assert said not in str(waiting(officer(Role.AUDITOR)))


@pytest.mark.django_db
def test_an_alarm_waits_for_those_who_answer_it_and_nobody_else_hears_of_it() -> None:
    alarms.raise_(alarms.Kind.BULK_READING, "held", "o-registrar")
    assert "Answer 1 alarm" in waiting(officer(Role.PROTECTION))["mine"]
    assert "alarm" not in str(waiting(officer(Role.AUDITOR)))
