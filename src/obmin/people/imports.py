"""Lists as officers have them: laid out, read by their columns, checked row by row, then taken in.

    upload = uploads.lay_out(listed, "list.xlsx", actor=…, register=…, power=…, source=…)
    read_upload(upload, actor=…)             # or with the columns that an officer corrected
    import_upload(upload, actor=…)

Nothing is on the register before the last step. A doubtful row never stops an import: it is parked until a
person decides (`doubts`). Each row is new, same, changed, doubtful or refused, and these add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import F
from django.utils.translation import gettext_noop as _

from obmin.audit import clock
from obmin.audit.models import Entry
from obmin.audit.perform import Gate, named, perform
from obmin.core import intake as lists
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, WrongState
from obmin.core.intake import Head, Line, Passed, Verdict
from obmin.people import records, uploads
from obmin.people.judging import Ground, Judging, judged
from obmin.people.lists import Rejudged
from obmin.people.models import Intake, Parked, Register, Upload
from obmin.people.register import Marked, begin_intake, importing, take_in
from obmin.vault import cells
from obmin.vault.rows import insert, insert_sealed, update_sealed

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
    lines = judged(lines, Register(upload.register), held.source)
    tell(_("Keeping what was found"), 2, 3)
    with perform("register.read", actor=actor, subject=upload, seen=seen, request=request) as gate:
        upload.parts.filter(kind="read").delete()
        stretches = [lines[at : at + uploads.PART] for at in range(0, len(lines), uploads.PART)]
        uploads.keep(gate, upload, "read", [[uploads.told(line) for line in stretch] for stretch in stretches])
        counts = counted(lines)
        Upload.objects.filter(pk=upload.pk).update(counts=counts, spread=[counted(each) for each in stretches])
        has = {name for line in lines for name in line.values}
        update_sealed(Upload, [(upload.pk, replace(held, columns=head.columns, has=sorted(has)))])
        if columns is not None:
            uploads.remember(gate, held.source, columns)
        for name in Verdict:
            gate.fact(name.value, counts[name.value])
    upload.refresh_from_db()


def counted(lines: Iterable[Line]) -> dict[str, int]:
    """How many lines are what: verdicts of people, and why others are passed over."""
    found = Counter(line.passed.value if line.passed else line.verdict.value for line in lines)
    return {name.value: found[name.value] for name in (*Verdict, *Passed)}


def import_upload(upload: Upload, *, actor: Actor, seen: int | None = None, tell: Tell = _silent) -> Outcome:
    """Takes a checked list in, ten thousand rows an act; what was begun and interrupted goes on.

    Each act judges its rows anew: whoever came onto the register since the check is not passed over.
    """
    upload.refresh_from_db()
    if upload.state not in ("READ", "IMPORTING"):
        raise WrongState("This list was not read, or it is imported or put away already.")
    kept = [line for line in uploads.read_lines(upload) if line.passed is None]
    ground = Ground(Register(upload.register), own=lambda: _editions(upload), intake=upload.intake_id or "")
    judging = Judging(kept, uploads.layout(upload).source, ground)
    before = [line.verdict for line in kept]
    for step in range(upload.taken, max(len(kept), 1), AT_ONCE):
        tell(_("Writing records"), step, len(kept))
        with importing(actor=actor, subject=upload, seen=seen, request=f"import/{upload.pk}/{step}") as gate:
            take_portion(gate, upload, judging, before, step)
        seen = None
    tell(_("Writing records"), len(kept), len(kept))
    return outcome(Intake.objects.get(pk=upload.intake_id))


def outcome(found: Intake) -> Outcome:
    """What became of the rows of a list."""
    return Outcome(
        found.pk, found.rows, found.new, found.same, found.changed, found.doubtful, found.refused, found.passed
    )


def _editions(upload: Upload) -> list[int]:
    """The editions of the people whom this very list brought."""
    acts = Entry.objects.filter(act="register.import", subject=named(upload))
    return list(acts.values_list("index", flat=True))


def take_portion(gate: Gate, upload: Upload, judging: Judging, before: Sequence[Verdict], step: int) -> None:
    """Takes in the rows of a list from `step` on, as many as one act takes; after the last it is emptied."""
    if upload.state not in ("READ", "IMPORTING") or upload.taken != step:
        raise WrongState("Somebody else imports this list, or it is put away already.")
    if step == 0:
        told = [row.told for row in judging.rows]
        source = uploads.layout(upload).source
        upload.intake = begin_intake(gate, Register(upload.register), source, told)
        Intake.objects.filter(pk=upload.intake.pk).update(passed=_passed(upload))
        judging.ground.intake = upload.intake.pk
    portion = slice(step, step + AT_ONCE)
    lines = judging.portion(portion)
    other = [
        (upload.intake_id, line.number, said.value, line.verdict.value)
        for line, said in zip(lines, before[portion], strict=True)
        if line.verdict is not said
    ]
    insert(Rejudged, ("intake", "number", "before", "after"), other)
    gate.fact("rejudged", len(other))
    _take(gate, upload, lines, judging.rows[portion])
    upload.taken = step + len(lines)
    Upload.objects.filter(pk=upload.pk).update(intake=upload.intake_id, taken=upload.taken)
    gate.ends = "IMPORTING"
    if upload.taken >= len(judging.rows):
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
    waiting = Ground(Register(intake.register), intake=intake.pk).waiting([row for _, row in aside])
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


def _passed(upload: Upload) -> int:
    counts = Upload.objects.values_list("counts", flat=True).get(pk=upload.pk)
    return sum(counts.get(name.value, 0) for name in Passed)
