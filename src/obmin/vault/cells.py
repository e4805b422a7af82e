"""Sealed rows to values and back: what the stages use of the keeper."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from obmin.core.errors import Altered
from obmin.core.secrecy import Cell
from obmin.vault.keeper import Reader
from obmin.vault.models import Sealed
from obmin.vault.process import keeper


def seal(model: type[Sealed], rows: Iterable[tuple[str, Any]]) -> list[Cell]:
    """Cells of (row, value) for rows of `model`, in order. `row` is what `bound` gives of the row."""
    table = model._meta.db_table
    return keeper().seal(model.CLASS, [(place(table, row), encode(value)) for row, value in rows])


def fill(row: Sealed, value: Any) -> None:
    """Seals `value` into a row that is about to be saved; its columns of `BOUND` are set."""
    cell = seal(type(row), [(bound(row), value)])[0]
    row.wrapped, row.sealed = cell


def value(row: Sealed, reader: Reader) -> Any:
    """What one row holds."""
    return opened([row], reader)[0]


def opened(rows: Sequence[Sealed], reader: Reader) -> list[Any]:
    """What rows of one model hold, in order; `None` for those that were shredded."""
    if not rows:
        return []
    model = type(rows[0])
    table = model._meta.db_table
    whole = [row for row in rows if row.wrapped]
    cells = [(place(table, bound(row)), Cell(bytes(row.wrapped), bytes(row.sealed))) for row in whole]
    found = iter(keeper().open(model.CLASS, cells, reader))
    return [decode(model, next(found)) if row.wrapped else None for row in rows]


def opened_cells(model: type[Sealed], cells: Iterable[tuple[str, Any, Any]], reader: Reader) -> list[bytes]:
    """The encoded contents of many rows (row, wrapped, sealed), without an object for each."""
    table = model._meta.db_table
    asked = [(place(table, row), Cell(bytes(wrapped), bytes(sealed))) for row, wrapped, sealed in cells]
    return keeper().open(model.CLASS, asked, reader)


def marks(purpose: str, values: Sequence[str]) -> list[str]:
    """Keyed marks of values, by which equal ones are found again and nobody guesses one."""
    return keeper().mark(purpose, values)


def place(table: str, row: str) -> bytes:
    """Where a cell belongs: bound into it."""
    return f"{table}/{row}".encode()


def bound(row: Sealed) -> str:
    """The columns that tell a row from every other of its table."""
    return ":".join(str(getattr(row, name)) for name in row.BOUND)


def encode(value: Any) -> bytes:
    """A frozen dataclass as canonical JSON, without what is empty by itself; bytes as they are."""
    if isinstance(value, bytes):
        return value
    kept = {}
    kind: Any = type(value)
    for name, plain in _fields(kind):
        each = getattr(value, name)
        if each is not None and (each != "" or plain != ""):
            kept[name] = each
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@cache
def _fields(of: type[Any]) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass, each with what it is when nothing is said of it."""
    return tuple((each.name, each.default) for each in fields(of))


def decode(model: type[Sealed], content: bytes) -> Any:
    """The value that a row of `model` holds."""
    if model.HOLDS is bytes:
        return content
    try:
        return model.HOLDS(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise Altered(f"A row of {model._meta.db_table} holds what this version cannot read.") from error
