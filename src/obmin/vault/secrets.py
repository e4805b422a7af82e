"""The instance's own secrets: what it signs with, seals its journal's head with, is read by.

In a training home they follow from the seed. In a live home each is drawn once, when the root is laid down,
and lies sealed under it: whoever takes the disk can neither sign in this instance's name nor open what was
sent to it. The key of the sessions alone is a file of its own, for it is needed while the instance is sealed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from django.conf import settings

from obmin.core.errors import Incomplete
from obmin.files import packages
from obmin.vault import cells
from obmin.vault.keeper import Reader
from obmin.vault.models import Secret

DRAWN: Final = (
    "acts", "backups", "challenges", "fillers", "head", "journal", "key-handles", "lot", "marks", "medical",
    "rounding", "rounds", "rows", "sign-in-codes", "witness",
)  # fmt: skip
IDENTITIES: Final = ("medical", "rounds")  # age identities: text, not bytes
_known: dict[str, bytes] = {}  # a process asks the keeper once for each


def secret(purpose: str) -> bytes:
    """The secret of one purpose, the same at every call: 32 bytes, or an age identity as text."""
    if settings.OBMIN.training:
        out: bytes = settings.OBMIN.secret(purpose)
        return out
    if purpose not in _known:
        row = Secret.objects.filter(pk=purpose).first()
        if row is None:
            raise Incomplete(f"This instance has no secret for {purpose}: it was made by another version.")
        _known[purpose] = cells.value(row, Reader("system", whole=True))
    return _known[purpose]


def identity(purpose: str) -> str:
    """The age identity of one purpose in a live home."""
    return secret(f"identity-{purpose}").decode()


def learn() -> None:
    """Asks for every secret now: they are about to be wrapped anew."""
    for row in Secret.objects.all():
        secret(row.purpose)


def draw() -> None:
    """Draws every secret of a new live home; this process knows them until it forgets."""
    _known.update({purpose: os.urandom(32) for purpose in DRAWN})
    _known.update({f"identity-{purpose}": packages.new_identity().encode() for purpose in IDENTITIES})


def known() -> Mapping[str, bytes]:
    """The secrets that this process knows."""
    return dict(_known)


def forget() -> None:
    """Forgets what this process knows: it asks the keeper again."""
    _known.clear()
