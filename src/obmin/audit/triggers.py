"""What the database itself does when a row is touched: it notes which, and how the row was before.

For each table that is watched there are triggers that put into `audit_change`, at the first touch of a
row, the row's key and its image before (none for a new row). The image of a row is its one spelling in the
database's own words. The gate empties the table at the end of each act (`rows`); whatever is in it at the
start of an act was written past the gate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import connection, models

CHANGES: Final = "audit_change"

# What is not watched, and why. Tables of other libraries hold no business and are not ours to watch.
APART_APPS: Final = {
    "audit": "the journal is bound by its tree; what stands beside it is watched",
    "jobs": "how far long work has come; what it leads to passes the gate",
}
APART: Final = {
    "accounts.signinlink": "one-time links, in training homes only",
    "accounts.failures": "attempts to sign in of whoever is not signed in; lock-outs are alarms",
    "accounts.spent": "challenges that were answered, for the minutes until they expire",
}
WITHIN: Final = frozenset(
    {"audit.remark", "audit.reading", "audit.checkpoint", "audit.cosigned"}
)  # watched although the rest of its app is not

_SPELT: Final = (models.CharField, models.TextField, models.DateField, models.TimeField, models.UUIDField)


@dataclass(frozen=True, slots=True)
class Watched:
    """A table whose rows the journal accounts for. `text` are the columns that hold text in SQLite."""

    table: str
    columns: tuple[str, ...]
    text: frozenset[str]
    key: str
    key_type: str  # how PostgreSQL names the type of the key


@cache
def watched() -> tuple[Watched, ...]:
    """Every table of business, by name."""
    return tuple(sorted(map(_watched, _models()), key=lambda w: w.table))


def standing() -> tuple[Watched, ...]:
    """Those that exist: all, but for a database that is being made."""
    there = set(connection.introspection.table_names())
    return tuple(w for w in watched() if w.table in there)


def apart(model: type[models.Model]) -> str:
    """Why a model of ours is not watched, "" if it is."""
    if model._meta.label_lower in WITHIN:
        return ""
    return APART_APPS.get(model._meta.app_label, APART.get(model._meta.label_lower, ""))


def image(watch: Watched, row: str) -> str:
    """The SQL expression of a row's image; `row` is the table's alias, or NEW or OLD in a trigger."""
    names = [(column, f"{row}.{_quoted(column)}") for column in watch.columns]
    if connection.vendor == "sqlite":
        # quote() ends at a NUL and json_quote() knows no bytes: each for what it spells without loss.
        return "||','||".join(f"{'json_quote' if c in watch.text else 'quote'}({name})" for c, name in names)
    return f"ROW({', '.join(name for _, name in names)})::text"


def layout(watches: Iterable[Watched]) -> str:
    """A fingerprint of which columns of which tables are watched, in which order."""
    text = "\n".join(f"{w.table}({','.join(w.columns)})" for w in watches)
    return hashlib.sha256(f"{connection.vendor}\n{text}".encode()).hexdigest()


def install() -> None:
    """Puts the triggers in place, and the table that they write to; what was there before is replaced."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES[connection.vendor])
        remove()
        for statement in _statements(standing()):
            cursor.execute(statement)


def remove() -> None:
    """Takes the triggers away, so that an upgrade can change the tables."""
    with connection.cursor() as cursor:
        for name, table, _text in _present():
            on = f" ON {_quoted(table)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {_quoted(name)}{on}")


def in_place() -> bool:
    """Whether each trigger stands as it should, switched on."""
    if CHANGES not in connection.introspection.table_names():
        return False
    if connection.vendor == "sqlite":
        return {text for _, _, text in _present()} == set(_statements(standing()))
    return sorted(text for _, _, text in _present()) == sorted(_expected_postgresql(standing()))


