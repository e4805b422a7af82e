"""What tracing services tell, in PFIF 1.4: it makes nobody, merges nobody and moves nobody by itself.

    came = take_in(data, "answer.xml", actor=tracer, reason="…")
    take_note(note, Says.DEAD, actor=tracer)  # or put_aside

People become rows that a registrar decides, as the doubtful rows of a list are. Notes about people whom we told
of (`pfif`) wait for a tracing officer; what becomes evidence has the lowest grade.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.db.models import F, QuerySet

from obmin.audit.perform import Gate, perform
from obmin.core import intake as lists
from obmin.core import pfif as core
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, Problem, WrongState
from obmin.core.evidence import Kind as Source
from obmin.core.evidence import Says
from obmin.core.intake import Finding, Grid, Head, Line, Verdict, Weight
from obmin.core.pfif import Record
from obmin.files import pfif as files
from obmin.people import evidence, imports
from obmin.people.judging import as_row, judged
from obmin.people.models import Identity, Intake, Person, Register
from obmin.people.pfif import domain
from obmin.people.records import SYSTEM
from obmin.people.referrals import Alias, ServiceNote
from obmin.people.register import begin_intake, marked
from obmin.vault import cells
from obmin.vault.rows import insert_sealed

SOURCE: Final = "PFIF"  # of every row that a service tells: its own identifier tells one from another
GRADE: Final = ("F", "6")  # nobody knows the source, nobody can tell
MAY_SAY: Final = (Says.HELD, Says.FREE, Says.DEAD)
GONE: Final[dict[str, Any]] = {"wrapped": b"", "sealed": b""}


@dataclass(frozen=True, slots=True)
class Came:
    """What became of a file.

    Of its people: `parked` wait for a registrar, `same` were here before, `erased` were erased here, `refused`
    have no name that can be read, `own` are ours come back, `expired` may no longer be used, `faulty` are set
    aside for a grave problem. Of its notes: `notes` wait for a tracing officer, `notes_same` were here before,
    `notes_own` are ours, `notes_others` are about nobody of ours, `notes_faulty` are set aside. `left` counts
    fields that no list has, by name: they stay in the file.
    """

    intake: str
    counts: dict[str, int]
    left: dict[str, int]
    problems: tuple[Problem, ...]


def take_in(
    data: bytes, name: str, *, actor: Actor, reason: str, request: str = "", at: datetime | None = None
) -> Came:
    """Takes in what a service tells. The same file again changes nothing.

    Raises `Unreadable` where the file is no PFIF 1.4; a record with a grave problem is set aside, and named.
    """
    with perform("tracing.pfif-in", actor=actor, reason=reason, request=request, at=at) as gate:
        own, document = domain(), files.read(data, name)
        counts: Counter[str] = Counter()
        people = list(_usable(document.persons, own, gate.now, counts))
        intake = _park(gate, people, counts)
        _hear(gate, document.notes, own, counts)
        left = Counter(chain.from_iterable(core.without_column(person) for person in people))
        gate.fact("sha256", hashlib.sha256(data).hexdigest())
        for fact, number in sorted(counts.items()):
            gate.fact(fact, number)
        gate.outcome = intake
    return Came(intake, dict(counts), dict(left.most_common()), document.problems)


def _usable(persons: Sequence[Record], own: str, now: datetime, counts: Counter[str]) -> Iterator[Record]:
    for person in persons:
        if not person.sound:
            counts["faulty"] += 1
        elif person.id.startswith(f"{own}/"):
            counts["own"] += 1
        elif person.expired(now):
            counts["expired"] += 1
        else:
            yield person


def _park(gate: Gate, people: Sequence[Record], counts: Counter[str]) -> str:
    """People of a service as rows that a registrar decides, whatever they look like. Returns the list's key."""
    if not people:
        return ""
    rows: list[Sequence[str | None]] = [
        [core.row(person)[name] or None for name in core.COLUMNS] for person in people
    ]
    head = Head(0, tuple(core.COLUMNS), tuple(core.COLUMNS.values()))
    read = lists.read(Grid([head.written, *rows]), head, now=gate.now.year)
    lines = judged([replace(line, passed=None) for line in read], Register.SOUGHT, SOURCE)
    found = marked(SOURCE, [as_row(line) for line in lines])
    known, gone = _known(), _erased()
    intake = begin_intake(gate, Register.SOUGHT, SOURCE, [row.told for row in found])
    aside = [
        (_doubted(line, known.get(row.mark, "")), row)
        for line, row in zip(lines, found, strict=True)
        if line.verdict is not Verdict.SAME and known.get(row.mark, "") not in gone
    ]
    erased = sum(known.get(row.mark, "") in gone for row in found)
    imports.park(gate, intake, settings.OBMIN.party, aside)
    same = len(lines) - len(aside)
    Intake.objects.filter(pk=intake.pk).update(same=F("same") + same)
    refused = sum(line.verdict is Verdict.REFUSED for line, _ in aside)
    counts.update(same=same - erased, refused=refused, parked=len(aside) - refused)
    if erased:  # nobody is named anew by a list
        counts["erased"] = erased
    return str(intake.pk)


