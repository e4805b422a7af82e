"""What the pages of lists show: the check before an import, its columns, its report, the rows that wait."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.core import record
from obmin.core.access import Actor, Area
from obmin.core.intake import DATES, FIELDS, WORDS, Finding, Line, Verdict, Weight
from obmin.files.forms import Column as FormColumn
from obmin.files.forms import form
from obmin.files.workbooks import workbook
from obmin.people import records, uploads
from obmin.people.models import Intake, Parked, Register, Upload
from obmin.web import parts, say
from obmin.web.labels import label

ISO: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
SHOWN: Final = ("surname", "given", "patronymic", "name", "birth_date", "service_number", "rank", "unit")
TABS: Final[dict[str, tuple[Promise, frozenset[Verdict]]]] = {
    "needs": (gettext_lazy("Needs you"), frozenset({Verdict.DOUBTFUL, Verdict.REFUSED})),
    "new": (gettext_lazy("New"), frozenset({Verdict.NEW})),
    "changed": (gettext_lazy("Changed"), frozenset({Verdict.CHANGED})),
    "same": (gettext_lazy("Same"), frozenset({Verdict.SAME})),
}
CALLED: Final[dict[str, Promise]] = {
    "id": gettext_lazy("Number in this list"),
    "former": gettext_lazy("Former surname"),
    "name": gettext_lazy("Full name"),
    "fitness_until": gettext_lazy("Fit until"),
    "dp_consent": gettext_lazy("Consent of the Detaining Power"),
    "own_consent": gettext_lazy("The person’s own consent"),
    "will_on": gettext_lazy("Date of the interview"),
    "tags": gettext_lazy("Marks"),
    "birth_date": gettext_lazy("Date of birth"),
    "captured_on": gettext_lazy("Date of capture"),
    "facility": gettext_lazy("Place of detention"),
    "citizenship": gettext_lazy("Citizenship"),
}
PASSED: Final[dict[str, Promise]] = {
    "blank": gettext_lazy("blank"),
    "total": gettext_lazy("totals and signatures"),
    "head": gettext_lazy("the head once more, or column numbers"),
    "title": gettext_lazy("headings between people"),
}
WALLS: Final = {"held": gettext_lazy("People in our hands"), "sought": gettext_lazy("People we look for")}
TONES: Final = {Weight.NOTE: "info", Weight.DOUBT: "warn", Weight.REFUSE: "stop"}
WORD: Final[dict[Weight, str | Promise]] = {
    Weight.NOTE: "",
    Weight.DOUBT: gettext_lazy("doubtful"),
    Weight.REFUSE: gettext_lazy("refused"),
}
TEMPLATE: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("surname", "Приклад", ()),
    ("given", "Петро", ()),
    ("patronymic", "Іванович", ()),
    ("birth_date", "1990-12-31", ()),
    ("sex", "m", ("m", "f")),
    ("service_number", "АА-000001", ()),
    ("rank", "солдат", ()),
    ("unit", "А0000", ()),
    ("citizenship", "UKR", ("UKR", "RUS", "BLR")),
    ("category", "military", ("military", "retained", "civilian", "undetermined")),
    ("captured_on", "2024-05-17", ()),
    ("facility", "C-1", ()),
)
DATED: Final = frozenset({"birth_date", "captured_on"})


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in the reader's language."""

    tone: str
    word: str | Promise  # empty where nothing is to be done
    column: str
    what: str
    todo: str
    person: str = ""  # the record that it speaks of


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """One column of a list: its head, some of its cells, what it means and may mean."""

    field: parts.Field
    head: str
    samples: Sequence[str]


def called(column: str) -> str:
    """What a column is called on these pages and in the template."""
    return str(CALLED.get(column) or label(column))


