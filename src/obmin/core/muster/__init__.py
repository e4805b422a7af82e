"""The day's muster: who stood where, from events of many tablets, in any order, with repeats and losses.

Each tablet keeps a chain of its own: events with ids of its own, numbered from 1, each binding the one
before by its hash. Folding is a union by content, so that order and repetition cannot matter. What is
lost shows as a gap, what two tablets say differently as a conflict; both stay open until two people sign
a resolution that names exactly what they looked at. A close ends a chain: whoever has more to record
goes on with a new chain, which the manifest then names. So nothing that is lost can look finished.
"""

from __future__ import annotations

from obmin.core.muster.events import (
    MARKS,
    Event,
    Kind,
    Manifest,
    Place,
    Resolution,
    digest,
    event_from_data,
    follow,
    manifest_digest,
    to_data,
)
from obmin.core.muster.fold import Chain, Muster, Outcome, fold, resolve, settle_chain
from obmin.core.muster.parity import (
    Balance,
    Crossing,
    Level,
    Receipt,
    Rule,
    Simultaneity,
    compare,
    crossing,
    parity,
)

__all__ = [
    "MARKS",
    "Balance",
    "Chain",
    "Crossing",
    "Event",
    "Kind",
    "Level",
    "Manifest",
    "Muster",
    "Outcome",
    "Place",
    "Receipt",
    "Resolution",
    "Rule",
    "Simultaneity",
    "compare",
    "crossing",
    "digest",
    "event_from_data",
    "fold",
    "follow",
    "manifest_digest",
    "parity",
    "resolve",
    "settle_chain",
    "to_data",
]
