"""Stage 1, register: who is held and who is sought.

An imported value is a claim by its source (I-26): it can exclude a person and never clear one. What the
interviewer, the doctor and the court record here are acts, and acts alone clear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import polars as pl

from obmin.audit.perform import Gate, perform
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, WrongState
from obmin.core.names import romanise, script_of
from obmin.people.models import (
    Basis,
    Correction,
    Court,
    Custody,
    Family,
    Identity,
    IdentityClaim,
    Intake,
    Medical,
    Of,
    Person,
    Register,
    Upload,
    Wish,
)
from obmin.people.notices import of_list
from obmin.people.records import TOGETHER, opened
from obmin.vault import cells
from obmin.vault.rows import insert, insert_sealed, update, update_sealed

FIRST_STATE: Final = {Register.HELD: "REGISTERED", Register.SOUGHT: "OPEN"}
CLAIMED: Final = ("surname", "given", "patronymic", "name", "birth_date", "service_number", "former")
AS_WRITTEN: Final = "as written: "  # before the name of a column: what stood in the cell that was read as it
IDENTITY: Final = (
    "surname",
    "given",
    "patronymic",
    "birth_date",
    "sex",
    "citizenship",
    "service_number",
    "rank",
    "rank_code",
    "unit",
    "branch",
)
PARTS: Final = ("surname", "given", "patronymic")
CUSTODY: Final = ("captured_on", "facility", "region", "tags")
MEDICAL: Final = ("health", "fitness", "fitness_until")
COURT: Final = ("judicial", "dp_consent", "own_consent")
_CLAIMS: Final[dict[type[Of], dict[str, str]]] = {  # what of each class a list can claim: field to column
    Custody: {name: name for name in CUSTODY},
    Family: {"group": "group"},
    Medical: {name: name for name in MEDICAL},
    Wish: {"will": "will", "on": "will_on"},
    Court: {name: name for name in COURT},
}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the rows of an import: new, same and changed together are all of them."""

    intake: str
    rows: int
    new: int
    same: int
    changed: int


def import_list(
    frame: pl.DataFrame,
    *,
    actor: Actor,
    register: Register,
    power: str,
    source: str,
    request: str = "",
    at: datetime | None = None,
) -> Report:
    """Imports a register table as one act; its journal entry binds the hash of every row.

    `frame` is as `files.tables.read_register` gives it; `power` is the Power on which its people depend.
    A row whose source and id are known changes what it changes, or nothing: nobody is imported twice.
    """
    if "id" not in frame.columns:
        raise Incomplete("The table has no column id: without it the same list could not be known again.")
    rows = marked(source, frame.to_dicts())
    with importing(actor=actor, request=request, at=at) as gate:
        intake = begin_intake(gate, register, source, [row.told for row in rows])
        take_in(gate, intake, power, rows)
        for fact in ("rows", "new", "changed", "sha256"):
            gate.fact(fact, getattr(intake, fact))
        gate.outcome = intake.key
    return Report(intake.key, intake.rows, intake.new, intake.same, intake.changed)