def told(findings: Iterable[Finding]) -> list[Told]:
    """Findings as sentences, the heaviest first."""
    heavy = (Weight.REFUSE, Weight.DOUBT, Weight.NOTE)
    found = []
    for one in sorted(findings, key=lambda finding: heavy.index(finding.weight)):
        what, todo = WORDS[one.code]
        about = one.more if one.code in ("on-register", "other-person") else ""
        more = say.day(one.more) if ISO.fullmatch(one.more) else one.more
        sentence = _(what).format(found=one.found, more=more)
        found.append(
            Told(TONES[one.weight], WORD[one.weight], one.column, sentence, _(todo) if todo else "", about)
        )
    return found


def choices(actor: Actor) -> list[tuple[str, str | Promise]]:
    """The registers that an actor reads; neither is chosen beforehand where there are two."""
    walls = [(wall.value, WALLS[wall.value]) for wall in (Area.HELD, Area.SOUGHT) if actor.reads(wall)]
    return [("", _("Choose")), *walls]


def form_fields(given: dict[str, str], actor: Actor, errors: dict[str, str]) -> tuple[parts.Field, ...]:
    """The questions of the first page."""
    return (
        parts.Field(
            "register",
            _("Who is on this list"),
            given.get("register", ""),
            kind="select",
            options=choices(actor),
            error=errors.get("register", ""),
        ),
        parts.Field(
            "power",
            _("The Power on which they depend"),
            given.get("power", ""),
            _("Three letters, such as UKR"),
            errors.get("power", ""),
        ),
        parts.Field(
            "source",
            _("Source"),
            given.get("source", ""),
            _("A number or a word, not a place; the same for each list of this source."),
            errors.get("source", ""),
        ),
        parts.Field(
            "file", _("A file: XLSX, XLS, ODS or CSV"), kind="file", optional=True, error=errors.get("file", "")
        ),
        parts.Field("sheet", _("Sheet, if it is not the first"), given.get("sheet", ""), optional=True),
        parts.Field(
            "text",
            _("Or paste from Excel"),
            given.get("text", ""),
            _("With the row of heads."),
            kind="textarea",
            optional=True,
        ),
    )


def intakes(actor: Actor) -> parts.Grid:
    """The last lists that were imported."""
    walls = [wall.value for wall in (Area.HELD, Area.SOUGHT) if actor.reads(wall)]
    found = list(Intake.objects.filter(register__in=walls).order_by("-at", "pk")[:20])
    sources = records.sources(found)
    names = ("rows", "new", "same", "changed", "doubtful", "refused")
    heads = (_("Rows"), _("New"), _("Same"), _("Changed"), _("Doubtful"), _("Refused"))
    columns = [parts.Column(_("Source")), parts.Column(_("Register"), drop=1), parts.Column(_("State"), drop=2)]
    columns += [parts.Column(head, number=True) for head in heads]
    states = {"STANDS": _("imported"), "TAKEN_BACK": _("taken back")}
    rows = [
        parts.Row(
            (
                f"{sources[one.pk]}, {one.at:%d.%m.%Y}",
                WALLS[one.register],
                states[one.state],
                *(getattr(one, name) for name in names),
            ),
            id=one.pk,
            href=reverse("intake", args=[one.pk]),
        )
        for one in found
    ]
    return parts.Grid(_("Lists imported last"), columns, rows)


def columns(upload: Upload) -> list[ColumnOf]:
    """Each column of a list with a choice of what it means."""
    held = uploads.layout(upload)
    options: list[tuple[str, str | Promise]] = [("", _("Leave out"))]
    options += [(name, called(name)) for name in FIELDS]
    shown = uploads.samples(upload)
    return [
        ColumnOf(parts.Field(f"c{place}", head, column, kind="select", options=options), head, cells)
        for place, (head, column, cells) in enumerate(zip(held.written, held.columns, shown, strict=True))
    ]


def shown(column: str, value: str) -> str:
    """A value of a row as pages write it."""
    return say.day(value) if column in DATES and value else value


