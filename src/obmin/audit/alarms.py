"""Alarms: what somebody must look at. Each is an entry of the journal, open until an act says why it is not.

There is no table of alarms that could lose one: what is open is read from the journal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import transaction

from obmin.audit import clock, journal
from obmin.audit.models import Entry
from obmin.core.access import Actor

RAISED: Final = "alarm.raised"
ACKNOWLEDGED: Final = "alarms.acknowledge"


class Kind(StrEnum):
    """What an alarm is about."""

    BULK_READING = "bulk-reading"  # somebody opened more records than their work can need, and was stopped
    PAST_THE_GATE = "past-the-gate"  # rows were changed by something else than an act
    ROWS_DIFFER = "rows-differ"  # a table is not what the journal says it is
    TRIGGERS = "triggers"  # what watches the tables had been taken away
    TAKEN_OVER = "taken-over"  # the tables were taken as they stand
    OLDER_COPY = "older-copy"  # others have seen a longer journal than this one
    LOCK_OUT = "lock-out"  # too many attempts to sign in


@dataclass(frozen=True, slots=True)
class Alarm:
    """`index` is its entry's; `about` a key, code or table, never a name; `actor` whose doing ("" unknown)."""

    index: int
    kind: Kind
    about: str
    actor: str
    at: datetime


def raise_(kind: Kind, about: str = "", actor: Actor | str = "") -> None:
    """Raises an alarm, in a transaction of its own; one that is open already is not raised twice."""
    who = actor if isinstance(actor, str) else actor.id
    if any((a.kind, a.about, a.actor) == (kind, about, who) for a in open_alarms()):
        return
    with transaction.atomic():
        tree = journal.head()
        at = clock.next_moment(tree.moment, None)
        body = {
            "about": about,
            "act": RAISED,
            "actor": who,
            "at": at.isoformat(),
            "kind": kind.value,
            "subject": "",
        }
        journal.append(tree, settings.OBMIN.derive(RAISED, str(tree.size)), body)


def open_alarms() -> list[Alarm]:
    """What has been raised and not acknowledged, oldest first."""
    seen = {
        int(subject)
        for subject in Entry.objects.filter(act=ACKNOWLEDGED).values_list("outcome", flat=True)
        if subject
    }
    entries = Entry.objects.filter(act=RAISED).exclude(index__in=seen).order_by("index")
    return [_alarm(entry) for entry in entries]


def _alarm(entry: Entry) -> Alarm:
    body = json.loads(entry.body)
    assert entry.at
    return Alarm(entry.index, Kind(body["kind"]), str(body["about"]), entry.actor, entry.at)
