"""Erasing a person: their rows' keys are forgotten, and what the keys opened is noise from then on.

The record's frame stays, under its random key: what was decided about somebody stands, who it was does not.
The keys are also named in `keys/shredded.txt` of the home, so that a restored older copy forgets them too.
What was sent to the other side or came from them, as signed packages, stays whole: it is not ours alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db import transaction

from obmin.audit.models import Recorded, Remark
from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.files.whole import write_text
from obmin.people.models import (
    Court,
    Custody,
    Family,
    Identity,
    IdentityClaim,
    Medical,
    Pairing,
    Person,
    TheirLine,
    Wish,
)
from obmin.vault.models import Sealed, sealed_models
from obmin.vault.rows import settle

OF_PERSON: Final = (Identity, Custody, Family, Medical, Wish, Court, IdentityClaim, Pairing, TheirLine)
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


def forget(gate: Gate, keys: Iterable[str]) -> int:
    """Forgets the keys of everything sealed about people, inside an open act. Returns how many rows."""
    wanted = _records(keys)
    rows = 0
    for model in sealed_models():
        if path := about(model):
            change = GONE | ({"edition": gate.entry} if model is Identity else {})
            rows += model._default_manager.filter(**{f"{path}__in": wanted}).update(**change)
    rows += Remark.objects.filter(entry__subject__in=list(_subjects(wanted))).update(**GONE)
    gate.fact("rows", rows)
    transaction.on_commit(_written_down)
    return rows


def _records(keys: Iterable[str]) -> list[str]:
    """With whoever was merged into the same record: one human is forgotten whole."""
    asked = set(keys)
    heads = asked | set(
        Person.objects.filter(pk__in=asked).exclude(into=None).values_list("into_id", flat=True)
    )
    return sorted(heads | set(Person.objects.filter(into__in=heads).values_list("key", flat=True)))


def about(model: type[Sealed]) -> str:
    """What leads from a sealed row to the person it tells of; empty where it tells of no one person."""
    return model.ABOUT or next((f.name for f in model._meta.fields if f.related_model is Person), "")


def erased() -> frozenset[str]:
    """Everybody who was ever erased here."""
    path = _list()
    written = path.read_text(encoding="ascii").split() if path.exists() else []
    return frozenset(written) | frozenset(Identity.objects.filter(wrapped=b"").values_list("pk", flat=True))


def _subjects(keys: list[str]) -> Iterator[str]:
    """How the journal names people and what points at them: the reasons of such acts are words about them."""
    for key in keys:
        yield f"{Person._meta.label_lower}:{key}"
    for model in apps.get_models():
        if issubclass(model, Recorded):
            for field in model._meta.fields:
                if field.related_model is Person:
                    pointing = model._default_manager.filter(**{f"{field.name}__in": keys})
                    for pk in pointing.values_list("pk", flat=True):
                        yield f"{model._meta.label_lower}:{pk}"


def _list() -> Path:
    found: Path = settings.OBMIN.folder("keys") / "shredded.txt"
    return found


def _written_down() -> None:
    """The whole list, from the tables too: what a crash kept from being written is written the next time."""
    write_text(_list(), "".join(f"{key}\n" for key in sorted(erased())))
    settle()
