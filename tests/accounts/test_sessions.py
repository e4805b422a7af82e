"""A session ends when nobody is there, after twelve hours, and as soon as anything is done to its account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from obmin.accounts import arrivals, keyring, keys, people, sessions, staff
from obmin.accounts.models import Account, SignInLink
from obmin.core.access import Role
from obmin.core.errors import NotAllowed
from tests.accounts.authenticator import SoftKey
from tests.accounts.officers import appoint, fresh, with_key

HOUR = 3600.0


def come(key: SoftKey) -> Client:
    client = Client()
    answer = client.post("/sign-in/key", {"answer": key.get(keys.request_options(keys.Purpose.SIGN_IN))})
    assert answer.status_code == 302, answer.content.decode()
    return client


@pytest.mark.usefixtures("live")
class TestLive:
    def test_whoever_is_there_stays_and_whoever_left_is_signed_out(
        self, pass_time: Callable[[float], None]
    ) -> None:
        client = come(with_key("o-registrar"))
        for _ in range(4):
            pass_time(0.2 * HOUR)
            assert client.get("/").status_code == 200
        pass_time(sessions.IDLE.total_seconds() + 1)
        assert client.get("/")["Location"].startswith("/sign-in")
        pass_time(-sessions.IDLE.total_seconds())
        assert client.get("/").status_code == 302

    def test_a_page_that_asks_by_itself_is_nobody(self, pass_time: Callable[[float], None]) -> None:
        client = come(with_key("o-registrar"))
        for _ in range(4):
            pass_time(0.1 * HOUR)
            client.get("/jobs/none")
        assert client.get("/").status_code == 302

    def test_twelve_hours_are_the_most(self, pass_time: Callable[[float], None]) -> None:
        client = come(with_key("o-registrar"))
        answers = []
        for _ in range(80):
            pass_time(0.2 * HOUR)
            answers.append(client.get("/").status_code)
        assert answers.count(200) == 59
        assert answers == sorted(answers)

    def test_each_sign_in_has_a_new_session(self) -> None:
        key = with_key("o-registrar")
        client = come(key)
        first = client.cookies["obmin"].value
        client.post("/sign-in/key", {"answer": key.get(keys.request_options(keys.Purpose.SIGN_IN))})
        assert client.cookies["obmin"].value != first
        old = Client()
        old.cookies["obmin"] = first
        assert old.get("/").status_code == 302

    def test_a_sign_out_ends_it_for_good(self) -> None:
        client = come(with_key("o-registrar"))
        held = client.cookies["obmin"].value
        client.post("/sign-out")
        old = Client()
        old.cookies["obmin"] = held
        assert old.get("/").status_code == 302

    def test_ending_a_duty_or_an_account_ends_its_sessions_at_once(self) -> None:
        key = with_key("o-registrar")
        appoint("o-registrar", Role.TRACING)
        client, other = come(key), come(key)
        account = Account.objects.get(pk="o-registrar")
        staff.end(account, actor=fresh("o-administrator"), reason="moved", role=Role.TRACING)
        assert {one.get("/").status_code for one in (client, other)} == {302}
        client = come(key)
        staff.end(account, actor=fresh("o-administrator"), reason="left")
        assert client.get("/").status_code == 302
        answer = Client().post("/sign-in/key", {"answer": key.get(keys.request_options(keys.Purpose.SIGN_IN))})
        assert answer.status_code == 403

    def test_taking_a_key_off_ends_every_session_but_this_one(self) -> None:
        key, second = with_key("o-registrar"), SoftKey()
        account = Account.objects.get(pk="o-registrar")
        made = second.create(keys.creation_options(account, keys.Purpose.ADD, account.pk))
        keyring.add_key(account, made, "safe", actor=fresh("o-registrar"))
        lost, mine = come(key), come(second)
        assert mine.post(f"/keys/{keys.key_id(key.id)}/drop").status_code == 302
        assert mine.get("/").status_code == 200
        assert lost.get("/").status_code == 302

    def test_links_are_refused_in_a_live_home(self) -> None:
        account = Account.objects.get(pk="o-registrar")
        with pytest.raises(NotAllowed):
            people.issue_link(account)
        SignInLink.objects.create(digest=people.digest("ab" * 16), account=account)
        client = Client()
        assert client.get(f"/sign-in/{'ab' * 16}").status_code == 404
        assert client.post(f"/sign-in/{'ab' * 16}").status_code == 404
        with pytest.raises(NotAllowed):
            arrivals.by_link("ab" * 16)
        assert client.get("/").status_code == 302
        assert SignInLink.objects.get().used_at is None

    def test_a_live_door_names_nobody(self) -> None:
        assert "Vyhadana" not in Client().get("/sign-in").content.decode()

    def test_looking_at_the_door_keeps_nothing(self) -> None:
        from django.contrib.sessions.models import Session

        client = Client()
        client.get("/sign-in")
        client.get("/sign-in/options")
        assert Session.objects.count() == 0
        assert "obmin" not in client.cookies

    def test_after_sign_in_one_goes_on_to_a_page_of_ours_only(self) -> None:
        key = with_key("o-registrar")
        for wanted, found in (
            ("/register/held", "/register/held"),
            ("https://evil.example/", "/"),
            ("//evil.example", "/"),
            ("/sign-in", "/"),
        ):
            answer = Client().post(
                "/sign-in/key",
                {"answer": key.get(keys.request_options(keys.Purpose.SIGN_IN)), "next": wanted},
            )
            assert answer["Location"] == found


@given(st.sets(st.sampled_from(list(Role)), min_size=1))
def test_more_duties_never_make_a_session_longer(roles: set[Role]) -> None:
    assert sessions.idle_limit(roles) == min(sessions.idle_limit([one]) for one in roles)


@given(st.integers(-600, 600))
def test_a_touch_counts_for_five_minutes_and_never_before_it_was_made(seconds: int) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert sessions.fresh(now - timedelta(seconds=seconds), now) == (0 <= seconds <= 300)
    assert not sessions.fresh(None, now)


@pytest.mark.usefixtures("begun")
def test_in_a_training_home_every_actor_counts_as_fresh() -> None:
    assert people.actor("o-registrar").fresh


@pytest.mark.usefixtures("live")
def test_in_a_live_home_nobody_is_fresh_without_a_touch() -> None:
    assert not people.actor("o-registrar").fresh
    assert people.actor("o-registrar", touched=datetime.now(UTC)).fresh
