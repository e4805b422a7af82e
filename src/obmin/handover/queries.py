"""Row sets of the handover, by reader."""

from __future__ import annotations

from django.db.models import QuerySet

from obmin.accounts.reach import within
from obmin.core.access import Actor, Area
from obmin.handover.models import Muster


def visible_to(actor: Actor) -> QuerySet[Muster]:
    """The musters that this actor may see: guards and escorts those of their own crossing."""
    return Muster.objects.filter(within(actor, Area.HANDOVER, place="crossing"))
