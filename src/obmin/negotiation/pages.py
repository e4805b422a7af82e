"""What the pages of terms, lists and rounds show, put together from rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet

from obmin.core import terms as language
from obmin.negotiation import terms as adopted
from obmin.negotiation.models import Draft, Exchange, ListLine, Round, TheirOffer


def terms(exchange: Exchange, spoken: str) -> dict[str, Any]:
    """The agreement in words: the version in force, its timeline, what changed between versions."""
    versions = list(exchange.terms.order_by("number"))
    if not versions:
        return {"exchange": exchange, "versions": []}
    agreement = adopted.agreement(versions[-1])
    changes = [
        (later, [text.in_language(spoken) for text in language.diff(agreement, agreement, earlier.number, later.number)])
        for earlier, later in zip(versions, versions[1:], strict=False)
    ]
    return {
        "exchange": exchange,
        "versions": versions,
        "text": language.explain(agreement, spoken),
        "timeline": language.timeline_svg(agreement, spoken),
        "changes": changes,
    }


def draft(found: Draft) -> dict[str, Any]:
    """A draft's head: sums by phase and track, the proof's verdict for each clause."""
    lines = found.lines.exclude(state="WITHDRAWN")
    counted = lines.filter(direct=False)
    phases = counted.values("phase").annotate(
        people=Count("pk"),
        military=Count("pk", filter=Q(person__category="military")),
        civilian=Count("pk", filter=Q(person__category="civilian")),
    )
    return {
        "draft": found,
        "exchange": found.exchange,
        "counted": counted.count(),
        "direct": lines.filter(direct=True).count(),
        "phases": list(phases.order_by("phase")),
        "verdicts": found.proof.get("verdicts", []),
        "levels": found.proof.get("levels", []),
        "left_out": found.left_out.count(),
    }


def lines(found: Draft, query: Mapping[str, str]) -> QuerySet[ListLine]:
    """The lines of a draft in the order of the list, filtered by what the address says."""
    rows = found.lines.select_related("person__identity", "person__custody").order_by("direct", "phase", "position")
    if phase := query.get("phase"):
        rows = rows.filter(phase=phase, direct=False)
    if query.get("direct"):
        rows = rows.filter(direct=True)
    if word := query.get("q", "").strip():
        rows = rows.filter(Q(person__identity__name__icontains=word) | Q(person__identity__romanised__icontains=word))
    return rows


def rounds(exchange: Exchange) -> list[dict[str, Any]]:
    """Each round with the number of its lines and of those that wait for an answer."""
    return [
        {
            "round": found,
            "sent": found.draft.lines.exclude(state="WITHDRAWN").count() if found.draft else 0,
            "received": found.offers.count(),
            "open": found.offers.filter(answer="").count(),
        }
        for found in exchange.rounds.select_related("draft", "theirs").order_by("-number")
    ]


def round(found: Round) -> dict[str, Any]:
    return {
        "round": found,
        "exchange": found.exchange,
        "packages": found.exchange.packages.filter(round=found.number).order_by("name"),
        "answers": list(found.offers.values("answer").annotate(people=Count("pk")).order_by("answer")),
    }


def offers(found: Round, query: Mapping[str, str]) -> QuerySet[TheirOffer]:
    rows = found.offers.select_related("line__person__identity").order_by("phase", "line__number")
    if answer := query.get("answer"):
        rows = rows.filter(answer=answer)
    return rows
