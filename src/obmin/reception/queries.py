"""Row sets of the reception, by reader."""

from __future__ import annotations

from django.db.models import QuerySet

from obmin.accounts.reach import within
from obmin.core.access import Actor, Area
from obmin.reception.models import Site


def visible_to(actor: Actor) -> QuerySet[Site]:
    """The sites whose arrivals this actor may see: a site's manager their own, a doctor their agency's."""
    if not actor.sees(Area.RECEPTION, "name"):
        return Site.objects.none()
    return Site.objects.filter(within(actor, Area.RECEPTION, place="code", agency="agency"))
