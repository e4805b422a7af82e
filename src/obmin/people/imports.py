"""Lists as officers have them: laid out, read by their columns, checked row by row, then taken in.

    upload = uploads.lay_out(listed, "list.xlsx", actor=…, register=…, power=…, source=…)
    read_upload(upload, actor=…)             # or with the columns that an officer corrected
    import_upload(upload, actor=…)

Nothing is on the register before the last step. A doubtful row never stops an import: it is parked until a
person decides (`doubts`). Each row is new, same, changed, doubtful or refused, and these add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import F
from django.utils.translation import gettext_noop as _

from obmin.audit import clock
from obmin.audit.perform import Gate, done, perform
from obmin.core import intake as lists
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, WrongState
from obmin.core.intake import Finding, Head, Index, Known, Line, Passed, Verdict, Weight
from obmin.people import records, uploads
from obmin.people.models import (
    Identity,
    Intake,
    Parked,
    Person,
    Register,
    SourceColumns,
    Upload,
)
from obmin.people.register import AS_WRITTEN, Marked, begin_intake, importing, marked, take_in
from obmin.vault import cells
from obmin.vault.rows import insert_sealed, update_sealed

AT_ONCE: Final = 10_000  # rows of one act: others wait no longer for their turn
LARGE: Final = 3_000  # rows above which the work is done by the worker
Tell = Callable[[str, int, int], None]


def _silent(_step: str, _done: int, _total: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows of a list: the five verdicts add up to `rows`; `passed` are no people."""

    intake: str
    rows: int
    new: int
    same: int
    changed: int
    doubtful: int
    refused: int
    passed: int


def read_upload(
    upload: Upload,
    *,
    actor: Actor,
    columns: Mapping[str, str] | None = None,
    seen: int | None = None,
    request: str = "",
    tell: Tell = _silent,
) -> None:
    """Reads every row by the columns (head as written to column), and keeps what would become of it.

    `columns` is what an officer said; it is remembered for the source.
    """
    held: record.Upload = cells.value(upload, records.SYSTEM)
    head = Head(held.row, tuple(held.columns), tuple(held.written))
    if columns is not None:
        head = head.mapped(columns)
    if not any(head.columns):
        raise Incomplete("No column is known: say of at least one what it means.", code="no-columns")
    tell(_("Reading the rows"), 0, 3)
    lines = lists.read(uploads.grid(upload), head, now=clock.now().year)
    tell(_("Comparing with the register"), 1, 3)
    lines = judged(lines, Register(upload.register), upload.source)
    tell(_("Keeping what was found"), 2, 3)
    with perform("register.read", actor=actor, subject=upload, seen=seen, request=request) as gate:
        upload.parts.filter(kind="read").delete()
        stretches = [lines[at : at + uploads.PART] for at in range(0, len(lines), uploads.PART)]
        uploads.keep(gate, upload, "read", [[uploads.told(line) for line in stretch] for stretch in stretches])
        counts = counted(lines)
        type(upload).objects.filter(pk=upload.pk).update(counts=counts)
        update_sealed(Upload, [(upload.pk, replace(held, columns=head.columns))])
        if columns is not None:
            SourceColumns.objects.update_or_create(
                source=upload.source,
                defaults={"columns": dict(columns), "at": gate.now, "by": actor.id},
            )
        for name in Verdict:
            gate.fact(name.value, counts[name.value])
    upload.refresh_from_db()


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """How many lines are what: verdicts of people, and why others are passed over."""
    found = Counter(line.passed.value if line.passed else line.verdict.value for line in lines)
    return {name.value: found[name.value] for name in (*Verdict, *Passed)}


