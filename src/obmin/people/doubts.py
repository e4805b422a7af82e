"""Rows that wait for a person: somebody new, somebody on the register, or nobody; and imports taken back.

A row that was decided is emptied: what it said is on the record of whoever it was, as a claim of its list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, ForeignObjectRel, QuerySet

from obmin.audit import clock
from obmin.audit.models import Entry
from obmin.audit.perform import Gate, perform
from obmin.core import record
from obmin.core.access import Actor, Area
from obmin.core.errors import Incomplete, WrongState
from obmin.core.intake import Line
from obmin.people import records, uploads
from obmin.people.erasure import shred, written_down
from obmin.people.judged import Suspicion
from obmin.people.judging import as_row
from obmin.people.models import IdentityClaim, Intake, Notice, Of, Parked, Person
from obmin.people.notices import of_nobody
from obmin.people.register import add_claims, claims_of, marked, take_in
from obmin.vault import cells

NAMES: Final = ("name", "surname", "given", "patronymic")
SEVERAL: Final = frozenset({"two-people", "merged-name"})
UNDO: Final = timedelta(days=1)
GONE: Final[dict[str, Any]] = {"wrapped": b"", "sealed": b""}
TOGETHER: Final = 500


def waiting(actor: Actor) -> QuerySet[Parked]:
    """The rows that an actor may decide, in the order of their lists."""
    walls = [wall.value for wall in (Area.HELD, Area.SOUGHT) if actor.reads(wall)]
    return Parked.objects.filter(state="OPEN", register__in=walls).order_by("intake__at", "number", "key")


def take_new(parked: Parked, *, actor: Actor, seen: int | None = None, request: str = "") -> Person:
    """Opens a record for a row: it is none of those whom it looked like."""
    held = _held(parked)
    if why := not_one(held):
        raise Incomplete(why, code="not-one-person")
    with perform("register.take-new", actor=actor, subject=parked, seen=seen, request=request) as gate:
        intake = Intake.objects.get(pk=parked.intake_id)
        row = as_row(Line(parked.number, held.values, held.written))
        source = records.sources([intake])[intake.pk]
        each = marked(source, [row])
        if Person.objects.filter(register=parked.register, source_mark=each[0].mark).exists():
            each = marked(source, [row | {"id": f"{row['id']} #{parked.number}"}])
        take_in(gate, intake, parked.power, each)
        person = Person.objects.get(register=parked.register, source_mark=each[0].mark)
        _decided(gate, parked, doubtful=-1)
        Parked.objects.filter(pk=parked.pk).update(person=person)
        gate.outcome = person.pk
    return person


def take_same(
    parked: Parked, person: Person, *, actor: Actor, seen: int | None = None, request: str = ""
) -> None:
    """Adds what a row says to the record of somebody: claims beside those that stand, and nothing else."""
    held = _held(parked)
    if person.register != parked.register:
        raise Incomplete("That record is of the other register.", code="other-register")
    with perform("register.take-same", actor=actor, subject=parked, seen=seen, request=request) as gate:
        intake = Intake.objects.get(pk=parked.intake_id)
        row = as_row(Line(parked.number, held.values, held.written))
        _claim(intake, person, row, parked.number)
        _decided(gate, parked, doubtful=-1, changed=1)
        Parked.objects.filter(pk=parked.pk).update(person=person)
        gate.outcome = person.pk


def refuse(parked: Parked, *, actor: Actor, reason: str, seen: int | None = None, request: str = "") -> None:
    """Refuses a row, with the reason."""
    open_ = parked.state == "OPEN"
    with perform(
        "register.refuse-row", actor=actor, subject=parked, seen=seen, reason=reason, request=request
    ) as gate:
        counts = {"doubtful": -1, "refused": 1} if open_ else {}
        _decided(gate, parked, **counts)


def take_back(intake: Intake, *, actor: Actor, reason: str, seen: int | None = None, request: str = "") -> int:
    """Takes an import back within a day: who came by it and whom nobody touched since is nobody any more.

    Returns how many stay because somebody did. Claims that it added to others go, too; the same list can be
    imported again.
    """
    if clock.now() - intake.at > UNDO:
        raise WrongState("This import is older than a day: correct or erase its records one by one.")
    with perform(
        "register.take-back", actor=actor, subject=intake, seen=seen, reason=reason, request=request
    ) as gate:
        named = Person.objects.filter(claims__intake=intake)
        earlier = IdentityClaim.objects.filter(person__in=named, intake__at__lt=intake.at).values("person")
        came = set(named.exclude(pk__in=earlier).values_list("pk", flat=True))
        stay = _touched(came, intake)
        go = sorted(came - stay)
        stretches = [go[at : at + TOGETHER] for at in range(0, len(go), TOGETHER)]
        gate.fact("rows", sum(shred(gate, keys) for keys in stretches))
        transaction.on_commit(written_down)
        named.exclude(pk__in=stay).update(row_mark="")
        Person.objects.filter(pk__in=go).update(source_mark="", row_mark="")
        IdentityClaim.objects.filter(intake=intake).exclude(person__in=stay).update(**GONE)
        uploads.drop_those(gate, lambda upload: upload.intake_id == intake.pk)  # what was begun goes on no more
        intake.parked.update(mark="", **GONE)
        intake.parked.filter(state__in=("OPEN", "UNREAD")).update(state="REFUSED")
        of_nobody(gate, go)
        gate.fact("gone", len(go))
        gate.fact("stay", len(stay))
    return len(stay)


def _touched(people: set[str], intake: Intake) -> set[str]:
    """Those whom an act changed, another list names, or anything but their own record points at."""
    found = set(Person.objects.filter(pk__in=people, version__gt=1).values_list("pk", flat=True))
    for relation in Person._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        model = relation.related_model
        if model in (Parked, Suspicion) or (isinstance(model, type) and issubclass(model, Of)):
            continue
        rows = model._default_manager.filter(**{f"{relation.field.name}__in": people})
        if model is IdentityClaim:
            rows = rows.exclude(intake=intake)
        if model is Notice:  # what only waits was touched by nobody
            rows = rows.exclude(state="QUEUED", sending=None)
        found |= set(rows.values_list(relation.field.attname, flat=True))
    names = {f"{Person._meta.label_lower}:{key}" for key in people}
    subjects = Entry.objects.filter(subject__in=names).values_list("subject", flat=True)
    return found | {subject.rpartition(":")[2] for subject in subjects}


def not_one(held: record.Parked) -> str:
    """Why a row cannot become one record, whatever a person says; empty where it can."""
    codes = {finding[1] for finding in held.findings}
    if codes & SEVERAL:
        return "This row may be several people: give each a row, import the list again, and refuse this one."
    if not any(held.values.get(name) for name in (*NAMES, "service_number", "id")):
        return "This row has no name and no number that could be read: put it right in the list and refuse it."
    return ""


def _held(parked: Parked) -> record.Parked:
    held: record.Parked | None = cells.value(parked, records.SYSTEM)
    if held is None:
        raise WrongState("This row was decided already.")
    return held


def _claim(intake: Intake, person: Person, row: Mapping[str, Any], number: int) -> None:
    """A list claims once of a person; what a second row of it says stands beside, under the row's number."""
    before = IdentityClaim.objects.filter(person=person, intake=intake).first()
    if before is None:
        add_claims(intake, [(person.pk, row)])
        return
    held = cells.value(before, records.SYSTEM) or record.Claims()
    more = {f"{kind} ({number})": value for kind, value in claims_of(row).items()}
    cells.fill(before, record.Claims({**held.values, **more}))
    before.save(update_fields=["wrapped", "sealed"])


def _decided(gate: Gate, parked: Parked, **counts: int) -> None:
    Parked.objects.filter(pk=parked.pk).update(**GONE)
    if counts:
        changes: dict[str, Any] = {name: F(name) + by for name, by in counts.items()}
        Intake.objects.filter(pk=parked.intake_id).update(**changes)
    gate.fact("row", parked.number)
    gate.fact("intake", parked.intake_id)
