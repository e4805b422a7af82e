"""The journal's page: alarms stand there until whoever answers them says why they need nothing more."""

from __future__ import annotations

import pytest
from django.test import Client

from obmin.accounts import people
from obmin.accounts.models import Account
from obmin.audit import alarms, reading
from obmin.core.access import Actor, Role

pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=f"o-{role.value}"), backend="obmin.accounts.backend.Links")
    return client


@pytest.fixture
def index() -> int:
    """An open alarm."""
    officers = [people.Officer(f"o-{r.value}", "Вигадана Особа", "Vyhadana Osoba", "HQ", (r,)) for r in Role]
    people.begin(agencies=[people.AgencyName("HQ", "Headquarters", "Штаб")], leads={}, officers=officers)
    alarms.raise_(alarms.Kind.BULK_READING, "held", "o-registrar")
    return alarms.open_alarms()[0].index


def test_an_alarm_is_answered_on_its_page_with_a_reason(index: int) -> None:
    client = signed_in(Role.PROTECTION)
    shown = client.get("/journal").content.decode()
    assert f"/journal/alarms/{index}" in shown
    assert "More records were opened" in shown
    assert client.get(f"/journal/alarms/{index}").status_code == 200
    client.post(f"/journal/alarms/{index}", {"reason": "  "})
    assert alarms.open_alarms()
    assert client.post(f"/journal/alarms/{index}", {"reason": "A drill"}).status_code == 302
    assert not alarms.open_alarms()
    assert "/journal/alarms/" not in client.get("/journal").content.decode()
    assert client.get(f"/journal/alarms/{index}").status_code == 404


def test_whoever_does_not_answer_alarms_does_not_see_them(index: int) -> None:
    auditor = signed_in(Role.AUDITOR)
    assert "/journal/alarms/" not in auditor.get("/journal").content.decode()
    assert auditor.get(f"/journal/alarms/{index}").status_code == 403
    assert auditor.post(f"/journal/alarms/{index}", {"reason": "x"}).status_code == 403
    assert signed_in(Role.REGISTRAR).get(f"/journal/alarms/{index}").status_code == 403
    assert len(alarms.open_alarms()) == 1


def test_readings_stand_on_the_page_in_words(index: int) -> None:
    reading.record(Actor.of("o-registrar", frozenset({Role.REGISTRAR}), party="UKR"), "record", ["k"])
    shown = signed_in(Role.AUDITOR).get("/journal").content.decode()
    assert "Reading: a record" in shown
    assert "Vyhadana Osoba" in shown


def test_who_read_a_record_is_found_by_its_key_by_those_who_may(index: int) -> None:
    registrar = Actor.of("o-registrar", frozenset({Role.REGISTRAR}), party="UKR")
    reading.record(registrar, "page", ["0123456789abcdef", "b"])
    reading.record(registrar, "search", ["b"])
    found = signed_in(Role.AUDITOR).get("/journal?about=0123456789abcdef").content.decode()
    assert "Reading: a page of a table" in found
    assert "Reading: what a search found" not in found
    assert "Begin the instance" not in found
    administrator = signed_in(Role.ADMINISTRATOR).get("/journal?about=0123456789abcdef").content.decode()
    assert "Begin the instance" in administrator
    assert 'name="about"' not in administrator
