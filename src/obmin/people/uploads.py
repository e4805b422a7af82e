"""Lists laid out for checking: sealed, stretch by stretch, until they are imported or dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, Final

from django.db.models import QuerySet

from obmin.audit import clock
from obmin.audit.perform import Gate, perform
from obmin.core import intake as lists
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete
from obmin.core.intake import Finding, Line, Passed, Verdict, Weight
from obmin.files.lists import Listed
from obmin.people import records
from obmin.people.lists import SourceColumns
from obmin.people.models import Register, Upload, UploadPart
from obmin.vault import cells
from obmin.vault.rows import insert_sealed

PART: Final = 1_000  # rows of a stretch
KEPT: Final = timedelta(days=1)  # how long a list may lie about
LYING: Final = ("LAID_OUT", "READ", "IMPORTING")  # states in which an upload still says what its list says


def lay_out(
    listed: Listed, file: str, *, actor: Actor, register: Register, power: str, source: str, request: str = ""
) -> Upload:
    """Keeps a list, sealed, for checking; its columns are what this source's columns meant the last time."""
    if not source.strip():
        raise Incomplete("Name the source: a number or a word by which its next list is known again.")
    head = lists.recognise(listed.grid.rows)
    head = head.mapped(remembered(source))
    held = record.Upload(
        file,
        listed.sheet,
        listed.encoding,
        listed.sign,
        head.row,
        head.written,
        head.columns,
        listed.others,
        source,
    )
    with perform("register.lay-out", actor=actor, request=request) as gate:
        _drop(gate, overdue(gate.now))
        upload = Upload(key=gate.new_id(), register=register, power=power, at=gate.now, by=actor.id)
        upload.state = "LAID_OUT"
        cells.fill(upload, held)
        upload.save()
        gate.subject = upload
        whole = listed.grid
        parts = [list(whole.rows[at : at + PART]) for at in range(0, len(whole.rows), PART)]
        keep(gate, upload, "raw", parts)
        keep(
            gate, upload, "told", [{"formulas": whole.formulas, "errors": whole.errors, "merged": whole.merged}]
        )
        gate.fact("lines", len(whole.rows))
        gate.outcome = upload.key
    return upload


def remembered(source: str) -> dict[str, str]:
    """What the columns of a source's lists mean, as an officer last said."""
    said = SourceColumns.objects.filter(pk=cells.marks("columns", [source])[0]).first()
    held: record.SourceColumns | None = cells.value(said, records.SYSTEM) if said else None
    return dict(held.columns) if held else {}


def remember(gate: Gate, source: str, columns: Mapping[str, str]) -> None:
    """Remembers them, inside an open act."""
    said = SourceColumns(pk=cells.marks("columns", [source])[0], at=gate.now, by=gate.actor.id)
    cells.fill(said, record.SourceColumns(dict(columns)))
    said.save()


def overdue(now: datetime) -> QuerySet[Upload]:
    """Lists that lie about for longer than a day."""
    return Upload.objects.filter(at__lt=now - KEPT, state__in=LYING)


def clear(*, actor: Actor) -> int:
    """Drops what lies about for longer than a day; no act where nothing does. Returns how many lists."""
    if not overdue(clock.now()).exists():
        return 0
    with perform("register.clear", actor=actor) as gate:
        return _drop(gate, overdue(gate.now))


def _drop(gate: Gate, found: QuerySet[Upload]) -> int:
    old = list(found)
    empty(gate, *old)
    Upload.objects.filter(pk__in=[upload.pk for upload in old]).update(state="DROPPED")
    return len(old)


def drop_those(gate: Gate, wanted: Callable[[Upload], bool]) -> int:
    """Drops lists that lie about, inside an open act that must reach what they say."""
    keys = [upload.pk for upload in Upload.objects.filter(state__in=LYING) if wanted(upload)]
    return _drop(gate, Upload.objects.filter(pk__in=keys))


def rows_of(upload: Upload) -> int:
    """How many lines its file has, at most."""
    return upload.parts.filter(kind="raw").count() * PART