def judged(lines: Sequence[Line], register: Register, source: str) -> list[Line]:
    """The same lines, each with what becomes of it in this register, and whom it may be."""
    people = [line for line in lines if line.passed is None]
    rows = marked(source, [as_row(line) for line in people])
    stored = Person.objects.filter(register=register).values_list("source_mark", "row_mark", "key")
    known = {mark: (seen, key) for mark, seen, key in stored}
    waiting = set(Parked.objects.filter(register=register).values_list("mark", flat=True))
    pairs = list(zip(people, rows, strict=True))
    changed = [known[row.mark][1] for row in rows if row.mark in known and known[row.mark][0] != row.seen]
    before = {key: _known(key, who) for key, who in records.identities(changed).items()}
    fresh = any(row.mark not in known and row.seen not in waiting for row in rows)
    again = lists.doubles(lines) if fresh or changed else {}
    index = Index(_everybody(register)) if fresh else Index()
    first: dict[str, int] = {}
    for line, row in pairs:
        if (before_it := first.setdefault(row.mark, line.number)) != line.number:
            again.setdefault(line.number, Finding(Weight.DOUBT, "row-again", more=str(before_it)))
    verdicts = {
        line.number: _judged(line, row, known, waiting, again.get(line.number), before, index)
        for line, row in pairs
    }
    return [verdicts.get(line.number, line) for line in lines]


def _judged(
    line: Line,
    row: Marked,
    known: Mapping[str, tuple[str, str]],
    waiting: set[str],
    again: Finding | None,
    before: Mapping[str, Known],
    index: Index,
) -> Line:
    findings = (*line.findings, again) if again else line.findings
    line = replace(line, findings=findings)
    if line.weight is Weight.REFUSE:
        return replace(line, verdict=Verdict.REFUSED)
    seen, key = known.get(row.mark, ("", ""))
    if row.seen in waiting or seen == row.seen or (again and again.code == "repeats"):
        return replace(line, verdict=Verdict.SAME)
    here = lists.known(str(line.number), line.values)
    if key and (held := before.get(key)) and lists.contradicts(here, held):
        own = str(line.values.get("id") or line.values.get("service_number", ""))
        return _doubtful(line, Finding(Weight.DOUBT, "other-person", found=own, more=key))
    if line.weight is Weight.DOUBT:
        return _doubtful(line, *(() if key else _near(here, index)))
    if key:
        return replace(line, verdict=Verdict.CHANGED)
    if near := _near(here, index):
        return _doubtful(line, *near)
    return replace(line, verdict=Verdict.NEW)


def _near(here: Known, index: Index) -> list[Finding]:
    return [Finding(Weight.DOUBT, "on-register", more=other.key) for other in index.near(here)]


def _doubtful(line: Line, *more: Finding) -> Line:
    return replace(line, findings=(*line.findings, *more), verdict=Verdict.DOUBTFUL)


def import_upload(
    upload: Upload, *, actor: Actor, seen: int | None = None, request: str = "", tell: Tell = _silent
) -> Outcome:
    """Takes a checked list in, ten thousand rows an act; what was begun and interrupted goes on."""
    if upload.state != "READ":
        raise WrongState("This list was not read, or it is imported or put away already.")
    lines = [line for line in uploads.read_lines(upload) if line.passed is None]
    rows = marked(upload.source, [as_row(line) for line in lines])
    request = request or f"import/{upload.key}"
    steps = range(0, max(len(rows), 1), AT_ONCE)
    for step in steps:
        tell(_("Writing records"), step, len(rows))
        if done(f"{request}/{step}") is not None:
            continue
        version = seen if step == 0 else None
        with importing(actor=actor, subject=upload, seen=version, request=f"{request}/{step}") as gate:
            take_portion(gate, upload, lines, rows, step)
    tell(_("Writing records"), len(rows), len(rows))
    found = Intake.objects.get(pk=Upload.objects.get(pk=upload.pk).intake_id)
    return outcome(found)


def outcome(found: Intake) -> Outcome:
    """What became of the rows of a list."""
    return Outcome(
        found.pk, found.rows, found.new, found.same, found.changed, found.doubtful, found.refused, found.passed
    )


