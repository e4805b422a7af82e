"""Erasing a person: their rows' keys are forgotten, and what the keys opened is noise from then on.

The record's frame stays, under its random key: what was decided about somebody stands, who it was does not.
The keys are also named in `keys/shredded.txt` of the home, so that a restored older copy forgets them too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.files.whole import write_text
from obmin.people.models import Court, Custody, Family, Identity, IdentityClaim, Medical, Pairing, Person, Wish
from obmin.vault.rows import settle

OF_PERSON: Final = (Identity, Custody, Family, Medical, Wish, Court, IdentityClaim, Pairing)
GONE: Final = {"wrapped": b"", "sealed": b""}


def erase(
    person: Person,
    *,
    actor: Actor,
    second: Actor,
    reason: str,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Erases who a person is, where, and what was known of them."""
    with perform(
        "register.erase", actor=actor, second=second, subject=person, seen=seen, reason=reason,
        request=request, at=at,
    ) as gate:  # fmt: skip
        forget(gate, [person.pk])
        transaction.on_commit(lambda: _written_down([person.pk]))


def forget(gate: Gate, keys: Iterable[str]) -> int:
    """Forgets the keys of everything sealed about people, inside an open act. Returns how many rows."""
    wanted = list(keys)
    rows = 0
    for model in OF_PERSON:
        change = GONE | ({"edition": gate.entry} if model is Identity else {})
        rows += model._default_manager.filter(person__in=wanted).update(**change)
    gate.fact("rows", rows)
    return rows


def _written_down(keys: Iterable[str]) -> None:
    path = settings.OBMIN.folder("keys") / "shredded.txt"
    before = path.read_text(encoding="ascii") if path.exists() else ""
    write_text(path, before + "".join(f"{key}\n" for key in keys))
    settle()
