"""Reading is on record before anything is shown.

    reading.record(actor, What.RECORD, [person.key])      # before the page is made

The entry binds the hash of the keys; the keys themselves stand in a table beside it, so that a record's
history can say who read it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import transaction

from obmin.audit import clock, journal, rows
from obmin.audit.models import Entry, Reading
from obmin.core.access import Actor

PREFIX: Final = "read."
_TOGETHER: Final = 200


class What(StrEnum):
    """What was read."""

    RECORD = "record"  # one record, whole
    PAGE = "page"  # a page of a table with names
    SEARCH = "search"  # what a search found
    EXPORT = "export"  # a file that leaves
    SEALED = "sealed"  # a sealed field of one record: health, will, court, family
    JOB = "job"  # long work that opens many records by itself


@dataclass(frozen=True, slots=True)
class Read:
    """Who read a record, what, when."""

    actor: str
    what: What
    at: datetime


def record(actor: Actor, what: What | str, keys: Sequence[str]) -> None:
    """Puts on record that `actor` is about to see the records with these keys. Call it before they do.

    In a transaction of its own. Raises `Altered` where the journal's head does not hold: then nothing is
    shown.
    """
    what = What(what)
    sorted_keys = sorted(set(keys))
    with transaction.atomic():
        tree = journal.head()
        rows.set_apart()
        at = clock.next_moment(tree.moment, None)
        body = {
            "act": PREFIX + what,
            "actor": actor.id,
            "at": at.isoformat(),
            "keys": digest(sorted_keys),
            "subject": sorted_keys[0] if len(sorted_keys) == 1 else "",
        }
        Reading.objects.bulk_create(
            [Reading(entry_id=tree.size, key=key) for key in sorted_keys], batch_size=_TOGETHER
        )
        salt, nonce = (settings.OBMIN.derive("reading", use, str(tree.size)) for use in ("salt", "nonce"))
        journal.append(tree, salt, body, nonce=nonce)


def of(key: str) -> list[Read]:
    """Who read the record with this key, newest first."""
    found = Entry.objects.filter(readings__key=key).order_by("-index")
    return [Read(e.actor, What(e.act.removeprefix(PREFIX)), e.at) for e in found if e.at]


def digest(keys: Iterable[str]) -> str:
    """What an entry binds of the keys: SHA-256 over their sorted list as JSON."""
    text = json.dumps(sorted(keys), separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
