"""Clear pairs on the screen: nothing is confirmed together before the whole sample was read and is clear."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from obmin.accounts import people
from obmin.accounts.models import Account
from obmin.core.access import Role
from obmin.people import tracing
from obmin.people.models import Pairing, Person
from tests.people.test_tracing import proposed

pytestmark = pytest.mark.django_db


def test_the_sample_is_read_whole_and_one_doubt_stops_all() -> None:
    _theirs, matching = proposed()
    people.begin(
        agencies=[people.AgencyName("HQ", "HQ", "Штаб")],
        leads={},
        officers=[people.Officer("t", "Особа", "Osoba", "HQ", (Role.TRACING,))],
    )
    client = Client()
    client.force_login(Account.objects.get(pk="t"), backend="obmin.accounts.backend.Links")
    address = reverse("clear-pairs", args=[matching.pk])
    assert address in client.get(reverse("tracing")).content.decode()
    page = client.get(address).content.decode()
    asked = sorted(set(re.findall(r'name="(pair-\d+)"', page)))
    assert asked == sorted(f"pair-{pair.pk}" for pair in tracing.sample(matching))
    assert "checked" not in page  # no answer is there before the reader's

    def say(**answers: str) -> str:
        return client.post(address, {"reason": "Read all of them", **answers}, follow=True).content.decode()

    def joined() -> int:
        return Pairing.objects.filter(state="SAME").count()

    all_but_one = dict.fromkeys(asked[1:], "SAME")
    assert 'role="alert"' in say(**all_but_one)
    assert joined() == 0
    doubtful = say(**all_but_one, **{asked[0]: "UNSURE"})
    assert 'role="alert"' in doubtful
    assert doubtful.count("checked") == len(asked)  # what was said is not lost
    assert joined() == 0
    say(**dict.fromkeys(asked, "SAME"))
    assert joined() == 25
    assert Person.objects.filter(state="CAPTIVE_CONFIRMED").count() == 25
    assert address not in client.get(reverse("tracing")).content.decode()
    left = client.get(reverse("tracing")).content.decode()
    doubtful_ones = Pairing.objects.filter(clear=False)
    assert doubtful_ones.count() == 5
    assert all(f'"{reverse("pair", args=[pair.pk])}"' in left for pair in doubtful_ones)
