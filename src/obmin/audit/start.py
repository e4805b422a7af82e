"""At each start, after the tables were brought up to date: what watches them stands in its place.

An upgrade starts from tables that match the journal and ends with sums taken anew, which is on record.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import connection, transaction

from obmin.audit import alarms, clock, journal, rows, triggers
from obmin.audit.models import Entry, Tree
from obmin.core import chain
from obmin.core.errors import Altered
from obmin.vault.secrets import secret

TAKEN_OVER: Final = "rows.taken-over"


def before_upgrade() -> None:
    """Raises `Altered` where the tables do not match the journal; else lets the upgrade at them."""
    there = connection.introspection.table_names()
    if triggers.CHANGES not in there or Tree._meta.db_table not in there:
        return
    with connection.cursor() as cursor:
        columns = {c.name for c in connection.introspection.get_table_description(cursor, Tree._meta.db_table)}
    if "rows" not in columns:
        return
    found = rows.check()
    if found.differing or found.pending:
        raise Altered(f"The tables do not match the journal: {', '.join(found.differing) or 'changes stand'}.")
    triggers.remove()


def after_upgrade() -> None:
    """Puts the triggers in place. Where the tables' layout is new, takes their sums and says so."""
    there = set(connection.introspection.table_names())
    if not {Tree._meta.db_table, Entry._meta.db_table} <= there:
        return
    missing = not triggers.in_place()
    with transaction.atomic():
        if missing:
            triggers.install()
        tree = journal.head()
        layout = chain.Sums.read(tree.rows, secret("rows")).layout
        if layout != triggers.layout(triggers.standing()):
            _take_over(tree, first=not layout)
            return
    try:
        keys = {journal.origin(): chain.public_key(secret("journal"))}
        marked = [chain.parse_checkpoint(note, journal.origin(), keys) for note in journal.marked()]
        chain.continues(marked, tree.size, lambda size: chain.Frontier().extend(journal.contents(size)).root())
    except Altered:
        alarms.raise_(alarms.Kind.OLDER_COPY)
    if missing:
        alarms.raise_(alarms.Kind.TRIGGERS)
        for table in rows.check().differing:
            alarms.raise_(alarms.Kind.ROWS_DIFFER, table)


def _take_over(tree: Tree, *, first: bool) -> None:
    nonce = settings.OBMIN.derive(TAKEN_OVER, "nonce", str(tree.size), tree.seal)
    differing = rows.take_over(tree, nonce)
    if first and not differing:  # an empty instance: nothing to say yet
        journal.seal(tree)
        return
    at = clock.next_moment(tree.moment, None)
    body = {"act": TAKEN_OVER, "actor": "system", "at": at.isoformat(), "subject": ""}
    journal.append(tree, settings.OBMIN.derive(TAKEN_OVER, "salt", str(tree.size)), body)
    alarms.raise_(alarms.Kind.TAKEN_OVER)
