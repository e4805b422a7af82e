"""The record on the screen: nobody new without a search; what was written is shown as it came to be."""

from __future__ import annotations

import re

import polars as pl
import pytest
from django.test import Client

from obmin.accounts import people as accounts
from obmin.accounts.models import Account
from obmin.audit.models import Reading
from obmin.core.access import Role
from obmin.people import merging, register
from obmin.people.judged import Judgement
from obmin.people.models import Person, Register, Searched
from tests.people.known import numbered

pytestmark = pytest.mark.django_db

PEOPLE = (
    ("Дубровчук", "Дем’ян", "1997-08-14"),
    ("Дубровчик", "Демян", "1997-08-14"),
    ("Неіснуйко", "Олег", "1990"),
)


@pytest.fixture
def clients() -> dict[str, Client]:
    duties = {"r1": Role.REGISTRAR, "r2": Role.REGISTRAR, "f": Role.FAMILY, "i": Role.INTERVIEWER}
    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "HQ", "HQ")],
        leads={},
        officers=[accounts.Officer(name, name, name, "HQ", (role,)) for name, role in duties.items()],
    )
    rows = [
        {"id": str(n), "surname": surname, "given": given, "birth_date": born, "unit": "А1234"}
        for n, (surname, given, born) in enumerate(PEOPLE)
    ]
    register.import_list(
        pl.DataFrame(rows), actor=accounts.actor("r1"), register=Register.HELD, power="RUS", source="camp"
    )
    found = {name: Client() for name in duties}
    for name, client in found.items():
        client.force_login(Account.objects.get(pk=name), backend="obmin.accounts.backend.Links")
    return found


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode().partition("<main")[2])


def ticket(text: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', text)
    return found[1] if found else ""


NEW = {"surname": "Химерчук", "no-given": "declined", "no-birth_date": "unknown", "no-rank": "not-asked"}
NEW |= {"no-service_number": "declined", "step": "save", "basis": "stated"}


def test_somebody_new_is_written_down_only_from_a_search(clients: dict[str, Client]) -> None:
    client = clients["r1"]
    assert ticket(page(client, "/register/held")) == ""
    assert client.get("/register/held/new").status_code == 302
    assert client.post("/register/held/new", NEW).status_code >= 400
    held = ticket(page(client, "/register/held?q=Химерчук"))
    assert client.post("/register/sought/new", NEW | {"ticket": held}).status_code >= 400
    assert clients["r2"].post("/register/held/new", NEW | {"ticket": held}).status_code >= 400
    assert Person.objects.count() == len(PEOPLE)
    form = client.post("/register/held/new", {"ticket": held}).content.decode()
    assert 'value="Химерчук"' in form  # what was searched is not typed again
    wrong = client.post("/register/held/new", {"ticket": held, "step": "save", "surname": "Химерчук"})
    assert wrong.content.decode().count("Write it down, or say why there is no answer.") == 4
    made = client.post("/register/held/new", NEW | {"ticket": held})
    assert made.status_code == 302
    told = page(client, made["Location"])
    assert {"declined to say", "unknown", "not asked"} <= set(re.findall(r'class="why">([^<]+)<', told))
    assert Searched.objects.count() == 1


def test_a_search_says_why_and_puts_on_record_whom_it_showed(clients: dict[str, Client]) -> None:
    known = numbered()
    before = Reading.objects.count()
    found = page(clients["r1"], "/register/held?q=Dubrovchuk+1997")
    for key in (known["camp/0"], known["camp/1"]):
        assert f"/people/{key}" in found
    assert "born in that year" in found
    assert set(Reading.objects.values_list("key", flat=True)) >= {known["camp/0"], known["camp/1"]}
    assert Reading.objects.count() > before


def test_who_may_not_know_units_finds_nobody_by_one(clients: dict[str, Client]) -> None:
    assert "/people/" in page(clients["r1"], "/register/held?q=А1234")
    assert "/people/" not in page(clients["i"], "/register/held?q=А1234")


def test_a_correction_shows_what_was_there_and_why(clients: dict[str, Client]) -> None:
    key = numbered()["camp/0"]
    told = {"value": "А4321", "reason": "Так у військовому квитку", "seen": "1"}
    assert clients["r1"].post(f"/people/{key}/correct/unit", told).status_code == 302
    shown = page(clients["r1"], f"/people/{key}")
    assert "А1234 → А4321" in shown
    assert "Так у військовому квитку" in shown
    assert "Так у військовому квитку" not in page(clients["i"], f"/people/{key}")


def test_two_officers_merge_on_the_screen_and_the_other_record_leads_to_the_one_that_stays(
    clients: dict[str, Client],
) -> None:
    known = numbered()
    pair = sorted((known["camp/0"], known["camp/1"]))
    address = f"/compare/{pair[0]}/{pair[1]}"
    first, second = clients["r1"], clients["r2"]
    assert first.post(address, {"answer": "SAME", "reason": "One photograph"}).status_code == 302
    said = Judgement.objects.get()
    assert "The second person is somebody else." in page(first, address)
    assert first.post(f"/judgements/{said.pk}", {"act": "merge", "seen": said.version}).status_code >= 400
    done = second.post(f"/judgements/{said.pk}", {"act": "merge", "seen": said.version})
    stays = done["Location"].rpartition("/")[2]
    (gone,) = set(pair) - {stays}
    assert first.get(f"/people/{gone}")["Location"] == f"/people/{stays}"
    shown = page(first, f"/people/{stays}")
    for surname, *_ in PEOPLE[:2]:
        assert surname in shown  # all claims
    found = page(first, "/register/held?q=Дубровчик+Демян")
    assert f"/people/{stays}" in found
    assert f"/people/{gone}" not in found
    assert f"/people/{gone}" not in page(first, "/register/held")
    assert merging.computed() == {gone: stays}


@pytest.mark.parametrize("made_up", ["²³", "a\x00b", "NOBODY", "../x"])
def test_a_made_up_record_to_compare_with_leads_nowhere(clients: dict[str, Client], made_up: str) -> None:
    asked = {"q": "Дубровчук", "beside": made_up}
    assert clients["r1"].get("/register/held", asked).status_code == 404
    real = str(Person.objects.order_by("pk").values_list("pk", flat=True)[0])
    assert clients["r1"].get("/register/held", asked | {"beside": real}).status_code == 200
