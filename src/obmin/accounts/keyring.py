"""The acts on an account's own ways in: the first key by a code, more keys, fewer, one that was copied."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import F

from obmin.accounts import codes, keys, memory
from obmin.accounts.models import Account, Key, Memory, Spent
from obmin.accounts.people import SYSTEM, actor
from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.core.errors import NotAllowed


def enrol_key(code: str, answer: str, name: str) -> Account:
    """The first key of an account, by a one-time code."""
    account = codes.holder(code)
    with perform("accounts.enrol", actor=actor(account)) as gate:
        codes.use(gate, code)
        _register(gate, account, answer, name, keys.Purpose.ENROL, codes.digest(code))
    return account


def enrol_memory(code: str, passphrase: str, digits: str, secret: bytes) -> Account:
    """A passphrase and a changing code in place of a key, for accounts that only read."""
    account = codes.holder(code)
    who = actor(account)
    with perform("accounts.enrol", actor=who) as gate:
        codes.use(gate, code)
        memory.refuse_writers(who.roles)
        if fault := memory.judge(passphrase, account):
            raise NotAllowed("Choose another passphrase.", code=f"passphrase-{fault}")
        step = memory.step_of(digits, secret)
        if step is None:
            raise NotAllowed("The six figures are not the ones shown now.", code="figures-wrong")
        memory.keep(account, passphrase, secret, step)
        gate.fact("way", "words")
    return account


def add_key(account: Account, answer: str, name: str, *, actor: Actor) -> Key:
    """Another key, by somebody who is signed in."""
    with perform("accounts.add-key", actor=actor) as gate:
        if actor.id != account.pk:
            raise NotAllowed("Everybody registers their own keys.", code="not-own")
        return _register(gate, account, answer, name, keys.Purpose.ADD, account.pk)


def drop_key(key: Key, *, actor: Actor) -> None:
    """Takes one of one's own keys off; the last one stays, for it is the only way in."""
    with perform("accounts.drop-key", actor=actor, subject=key) as gate:
        if actor.id != key.account_id:
            raise NotAllowed("Everybody takes their own keys off.", code="not-own")
        if len(keys.standing(key.account)) < 2:
            raise NotAllowed("This is your last key. Register another one first.", code="last-key")
        end(gate, key.account, why="own", only=key)
        _end_sessions(key.account)


def stop_key(key: Key) -> None:
    """A key whose counter went back opens nothing from now on."""
    with perform("accounts.stop-key", actor=SYSTEM, subject=key) as gate:
        end(gate, key.account, why="copied", only=key)
        _end_sessions(key.account)
        gate.fact("key", key.pk[:16])


def end(gate: Gate, account: Account, *, why: str, only: Key | None = None) -> int:
    """Ends the keys of an account, or one of them, within an open act; how many there were."""
    standing = Key.objects.filter(account=account, ended_at=None)
    if only is not None:
        standing = standing.filter(pk=only.pk)
    else:
        Memory.objects.filter(account=account).delete()
    return standing.update(ended_at=gate.now, ended_for=why)


def spend(gate: Gate, challenge: bytes, until: datetime) -> None:
    """A challenge is answered once: a recorded answer played again is refused.

    One that has expired is refused by its age, so its record goes.
    """
    digest = keys.key_id(challenge)
    gate.fact("challenge", digest[:16])
    Spent.objects.filter(expires_at__lt=datetime.now(UTC)).delete()
    if Spent.objects.filter(pk=digest).exists():
        raise NotAllowed("This answer was given before.", code="challenge-used")
    Spent.objects.create(digest=digest, expires_at=until)


def _end_sessions(account: Account) -> None:
    """Whoever came in by a key that opens no more is out: sessions stand on the account's version."""
    Account.objects.filter(pk=account.pk).update(version=F("version") + 1)


def _register(gate: Gate, account: Account, answer: str, name: str, purpose: keys.Purpose, bound: str) -> Key:
    shown = keys.created(answer, purpose, bound)
    spend(gate, shown.challenge, keys.expiry(shown.challenge, purpose, bound))
    if Key.objects.filter(pk=shown.id).exists():
        raise NotAllowed("This key is registered here already.", code="key-known")
    key = Key.objects.create(
        id=shown.id,
        account=account,
        name=name.strip()[:60] or "1",
        credential=bytes(shown.credential),
        count=shown.count,
        added_at=gate.now,
    )
    gate.subject = key
    gate.fact("key", key.pk[:16])
    return key
