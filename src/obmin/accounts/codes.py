"""One-time codes that register the first key of an account.

A code has two halves of 80 bits. Who asked for the account holds one, who confirmed it the other: neither can
register a key in somebody else's name alone. Both hand their half to the person who takes up the account.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from obmin.accounts.models import Account, Code, Key
from obmin.accounts.people import SYSTEM, actor
from obmin.audit import clock
from obmin.audit.perform import Gate, perform
from obmin.core.errors import NotAllowed, WrongState

LIFE: Final = timedelta(hours=1)
HALF: Final = 16  # characters
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: read aloud and copied by hand
_SEEN_AS: Final = str.maketrans("OILU", "011V")


def new_half(gate: Gate) -> str:
    """16 letters and figures in groups of four."""
    number = int.from_bytes(gate.new_secret()[:10])
    plain = "".join(LETTERS[number >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(plain[i : i + 4] for i in range(0, HALF, 4))


def plain(text: str) -> str:
    """A code as it counts: without spaces and dashes, whatever letters were mistaken."""
    return "".join(c for c in text.upper().translate(_SEEN_AS) if c in LETTERS)


def half_digest(half: str) -> str:
    return hashlib.sha256(plain(half).encode()).hexdigest()


def issue(gate: Gate, account: Account, first_digest: str) -> str:
    """Issues a code within an open act: its second half is returned, the first is known by its digest."""
    second = new_half(gate)
    Code.objects.filter(account=account, used_at=None).update(used_at=gate.now)
    Code.objects.create(
        digest=_whole(first_digest, second),
        account=account,
        issued_at=gate.now,
        expires_at=gate.now + LIFE,
    )
    return second


def first(account: Account) -> str:
    """The code of one of the first officers, whole, for whoever sets the instance up.

    Refused as soon as anybody has registered a key: from then on accounts are opened by two people.
    """
    with perform("accounts.begin", actor=SYSTEM) as gate:
        if Key.objects.exists():
            raise WrongState("This instance has begun: accounts are opened by two people.", code="has-begun")
        half = new_half(gate)
        gate.fact("account", account.pk)
        return f"{half}-{issue(gate, account, half_digest(half))}"


def holder(code: str) -> Account:
    """Whose code this is; refused if it is unknown, used, too old, or its account has ended."""
    found = Code.objects.filter(digest=digest(code)).select_related("account").first()
    if found is None or not found.account.is_active:
        raise NotAllowed("This code is unknown. Ask for a new one.", code="code-unknown")
    if found.used_at is not None:
        raise NotAllowed("This code was used or replaced. Ask for a new one.", code="code-used")
    if clock.now() >= found.expires_at:
        raise NotAllowed("This code is too old. Ask for a new one.", code="code-old")
    actor(found.account)
    return found.account


def use(gate: Gate, code: str) -> None:
    """Uses a code up within an open act."""
    taken = Code.objects.filter(digest=digest(code), used_at=None, expires_at__gt=gate.now).update(
        used_at=gate.now
    )
    if not taken:
        raise NotAllowed("This code was used or is too old. Ask for a new one.", code="code-used")


def digest(code: str) -> str:
    whole = plain(code)
    return _whole(hashlib.sha256(whole[:HALF].encode()).hexdigest(), whole[HALF:])


def _whole(first_digest: str, second: str) -> str:
    return hashlib.sha256(f"{first_digest}/{plain(second)}".encode()).hexdigest()
