"""What the pages of the reception plan show."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.shortcuts import get_object_or_404

from obmin.negotiation.models import Exchange
from obmin.reception.models import Assignment, Plan, Site


def newest(exchange: Exchange) -> Plan | None:
    return exchange.plans.order_by("-number").first()


def plan(exchange: Exchange) -> dict[str, Any]:
    """Places had and needed by kind; each site with what it has and what it will hold."""
    found = newest(exchange)
    if found is None:
        return {"exchange": exchange, "plan": None}
    used: Counter[tuple[str, str]] = Counter()
    for site, kind in found.assignments.values_list("site_id", "kind"):
        used[(site, kind)] += 1
    sites = list(Site.objects.order_by("minutes", "code"))
    kinds = sorted({kind for site in sites for kind in site.places}, key=list(ORDER).index)
    have = {kind: sum(site.places.get(kind, 0) for site in sites) for kind in kinds}
    need = {kind: sum(count for (_, k), count in used.items() if k == kind) for kind in kinds}
    return {
        "exchange": exchange,
        "plan": found,
        "kinds": kinds,
        "totals": [(kind, have[kind], need[kind]) for kind in kinds],
        "sites": [
            {
                "site": site,
                "cells": [(kind, used[(site.code, kind)], site.places.get(kind, 0)) for kind in kinds],
                "people": sum(used[(site.code, kind)] for kind in kinds),
            }
            for site in sites
        ],
        "people": sum(used.values()),
        "guarantees": exchange.guarantees.order_by("at"),
    }


def site(exchange: Exchange, code: str) -> dict[str, Any]:
    found = get_object_or_404(Site, pk=code)
    planned = newest(exchange)
    people = Assignment.objects.none() if planned is None else planned.assignments.filter(site=found)
    return {
        "exchange": exchange,
        "site": found,
        "people": people.select_related("offer__line__person__identity").order_by("offer__phase", "trip", "pk"),
    }


ORDER = ("intensive", "surgical", "isolation", "psychiatric", "women", "general")
