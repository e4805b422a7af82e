"""What time it is, for the record.

In a live home it is now. In a training home time is the story's: one second after the last act, or the
moment that the story names, never backwards; so the same story leaves the same bytes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from obmin.audit.models import Tree


def now() -> datetime:
    """The present moment of this instance, aware, to the second."""
    if not settings.OBMIN.training:
        return timezone.now().replace(microsecond=0)
    tree = Tree.objects.first()
    last: datetime = settings.OBMIN.began if tree is None or tree.moment is None else tree.moment
    return last


def next_moment(last: datetime | None, at: datetime | None) -> datetime:
    """The moment of the act that comes after `last`; `at` is the moment the story wants."""
    if not settings.OBMIN.training:
        return timezone.now().replace(microsecond=0)
    earliest: datetime = settings.OBMIN.began if last is None else last + timedelta(seconds=1)
    return max(earliest, at) if at is not None else earliest
