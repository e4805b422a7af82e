"""Many rows at once, past the ORM's cost for each object; only ever called inside an open act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

from django.db import connection, models

from obmin.core.errors import Incomplete
from obmin.vault import cells
from obmin.vault.models import Sealed

_PLAIN: Final = frozenset({str, int, bool, bytes, type(None)})  # what every database takes as it is
_TOGETHER: Final = 200  # rows in one statement; one by one, the triggers cost five times as much


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows of values, given in the order of the field attribute names in `names`."""
    fields = [_field(model, name) for name in names]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    holes = f"({', '.join(['%s'] * len(fields))})"
    table = connection.ops.quote_name(model._meta.db_table)
    values = [_prepared(fields, row) for row in rows]
    with connection.cursor() as cursor:
        for start in range(0, len(values), _TOGETHER):
            some = values[start : start + _TOGETHER]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) VALUES {', '.join([holes] * len(some))}",  # noqa: S608
                list(chain.from_iterable(some)),
            )


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Updates rows by primary key: each row gives the values of `names`, then the key."""
    fields = [_field(model, name) for name in names]
    sets = ", ".join(f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields)
    key = connection.ops.quote_name(str(model._meta.pk.column)) if model._meta.pk else ""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {sets} WHERE {key} = %s",  # noqa: S608 - names come from the models
            [_prepared(fields, row) for row in rows],
        )


def insert_sealed(
    model: type[Sealed], names: Sequence[str], rows: Iterable[tuple[str, Any, Sequence[Any]]]
) -> None:
    """Inserts sealed rows: (what the row is bound to, what it holds, the values of `names`)."""
    given = list(rows)
    sealed = cells.seal(model, [(bound, value) for bound, value, _ in given])
    insert(
        model,
        (*names, "wrapped", "sealed"),
        ((*values, *cell) for (_, _, values), cell in zip(given, sealed, strict=True)),
    )


def update_sealed(
    model: type[Sealed], rows: Iterable[tuple[str, Any]], names: Sequence[str] = (), values: Sequence[Any] = ()
) -> None:
    """Seals rows anew, under fresh keys: (primary key, what the row holds); `names` all get `values`."""
    given = list(rows)
    sealed = cells.seal(model, given)
    update(
        model,
        (*names, "wrapped", "sealed"),
        ((*values, *cell, key) for (key, _), cell in zip(given, sealed, strict=True)),
    )


def settle() -> None:
    """Empties SQLite's write-ahead file, in which what was just overwritten still stands.

    Waits for whoever reads; `Incomplete` where somebody reads for too long.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Incomplete(
                "It is done, but somebody has been reading for too long: what was overwritten still stands in"
                " the write-ahead file, until the instance is restarted.",
                code="unsettled",
            )


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _prepared(fields: Sequence[models.Field[Any, Any]], row: Sequence[Any]) -> Sequence[Any]:
    if _PLAIN.issuperset(map(type, row)):
        return row
    prepared = [
        value if type(value) in _PLAIN else field.get_db_prep_save(value, connection)
        for field, value in zip(fields, row, strict=False)
    ]
    return [*prepared, *row[len(fields) :]]