def put_away(upload: Upload, *, actor: Actor, seen: int | None = None) -> None:
    """Drops a list that was laid out; nothing of it stays."""
    with perform("register.drop", actor=actor, subject=upload, seen=seen) as gate:
        empty(gate, upload)


def empty(gate: Gate, *old: Upload) -> None:
    """Forgets what lists say, inside an open act."""
    keys = [upload.pk for upload in old]
    UploadPart.objects.filter(upload__in=keys).delete()
    Upload.objects.filter(pk__in=keys).update(wrapped=b"", sealed=b"")
    gate.fact("emptied", len(keys))


def read_lines(upload: Upload, numbers: Collection[int] | None = None) -> list[Line]:
    """The rows as they were read; of some stretches of a thousand, or all."""
    parts = upload.parts.filter(kind="read").order_by("number")
    if numbers is not None:
        parts = parts.filter(number__in=numbers)
    found = cells.opened(list(parts), records.SYSTEM)
    return [line(each) for content in found if content for each in json.loads(content)]


def page(upload: Upload, wanted: Collection[Verdict], at: int, many: int) -> list[Line]:
    """The rows of these verdicts from the place `at` on, `many` at most; no other stretch is opened."""
    sizes = [sum(of.get(verdict.value, 0) for verdict in wanted) for of in upload.spread]
    ends = list(accumulate(sizes))
    numbers = [n for n, end in enumerate(ends) if end > at and end - sizes[n] < at + many]
    if not numbers:
        return []
    lines = read_lines(upload, numbers)
    chosen = [line for line in lines if line.passed is None and line.verdict in wanted]
    before = ends[numbers[0]] - sizes[numbers[0]]
    return chosen[at - before : at - before + many]


def layout(upload: Upload) -> record.Upload:
    """How the list lies in its file, and what its columns mean."""
    held: record.Upload | None = cells.value(upload, records.SYSTEM)
    return held or record.Upload()


def samples(upload: Upload, many: int = 3) -> list[list[str]]:
    """For each column the first cells that have anything."""
    held = layout(upload)
    first = upload.parts.filter(kind="raw").order_by("number")[:1]
    rows = [row for content in cells.opened(list(first), records.SYSTEM) for row in json.loads(content)]
    body = rows[held.row + 1 :]
    return [
        [row[place] for row in body if place < len(row) and row[place]][:many]
        for place in range(len(held.written))
    ]


def keep(gate: Gate, upload: Upload, kind: str, parts: Sequence[Any]) -> None:
    """Seals stretches of an upload, inside an open act."""
    gate.fact(f"stretches-{kind}", len(parts))
    insert_sealed(
        UploadPart,
        ("upload", "kind", "number"),
        [
            (
                f"{upload.pk}:{kind}:{number}",
                json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode(),
                (upload.pk, kind, number),
            )
            for number, part in enumerate(parts)
        ],
    )


def grid(upload: Upload) -> lists.Grid:
    """The cells of the file."""
    parts = list(upload.parts.filter(kind="raw").order_by("number"))
    rows = [row for content in cells.opened(parts, records.SYSTEM) for row in json.loads(content)]
    beside = json.loads(cells.opened(list(upload.parts.filter(kind="told")), records.SYSTEM)[0])
    return lists.Grid(rows, beside["formulas"], beside["errors"], beside["merged"])


def told(of: Line) -> list[Any]:
    """A line as it is kept."""
    passed = of.passed.value if of.passed else ""
    return [of.number, dict(of.values), dict(of.written), finding_texts(of), passed, of.verdict.value]


def finding_texts(of: Line) -> list[list[str]]:
    """The findings of a line as they are kept."""
    return [[f.weight.value, f.code, f.column, f.found, f.more] for f in of.findings]


def line(kept: Sequence[Any]) -> Line:
    """A line as it was kept, read again."""
    number, values, written, findings, passed, verdict = kept
    return Line(
        number,
        values,
        written,
        finding_rows(findings),
        Passed(passed) if passed else None,
        Verdict(verdict),
    )


def finding_rows(findings: Iterable[Sequence[str]]) -> tuple[Finding, ...]:
    """Findings as they are kept, read again."""
    return tuple(Finding(Weight(weight), *others) for weight, *others in findings)
