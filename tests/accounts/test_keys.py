"""A key opens its own account, here and now, touched by its holder; all else is refused and on record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone
from fido2.utils import websafe_encode
from hypothesis import given
from hypothesis import strategies as st

from obmin.accounts import arrivals, codes, keyring, keys, people
from obmin.accounts.models import Account, Key, Spent
from obmin.audit.models import Entry
from obmin.core.errors import NotAllowed
from tests.accounts.authenticator import FLAG, SEEN, SoftKey
from tests.accounts.officers import fresh, with_key

NET = "192.0.2.0/24"
pytestmark = pytest.mark.usefixtures("live")


def asked() -> str:
    return keys.request_options(keys.Purpose.SIGN_IN)


def refused(answer: str) -> str:
    """The code under which an answer is refused; its entry stands in the journal."""
    with pytest.raises(NotAllowed) as caught:
        arrivals.by_key(answer, NET)
    last = json.loads(Entry.objects.filter(act="instance.sign-in").order_by("-index")[0].body)
    assert last["refused"] == caught.value.code
    return caught.value.code


def test_a_key_signs_its_own_account_in_and_the_journal_says_by_which() -> None:
    key = with_key("o-registrar")
    assert arrivals.by_key(key.get(asked()), NET).pk == "o-registrar"
    entry = json.loads(Entry.objects.filter(act="instance.sign-in").order_by("-index")[0].body)
    assert entry["actor"] == "o-registrar"
    assert entry["facts"]["key"] == keys.key_id(key.id)[:16]


def test_an_answer_counts_once() -> None:
    key = with_key("o-registrar", step=0)  # a key without a counter: nothing but the challenge protects it
    answer = key.get(asked())
    arrivals.by_key(answer, NET)
    assert refused(answer) == "challenge-used"


def test_the_record_of_a_challenge_goes_when_its_time_is_over() -> None:
    key = with_key("o-registrar")
    arrivals.by_key(key.get(asked()), NET)
    Spent.objects.update(expires_at=timezone.now())
    arrivals.by_key(key.get(asked()), NET)
    assert Spent.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"origin": "https://obmin.example.evil"}, "wrong-origin"),
        ({"origin": "http://localhost.evil:8000"}, "wrong-origin"),
        ({"place": "evil"}, "wrong-place"),
        ({"flags": FLAG.UP}, "not-verified"),
        ({"flags": FLAG.UV}, "not-verified"),
        ({"user": b"somebody else"}, "key-foreign"),
    ],
)
def test_what_another_site_or_an_unverified_hand_made_is_refused(change: dict[str, object], code: str) -> None:
    key = with_key("o-registrar")
    for name, value in change.items():
        setattr(key, name, value)
    assert refused(key.get(asked())) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"origin": "https://obmin.example.evil"}, "wrong-origin"),
        ({"place": "evil"}, "wrong-place"),
        ({"flags": FLAG.UP}, "not-verified"),
        ({"flags": SEEN | FLAG.BE}, "key-copies"),
    ],
)
def test_a_key_is_registered_under_the_same_conditions(change: dict[str, object], code: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        with_key("o-registrar", **change)
    assert caught.value.code == code
    assert not Key.objects.exists()


def test_a_key_of_nobody_is_refused() -> None:
    with_key("o-registrar")
    assert refused(SoftKey().get(asked())) == "key-unknown"


def test_a_signature_by_another_key_is_refused() -> None:
    key = with_key("o-registrar")
    assert refused(SoftKey(id=key.id, user=key.user, count=5).get(asked())) == "key-signature"


def test_a_key_that_counts_backwards_is_stopped_for_good() -> None:
    key = with_key("o-registrar", count=7)
    arrivals.by_key(key.get(asked()), NET)
    copy = SoftKey(id=key.id, secret=key.secret, user=key.user, count=6)
    assert refused(copy.get(asked())) == "key-copied"
    assert Entry.objects.filter(act="accounts.stop-key").exists()
    assert refused(key.get(asked())) == "key-ended"


def test_a_challenge_is_for_one_purpose_one_account_and_five_minutes() -> None:
    given_ = keys.challenge(keys.Purpose.TOUCH, "o-registrar")
    keys.expiry(given_, keys.Purpose.TOUCH, "o-registrar")
    wrong = ((keys.Purpose.SIGN_IN, ""), (keys.Purpose.ADD, "o-registrar"), (keys.Purpose.TOUCH, "o-auditor"))
    for purpose, bound in wrong:
        with pytest.raises(NotAllowed, match="another request"):
            keys.expiry(given_, purpose, bound)
    old = keys.challenge(keys.Purpose.SIGN_IN, at=timezone.now().timestamp() - keys.LIFE - 2)
    with pytest.raises(NotAllowed, match="too long"):
        keys.expiry(old, keys.Purpose.SIGN_IN)
    ahead = keys.challenge(keys.Purpose.SIGN_IN, at=timezone.now().timestamp() + 60)
    with pytest.raises(NotAllowed, match="too long"):
        keys.expiry(ahead, keys.Purpose.SIGN_IN)


@given(st.integers(0, 39), st.integers(1, 255))
def test_no_byte_of_a_challenge_can_be_changed(place: int, by: int) -> None:
    changed = bytearray(keys.challenge(keys.Purpose.SIGN_IN))
    changed[place] ^= by
    with pytest.raises(NotAllowed):
        keys.expiry(bytes(changed), keys.Purpose.SIGN_IN)


def test_a_touch_answer_signs_nobody_in_and_is_for_ones_own_session() -> None:
    key = with_key("o-registrar")
    account = Account.objects.get(pk="o-registrar")
    touched = keys.request_options(keys.Purpose.TOUCH, "o-registrar/one", keys.standing(account))
    assert refused(key.get(touched)) == "challenge-foreign"
    with pytest.raises(NotAllowed):
        arrivals.touch(account, key.get(touched), NET, "o-registrar/two")
    arrivals.touch(account, key.get(touched), NET, "o-registrar/one")
    with pytest.raises(NotAllowed, match="not a key of yours"):
        arrivals.touch(Account.objects.get(pk="o-auditor"), key.get(touched), NET, "o-registrar/one")


@pytest.mark.parametrize("where", ["id", "rawId", "clientDataJSON", "authenticatorData", "signature"])
@given(st.binary(max_size=90))
def test_junk_is_refused_and_never_a_fault(where: str, junk: bytes) -> None:
    key = SoftKey()
    row = Key(id=keys.key_id(key.id), account=Account(id="x"), count=0)
    key.user = keys.handle(row.account)
    registered = json.loads(key.create(keys_options(row.account)))
    assert registered
    row.credential = bytes(keys.created(json.dumps(registered), keys.Purpose.ENROL, "c").credential)
    answer = json.loads(key.get(asked()))
    part = answer if where in answer else answer["response"]
    if part[where] == websafe_encode(junk):
        return
    part[where] = websafe_encode(junk)
    with pytest.raises(NotAllowed):
        keys.shown(json.dumps(answer), row, keys.Purpose.SIGN_IN)


@given(st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_anything_at_all_is_refused_and_never_a_fault(answer: str) -> None:
    with pytest.raises(NotAllowed):
        keys.named_in(answer)
    with pytest.raises(NotAllowed):
        keys.created(answer, keys.Purpose.ADD, "x")


def keys_options(account: Account) -> str:
    """Creation options for an account that is in no table."""
    from unittest.mock import patch

    with patch.object(keys, "standing", return_value=[]):
        return keys.creation_options(account, keys.Purpose.ENROL, "c")


@pytest.mark.parametrize(
    ("origins", "origin", "ours"),
    [
        ([], "http://localhost:8000", True),
        ([], "https://localhost", True),
        ([], "http://127.0.0.1:8000", False),
        ([], "ftp://localhost", False),
        (["https://obmin.example"], "https://obmin.example", True),
        (["https://obmin.example"], "https://obmin.example:8443", False),
        (["https://obmin.example"], "http://obmin.example", False),
        (["https://obmin.example"], "https://sub.obmin.example", False),
        (["https://obmin.example"], "http://localhost:8000", False),
    ],
)
def test_which_site_is_ours_is_said_in_the_settings(
    settings: Any, origins: list[str], origin: str, ours: bool
) -> None:
    settings.OBMIN_ORIGINS = origins
    assert keys.origin_is_ours(origin) is ours
    assert keys.place() == ("obmin.example" if origins else "localhost")


def test_the_handle_on_a_key_says_nothing_of_the_person() -> None:
    account = Account.objects.get(pk="o-registrar")
    handle = keys.handle(account)
    assert len(handle) == 32
    assert account.pk.encode() not in handle
    assert handle != keys.handle(Account.objects.get(pk="o-auditor"))


def test_several_keys_open_one_account_and_the_last_one_stays() -> None:
    first = with_key("o-registrar")
    account = Account.objects.get(pk="o-registrar")
    me = fresh(account.pk)
    second = SoftKey()
    made = second.create(keys.creation_options(account, keys.Purpose.ADD, account.pk))
    with pytest.raises(NotAllowed) as caught:
        keyring.add_key(account, made, "safe", actor=people.actor(account))
    assert caught.value.code == "touch-missing"
    keyring.add_key(account, made, "safe", actor=me)
    for key in (first, second):
        assert arrivals.by_key(key.get(asked()), NET) == account
    keyring.drop_key(Key.objects.get(pk=keys.key_id(first.id)), actor=me)
    assert refused(first.get(asked())) == "key-ended"
    with pytest.raises(NotAllowed) as caught:
        keyring.drop_key(Key.objects.get(pk=keys.key_id(second.id)), actor=me)
    assert caught.value.code == "last-key"


def test_one_key_is_not_registered_twice_nor_for_two() -> None:
    key = with_key("o-registrar")
    other = Account.objects.get(pk="o-auditor")
    made = key.create(keys.creation_options(other, keys.Purpose.ADD, other.pk))
    with pytest.raises(NotAllowed) as caught:
        keyring.add_key(other, made, "mine", actor=fresh(other.pk))
    assert caught.value.code == "key-known"


def test_a_key_of_an_ended_account_opens_nothing() -> None:
    key = with_key("o-registrar")
    Account.objects.filter(pk="o-registrar").update(is_active=False)
    assert refused(key.get(asked())) == "key-ended"
    assert codes.plain("o0-il1") == "00111"
