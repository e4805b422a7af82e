"""Somebody who owns the database alters it, in a process of its own: `python altering.py ROWS JOURNAL SEED`.

Every watched table is filled with rows of its own shapes and changed once by an act, so that older rows
exist. Then ROWS alterations of rows and JOURNAL alterations of the journal's own tables are made, each undone
before the next, with the triggers there or taken away, and what they noted wiped out. Says as JSON how
many of each kind were made and which of them nobody noticed. Nothing is ever committed.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, models, transaction  # noqa: E402

from obmin.audit import journal, reading, rows, triggers  # noqa: E402
from obmin.audit.inspection import inspect  # noqa: E402
from obmin.audit.perform import perform  # noqa: E402
from obmin.core.access import Actor, Role  # noqa: E402

ROWS = 5
OFFICER = Actor("w", frozenset({Role.NEGOTIATOR, Role.ADMINISTRATOR}), "UKR", fresh=True)
Row = dict[str, Any]


def q(name: str) -> str:
    return connection.ops.quote_name(name)


def run(statement: str, values: Any = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


class Table:
    """A watched table: its fields by column, and rows of values fit for it."""

    def __init__(self, model: type[models.Model]) -> None:
        self.name = model._meta.db_table
        self.fields = {f.column: f for f in model._meta.local_concrete_fields if f.column}
        self.key = str(model._meta.pk.column)
        self.now: list[Row] = []
        self.before: list[Row] = []

    def fresh(self, number: int) -> Row:
        return {column: self.value(column, number) for column in self.fields}

    def value(self, column: str, number: int) -> Any:
        field = self.fields[column]
        while isinstance(field, models.ForeignKey):
            field = field.target_field
        return field.get_db_prep_save(plain(field, number), connection)

    def insert(self, row: Row) -> None:
        names = ", ".join(map(q, row))
        run(f"INSERT INTO {q(self.name)} ({names}) VALUES ({', '.join(['%s'] * len(row))})", row.values())

    def put(self, row: Row, key: Any) -> None:
        sets = ", ".join(f"{q(column)} = %s" for column in row)
        run(f"UPDATE {q(self.name)} SET {sets} WHERE {q(self.key)} = %s", [*row.values(), key])


def plain(field: models.Field[Any, Any], number: int) -> Any:
    """A value of the field's kind, another for each number."""
    match field:
        case models.BooleanField():
            return bool(number % 2)
        case models.DateTimeField():
            return datetime(2025, 5, 1, tzinfo=UTC) + timedelta(minutes=number)
        case models.DateField():
            return datetime(2025, 5, 1, tzinfo=UTC).date() + timedelta(days=number)
        case models.BinaryField():
            return random.Random(number).randbytes(48)
        case models.JSONField():
            return {"n": number}
        case models.SmallIntegerField():
            return number % 30_000
        case models.IntegerField() | models.FloatField() | models.DecimalField():
            return number
        case _:
            text = f"{number}-Ґедзишин-" + "x" * 40
            return text[: field.max_length or 60]


def alike(one: Any, other: Any) -> bool:
    return str(one) == str(other) and bytes_of(one) == bytes_of(other)


