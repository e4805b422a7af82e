"""Erasing a person: their rows' keys are forgotten, and what the keys opened is noise from then on.

The record's frame stays, under its random key: what was decided about somebody stands, who it was does not.
The keys are also named in `keys/shredded.txt` of the home, so that a restored older copy forgets them too.
What was sent to the other side or came from them, as signed packages, stays whole: it is not ours alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import F

from obmin.audit.models import Recorded, Remark
from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.files.whole import write_text
from obmin.people import uploads
from obmin.people.judging import as_row, meant_by
from obmin.people.models import (
    Court,
    Custody,
    Family,
    Identity,
    IdentityClaim,
    Intake,
    Medical,
    Notice,
    Pairing,
    Parked,
    Person,
    TheirLine,
    Upload,
    Wish,
)
from obmin.people.records import SYSTEM
from obmin.people.register import marked
from obmin.vault import cells
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


def forget(gate: Gate, keys: Iterable[str]) -> None:
    """Forgets the keys of everything sealed about people, inside an open act."""
    wanted = _records(keys)
    gate.fact("rows", shred(gate, wanted) + _off_lists(gate, wanted))
    Notice.objects.filter(person__in=wanted, state="QUEUED").update(state="WITHDRAWN")  # nobody is left to name
    transaction.on_commit(written_down)


def shred(gate: Gate, keys: Sequence[str]) -> int:
    """Forgets what is sealed about these records, inside an open act that makes nothing of them. Returns how
    many rows."""
    rows = 0
    for model in sealed_models():
        if path := about(model):
            change = GONE | ({"edition": gate.entry} if model is Identity else {})
            rows += model._default_manager.filter(**{f"{path}__in": keys}).update(**change)
    return rows + Remark.objects.filter(entry__subject__in=list(_subjects(keys))).update(**GONE)


def _off_lists(gate: Gate, keys: Sequence[str]) -> int:
    """Forgets what lists say of these people that is not on their record: rows that wait and may be them, and
    lists laid out with a row of theirs or not yet read. Returns how many.
    """
    asked = frozenset(keys)
    people = Person.objects.filter(pk__in=keys)
    marks = frozenset(people.values_list("source_mark", flat=True)) - {""}
    waiting = list(Parked.objects.filter(state__in=("OPEN", "UNREAD")).order_by("pk"))
    told = zip(waiting, cells.opened(waiting, SYSTEM), strict=True)
    theirs = [row for row, held in told if held and asked & meant_by(uploads.finding_rows(held.findings))]
    for row in theirs:
        if row.state == "OPEN":
            intake = Intake.objects.filter(pk=row.intake_id)
            intake.update(doubtful=F("doubtful") - 1, refused=F("refused") + 1)
    Parked.objects.filter(pk__in=[row.pk for row in theirs]).update(state="REFUSED", **GONE)

    def says(upload: Upload) -> bool:
        if upload.state == "LAID_OUT":
            return True
        lines = [line for line in uploads.read_lines(upload) if line.passed is None]
        if any(asked & meant_by(line.findings) for line in lines):
            return True
        rows = marked(uploads.layout(upload).source, [as_row(line) for line in lines])
        return not marks.isdisjoint(row.mark for row in rows)

    return len(theirs) + uploads.drop_those(gate, says)


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


def _subjects(keys: Sequence[str]) -> Iterator[str]:
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


def written_down() -> None:
    """The whole list, from the tables too: what a crash kept from being written is written the next time."""
    write_text(_list(), "".join(f"{key}\n" for key in sorted(erased())))
    settle()