def _known() -> dict[str, str]:
    """The record that each row of a list is on, or was merged into, by the row's mark."""
    every = Person.objects.filter(register=Register.SOUGHT).values_list("source_mark", "key", "into_id")
    return {mark: into or key for mark, key, into in every}


def _erased() -> set[str]:
    return set(Identity.objects.filter(wrapped=b"").values_list("pk", flat=True))


def _doubted(line: Line, key: str) -> Line:
    if line.verdict is Verdict.REFUSED:
        return line
    more = [Finding(Weight.DOUBT, "from-service")]
    more += [Finding(Weight.DOUBT, "on-register", more=key)] if key else []
    return replace(line, findings=(*more, *line.findings), verdict=Verdict.DOUBTFUL)


def _hear(gate: Gate, notes: Sequence[Record], own: str, counts: Counter[str]) -> None:
    """Keeps the notes about people whom we told of, until a tracing officer decides them."""
    merged = dict(Person.objects.exclude(into=None).values_list("key", "into_id"))
    gone = _erased()
    about = {f"{own}/{alias}": key for alias, key in Alias.objects.values_list("key", "person_id")}
    told = []
    for note in notes:
        key = about.get(note.fields.get("person_record_id", ""), "")
        key = merged.get(key, key)
        if not note.sound:
            counts["notes_faulty"] += 1
        elif note.id.startswith(f"{own}/"):
            counts["notes_own"] += 1
        elif not key or key in gone:
            counts["notes_others"] += 1
        else:
            told.append((key, note))
    texts = [json.dumps(dict(note.fields), sort_keys=True, ensure_ascii=False) for _, note in told]
    marks = cells.marks("pfif-note", texts) if texts else []
    before = set(ServiceNote.objects.values_list("mark", flat=True))
    fresh = {mark: one for mark, one in zip(marks, told, strict=True) if mark not in before}
    rows = []
    for mark, (key, note) in fresh.items():
        fresh_key = gate.new_id()
        held = record.ServiceNote(dict(note.fields) | dict(note.others))
        rows.append((fresh_key, held, (fresh_key, 1, key, mark, "OPEN", gate.now, gate.actor.id)))
    insert_sealed(ServiceNote, ("key", "version", "person", "mark", "state", "at", "by"), rows)
    counts.update(notes=len(rows), notes_same=len(told) - len(rows))


def waiting() -> QuerySet[ServiceNote]:
    """Notes of services that wait for a tracing officer, the oldest first."""
    return ServiceNote.objects.filter(state="OPEN").order_by("at", "key")


def take_note(
    note: ServiceNote,
    says: str,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Writes a note down as evidence of the lowest grade, saying what its reader makes of it."""
    with perform("tracing.take-note", actor=actor, subject=note, seen=seen, request=request, at=at) as gate:
        if says not in MAY_SAY:
            raise Incomplete("Say what the note says: that the person is held, is free or is dead.")
        held: record.ServiceNote | None = cells.value(note, SYSTEM)
        if held is None:
            raise WrongState("Whom this note is about was erased: put it aside.")
        evidence.hear(gate, [evidence.Told(note.person_id, _testimony(held, says), f"note:{note.pk}")])
        ServiceNote.objects.filter(pk=note.pk).update(**GONE)
        gate.fact("says", says)
        gate.fact("person", note.person_id)


def put_aside(
    note: ServiceNote, *, actor: Actor, reason: str, seen: int | None = None, request: str = ""
) -> None:
    """Decides that a note says nothing that helps; nothing of it stays but that it came."""
    with perform(
        "tracing.put-note-aside", actor=actor, subject=note, reason=reason, seen=seen, request=request
    ):
        ServiceNote.objects.filter(pk=note.pk).update(**GONE)


def _testimony(held: record.ServiceNote, says: str) -> record.Testimony:
    known = held.fields
    words = (known.get("status", ""), known.get("text", ""), known.get("last_known_location", ""))
    return record.Testimony(
        says,
        Source.OPEN.value,
        *GRADE,
        origin=known["author_name"],
        on=known["source_date"][:10],
        document=f"PFIF {known['note_record_id']}",
        words=" · ".join(word for word in words if word),
    )
