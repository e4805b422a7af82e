"""Stage 1, register: who is held and who is sought.

An imported value is a claim by its source (I-26): it can exclude a person and never clear one. What the
interviewer, the doctor and the court record here are acts, and acts alone clear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from obmin.audit.perform import Gate, perform
from obmin.core.access import Actor
from obmin.core.errors import Incomplete
from obmin.core.names import romanise, script_of
from obmin.people.models import (
    Basis,
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
    Wish,
)
from obmin.people.rows import insert, update

FIRST_STATE: Final = {Register.HELD: "REGISTERED", Register.SOUGHT: "OPEN"}
CLAIMED: Final = ("surname", "given", "patronymic", "name", "birth_date", "service_number")
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
CUSTODY: Final = ("captured_on", "facility", "region", "tags")
MEDICAL: Final = ("health", "fitness", "fitness_until")
COURT: Final = ("judicial", "dp_consent", "own_consent")

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
    rows = [(f"{source}/{row['id']}", _row_hash(row), row) for row in frame.to_dicts()]
    with perform("register.import", actor=actor, request=request, at=at) as gate:
        earlier = Person.objects.filter(register=register, source_id__startswith=f"{source}/")
        stored = earlier.values_list("key", "source_id", "row_hash")
        known = {number: (key, seen) for key, number, seen in stored}
        fresh = [row for row in rows if row[0] not in known]
        changed = [row for row in rows if row[0] in known and known[row[0]][1] != row[1]]
        intake = Intake.objects.create(
            key=gate.new_id(),
            register=register,
            source=source,
            sha256=hashlib.sha256("".join(seen for _, seen, _ in rows).encode()).hexdigest(),
            rows=len(rows),
            new=len(fresh),
            changed=len(changed),
            same=len(rows) - len(fresh) - len(changed),
            at=gate.now,
            by=actor.id,
        )
        _insert_people(gate, intake, power, fresh)
        _insert_claims(intake, [(known[number][0], row) for number, _, row in changed])
        update(Person, ("row_hash",), [(seen, known[number][0]) for number, seen, _ in changed])
        for fact in ("rows", "new", "changed", "sha256"):
            gate.fact(fact, getattr(intake, fact))
        gate.outcome = intake.key
    return Report(intake.key, intake.rows, intake.new, intake.same, intake.changed)


def record_interviews(
    answers: Sequence[tuple[str, str, str]],
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records private interviews: (person key, will, ISO date). The answer is stored, never its reasons."""
    with perform("register.interview", actor=actor, request=request, at=at) as gate:
        rows = [(will, on, Basis.ACT.value, actor.agency, key) for key, will, on in answers]
        _touch(Wish, ("will",), [(key, will) for key, will, _ in answers])
        update(Wish, ("will", "on", "basis", "by"), rows)
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
        act = Basis.ACT.value
        _touch(Medical, ("health", "fitness"), [row[:3] for row in findings])
        rows = [(h, f, until, what, on, act, actor.agency, key) for key, h, f, until, what, on in findings]
        update(Medical, ("health", "fitness", "fitness_until", "finding", "on", "basis", "by"), rows)
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
        rows = [(j, dp, own, Basis.ACT.value, actor.agency, key) for key, j, dp, own in decisions]
        _touch(Court, COURT, decisions)
        update(Court, ("judicial", "dp_consent", "own_consent", "basis", "by"), rows)
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
        identity = Identity.objects.get(pk=person.pk)
        setattr(identity, field, value)
        if field in ("surname", "given", "patronymic"):
            identity.name = " ".join(filter(None, (identity.surname, identity.given, identity.patronymic)))
        identity.romanised = romanised(identity.name)
        identity.save()
        gate.fact("field", field)


def romanised(name: str) -> str:
    """The name in Latin letters, for those who do not read its script."""
    return name if script_of(name) == "Latn" else romanise(name)


def _insert_people(gate: Gate, intake: Intake, power: str, rows: Sequence[tuple[str, str, Row]]) -> None:
    register = Register(intake.register)
    keyed = [(gate.new_id(), number, seen, row) for number, seen, row in rows]
    state, now = FIRST_STATE[register], gate.now
    insert(
        Person,
        ("key", "version", "register", "power", "category", "state", "source_id", "row_hash", "since"),
        [
            (key, 1, register.value, power, row.get("category") or "undetermined", state, number, seen, now)
            for key, number, seen, row in keyed
        ],
    )
    insert(
        Identity,
        ("person", "name", "romanised", *IDENTITY),
        [(key, (name := full_name(row)), romanised(name), *_texts(row, IDENTITY)) for key, _, _, row in keyed],
    )
    insert(Custody, ("person", *CUSTODY), [(key, *_texts(row, CUSTODY)) for key, _, _, row in keyed])
    insert(Family, ("person", "group"), [(key, *_texts(row, ("group",))) for key, _, _, row in keyed])
    _insert_claims(intake, [(key, row) for key, _, _, row in keyed])
    if register is Register.HELD:
        _insert_sealed(keyed)


def _insert_sealed(keyed: Sequence[tuple[str, str, str, Row]]) -> None:
    claim = Basis.CLAIM.value
    insert(
        Medical,
        ("person", *MEDICAL, "finding", "basis", "by", "on"),
        [
            (
                k,
                row.get("health") or "unknown",
                row.get("fitness") or "unknown",
                row.get("fitness_until") or "",
                "",
                claim,
                "",
                "",
            )
            for k, _, _, row in keyed
        ],
    )
    insert(
        Wish,
        ("person", "will", "on", "basis", "by"),
        [(k, row.get("will") or "unknown", row.get("will_on") or "", claim, "") for k, _, _, row in keyed],
    )
    insert(
        Court,
        ("person", *COURT, "basis", "by"),
        [(k, *(row.get(name) or "none" for name in COURT), claim, "") for k, _, _, row in keyed],
    )


def _insert_claims(intake: Intake, rows: Sequence[tuple[str, Row]]) -> None:
    insert(
        IdentityClaim,
        ("person", "intake", "kind", "value", "script"),
        [
            (key, intake.key, kind, value, script_of(value))
            for key, row in rows
            for kind in CLAIMED
            if (value := row.get(kind))
        ],
    )


def full_name(row: Row) -> str:
    """The name as recorded: whole, or put together from its parts, surname first."""
    parts = (row.get("surname"), row.get("given"), row.get("patronymic"))
    return str(row.get("name") or "") or " ".join(part for part in parts if part)


def _texts(row: Row, names: Sequence[str]) -> list[str]:
    return [
        ("0" if name == "sex" else "") if (value := row.get(name)) is None else str(value) for name in names
    ]


def _touch(model: type[Of], names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Makes the version of each record grow of which something changes; `rows` give the key, then the values.

    A list binds the version that it was composed on, so that each later gate sees what has changed.
    """
    stored = model._default_manager.values_list("pk", *names, "basis", "person__version")
    known = {key: (values, version) for key, *values, version in stored}
    new = {key: [*values, Basis.ACT.value] for key, *values in rows}
    changed = [
        (known[key][1] + 1, key) for key, values in new.items() if key in known and known[key][0] != values
    ]
    update(Person, ("version",), changed)


def _row_hash(row: Row) -> str:
    text = "\x1f".join(f"{name}={value}" for name, value in sorted(row.items()) if value is not None)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _bind(gate: Gate, rows: Sequence[Sequence[str]]) -> None:
    gate.fact("people", len(rows))
    gate.fact("sha256", hashlib.sha256("\n".join("\x1f".join(row) for row in rows).encode()).hexdigest())
