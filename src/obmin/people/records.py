"""Opening what is known of people.

Three ways, and no other. `opened` is for an act or a job, which the journal names. `shown` is for
somebody's eyes: what their duty does not open is absent, and the journal has it before they do. `frame` is
the whole of one register as a table, again for an act or a job.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import polars as pl

from obmin.audit import alarms, reading
from obmin.core import record
from obmin.core.access import Actor, Area
from obmin.core.merging import strictest
from obmin.people.models import (
    Court,
    Identity,
    Intake,
    Medical,
    Of,
    Pairing,
    Parked,
    Person,
    TheirLine,
    Wish,
)
from obmin.vault import cells
from obmin.vault.keeper import BulkStop, Reader
from obmin.vault.models import Sealed

TOGETHER: Final = 5_000  # rows asked of the database in one question
SYSTEM: Final = Reader("system", whole=True)  # an act's or a job's own reading
EXCLUDES: Final[dict[type[Of], Callable[[Any], bool]]] = {  # what keeps somebody off a list
    Medical: lambda known: known.fitness in ("unfit", "exam-refused"),
    Wish: lambda known: known.will == "refuses",
    Court: lambda known: known.judicial in ("pending", "convicted"),
}
_SEALED: Final[dict[type[Of], Area]] = {Medical: Area.MEDICAL, Wish: Area.WILL, Court: Area.COURT}


@dataclass(frozen=True, slots=True)
class Shown:
    """One person as one reader may see them; a class that was not asked for or not open is `None`."""

    identity: record.Identity = field(default_factory=record.Identity)
    custody: record.Custody | None = None
    family: record.Family | None = None
    medical: record.Medical | None = None
    wish: record.Wish | None = None
    court: record.Court | None = None


def opened(
    model: type[Of], keys: Iterable[str], reader: Reader = SYSTEM, *, alone: bool = False
) -> dict[str, Any]:
    """What one class holds of people, by key, for an act or a job. Whoever was erased is left out.

    Of somebody into whose record others were merged, health, will and court are what binds of all of them;
    `alone` asks for the record by itself.
    """
    wanted = list(dict.fromkeys(keys))
    merged = {} if alone or model not in EXCLUDES else dict(_merged_into(wanted))
    if not merged:
        return _opened(model, wanted, reader)
    found = _opened(model, list(dict.fromkeys([*wanted, *merged])), reader)
    for other, key in merged.items():
        if key in found and other in found:
            found[key] = strictest([found[key], found[other]], EXCLUDES[model])
    return {key: found[key] for key in wanted if key in found}


def _merged_into(wanted: list[str]) -> Iterator[tuple[str, str]]:
    """Records that were merged into one of these."""
    asked = frozenset(wanted)
    for key, into in Person.objects.exclude(into=None).order_by("key").values_list("key", "into_id"):
        if into in asked:
            yield key, into


def _opened(model: type[Of], wanted: list[str], reader: Reader) -> dict[str, Any]:
    columns = ("pk", "wrapped", "sealed")
    sealed = [
        row
        for at in range(0, len(wanted), TOGETHER)
        for row in model._default_manager.filter(pk__in=wanted[at : at + TOGETHER])
        .exclude(wrapped=b"")
        .values_list(*columns)
    ]
    contents = cells.opened_cells(model, sealed, reader)
    return {key: cells.decode(model, text) for (key, _, _), text in zip(sealed, contents, strict=True)}


def identities(keys: Iterable[str], reader: Reader = SYSTEM) -> dict[str, record.Identity]:
    """Who people are, by key, for an act or a job."""
    return opened(Identity, keys, reader)


def shown(
    actor: Actor, keys: Iterable[str], *models: type[Of], what: reading.What = reading.What.PAGE
) -> Mapping[str, Shown]:
    """People for somebody's eyes, by key. `models` are the classes wanted besides identity."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    reading.record(actor, what, wanted)
    classes: list[type[Of]] = [Identity]
    classes += [each for each in models if each not in _SEALED or actor.reads(_SEALED[each])]
    with _watched(actor):
        values = {each: opened(each, wanted, Reader(actor.id)) for each in classes}
    names = {each: each._meta.model_name or "" for each in classes}
    return {
        key: Shown(**{names[each]: found[key] for each, found in values.items() if key in found})
        for key in wanted
    }


def rows_shown(actor: Actor, keys: Sequence[str], rows: Sequence[Sealed]) -> dict[Any, Any]:
    """Sealed rows of one model about these people, for somebody's eyes, by primary key; no erased ones."""
    if not rows:
        return {}
    reading.record(actor, reading.What.SEALED, list(keys))
    with _watched(actor):
        found = cells.opened(rows, Reader(actor.id))
    return {row.pk: value for row, value in zip(rows, found, strict=True) if value is not None}


def their_words(lines: Sequence[TheirLine], reader: Reader = SYSTEM) -> list[record.Theirs]:
    """Lines of the other side as they wrote them, in order, for an act or a job."""
    return [value or record.Theirs() for value in cells.opened(lines, reader)]