def bytes_of(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


# --- rows


def edit(table: Table, draw: random.Random) -> bool:
    row = draw.choice(table.now)
    column = draw.choice([c for c in table.fields if c != table.key] or [table.key])
    value = table.value(column, draw.randrange(1_000, 9_999))
    table.put({column: value}, row[table.key])
    return not alike(value, row[column])


def delete(table: Table, draw: random.Random) -> bool:
    run(f"DELETE FROM {q(table.name)} WHERE {q(table.key)} = %s", [draw.choice(table.now)[table.key]])
    return True


def swap(table: Table, draw: random.Random) -> bool:
    """The values of two rows in one column; of sealed tables, the ciphertexts with their keys."""
    one, other = draw.sample(table.now, 2)
    columns = [c for c in table.fields if c != table.key] or [table.key]
    sealed = [c for c in columns if c in ("sealed", "wrapped")]
    some = sealed if sealed and draw.random() < 0.5 else [draw.choice(columns)]
    table.put({c: other[c] for c in some}, one[table.key])
    table.put({c: one[c] for c in some}, other[table.key])
    return some != [table.key] and not all(alike(one[c], other[c]) for c in some)


def duplicate(table: Table, draw: random.Random) -> bool:
    table.insert(draw.choice(table.now) | {table.key: table.value(table.key, draw.randrange(1_000, 9_999))})
    return True


def truncate(table: Table, draw: random.Random) -> bool:
    if connection.vendor == "postgresql" and draw.random() < 0.5:
        run(f"TRUNCATE {q(table.name)} CASCADE")
    else:
        run(f"DELETE FROM {q(table.name)}")
    return True


def flip(table: Table, draw: random.Random) -> bool:
    """A bit of a cell: of its bytes, of a character, of a number."""
    row = draw.choice(table.now)
    column = draw.choice([c for c in table.fields if c != table.key] or [table.key])
    value = row[column]
    if isinstance(value, bytes | memoryview):
        raw = bytearray(value)
        raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
        bent: Any = connection.Database.Binary(bytes(raw))
    elif isinstance(value, bool):
        bent = not value
    elif isinstance(value, int):
        bent = value ^ 1 << draw.randrange(8)
    elif isinstance(value, str):
        place = draw.randrange(len(value))
        bent = value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    else:
        return False
    table.put({column: bent}, row[table.key])
    return True


def put_back(table: Table, draw: random.Random) -> bool:
    old = draw.choice(table.before)
    table.put(old, old[table.key])
    return True


KINDS: tuple[Callable[[Table, random.Random], bool], ...] = (
    edit, delete, swap, duplicate, truncate, flip, put_back,
)  # fmt: skip


def alter_rows(tables: list[Table], count: int, draw: random.Random, told: Counter[str]) -> list[str]:
    undetected = []
    while told.total() < count:
        table, kind = draw.choice(tables), draw.choice(KINDS)
        with transaction.atomic():
            point = transaction.savepoint()
            hidden = draw.random() < 0.5
            try:
                if hidden:
                    without_triggers(table)
                changed = kind(table, draw)
                run(f"DELETE FROM {triggers.CHANGES}")
            except DatabaseError:  # the database itself refuses it
                changed = False
                transaction.savepoint_rollback(point)
                continue
            if changed:
                told[f"rows: {kind.__name__.replace('_', ' ')}"] += 1
                if table.name not in rows.check().differing:
                    undetected.append(f"{kind.__name__} {table.name}")
            transaction.savepoint_rollback(point)
    return undetected


def without_triggers(table: Table) -> None:
    if connection.vendor == "postgresql":
        run(f"ALTER TABLE {q(table.name)} DISABLE TRIGGER USER")
    else:
        for event in ("insert", "update", "delete"):
            run(f"DROP TRIGGER obmin_{event}_{table.name}")


# --- the journal's own tables


def bend(statement: str) -> Callable[[random.Random], None]:
    def kind(draw: random.Random) -> None:
        size = 1_100
        run(statement.replace("%i", str(draw.randrange(size))).replace("%j", str(draw.randrange(size))))

    return kind


JOURNAL = {
    "edit": [
        """UPDATE audit_entry SET body = replace(body, ':', ': ') WHERE "index" = %i""",
        """UPDATE audit_entry SET actor = 'm' || actor WHERE "index" = %i""",
        """UPDATE audit_entry SET act = 'terms.adopt' WHERE "index" = %i""",
        """UPDATE audit_entry SET salt = content WHERE "index" = %i""",
        """UPDATE audit_entry SET outcome = 'm' WHERE "index" = %i""",
        """UPDATE audit_entry SET salt = NULL, body = '' WHERE "index" = %i AND salt IS NOT NULL""",
        """UPDATE audit_tree SET size = size + %i""",
        """UPDATE audit_tree SET rows = replace(rows, 'a', 'b')""",
        """UPDATE audit_tree SET frontier = replace(frontier, 'a', 'b')""",
        """UPDATE audit_tree SET seal = replace(seal, 'a', 'b')""",
        """UPDATE audit_checkpoint SET note = replace(note, 'a', 'b')""",
    ],
    "delete": [
        """DELETE FROM audit_entry WHERE "index" = %i""",
        """DELETE FROM audit_tree""",
        """DELETE FROM audit_checkpoint""",
        """DELETE FROM audit_reading""",
        """DELETE FROM audit_remark""",
    ],
    "truncate": [
        """DELETE FROM audit_entry WHERE "index" >= %i""",
        """UPDATE audit_tree SET size = %i""",
    ],
    "swap": [
        """UPDATE audit_entry SET content = (SELECT o.content FROM audit_entry o WHERE o."index" = %j) """
        """WHERE "index" = %i AND %i <> %j""",
        """UPDATE audit_entry SET body = (SELECT o.body FROM audit_entry o WHERE o."index" = %j), """
        """salt = (SELECT o.salt FROM audit_entry o WHERE o."index" = %j) """
        """WHERE "index" = %i AND body <> (SELECT o.body FROM audit_entry o WHERE o."index" = %j)""",
    ],
    "duplicate": [
        """INSERT INTO audit_entry SELECT 100000 + %j, content, salt, body, act, actor, subject, at, NULL, """
        """outcome FROM audit_entry WHERE "index" = %i""",
    ],
}  # fmt: skip


def alter_journal(count: int, draw: random.Random, told: Counter[str]) -> list[str]:
    undetected = []
    start = told.total()
    while told.total() < start + count:
        name = draw.choice(sorted(JOURNAL))
        statement = draw.choice(JOURNAL[name])
        with transaction.atomic():
            point = transaction.savepoint()
            digest = fingerprint()
            try:
                triggers.remove() if draw.random() < 0.1 else None
                bend(statement)(draw)
            except DatabaseError:
                transaction.savepoint_rollback(point)
                continue
            run(f"DELETE FROM {triggers.CHANGES}")
            if fingerprint() != digest:
                told[f"journal's tables: {name}"] += 1
                if not [p for p in inspect().problems if "watches" not in p]:
                    undetected.append(statement)
            transaction.savepoint_rollback(point)
    return undetected


def fingerprint() -> int:
    with connection.cursor() as cursor:
        found = []
        for table in ("audit_entry", "audit_tree", "audit_checkpoint", "audit_reading", "audit_remark"):
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found.append(str([tuple(bytes_of(v) or v for v in row) for row in cursor.fetchall()]))
        return hash(tuple(found))


def filled() -> list[Table]:
    """Every watched table with rows of two ages; the newer are what an act left there."""
    tables = [Table(apps.get_model(model._meta.label)) for model in watched_models()]
    for table in tables:
        for number in range(1, ROWS + 1):
            table.insert(table.fresh(number))
    with perform("alarms.acknowledge", actor=OFFICER, reason="Filled for a test") as gate:
        gate.anew = True
    for table in tables:
        table.before = read(table)
    with perform("alarms.acknowledge", actor=OFFICER, reason="Changed for a test"):
        for table in tables:
            for number, old in enumerate(table.before, 100):
                changed = {
                    column: table.value(column, number) for column in table.fields if column != table.key
                }
                if changed:
                    table.put(changed, old[table.key])
    for table in tables:
        kept = table.before
        table.now = [row for row in read(table) if row[table.key] in {old[table.key] for old in kept}]
        table.before = [old for old in kept if not all(alike(old[c], new[c]) for new in table.now for c in old
                                                       if new[table.key] == old[table.key])]  # fmt: skip
        table.before = table.before or [{table.key: table.value(table.key, 77)}]
    return tables


def read(table: Table) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(map(q, table.fields))} FROM {q(table.name)} ORDER BY 1")
        return [dict(zip(table.fields, row, strict=True)) for row in cursor.fetchall()]


def watched_models() -> list[type[models.Model]]:
    names = {w.table for w in triggers.watched()}
    found = [
        model
        for config in apps.get_app_configs()
        for model in config.get_models(include_auto_created=True)
        if model._meta.db_table in names and model._meta.app_label != "audit"
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def main(of_rows: int, of_journal: int, seed: int) -> None:
    call_command("migrate", verbosity=0)
    draw, told = random.Random(seed), Counter[str]()
    with transaction.atomic():
        tables = filled()
        reading.record(OFFICER, "page", ["a", "b"])
        journal.close()
        with perform("alarms.acknowledge", actor=OFFICER, reason="After the checkpoint"):
            pass
        found = rows.check()
        assert found.sound, found
        undetected = alter_rows(tables, of_rows, draw, told) + alter_journal(of_journal, draw, told)
        assert rows.check().sound
        transaction.set_rollback(True)
    print(json.dumps({"tables": len(tables), "made": told, "undetected": undetected}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
