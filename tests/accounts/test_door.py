"""Who comes in, and what their duty opens: everything that no table names stays shut."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from obmin.accounts import arrivals, people
from obmin.accounts.models import Account, Appointment
from obmin.core.access import READS, Actor, Area, Role
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed, NotFound

OPEN = {
    "sign-in",
    "enter",
    "enrol",
    "sign-in-key",
    "sign-in-options",
    "sign-in-words",
    "news",
    "language",
    "theme",
    "living",
    "living-progress",
    "living-refusal",
}


def addresses() -> list[URLPattern]:
    def walk(patterns: list[object]) -> list[URLPattern]:
        found: list[URLPattern] = []
        for pattern in patterns:
            inner = getattr(pattern, "url_patterns", None)
            found += walk(inner) if inner is not None else [pattern]  # type: ignore[list-item]
        return found

    return walk(get_resolver().url_patterns)


def test_every_address_names_the_area_that_it_shows() -> None:
    bare = {str(p.name) for p in addresses() if not hasattr(p.callback, "area")}
    assert bare == OPEN


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/register/held", "/x/2025-05", "/journal", "/tracing/1", "/nothing"])
def test_a_stranger_is_sent_to_the_door(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def begun() -> None:
    officers = [
        people.Officer(f"o-{role.value}", "Вигадана Особа", "Vyhadana Osoba", "HQ", (role,)) for role in Role
    ]
    people.begin(agencies=[people.AgencyName("HQ", "Headquarters", "Штаб")], leads={}, officers=officers)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_page_opens_to_the_duties_that_the_table_names(role: Role) -> None:
    begun()
    client = Client()
    client.force_login(Account.objects.get(pk=f"o-{role.value}"), backend="obmin.accounts.backend.Links")
    shown = {
        "/register/held": Area.HELD,
        "/register/sought": Area.SOUGHT,
        "/tracing": Area.TRACING,
        "/journal": Area.JOURNAL,
    }
    for path, area in shown.items():
        assert client.get(path).status_code == (200 if area in READS[role] else 403), path


@pytest.mark.django_db
def test_a_link_signs_in_once() -> None:
    begun()
    token = people.issue_link(Account.objects.get(pk="o-auditor"))
    assert arrivals.by_link(token).pk == "o-auditor"
    with pytest.raises(NotAllowed):
        arrivals.by_link(token)
    with pytest.raises(NotFound):
        arrivals.by_link("0" * 32)


@pytest.mark.django_db
def test_looking_at_a_link_does_not_use_it_up() -> None:
    begun()
    token = people.issue_link(Account.objects.get(pk="o-auditor"))
    client = Client()
    assert client.get(f"/sign-in/{token}").status_code == 200
    assert client.post(f"/sign-in/{token}").status_code == 302
    assert client.get("/").status_code == 200
    assert Client().post(f"/sign-in/{token}").status_code == 403


@pytest.mark.django_db
def test_the_second_link_of_a_person_is_another() -> None:
    begun()
    account = Account.objects.get(pk="o-auditor")
    first = people.issue_link(account)
    arrivals.by_link(first)
    second = people.issue_link(account)
    assert second != first
    assert arrivals.by_link(second) == account


def test_press_and_guards_never_read_health_will_or_court() -> None:
    sealed = {Area.MEDICAL, Area.WILL, Area.COURT}
    for role in (Role.PRESS, Role.GUARD, Role.NEGOTIATOR, Role.LISTS, Role.PLANNER, Role.ESCORT, Role.HANDOVER):
        assert not READS[role] & sealed, role
    assert Area.REGISTER not in READS[Role.PRESS]


def test_no_one_person_can_do_an_act_of_two() -> None:
    for act in ACTS.values():
        for role in act.second & act.roles:
            alone = Actor.of("x", frozenset({role}), party="UKR")
            from obmin.core.access import decide

            starts = next(iter(act.starts), None)
            assert not decide(act, alone, state=starts, second=alone, reason="because").allowed


@pytest.mark.django_db
def test_a_duty_that_has_ended_is_held_no_more() -> None:
    begun()
    held = Appointment.objects.get(account="o-auditor")
    assert people.holder(Role.AUDITOR).id == "o-auditor"
    held.until = held.since
    held.save()
    assert people.actor("o-auditor").roles == frozenset()
    with pytest.raises(NotFound):
        people.holder(Role.AUDITOR)
