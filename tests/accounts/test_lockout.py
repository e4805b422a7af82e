"""Guessing is slow, and an enemy who knows every name shuts nobody out but himself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from obmin.accounts import arrivals, failures, keys, lockout
from obmin.accounts.failures import Attempt, TooMany
from obmin.accounts.lockout import Count, network
from obmin.accounts.models import Failures
from obmin.audit.models import Entry
from obmin.core.errors import NotAllowed
from tests.accounts.officers import fresh, with_key

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ENEMY, OFFICE = "198.51.100.0/24", "192.0.2.0/24"
NAMES = st.sampled_from(["o-auditor", "o-observer", "o-press-officer", "nobody"])
NETWORKS = st.sampled_from([ENEMY, "203.0.113.0/24", "2001:db8::/48"])


@given(st.ip_addresses(v=4))
def test_the_network_of_an_old_address_is_its_first_three_parts(address: object) -> None:
    assert ip_address(str(address)) in ip_network(network(str(address)))
    assert ip_network(network(str(address))).prefixlen == 24
    assert network(f"::ffff:{address}") == network(str(address))


@given(st.ip_addresses(v=6))
def test_the_network_of_a_new_address_is_its_first_48_bits(address: object) -> None:
    found = ip_network(network(str(address)))
    assert found.prefixlen == (48 if found.version == 6 else 24)


@pytest.mark.parametrize("text", ["", "unix:", "localhost", "1.2.3", "1.2.3.4, 5.6.7.8"])
def test_what_is_no_address_counts_together(text: str) -> None:
    assert network(text) == "unknown"


@given(st.integers(0, 30), st.integers(0, 30))
def test_more_failures_never_wait_less(one: int, other: int) -> None:
    fewer, more = (lockout.wait(Count(n, NOW), NOW) for n in sorted((one, other)))
    assert more is None or (fewer is not None and fewer <= more)


@given(st.integers(0, 200), st.integers(0, 10**6))
def test_a_lock_stays_until_somebody_opens_it(failed: int, later: int) -> None:
    assert lockout.wait(Count(max(failed, lockout.FREE), NOW, locked=True), NOW + later * SECOND) is None


@given(st.integers(0, 10**4), st.integers(0, 10**5))
def test_a_network_is_slowed_and_never_shut(failed: int, later: int) -> None:
    assert lockout.network_wait(Count(failed, NOW), NOW + later * SECOND) <= lockout.NETWORK_WAIT


def test_how_long_guessing_takes() -> None:
    """Ten guesses, and the nine waits between them come to more than four minutes; then it is over."""
    waits = [lockout.wait(Count(n, NOW), NOW) for n in range(lockout.LOCKS + 1)]
    assert waits[: lockout.FREE] == [timedelta(0)] * lockout.FREE
    assert waits[-1] is None
    assert sum((w for w in waits if w is not None), timedelta(0)) > timedelta(minutes=4)


def fail(attempt: Attempt, at: datetime) -> bool:
    """One wrong attempt; whether it was let through to be tried at all."""
    try:
        failures.begin(attempt, at=at)
    except TooMany:
        return False
    failures.failed(attempt)
    return True


@pytest.mark.usefixtures("begun")
class TestPairs:
    @given(st.lists(st.tuples(st.sampled_from(["words", "key"]), NAMES, NETWORKS), max_size=120))
    def test_whatever_others_try_an_officer_in_the_office_signs_in(
        self, tries: list[tuple[str, str, str]]
    ) -> None:
        Failures.objects.all().delete()
        for second, (way, name, net) in enumerate(tries):
            fail(Attempt(way, name, net), NOW + second * SECOND)
        for name in ("o-auditor", "o-observer", "o-press-officer"):
            failures.begin(Attempt("words", name, OFFICE), at=NOW + len(tries) * SECOND)

    def test_guessing_words_never_keeps_a_key_out_even_from_the_same_network(self) -> None:
        for step in range(40):
            fail(Attempt("words", "o-registrar", OFFICE), NOW + step * timedelta(minutes=10))
        failures.begin(Attempt("key", "o-registrar", OFFICE), at=NOW)

    def test_the_tenth_failure_locks_the_pair_and_the_journal_says_so(self) -> None:
        pair = Attempt("words", "o-auditor", ENEMY)
        tried = sum(fail(pair, NOW + step * timedelta(minutes=10)) for step in range(30))
        assert tried == lockout.LOCKS
        entry = json.loads(Entry.objects.get(act="accounts.lock").body)
        assert entry["facts"] == {"account": "o-auditor", "network": ENEMY}
        with pytest.raises(TooMany, match="locked"):
            failures.begin(pair, at=NOW + timedelta(days=400))

    def test_a_name_that_nobody_has_is_locked_alike_but_not_written_down(self) -> None:
        for step in range(12):
            fail(Attempt("words", "Мій пароль", ENEMY), NOW + step * timedelta(minutes=10))
        assert json.loads(Entry.objects.get(act="accounts.lock").body)["facts"]["account"] == "unknown"

    def test_an_administrator_unlocks_with_a_reason(self) -> None:
        pair = Attempt("words", "o-auditor", ENEMY)
        for step in range(12):
            fail(pair, NOW + step * timedelta(minutes=10))
        row = Failures.objects.get(account="o-auditor")
        with pytest.raises(NotAllowed):
            failures.unlock(row.pk, actor=fresh("o-registrar"), reason="rang him")
        failures.unlock(row.pk, actor=fresh("o-administrator"), reason="rang him")
        failures.begin(pair, at=NOW + timedelta(days=1))

    def test_a_success_begins_the_pair_anew_but_washes_no_network(self) -> None:
        for step in range(5):
            fail(Attempt("words", "o-auditor", ENEMY), NOW + step * timedelta(minutes=10))
        good = Attempt("words", "o-observer", ENEMY)
        failures.begin(good, at=NOW + timedelta(hours=1))
        failures.succeeded(good)
        assert Failures.objects.get(account="", network=ENEMY).count == 5
        assert Failures.objects.get(account="o-auditor").count == 5
        assert not Failures.objects.filter(account="o-observer").exists()

    def test_what_is_forgotten_is_not_kept(self) -> None:
        for n in range(5):
            fail(Attempt("words", f"name-{n}", ENEMY), NOW)
        failures.begin(Attempt("words", "o-auditor", OFFICE), at=NOW + lockout.FORGOTTEN + SECOND)
        assert set(Failures.objects.values_list("network", flat=True)) == {OFFICE}

    def test_many_names_from_one_network_are_slowed(self) -> None:
        through = [
            fail(Attempt("words", f"name-{n}", ENEMY), NOW + n * SECOND)
            for n in range(3 * lockout.NETWORK_FREE)
        ]
        assert all(through[: lockout.NETWORK_FREE])
        slowed = through[lockout.NETWORK_FREE :]
        assert 0 < sum(slowed) <= len(slowed) / lockout.NETWORK_WAIT.total_seconds() + 1


def test_the_visitors_network_is_what_our_own_proxy_wrote_last(settings: object) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.9.9.9, 198.51.100.7")
    assert failures.network_of(request) == "127.0.0.0/24"
    settings.OBMIN_PROXY = True  # type: ignore[attr-defined]
    assert failures.network_of(request) == ENEMY


@pytest.mark.usefixtures("live")
def test_the_door_says_when_to_come_again_and_lets_the_right_key_in_elsewhere() -> None:
    key = with_key("o-registrar")
    enemy, officer = Client(REMOTE_ADDR="198.51.100.7"), Client(REMOTE_ADDR="192.0.2.7")
    right, key.origin = key.origin, "https://evil.example"
    for _ in range(lockout.FREE):
        answer = enemy.post("/sign-in/key", {"answer": key.get(keys.request_options(keys.Purpose.SIGN_IN))})
        assert answer.status_code == 403
    answer = enemy.post("/sign-in/key", {"answer": key.get(keys.request_options(keys.Purpose.SIGN_IN))})
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 5
    key.origin = right
    good = key.get(keys.request_options(keys.Purpose.SIGN_IN))
    assert officer.post("/sign-in/key", {"answer": good}).status_code == 302
    assert officer.get("/").status_code == 200


@pytest.mark.usefixtures("live")
def test_each_failure_is_an_entry_of_the_journal() -> None:
    before = Entry.objects.filter(act="instance.sign-in").count()
    for name in ("o-auditor", "nobody"):
        with pytest.raises(NotAllowed):
            arrivals.by_words(name, "wrong", "123456", ENEMY)
    bodies = [
        json.loads(e.body) for e in Entry.objects.filter(act="instance.sign-in").order_by("index")[before:]
    ]
    assert [(b["actor"], b["refused"]) for b in bodies] == [
        ("o-auditor", "words-wrong"),
        ("system", "words-wrong"),
    ]
