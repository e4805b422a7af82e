"""Papers from a register table: what `obmin documents` prints when there is no instance, only a file.

Forms B and E ask for more than a register has. They are read from columns beside it where the file has them
(`father`, `birth_place`, `kin_address`, `coming_from`, `prisoner_number`, `hospital`, `finding`, `decision`,
`card_health`); what is unknown stays empty, to be filled in by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, cast

import polars as pl

from obmin.core.errors import Problem, Unreadable
from obmin.core.person import Category, Health
from obmin.documents.forms import (
    HEALTH,
    CaptureCard,
    CaptureCards,
    Certificate,
    Certificates,
    Crossing,
    Form,
    Kind,
    Language,
    Made,
    Manifest,
    PeopleList,
    Row,
    TransferAct,
)
from obmin.documents.typeset import render, shown
from obmin.documents.workbooks import workbook
from obmin.files.whole import write_bytes

Person = Mapping[str, str | None]

# How Form B says what a register says. Wounds have two degrees there and one here: ticked by hand.
CARD_HEALTH = {Health.NONE: "good", Health.SICK: "sick"}
DECISIONS = ("A", "B", "NC")


def form(
    kind: Kind,
    frame: pl.DataFrame,
    *,
    file: str,
    on: date,
    made: Made,
    crossing: Crossing | None = None,
    lines: Sequence[int] = (),
) -> Form:
    """The form of `kind` for everybody in a register frame, in its order.

    `lines`: each row's number in the file, as `read_register` tells it. Manifests and acts need `crossing`.
    Raises `Unreadable` with each row that lacks what a form cannot do without: a decision of the commission
    (`decision`: A, B or NC) on Form E, a known word in `card_health`.
    """
    people: list[Person] = list(frame.iter_rows(named=True))
    lines = lines or range(2, len(people) + 2)
    fingerprint = hashlib.sha256(frame.write_csv().encode()).hexdigest()
    match kind:
        case Kind.CERTIFICATE:
            _known(people, lines, "decision", DECISIONS, file, needed=True)
            return Certificates(tuple(_certificate(person, on) for person in people), made)
        case Kind.CAPTURE_CARD:
            _known(people, lines, "card_health", HEALTH, file, needed=False)
            return CaptureCards(tuple(_card(person, on) for person in people), made)
        case Kind.LIST:
            return PeopleList(Path(file).stem, "", tuple(_rows(people)), fingerprint, made)
    if crossing is None:
        problem = Problem(
            file, None, None, "no parties, place and date", "the crossing of a manifest or an act"
        )
        raise Unreadable(problem)
    if kind is Kind.MANIFEST:
        return Manifest(crossing, tuple(_rows(people)), fingerprint, made)
    return TransferAct(crossing, tuple(_rows(people)), (), "", fingerprint, (), made)


def lay(kind: Kind, paper: Form, out: Path, language: Language) -> tuple[Path, ...]:
    """Writes a form into a folder as PDF and, where it lists people, as XLSX; each whole or not at all."""
    pdf = out / f"{kind}.pdf"
    write_bytes(pdf, render(kind, paper, language))
    if isinstance(paper, Certificates | CaptureCards):
        return (pdf,)
    sheet = out / f"{kind}.xlsx"
    write_bytes(sheet, workbook(paper, language))
    return pdf, sheet


def _rows(people: list[Person]) -> Iterator[Row]:
    for number, person in enumerate(people, start=1):
        yield Row(
            number=number,
            name=_name(person),
            romanised=_said(person, "romanised"),
            birth_date=_said(person, "birth_date"),
            rank=_said(person, "rank"),
            track=_said(person, "category") or Category.UNDETERMINED,
            mark=_said(person, "state"),
            ground=_said(person, "clause"),
            vehicle=_said(person, "vehicle"),
            code=_said(person, "code"),
            phase=_said(person, "phase"),
            counted=person.get("health") != Health.DIRECT,
        )


def _certificate(person: Person, on: date) -> Certificate:
    surname, given = _parts(person)
    return Certificate(
        on=on,
        camp=_said(person, "facility"),
        hospital=_said(person, "hospital"),
        surname=surname,
        given=given,
        birth_date=shown(_said(person, "birth_date")),
        rank=_said(person, "rank"),
        army_number=_said(person, "service_number"),
        prisoner_number=_said(person, "prisoner_number"),
        finding=_said(person, "finding"),
        decision=cast(Literal["A", "B", "NC"], _said(person, "decision")),
    )


def _card(person: Person, on: date) -> CaptureCard:
    surname, given = _parts(person)
    health = _said(person, "card_health") or CARD_HEALTH.get(Health(person.get("health") or "unknown"), "")
    coming_from = _said(person, "coming_from")
    return CaptureCard(
        power=_said(person, "citizenship"),
        surname=surname,
        given=given,
        father=_said(person, "father"),
        birth_date=shown(_said(person, "birth_date")),
        birth_place=_said(person, "birth_place"),
        rank=_said(person, "rank"),
        service_number=_said(person, "service_number"),
        kin_address=_said(person, "kin_address"),
        captured_on="" if coming_from else shown(_said(person, "captured_on")),
        coming_from=coming_from,
        health=health,
        prisoner_number=_said(person, "prisoner_number"),
        camp=_said(person, "facility"),
        on=on,
    )


def _said(person: Person, column: str) -> str:
    return person.get(column) or ""


def _name(person: Person) -> str:
    """The full name as recorded, or its parts, surname first."""
    parts = (_said(person, part) for part in ("surname", "given", "patronymic"))
    return _said(person, "name") or " ".join(part for part in parts if part)


def _parts(person: Person) -> tuple[str, str]:
    """Surname, and the other names; a name with no parts recorded is parted after its first word."""
    if surname := _said(person, "surname"):
        others = (_said(person, part) for part in ("given", "patronymic"))
        return surname, " ".join(part for part in others if part)
    first, _, rest = _name(person).partition(" ")
    return first, rest


def _known(
    people: list[Person], lines: Sequence[int], column: str, words: tuple[str, ...], file: str, *, needed: bool
) -> None:
    """Every row has one of the words in this column, or nothing where nothing will do."""
    problems = [
        Problem(file, line, column, f"“{found}”" if found else "nothing", "one of " + ", ".join(words))
        for line, person in zip(lines, people, strict=True)
        if (found := _said(person, column)) not in words and (found or needed)
    ]
    if problems:
        raise Unreadable(problems)