def lines(found: Sequence[Line], known: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a list for a page."""
    return [
        {
            "number": line.number,
            "cells": [shown(name, line.values.get(name, "")) for name in known],
            "told": told(line.findings),
            "verdict": line.verdict.value,
        }
        for line in found
    ]


def shown_columns(found: Iterable[Line]) -> list[str]:
    """The columns that any of the rows has, of those that tell people apart."""
    return of_those({name for line in found for name in line.values})


def of_those(have: Collection[str]) -> list[str]:
    """Of some columns those that tell people apart."""
    return [name for name in SHOWN if name in have]


def rejudged(intake: Intake) -> parts.Grid:
    """Rows that became something else than their check had said; the first five hundred."""
    words = {"new": _("New"), "same": _("Same"), "changed": _("Changed"), "doubtful": _("Doubtful")}
    words["refused"] = _("Refused")
    rows = [
        parts.Row((row.number, words[row.before], words[row.after]), id=str(row.number))
        for row in intake.rejudged.order_by("number")[:500]
    ]
    heads = [
        parts.Column(_("Row"), number=True),
        parts.Column(_("At the check")),
        parts.Column(_("At the import")),
    ]
    return parts.Grid(_("Otherwise than at the check"), heads, rows)


def passed(counts: dict[str, int]) -> str:
    """Which rows were passed over, in words; empty where none was."""
    return ", ".join(f"{word}: {counts[name]}" for name, word in PASSED.items() if counts.get(name))


def rows_to_fix(found: Sequence[Line]) -> bytes:
    """The rows that need somebody, as a workbook that can be put right and given back."""
    known = [name for name in FIELDS if any(name in line.values or name in line.written for line in found)]
    table: dict[str, list[str]] = {_("Row"): [str(line.number) for line in found]}
    table[_("What we found")] = ["; ".join(_sentence(one) for one in told(line.findings)) for line in found]
    todo = [" ".join(dict.fromkeys(one.todo for one in told(line.findings) if one.todo)) for line in found]
    table[_("What to do")] = todo
    for name in known:
        table[called(name)] = [line.written.get(name) or line.values.get(name, "") for line in found]
    return workbook([(_("Rows to fix"), pl.DataFrame(table, schema=dict.fromkeys(table, pl.String)))])


def _sentence(one: Told) -> str:
    return f"{one.column}: {one.what}" if one.column else one.what


def template() -> bytes:
    """A workbook to fill: heads in the reader's language, one row as an example, typed cells."""
    heads = [FormColumn(called(name), sample, name in DATED, options) for name, sample, options in TEMPLATE]
    note = _("Each row is one person. Delete the example. Leave empty what nobody knows.")
    return form(_("List"), heads, note)


def line_of(parked: Parked, held: record.Parked) -> Line:
    """A row that waits, as a line of its list."""
    verdict = Verdict.DOUBTFUL if parked.state == "OPEN" else Verdict.REFUSED
    findings = uploads.finding_rows(held.findings)
    return Line(parked.number, held.values, held.written, findings, verdict=verdict)


def compared(line: Line, actor: Actor, register: Register) -> dict[str, Any]:
    """A row that waits beside the records that it may mean, field by field."""
    keys = [one.person for one in told(line.findings) if one.person]
    who = records.shown(actor, keys) if keys else {}
    here = [key for key in dict.fromkeys(keys) if key in who]
    area = Area(register.value)
    names = [name for name in (*SHOWN, "sex", "citizenship") if actor.sees(area, _field(name))]
    rows = []
    for name in names:
        theirs = [getattr(who[key].identity, name) for key in here]
        if line.values.get(name) or any(theirs):
            here_and_there = [shown(name, value) for value in theirs]
            mine = shown(name, line.values.get(name, ""))
            rows.append((called(name), mine, line.written.get(name, ""), here_and_there))
    return {"rows": rows, "candidates": [(key, who[key].identity) for key in here]}


def _field(name: str) -> str:
    return "name" if name in ("surname", "given", "patronymic") else name
