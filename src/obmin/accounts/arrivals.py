"""Coming in: by a security key, by passphrase and code, or in a training home by a one-time link.

Every attempt is one entry of the journal, done or refused. What a stranger is told does not say which part was
wrong; the journal's entry does.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from obmin.accounts import failures, keyring, keys, memory, people
from obmin.accounts.failures import Attempt, TooMany
from obmin.accounts.models import Account, Key, Memory, SignInLink
from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.core.errors import NotAllowed, NotFound, Refused


def by_key(answer: str, network: str) -> Account:
    """The account whose key this is, touched by its verified holder."""
    known = _key_of(answer)
    attempt = Attempt("key", known.account_id if known else "", network)

    def check(gate: Gate) -> None:
        if known is None:
            raise NotAllowed("This key is not registered here.", code="key-unknown")
        _take(gate, known, answer, keys.Purpose.SIGN_IN, "")
        gate.fact("way", "key")

    return _arrive(known.account if known else None, attempt, check, known)


def by_words(account_id: str, passphrase: str, code: str, network: str) -> Account:
    """The account of somebody who only reads, by passphrase and changing code."""
    named = account_id.strip()[:40]
    attempt = Attempt("words", named, network)
    account = Account.objects.filter(pk=named, is_active=True).first()

    def check(gate: Gate) -> None:
        step = memory.step_shown(named, passphrase, code)
        if account is None or step is None:
            raise NotAllowed("This is not right.", code="words-wrong")
        memory.refuse_writers(gate.actor.roles)
        Memory.objects.filter(pk=named).update(step=step)
        gate.fact("way", "words")

    return _arrive(account, attempt, check, None)


def by_link(token: str) -> Account:
    """The account that an unused link belongs to; the link is used up by this. In training homes only."""
    if not settings.OBMIN.training:
        raise NotAllowed("One-time links exist in training homes only.", code="links-in-training-only")
    link = SignInLink.objects.filter(digest=people.digest(token)).select_related("account").first()
    if link is None:
        raise NotFound("This link is unknown or has been replaced. Ask for a new one.")

    def check(gate: Gate) -> None:
        taken = SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=gate.now)
        if not taken:
            raise NotAllowed("This link was used before. Ask for a new one.", code="link-used")

    _sign_in(people.actor(link.account), check)
    return link.account


def touch(account: Account, answer: str, network: str, bound: str) -> None:
    """Somebody who is signed in touches a key of theirs again, for an act that binds."""
    known = _key_of(answer)
    attempt = Attempt("key", account.pk, network)
    failures.begin(attempt)
    try:
        with perform("accounts.touch", actor=people.actor(account)) as gate:
            if known is None or known.account_id != account.pk:
                raise NotAllowed("This is not a key of yours.", code="key-foreign")
            _take(gate, known, answer, keys.Purpose.TOUCH, bound)
    except Refused as refusal:
        _after(refusal, attempt, known)
        raise
    failures.succeeded(attempt)


def _arrive(
    account: Account | None, attempt: Attempt, check: Callable[[Gate], None], key: Key | None
) -> Account:
    failures.begin(attempt)
    try:
        who = people.actor(account) if account is not None and account.is_active else people.SYSTEM
        _sign_in(who, check)
    except Refused as refusal:
        _after(refusal, attempt, key)
        raise
    failures.succeeded(attempt)
    assert account is not None
    return account


def _sign_in(who: Actor, check: Callable[[Gate], None]) -> None:
    with perform("instance.sign-in", actor=who) as gate:
        check(gate)


def _take(gate: Gate, key: Key, answer: str, purpose: keys.Purpose, bound: str) -> None:
    """Reads the key anew under the write lock, so that two answers at once never pass on one counter."""
    found = Key.objects.select_related("account").get(pk=key.pk)
    if found.ended_at is not None or not found.account.is_active:
        raise NotAllowed("This key does not open anything any more.", code="key-ended")
    shown = keys.shown(answer, found, purpose, bound)
    keyring.spend(gate, shown.challenge, keys.expiry(shown.challenge, purpose, bound))
    Key.objects.filter(pk=found.pk).update(count=shown.count, used_at=gate.now)
    gate.fact("key", found.pk[:16])


def _key_of(answer: str) -> Key | None:
    try:
        named = keys.named_in(answer)
    except NotAllowed:
        return None
    return Key.objects.select_related("account").filter(pk=named).first()


def _after(refusal: Refused, attempt: Attempt, key: Key | None) -> None:
    if isinstance(refusal, TooMany):
        return
    if refusal.code == "key-copied" and key is not None:
        keyring.stop_key(key)
    failures.failed(attempt)
