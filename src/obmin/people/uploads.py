"""Lists laid out for checking: sealed, stretch by stretch, until they are imported or dropped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from obmin.audit.perform import Gate, perform
from obmin.core import intake as lists
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete
from obmin.core.intake import Finding, Line, Passed, Verdict, Weight
from obmin.files.lists import Listed
from obmin.people import records
from obmin.people.models import Register, SourceColumns, Upload, UploadPart
from obmin.vault import cells
from obmin.vault.rows import insert_sealed

PART: Final = 1_000  # rows of a stretch
KEPT: Final = timedelta(days=1)  # how long a list may lie about


def lay_out(
    listed: Listed, file: str, *, actor: Actor, register: Register, power: str, source: str, request: str = ""
) -> Upload:
    """Keeps a list, sealed, for checking; its columns are what this source's columns meant the last time."""
    if not source.strip():
        raise Incomplete("Name the source: a number or a word by which its next list is known again.")
    head = lists.recognise(listed.grid.rows)
    remembered = SourceColumns.objects.filter(pk=source).values_list("columns", flat=True).first()
    head = head.mapped(remembered or {})
    held = record.Upload(
        file,
        listed.sheet,
        listed.encoding,
        listed.sign,
        head.row,
        head.written,
        head.columns,
        listed.others,
    )
    with perform("register.lay-out", actor=actor, request=request) as gate:
        old = Upload.objects.filter(at__lt=gate.now - KEPT, state__in=("LAID_OUT", "READ"))
        empty(gate, *old)
        old.update(state="DROPPED")
        upload = Upload(
            key=gate.new_id(), register=register, power=power, source=source, at=gate.now, by=actor.id
        )
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


def read_lines(upload: Upload, number: int | None = None) -> list[Line]:
    """The rows as they were read; of one stretch of a thousand, or all."""
    parts = upload.parts.filter(kind="read").order_by("number")
    if number is not None:
        parts = parts.filter(number=number)
    found = cells.opened(list(parts), records.SYSTEM)
    return [line(each) for content in found if content for each in json.loads(content)]


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
