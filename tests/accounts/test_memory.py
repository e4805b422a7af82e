"""Passphrase and code are for those who only read; each code once; the secret is sealed where it lies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from hypothesis import given
from hypothesis import strategies as st

from obmin.accounts import arrivals, codes, keyring, memory
from obmin.accounts.models import Account, Memory
from obmin.core.access import Role
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed, Refused
from tests.accounts.officers import appoint

NET, PHRASE = "192.0.2.0/24", "seven quiet herons over the weir"
SECRET = bytes(range(20))
pytestmark = pytest.mark.usefixtures("begun")


def figures(secret: bytes, step: int) -> str:
    return TOTP(secret, 6, SHA1(), 30, enforce_key_length=False).generate(step * 30).decode()


class Phone:
    """The app that shows codes, and how many steps have gone by."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    def shows(self, monkeypatch: pytest.MonkeyPatch, step: int) -> str:
        class Clock:
            @staticmethod
            def time() -> float:
                return step * 30 + 7.0

        monkeypatch.setattr(memory, "time", Clock)
        return figures(self.secret, step)


def enrolled(account: str, monkeypatch: pytest.MonkeyPatch) -> Phone:
    code = codes.first(Account.objects.get(pk=account))
    phone = Phone(memory.proposed(code))
    keyring.enrol_memory(code, PHRASE, phone.shows(monkeypatch, 1000), phone.secret)
    return phone


def test_duties_that_write_are_not_among_those_that_only_read() -> None:
    for act in ACTS.values():
        if act.roles != frozenset(Role):
            for role in act.roles | act.second:
                assert not memory.only_reads([role, Role.OBSERVER]), act.name
    assert memory.only_reads([Role.OBSERVER])
    assert not memory.only_reads([])


@pytest.mark.parametrize("role", list(Role))
def test_whoever_writes_is_refused_at_registration(role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    if memory.only_reads([role]):
        enrolled(f"o-{role.value}", monkeypatch)
        return
    with pytest.raises(NotAllowed) as caught:
        enrolled(f"o-{role.value}", monkeypatch)
    assert caught.value.code == "key-needed"
    assert not Memory.objects.exists()


def test_a_reader_who_becomes_a_writer_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    phone = enrolled("o-site-manager", monkeypatch)
    appoint("o-site-manager", Role.PLANNER)
    with pytest.raises(NotAllowed) as caught:
        arrivals.by_words("o-site-manager", PHRASE, phone.shows(monkeypatch, 1001), NET)
    assert caught.value.code == "key-needed"


def test_both_parts_are_needed_and_a_code_works_once(monkeypatch: pytest.MonkeyPatch) -> None:
    phone = enrolled("o-observer", monkeypatch)
    with pytest.raises(NotAllowed):  # the code that registered it
        arrivals.by_words("o-observer", PHRASE, phone.shows(monkeypatch, 1000), NET)
    code = phone.shows(monkeypatch, 1001)
    with pytest.raises(NotAllowed):
        arrivals.by_words("o-observer", PHRASE + "s", code, NET)
    assert arrivals.by_words("o-observer", PHRASE, f"{code[:3]} {code[3:]}", NET).pk == "o-observer"
    with pytest.raises(NotAllowed):
        arrivals.by_words("o-observer", PHRASE, code, NET)
    with pytest.raises(NotAllowed):  # an earlier one after a later one
        arrivals.by_words("o-observer", PHRASE, figures(phone.secret, 1000), NET)


@given(st.integers(1, 10**7), st.integers(-40, 40))
def test_a_code_is_good_for_its_step_and_one_to_each_side(step: int, away: int) -> None:
    found = memory.step_of(figures(SECRET, step), SECRET, at=(step + away) * 30.0)
    if abs(away) <= 1:
        assert found is not None
    else:
        assert found is None or figures(SECRET, found) == figures(SECRET, step)


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1, cut to six digits."""
    secret = b"12345678901234567890"
    for at, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert memory.step_of(code, secret, at=at) == at // 30


@given(st.text(max_size=12))
def test_only_six_figures_are_a_code(text: str) -> None:
    found = memory.step_of(text, SECRET, at=3000)
    assert found is None or "".join(text.split()) in {figures(SECRET, s) for s in (99, 100, 101)}


def test_the_passphrase_is_kept_as_argon2_and_the_secret_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    phone = enrolled("o-observer", monkeypatch)
    kept = Memory.objects.get()
    assert kept.passphrase.startswith("argon2$argon2id$")
    assert phone.secret not in bytes(kept.secret)
    assert PHRASE not in str(vars(kept))


def test_a_sealed_secret_opens_in_its_own_row_only(monkeypatch: pytest.MonkeyPatch) -> None:
    enrolled("o-observer", monkeypatch)
    sealed = bytes(Memory.objects.get().secret)
    with pytest.raises(Refused):
        memory.VAULT.open("sign-in-codes/o-guard", sealed)
    assert memory.VAULT.open("sign-in-codes/o-observer", sealed)


@pytest.mark.parametrize(
    ("passphrase", "fault"),
    [
        ("short", "short"),
        (" " * 30, "short"),
        ("o-observer o-observer", "name"),
        ("Vyhadana Osoba 1", "name"),
        ("aaaaaaaaaaaaaaaaaaaa", "name"),
        (PHRASE, ""),
        ("сім тихих чапель над греблею", ""),
    ],
)
def test_what_is_no_passphrase(passphrase: str, fault: str) -> None:
    assert memory.judge(passphrase, Account.objects.get(pk="o-observer")) == fault


def test_another_seal_can_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = replace(memory.VAULT, seal=lambda _p, s: s[::-1], open=lambda _p, s: s[::-1])
    account = Account.objects.get(pk="o-observer")
    phone = Phone(SECRET)
    phone.shows(monkeypatch, 1000)
    memory.keep(account, PHRASE, SECRET, 999, plain)
    assert bytes(Memory.objects.get().secret) == SECRET[::-1]
    assert memory.step_shown("o-observer", PHRASE, figures(SECRET, 1000), plain) == 1000


def test_an_account_without_a_passphrase_is_opened_by_none() -> None:
    for account in ("o-observer", "o-registrar", "nobody", ""):
        with pytest.raises(NotAllowed) as caught:
            arrivals.by_words(account, PHRASE, "000000", NET)
        assert caught.value.code == "words-wrong"