def their_words_shown(actor: Actor, lines: Sequence[TheirLine]) -> dict[int, record.Theirs]:
    """Lines of the other side for somebody's eyes, by primary key."""
    if not lines:
        return {}
    reading.record(actor, reading.What.PAGE, [f"{line.list_id}:{line.line}" for line in lines])
    with _watched(actor):
        found = cells.opened(lines, Reader(actor.id))
    return {line.pk: value or record.Theirs() for line, value in zip(lines, found, strict=True)}


def parked_shown(
    actor: Actor, rows: Sequence[Parked], *, what: reading.What = reading.What.PAGE
) -> dict[str, record.Parked]:
    """Rows of lists that wait for a person, for somebody's eyes, by key; the decided are empty."""
    if not rows:
        return {}
    reading.record(actor, what, [row.pk for row in rows])
    with _watched(actor):
        found = cells.opened(rows, Reader(actor.id))
    return {row.pk: value or record.Parked() for row, value in zip(rows, found, strict=True)}


def frame(model: type[Of], register: str, keys: Collection[str] | None = None) -> pl.DataFrame:
    """One class of everybody in a register, or of `keys`: `key`, then a column for each field that it holds."""
    rows = model._default_manager.filter(person__register=register)
    sealed = list(
        (rows if keys is None else rows.filter(pk__in=keys))
        .exclude(wrapped=b"")
        .order_by("pk")
        .values_list("pk", "wrapped", "sealed")
    )
    texts = cells.opened_cells(model, sealed, SYSTEM)
    fields = list(record_fields(model))
    held = pl.Series("cell", [text.decode() for text in texts], dtype=pl.String).str.json_decode(
        pl.Struct(dict.fromkeys(fields, pl.String))
    )
    keys = pl.Series("key", [key for key, _, _ in sealed], dtype=pl.String)
    found = pl.DataFrame([keys, held]).unnest("cell")
    into = dict(Person.objects.filter(register=register).exclude(into=None).values_list("key", "into_id"))
    if keys is not None:
        into = {gone: kept for gone, kept in into.items() if kept in keys}
    return found if not into else _merged(model, found, into)


def _merged(model: type[Of], found: pl.DataFrame, into: Mapping[str, str]) -> pl.DataFrame:
    """The same without the records that were merged into others, and those others as they are opened."""
    found = found.filter(~pl.col("key").is_in(list(into)))
    if model not in EXCLUDES:
        return found
    whole = opened(model, sorted(set(into.values())))
    rows = [
        {"key": key} | {name: getattr(of, name) for name in record_fields(model)} for key, of in whole.items()
    ]
    anew = pl.DataFrame(rows, schema=found.schema)
    return pl.concat([found.filter(~pl.col("key").is_in(list(whole))), anew]).sort("key")


def written_since(
    register: str, edition: int, without: Collection[int] = ()
) -> Iterator[tuple[str, int, dict[str, str]]]:
    """Identities of a register written after `edition`: key, edition, what is known; nothing of the erased.

    `without` are editions that are left out.
    """
    rows = Identity.objects.filter(person__register=register, edition__gt=edition)
    columns = ("pk", "edition", "wrapped", "sealed")
    found = list(rows.exclude(edition__in=without).order_by("pk").values_list(*columns))
    whole = [(key, wrapped, sealed) for key, _, wrapped, sealed in found if wrapped]
    texts = iter(cells.opened_cells(Identity, whole, SYSTEM))
    for key, at, wrapped, _ in found:
        yield key, at, json.loads(next(texts)) if wrapped else {}


def sources(intakes: Iterable[Intake]) -> dict[str, str]:
    """What the sources of lists are called, by the key of the list."""
    found = list({intake.pk: intake for intake in intakes}.values())
    told = zip(found, cells.opened(found, SYSTEM), strict=True)
    return {intake.pk: held.source if held else "" for intake, held in told}


def record_fields(model: type[Of]) -> tuple[str, ...]:
    """The fields of what a class holds."""
    return tuple(model.HOLDS.__dataclass_fields__)


@contextmanager
def _watched(actor: Actor) -> Iterator[None]:
    """Turns a stop of the keeper into an alarm before it reaches the reader."""
    try:
        yield
    except BulkStop:
        alarms.raise_(alarms.Kind.BULK_READING, actor.id, actor)
        raise


def evidence(pairs: Sequence[Pairing]) -> dict[int, record.Evidence]:
    """What speaks for pairs and against them, by primary key: of names that were shown already."""
    found = cells.opened(pairs, SYSTEM)
    return {pair.pk: value or record.Evidence() for pair, value in zip(pairs, found, strict=True)}


@dataclass(frozen=True, slots=True)
class Claim:
    """One part of a name, or a number, as one source wrote it."""

    kind: str
    value: str
    source: str
    at: datetime


def claims(person: Person) -> list[Claim]:
    """How each source wrote a person who was shown already."""
    found = list(person.claims.select_related("intake").order_by("intake__at", "pk"))
    named = sources(row.intake for row in found)
    return [
        Claim(kind, value, named[row.intake_id], row.intake.at)
        for row, held in zip(found, cells.opened(found, SYSTEM), strict=True)
        if held is not None
        for kind, value in held.values.items()
    ]
