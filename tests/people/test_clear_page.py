"""Clear pairs on the screen: the sample is read whole, its answers are kept, and one doubt is the last word."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from obmin.accounts import people
from obmin.accounts.models import Account
from obmin.core.access import Role
from obmin.people import tracing
from obmin.people.models import Matching, Pairing, Person
from tests.people.test_tracing import proposed

pytestmark = pytest.mark.django_db


class Reader:
    """A tracing officer before the page of a run's clear pairs."""

    def __init__(self) -> None:
        _theirs, self.run = proposed()
        people.begin(
            agencies=[people.AgencyName("HQ", "HQ", "Штаб")],
            leads={},
            officers=[people.Officer("t", "Особа", "Osoba", "HQ", (Role.TRACING,))],
        )
        self.client = Client()
        self.client.force_login(Account.objects.get(pk="t"), backend="obmin.accounts.backend.Links")
        self.address = reverse("clear-pairs", args=[self.run.pk])
        self.page = self.client.get(self.address).content.decode()
        self.asked = sorted(set(re.findall(r'name="(pair-\d+)"', self.page)))
        self.seen = re.findall(r'name="seen" value="(\d+)"', self.page)[0]

    def say(self, said: dict[str, str], reason: str = "Read all of them") -> str:
        told = {"reason": reason, "seen": self.seen, **said}
        return self.client.post(self.address, told, follow=True).content.decode()

    def queue(self) -> str:
        return self.client.get(reverse("tracing")).content.decode()


def joined() -> int:
    return Pairing.objects.filter(state="SAME").count()


def test_the_sample_is_read_whole_before_the_rest_is_confirmed() -> None:
    reader = Reader()
    assert reader.address in reader.queue()
    assert reader.asked == sorted(f"pair-{pair.pk}" for pair in tracing.sample(reader.run))
    assert "checked" not in reader.page  # no answer is there before the reader's
    for page in (
        reader.say(dict.fromkeys(reader.asked[1:], "SAME")),
        reader.say(dict.fromkeys(reader.asked[1:], "SAME"), reason=" "),
    ):
        assert 'role="alert"' in page
        assert page.count("checked") == len(reader.asked) - 1  # what was said is not lost
        assert joined() == 0
    assert 'role="status"' in reader.say(dict.fromkeys(reader.asked, "SAME"))
    assert joined() == 25
    assert Person.objects.filter(state="CAPTIVE_CONFIRMED").count() == 25
    left = reader.queue()
    assert reader.address not in left
    doubtful = Pairing.objects.filter(clear=False)
    assert doubtful.count() == 5
    assert all(f'"{reverse("pair", args=[pair.pk])}"' in left for pair in doubtful)


def test_after_a_doubt_there_is_nothing_to_confirm_and_every_pair_is_in_the_queue() -> None:
    reader = Reader()
    assert reader.address in reader.queue()
    told = reader.say(dict.fromkeys(reader.asked, "SAME") | {reader.asked[0]: "UNSURE"})
    assert 'role="status"' in told
    assert 'name="reason"' not in told
    assert joined() == len(reader.asked) - 1
    for seen in (reader.seen, str(Matching.objects.get().version)):  # with the old page, and with a new one
        reader.seen = seen
        answer = reader.client.post(reader.address, {"reason": "x", "seen": seen})
        assert answer.status_code == 409
        reader.say(dict.fromkeys(reader.asked, "SAME"))
    assert joined() == len(reader.asked) - 1
    left = reader.queue()
    assert reader.address not in left
    waiting = Pairing.objects.exclude(state="SAME")
    assert waiting.count() == 11
    assert all(f'"{reverse("pair", args=[pair.pk])}"' in left for pair in waiting)
