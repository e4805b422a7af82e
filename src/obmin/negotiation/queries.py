"""Row sets of terms, lists and rounds, by name."""

from __future__ import annotations

from django.db.models import QuerySet

from obmin.negotiation.models import Exchange, ListLine, Round, TheirOffer


def arriving(exchange: Exchange) -> QuerySet[TheirOffer]:
    """The other side's newest list: everybody who comes home to us."""
    last = (
        Round.objects.filter(exchange=exchange, kind="proposal", theirs__isnull=False)
        .order_by("-number")
        .first()
    )
    offers = TheirOffer.objects.none() if last is None else TheirOffer.objects.filter(round=last)
    return offers.order_by("line__line")


def leaving(exchange: Exchange) -> QuerySet[ListLine]:
    """Our own locked list: everybody whom we hand over."""
    return ListLine.objects.filter(draft__exchange=exchange, draft__state="FROZEN").order_by(
        "direct", "position"
    )
