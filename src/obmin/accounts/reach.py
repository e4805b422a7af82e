"""Which rows a reader's duties reach: those of the sites, crossings and agency that they are held at."""

from __future__ import annotations

from django.db.models import Q

from obmin.core.access import Actor, Area

NOTHING = Q(pk__in=[])


def within(actor: Actor, area: Area, *, place: str, agency: str = "") -> Q:
    """The rows of `area` that `actor` reaches. `place` and `agency` are the columns that name a row's own.

    Where a duty is bound to its agency and the rows have none (`agency` ""), it reaches nothing.
    """
    found = NOTHING
    for reach in actor.reach(area):
        one = Q()
        if reach.places is not None:
            one &= Q(**{f"{place}__in": sorted(reach.places)})
        if reach.agency is not None:
            one &= Q(**{agency: reach.agency}) if agency else NOTHING
        if not one:
            return Q()
        found |= one
    return found