def _models() -> Iterator[type[models.Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith("obmin."):
            for model in config.get_models(include_auto_created=True):
                if model._meta.managed and not model._meta.proxy and not apart(model):
                    yield model


def _watched(model: type[models.Model]) -> Watched:
    fields: list[models.Field[Any, Any]] = [f for f in model._meta.local_concrete_fields if f.column]
    key = model._meta.pk
    return Watched(
        model._meta.db_table,
        tuple(str(f.column) for f in fields),
        frozenset(str(f.column) for f in fields if isinstance(_target(f), _SPELT)),
        str(key.column),
        str(_target(key).cast_db_type(connection)),
    )


def _target(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """What a column holds: for a foreign key, what the key holds that it points to."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _name(watch: Watched, event: str) -> str:
    return f"obmin_{event}_{watch.table}"


def _statements(watches: Iterable[Watched]) -> list[str]:
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    return [statement for watch in watches for statement in make(watch)]


_CHANGES: Final = {
    "sqlite": (
        f'CREATE TABLE IF NOT EXISTS {CHANGES} ("writer" integer NOT NULL, "table" text NOT NULL, '
        '"key" integer NOT NULL, "before" text, PRIMARY KEY ("writer", "table", "key")) WITHOUT ROWID'
    ),
    "postgresql": (
        f'CREATE TABLE IF NOT EXISTS {CHANGES} ("writer" bigint NOT NULL, "table" text NOT NULL, '
        '"key" text NOT NULL, "before" text, PRIMARY KEY ("writer", "table", "key"))'
    ),
}
WRITER: Final = {"sqlite": "0", "postgresql": "pg_current_xact_id()::text::bigint"}  # whose transaction


# --- SQLite: rows are known by their rowid. One writer at a time, so that the writer is always 0.


def _sqlite(watch: Watched) -> Iterator[str]:
    came = _sqlite_note(watch, "NEW", "NULL")
    went = _sqlite_note(watch, "OLD", image(watch, "OLD"))
    for event, on, notes in (
        ("insert", "INSERT", came),
        ("update", "UPDATE", went + came),
        ("delete", "DELETE", went),
    ):
        name, table = _quoted(_name(watch, event)), _quoted(watch.table)
        yield f"CREATE TRIGGER {name} AFTER {on} ON {table} BEGIN {notes}END"


def _sqlite_note(watch: Watched, row: str, before: str) -> str:
    values = f"(0, '{watch.table}', {row}.rowid, {before})"
    return f"INSERT INTO {CHANGES} VALUES {values} ON CONFLICT DO NOTHING; "  # noqa: S608 - from the models


# --- PostgreSQL: rows are known by their primary key as text.

_SPELLING: Final = (
    "SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' "
    "SET bytea_output = 'hex' SET extra_float_digits = 1"
)


# Each statement notes its rows at once: kinds of trigger, their bits in pg_trigger.tgtype, what they see.
_KINDS: Final = (
    ("insert", 4, "AFTER INSERT", "REFERENCING NEW TABLE AS came"),
    ("update", 16, "AFTER UPDATE", "REFERENCING OLD TABLE AS went NEW TABLE AS came"),
    ("delete", 8, "AFTER DELETE", "REFERENCING OLD TABLE AS went"),
    ("truncate", 2 + 32, "BEFORE TRUNCATE", ""),
)


def _postgresql(watch: Watched) -> Iterator[str]:
    function, table = _quoted(_name(watch, "touch")), _quoted(watch.table)
    yield (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql {_SPELLING} "
        f"AS $body$ {_postgresql_body(watch)} $body$"
    )
    for kind, _bits, when, seen in _KINDS:
        yield (
            f"CREATE TRIGGER {_quoted(_name(watch, kind))} {when} ON {table} {seen} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def _postgresql_body(watch: Watched) -> str:
    note = f"INSERT INTO {CHANGES} SELECT {WRITER['postgresql']}, '{watch.table}', w.{_quoted(watch.key)}::text"
    skip = "w ON CONFLICT DO NOTHING;"
    before = image(watch, "w")
    return (
        f"BEGIN IF TG_OP = 'TRUNCATE' THEN {note}, {before} FROM {_quoted(watch.table)} {skip} END IF; "
        f"IF TG_OP IN ('UPDATE', 'DELETE') THEN {note}, {before} FROM went {skip} END IF; "
        f"IF TG_OP IN ('INSERT', 'UPDATE') THEN {note}, NULL FROM came {skip} END IF; RETURN NULL; END"
    )


def _expected_postgresql(watches: Iterable[Watched]) -> list[str]:
    """Name, enabled, kind, columns (all), no condition, body."""
    return [
        f"{_name(watch, kind)} O {bits} 0 t {_postgresql_body(watch).strip()}"
        for watch in watches
        for kind, bits, _when, _seen in _KINDS
    ]


def _present() -> list[tuple[str, str, str]]:
    """The triggers of ours that stand: name, table, and what each is."""
    query = {
        "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master "
        "WHERE type = 'trigger' AND name LIKE 'obmin\\_%' ESCAPE '\\'",
        "postgresql": "SELECT t.tgname, c.relname, concat_ws(' ', t.tgname, t.tgenabled, t.tgtype, "
        "cardinality(t.tgattr::int2[]), t.tgqual IS NULL, trim(p.prosrc)) "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgname LIKE 'obmin\\_%'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [(str(n), str(t), str(s)) for n, t, s in cursor.fetchall()]
