"""Handing the journal out: what leaves in bulk leaves by an act of two people."""

from __future__ import annotations

from pathlib import Path

from obmin.audit import journal
from obmin.audit.perform import done, perform
from obmin.core.access import Actor


def hand_out(
    path: Path, *, actor: Actor, second: Actor, reason: str, request: str = "", closing: bool = True
) -> None:
    """Writes the journal, up to its last checkpoint, for anyone to check offline.

    With `closing` a stretch is closed first, so that the file holds the record of its own making. With a
    `request` that was done before, the same file is written again without another record.
    """
    if not request or done(request) is None:
        with perform("journal.export", actor=actor, second=second, reason=reason, request=request):
            pass
    if closing:
        journal.close()
    journal.export(path)