def take_portion(gate: Gate, upload: Upload, lines: Sequence[Line], rows: Sequence[Marked], step: int) -> None:
    """Takes in the rows of a list from `step` on, as many as one act takes; after the last it is emptied."""
    if upload.state != "READ":
        raise WrongState("This list is imported or put away already.")
    if step == 0:
        told = [row.told for row in rows]
        upload.intake = begin_intake(gate, Register(upload.register), upload.source, told)
        Intake.objects.filter(pk=upload.intake.pk).update(passed=_passed(upload))
        Upload.objects.filter(pk=upload.pk).update(intake=upload.intake)
    portion = slice(step, step + AT_ONCE)
    _take(gate, upload, lines[portion], rows[portion])
    if step + AT_ONCE >= len(rows):
        gate.ends = "IMPORTED"
        uploads.empty(gate, upload)


def _take(gate: Gate, upload: Upload, lines: Sequence[Line], rows: Sequence[Marked]) -> None:
    intake = Intake.objects.get(pk=upload.intake_id)
    plain = (Verdict.NEW, Verdict.SAME, Verdict.CHANGED)
    both = list(zip(lines, rows, strict=True))
    same = [row for line, row in both if line.verdict is Verdict.SAME]
    taken = [row for line, row in both if line.verdict in plain and line.verdict is not Verdict.SAME]
    take_in(gate, intake, upload.power, taken)
    park(gate, intake, upload.power, [(line, row) for line, row in both if line.verdict not in plain])
    Intake.objects.filter(pk=intake.pk).update(same=F("same") + len(same))
    intake.refresh_from_db()
    for fact in ("rows", "new", "same", "changed", "doubtful", "refused", "sha256"):
        gate.fact(fact, getattr(intake, fact))
    gate.outcome = intake.key


def park(gate: Gate, intake: Intake, power: str, aside: Sequence[tuple[Line, Marked]]) -> None:
    """Parks rows that a person must decide or put right, inside an open act; none that waits already twice."""
    waiting = set(Parked.objects.filter(mark__in=[row.seen for _, row in aside]).values_list("mark", flat=True))
    rows = []
    for line, row in aside:
        if row.seen not in waiting:
            held = record.Parked(dict(line.values), dict(line.written), uploads.finding_texts(line))
            state = "OPEN" if line.verdict is Verdict.DOUBTFUL else "UNREAD"
            key = gate.new_id()
            rows.append((key, held, (key, 1, intake.pk, intake.register, power, line.number, row.seen, state)))
    columns = ("key", "version", "intake", "register", "power", "number", "mark", "state")
    insert_sealed(Parked, columns, rows)
    doubtful = sum(line.verdict is Verdict.DOUBTFUL for line, _ in aside)
    Intake.objects.filter(pk=intake.pk).update(
        doubtful=F("doubtful") + doubtful, refused=F("refused") + len(aside) - doubtful
    )


def as_row(line: Line) -> dict[str, str]:
    """A line as the register takes it: its values, what stood in the cells, and a number of its own.

    Without a number in the list the person's own number serves, or the name and the date of birth.
    """
    values = dict(line.values)
    own = values.get("id") or values.get("service_number")
    if not own and not any(values.get(name) for name in ("surname", "given", "patronymic", "name")):
        own = f"line {line.number}"
    if not own:
        parts = (values.get(name, "") for name in ("surname", "given", "patronymic", "name", "birth_date"))
        own = " ".join(" ".join(parts).casefold().split())
    values["id"] = own
    if group := {column: text for column, text in line.written.items() if column in values}:
        values |= {f"{AS_WRITTEN}{column}": text for column, text in group.items()}
    return values


def _everybody(register: Register) -> Iterator[Known]:
    """Everybody of a register, as rows of a list are held against them."""
    frame = records.frame(Identity, register.value)
    for row in frame.iter_rows(named=True):
        values = {name: value for name, value in row.items() if value}
        yield lists.known(row["key"], values)


def _known(key: str, who: record.Identity) -> Known:
    names = ("surname", "given", "patronymic", "name", "birth_date", "service_number")
    return lists.known(key, {name: getattr(who, name) for name in names})


def _passed(upload: Upload) -> int:
    counts = Upload.objects.values_list("counts", flat=True).get(pk=upload.pk)
    return sum(counts.get(name.value, 0) for name in Passed)
