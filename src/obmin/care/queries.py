"""Row sets of care, by reader."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from obmin.care.cases import way
from obmin.care.models import Case
from obmin.core.access import Actor, Area
from obmin.reception.models import Site


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases that this actor may see: those of their site, or of their agency's sites.

    A case that no site has yet is seen by everybody whose duty is bound to a site, so that nobody is lost.
    """
    found = Q(pk__in=[])
    for reach in actor.reach(Area.CARE):
        if reach.places is None and reach.agency is None:
            return Case.objects.all()
        sites = Site.objects.all()
        if reach.places is not None:
            sites = sites.filter(code__in=sorted(reach.places))
        if reach.agency is not None:
            sites = sites.filter(agency=reach.agency)
        if reach.places != frozenset():
            found |= Q(site__in=sites.values("code")) | Q(site="")
    return Case.objects.filter(found)


def seen_steps(actor: Actor) -> list[str]:
    """The codes of the steps whose class this actor may see."""
    return [step.code for step in way().steps if actor.sees(Area.CARE, step.reads)]
