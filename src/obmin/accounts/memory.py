"""A passphrase and a changing code, for accounts whose duties only read.

The passphrase is kept as Argon2id (RFC 9106, by Django's hasher). Its code is RFC 6238: six digits, 30 seconds,
one step of tolerance either way, each code once. The secret of the code is sealed where it lies.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.hashers import check_password, make_password

from obmin.accounts import codes
from obmin.accounts.models import Account, Memory
from obmin.core.access import Role
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed
from obmin.vault import small
from obmin.vault.secrets import secret

STEP: Final = 30  # seconds
SHORTEST: Final = 15  # characters of a passphrase


@dataclass(frozen=True, slots=True)
class Seal:
    """How a secret is sealed and opened; both take the purpose first."""

    seal: Callable[[str, bytes], bytes]
    open: Callable[[str, bytes], bytes]


VAULT: Final = Seal(small.seal, small.open_)


def only_reads(roles: Iterable[Role]) -> bool:
    """Whether duties open no act but those open to everybody, such as signing in."""
    held = frozenset(roles)
    return bool(held) and not any(
        held & (act.roles | act.second) for act in ACTS.values() if act.roles != frozenset(Role)
    )


def refuse_writers(roles: Iterable[Role]) -> None:
    if not only_reads(roles):
        raise NotAllowed("These duties change records: they sign in with a security key.", code="key-needed")


def judge(passphrase: str, account: Account) -> str:
    """What is wrong with a new passphrase, as a code: "short", "name", or "" if nothing is."""
    if len(passphrase.strip()) < SHORTEST:
        return "short"
    folded = passphrase.casefold()
    names = (account.pk, *account.name.split(), *account.name_latin.split())
    left = folded
    for name in names:
        left = left.replace(name.casefold(), "")
    return "name" if len(left.strip()) < SHORTEST // 2 or len(set(left)) < 5 else ""


def address(account: Account, secret: bytes) -> str:
    """The `otpauth:` address that a phone reads."""
    return _totp(secret).get_provisioning_uri(quote(account.pk), "Obmin")


def step_of(code: str, secret: bytes, *, at: float | None = None) -> int | None:
    """The step that a code belongs to, now or one step away; `None` if it is wrong."""
    now = time.time() if at is None else at
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    for moved in (0, -1, 1):
        moment = int(now) + moved * STEP
        try:
            _totp(secret).verify(digits.encode(), max(moment, 0))
        except InvalidToken:
            continue
        return moment // STEP
    return None


def keep(account: Account, passphrase: str, secret: bytes, step: int, seal: Seal = VAULT) -> Memory:
    """Writes what an account signs in with; the caller has opened the act."""
    return Memory.objects.update_or_create(
        account=account,
        defaults={
            "passphrase": make_password(passphrase),
            "secret": seal.seal(_purpose(account.pk), secret),
            "step": step,
        },
    )[0]


def step_shown(account_id: str, passphrase: str, code: str, seal: Seal = VAULT) -> int | None:
    """The step of an unused code if both are right; as slow for an account that is not there."""
    memory = Memory.objects.filter(pk=account_id).first()
    if memory is None:
        make_password(passphrase)
        return None
    right = check_password(passphrase, memory.passphrase)
    step = step_of(code, seal.open(_purpose(account_id), bytes(memory.secret)))
    return step if right and step is not None and step > memory.step else None


def _purpose(account_id: str) -> str:
    """Bound to the account, so that a sealed secret moved to another row does not open."""
    return f"sign-in-codes/{account_id}"


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303


def proposed(code: str) -> bytes:
    """The secret that goes with a one-time code: the same at every look, so that no page has to keep it."""
    return hmac.digest(secret("sign-in-codes"), codes.digest(code).encode(), "sha256")[:20]


def letters(secret: bytes) -> str:
    """A secret to be typed into a phone: base32 in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def drawing(account: Account, secret: bytes) -> str:
    """The same as a QR code: an SVG in a `data:` address."""
    return str(
        segno.make(address(account, secret), error="m", micro=False).svg_data_uri(
            scale=4, border=4, light="white"
        )
    )
