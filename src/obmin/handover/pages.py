"""What the pages of the handover show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet

from obmin.handover.models import ManifestLine, Muster
from obmin.negotiation.models import Exchange


def days(exchange: Exchange) -> list[dict[str, Any]]:
    """Each muster in the order of the days."""
    musters = exchange.musters.annotate(people=Count("lines"), here=Count("lines", filter=Q(lines__outcome="here")))
    return [{"muster": m, "people": m.people, "here": m.here} for m in musters.order_by("on", "direction")]


def muster(found: Muster) -> dict[str, Any]:
    outcomes = dict(found.lines.values_list("outcome").annotate(people=Count("pk")).order_by("outcome"))
    devices = found.events.values("chain").annotate(events=Count("pk")).order_by("chain")
    return {
        "muster": found,
        "exchange": found.exchange,
        "people": sum(outcomes.values()),
        "here": outcomes.get("here", 0),
        "awaited": outcomes.get("", 0),
        "other": sum(count for outcome, count in outcomes.items() if outcome not in ("", "here")),
        "devices": list(devices),
    }


def lines(found: Muster, query: Mapping[str, str]) -> QuerySet[ManifestLine]:
    rows = found.lines.select_related("ours__person__identity", "theirs__line__person__identity").order_by("number")
    if outcome := query.get("outcome"):
        rows = rows.filter(outcome="" if outcome == "awaited" else outcome)
    return rows