@contextmanager
def importing(
    *,
    actor: Actor,
    subject: Upload | None = None,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> Iterator[Gate]:
    """The one door through which lists come onto the register, whole or in portions."""
    with perform("register.import", actor=actor, subject=subject, seen=seen, request=request, at=at) as gate:
        yield gate


class Marked(NamedTuple):
    """A row with the keyed marks of its number and of its content; `told` is the hash of the content."""

    mark: str
    seen: str
    number: str
    row: Row
    told: str


def marked(source: str, rows: Sequence[Row]) -> list[Marked]:
    """Rows of a source, each with a column `id`, with the marks by which they are known again."""
    numbers = [f"{source}/{row['id']}" for row in rows]
    told = [row_hash(row) for row in rows]
    each = zip(cells.marks("source", numbers), cells.marks("row", told), numbers, rows, told, strict=True)
    return [Marked(*one) for one in each]


def begin_intake(gate: Gate, register: Register, source: str, told: Sequence[str]) -> Intake:
    """A list that is now taken in; `told` are the hashes of all its rows."""
    intake = Intake(
        key=gate.new_id(),
        register=register,
        sha256=hashlib.sha256("".join(told).encode()).hexdigest(),
        rows=len(told),
        at=gate.now,
        by=gate.actor.id,
    )
    cells.fill(intake, record.Intake(source))
    intake.save(force_insert=True)
    return intake


def take_in(gate: Gate, intake: Intake, power: str, rows: Sequence[Marked]) -> None:
    """Makes records of rows, or claims on those that are known; the intake counts what became of them."""
    known = known_by(Register(intake.register), [row.mark for row in rows])
    gone = set(Identity.objects.filter(wrapped=b"").values_list("pk", flat=True))  # a list names nobody anew
    fresh = [row for row in rows if row.mark not in known]
    changed = [
        row
        for row in rows
        if row.mark in known and known[row.mark][1] != row.seen and known[row.mark][0] not in gone
    ]
    intake.new += len(fresh)
    intake.changed += len(changed)
    intake.same += len(rows) - len(fresh) - len(changed)
    intake.save()
    came = insert_people(gate, intake, power, [row[:4] for row in fresh])
    if intake.register == Register.HELD:
        of_list(gate, came)
    add_claims(intake, [(known[row.mark][0], row.row) for row in changed])
    update(Person, ("row_mark",), [(row.seen, known[row.mark][0]) for row in changed])


def known_by(register: Register, marks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Those of a register whose number has one of these marks: by mark their key, and the mark of their row."""
    found: dict[str, tuple[str, str]] = {}
    for at in range(0, len(marks), TOGETHER):
        people = Person.objects.filter(register=register, source_mark__in=marks[at : at + TOGETHER])
        found |= {mark: (key, row) for mark, key, row in people.values_list("source_mark", "key", "row_mark")}
    return found


def record_interviews(
    answers: Sequence[tuple[str, str, str]],
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records private interviews: (person key, will, ISO date). The answer is stored, never its reasons."""
    with perform("register.interview", actor=actor, request=request, at=at) as gate:
        act, by = Basis.ACT.value, actor.agency
        _write(Wish, {key: {"will": w, "on": on, "basis": act, "by": by} for key, w, on in answers}, ("will",))
        _bind(gate, answers)


def record_examinations(
    findings: Sequence[tuple[str, str, str, str, str, str]],
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records examinations: (person key, health, fitness, fit until, finding, ISO date of the examination).

    `finding` is what the receiving doctor must prepare for: `isolation`, `psychiatric`, or nothing.
    """
    with perform("register.examine", actor=actor, request=request, at=at) as gate:
        names = ("health", "fitness", "fitness_until", "finding", "on")
        by = {"basis": Basis.ACT.value, "by": actor.agency}
        told = {key: dict(zip(names, values, strict=True)) | by for key, *values in findings}
        _write(Medical, told, ("health", "fitness"))
        _bind(gate, findings)


def record_court_decisions(
    decisions: Sequence[tuple[str, str, str, str]],
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records what the court says: (person key, judicial state, the Power's consent, the person's own)."""
    with perform("register.court", actor=actor, request=request, at=at) as gate:
        by = {"basis": Basis.ACT.value, "by": actor.agency}
        told = {key: dict(zip(COURT, values, strict=True)) | by for key, *values in decisions}
        _write(Court, told, COURT)
        _bind(gate, decisions)


def correct(
    person: Person,
    field: str,
    value: str,
    *,
    actor: Actor,
    reason: str,
    seen: int | None = None,
    request: str = "",
) -> None:
    """Corrects one field of a record, with the reason; what the sources wrote stays in the claims."""
    with perform(
        "register.correct", actor=actor, subject=person, seen=seen, reason=reason, request=request
    ) as gate:
        if field not in (*IDENTITY, "name"):
            raise Incomplete(f"{field} is not corrected here.")
        if person.into_id is not None:
            raise WrongState("This record was merged into another: correct that one.")
        before: record.Identity | None = opened(Identity, [person.pk]).get(person.pk)
        if before is None:
            raise Incomplete("This person was erased: there is nothing left to correct.")
        after = replace(before, **{field: value})
        if field in ("surname", "given", "patronymic"):
            after = replace(after, name=full_name({name: getattr(after, name) for name in PARTS}))
        after = replace(after, romanised=romanised(after.name))
        update_sealed(Identity, [(person.pk, after)], ("edition",), (gate.entry,))
        told = record.Correction(field, getattr(before, field), value)
        key = gate.new_id()
        columns = ("key", "person", "entry", "by", "at")
        insert_sealed(Correction, columns, [(key, told, (key, person.pk, gate.entry, actor.id, gate.now))])
        gate.fact("field", field)


def romanised(name: str) -> str:
    """The name in Latin letters, for those who do not read its script."""
    return name if script_of(name) == "Latn" else romanise(name)


def insert_people(
    gate: Gate, intake: Intake, power: str, rows: Sequence[tuple[str, str, str, Row]], state: str = ""
) -> list[str]:
    """New records inside an open act: (source mark, row mark, number, row) of each. Returns their keys."""
    register = Register(intake.register)
    keyed = [(gate.new_id(), mark, seen, number, row) for mark, seen, number, row in rows]
    state, now = state or FIRST_STATE[register], gate.now
    insert(
        Person,
        ("key", "version", "register", "power", "category", "state", "source_mark", "row_mark", "since"),
        [
            (key, 1, register.value, power, row.get("category") or "undetermined", state, mark, seen, now)
            for key, mark, seen, _, row in keyed
        ],
    )
    insert_sealed(
        Identity,
        ("person", "edition"),
        [(key, _identity(row, number), (key, gate.entry)) for key, _, _, number, row in keyed],
    )
    classes: tuple[type[Of], ...] = (Custody, Family)
    if register is Register.HELD:
        classes += (Medical, Wish, Court)
    for model in classes:
        insert_sealed(model, ("person",), [(key, _claimed(model, row), (key,)) for key, *_, row in keyed])
    add_claims(intake, [(key, row) for key, *_, row in keyed])
    return [key for key, *_ in keyed]


def _identity(row: Row, number: str) -> record.Identity:
    name = full_name(row)
    return record.Identity(
        name=name,
        romanised=romanised(name),
        number=number,
        **dict(zip(IDENTITY, _texts(row, IDENTITY), strict=True)),
    )


def _claimed(model: type[Of], row: Row) -> Any:
    """What a row of a list claims of one class."""
    columns = _CLAIMS[model]
    return model.HOLDS(
        **{name: str(row[column]) for name, column in columns.items() if row.get(column) is not None}
    )


def add_claims(intake: Intake, rows: Sequence[tuple[str, Row]]) -> None:
    """What a list says of people by key, as claims, inside an open act."""
    insert_sealed(
        IdentityClaim,
        ("person", "intake"),
        [
            (f"{key}:{intake.key}", record.Claims(claims_of(row), row.get("unsaid"), row.get("identity_basis")),
             (key, intake.key))
            for key, row in rows
        ],
    )  # fmt: skip


def claims_of(row: Row) -> dict[str, str]:
    """What a row claims, as its source wrote it."""
    return {kind: row.get(AS_WRITTEN + kind) or row[kind] for kind in CLAIMED if row.get(kind)}


def full_name(row: Row) -> str:
    """The name as recorded: whole, or put together from its parts, surname first."""
    parts = (row.get("surname"), row.get("given"), row.get("patronymic"))
    return str(row.get("name") or "") or " ".join(part for part in parts if part)


def _texts(row: Row, names: Sequence[str]) -> list[str]:
    return [
        ("0" if name == "sex" else "") if (value := row.get(name)) is None else str(value) for name in names
    ]


def _write(model: type[Of], told: Mapping[str, Mapping[str, str]], names: Iterable[str]) -> None:
    """Writes what an act says of people, by key; the version of each record grows of which `names` change.

    A list binds the version that it was composed on, so that each later gate sees what has changed.
    """
    before = opened(model, told, alone=True)
    after = {key: replace(held, **told[key]) for key, held in before.items()}
    watched = (*names, "basis")
    changed = [
        key
        for key, held in before.items()
        if any(getattr(held, name) != getattr(after[key], name) for name in watched)
    ]
    versions = Person.objects.in_bulk(changed)
    update_sealed(model, after.items())
    update(Person, ("version",), [(versions[key].version + 1, key) for key in changed])


def row_hash(row: Row) -> str:
    """The hash of what a row says, whatever the order of its columns."""
    text = "\x1f".join(f"{name}={value}" for name, value in sorted(row.items()) if value is not None)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _bind(gate: Gate, rows: Sequence[Sequence[str]]) -> None:
    gate.fact("people", len(rows))
    gate.fact("sha256", hashlib.sha256("\n".join("\x1f".join(row) for row in rows).encode()).hexdigest())
