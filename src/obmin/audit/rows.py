"""The ledger of rows: what the tables of business hold must be what the gate left in them.

Triggers note every row that is touched (`triggers`). At the end of an act `fold` works these notes into one
sum for each table, kept under a mask in the journal's head, and the act's entry binds what is kept. `check`
reads the tables again and says which no longer come to their sum; it does not matter whether triggers
were switched off when they were changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction

from obmin.audit import triggers
from obmin.audit.models import Tree
from obmin.audit.triggers import CHANGES, Watched
from obmin.core import chain
from obmin.core.errors import Altered
from obmin.vault.secrets import secret

PAST_THE_GATE = "past-the-gate"
_SPELLING = (
    "SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true), "
    "set_config('intervalstyle', 'iso_8601', true), set_config('bytea_output', 'hex', true), "
    "set_config('extra_float_digits', '1', true)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at the tables brought: which differ from their sums, whether changes stand that no act
    made, and whether each trigger is in place."""

    tables: int
    rows: int
    differing: tuple[str, ...]
    pending: bool
    triggers: bool

    @property
    def sound(self) -> bool:
        return not self.differing and not self.pending and self.triggers


def pending() -> bool:
    """Whether a row was changed by something else than an act that is still open."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {CHANGES} LIMIT 1")  # noqa: S608 - a constant
        return cursor.fetchone() is not None


def admit() -> None:
    """Raises `Altered` where something was written past the gate since the last act."""
    if pending():
        raise Altered(
            "Rows were changed past the gate. Nothing is written until two officers have looked at it.",
            code=PAST_THE_GATE,
        )


def set_apart() -> None:
    """Sets apart what was written past the gate, so that an act which must go on does not take it for its own.

    PostgreSQL tells writers apart by itself.
    """
    if connection.vendor == "sqlite" and pending():
        with connection.cursor() as cursor:
            cursor.execute(f'UPDATE OR REPLACE {CHANGES} SET "writer" = 1 WHERE "writer" = 0')  # noqa: S608


def fold(tree: Tree, nonce: bytes) -> None:
    """Works what this transaction touched into the sums of the tree's head. `nonce` is used once only."""
    key = secret("rows")
    writer = triggers.WRITER[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT "table" FROM {CHANGES} WHERE "writer" = {writer}')  # noqa: S608
        touched = {name for (name,) in cursor.fetchall()}
        if not touched:
            return
        _spell()
        by_table = {w.table: w for w in triggers.watched()}
        changes = {name: _change(by_table[name], key) for name in sorted(touched)}
        cursor.execute(f'DELETE FROM {CHANGES} WHERE "writer" = {writer}')  # noqa: S608
    tree.rows = chain.Sums.read(tree.rows, key).moved(changes).write(key, nonce)


def check() -> Found:
    """Reads every table again. It takes the writers' lock: no act runs while it looks."""
    key = secret("rows")
    with transaction.atomic():
        tree = Tree.objects.select_for_update().filter(pk=1).first() or Tree()
        try:
            sums = chain.Sums.read(tree.rows, key)
        except Altered:  # whose seal does not hold either: no table can come to a sum that is not there
            sums = chain.Sums()
        watches = triggers.standing()
        differing, rows = set(sums.by_table) - {w.table for w in watches}, 0
        for watch in watches:
            found = _Counted(_images(watch))
            try:
                with transaction.atomic():
                    if chain.total(key, watch.table, found) != sums.of(watch.table):
                        differing.add(watch.table)
            except (DatabaseError, UnicodeDecodeError):  # not even readable
                differing.add(watch.table)
            rows += found.count
        return Found(len(watches), rows, tuple(sorted(differing)), pending(), triggers.in_place())


def take_over(tree: Tree, nonce: bytes) -> list[str]:
    """Takes the tables as they stand, and returns which of them differed from their sums.

    Only for the first start, an upgrade that changed the tables, and the act of two officers who looked.
    """
    key = secret("rows")
    before = chain.Sums.read(tree.rows, key)
    watches = triggers.standing()
    sums = {w.table: chain.total(key, w.table, _images(w)) for w in watches}
    after = chain.Sums(triggers.layout(watches)).moved(sums)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {CHANGES}")  # noqa: S608
    tree.rows = after.write(key, nonce)
    names = set(before.by_table) | set(after.by_table)
    return sorted(name for name in names if before.of(name) != after.of(name))


class _Counted(Iterator[str]):
    def __init__(self, images: Iterator[str]) -> None:
        self.images, self.count = images, 0

    def __next__(self) -> str:
        image = next(self.images)
        self.count += 1
        return image


def _change(watch: Watched, key: bytes) -> int:
    """What came less what went, over the rows of a table that this transaction touched."""
    writer = triggers.WRITER[connection.vendor]
    join = (
        'w.rowid = c."key"'
        if connection.vendor == "sqlite"
        else f'w.{connection.ops.quote_name(watch.key)} = c."key"::{watch.key_type}'
    )
    there = "w.rowid" if connection.vendor == "sqlite" else f"w.{connection.ops.quote_name(watch.key)}"
    query = (
        f'SELECT c."before", CASE WHEN {there} IS NULL THEN NULL ELSE {triggers.image(watch, "w")} END '  # noqa: S608
        f"FROM {CHANGES} c LEFT JOIN {connection.ops.quote_name(watch.table)} w ON {join} "
        f'WHERE c."table" = %s AND c."writer" = {writer}'
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [watch.table])
        went: list[str] = []

        def came() -> Iterator[str]:
            for before, after in cursor:
                if before is not None:
                    went.append(before)
                if after is not None:
                    yield after

        plus = chain.total(key, watch.table, came())
    return plus - chain.total(key, watch.table, went)


def _images(watch: Watched) -> Iterator[str]:
    _spell()
    table = connection.ops.quote_name(watch.table)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {triggers.image(watch, 'w')} FROM {table} w")  # noqa: S608 - from the models
        for (image,) in cursor:
            yield image


def _spell() -> None:
    """Makes PostgreSQL spell rows, in this transaction, as the triggers spell them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SPELLING)
