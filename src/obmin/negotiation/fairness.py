"""Who was passed over in the series of exchanges, and why: a report that shows no small number."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from django.utils import timezone

from obmin.audit.perform import perform
from obmin.core.access import Actor
from obmin.core.compose import fairness
from obmin.core.compose.fairness import Past
from obmin.core.compose.wording import say
from obmin.core.errors import Incomplete
from obmin.negotiation.models import Draft, Exchange, Fairness
from obmin.people import queries
from obmin.vault.secrets import secret

BOUND = ("SENT", "FROZEN")  # a list that went out counts before one that did not


def report(*, actor: Actor, request: str = "", at: datetime | None = None) -> Fairness:
    """Makes the report on every exchange for which a list was composed, as of now."""
    with perform("lists.report", actor=actor, request=request, at=at) as gate:
        series = [past(draft) for draft in _drafts()]
        if not series:
            raise Incomplete("No list has been composed yet.")
        found = fairness.report(
            queries.held_frame().drop("_state", "_version"),
            series,
            on=timezone.localdate(gate.now),
            key=secret("rounding"),
        )
        kept = Fairness.objects.create(
            exchanges=len(series),
            total=found.total,
            tables={code: [list(row) for row in found.frame(code).iter_rows()] for code in ("en", "uk")},
            dropped=list(found.dropped),
            at=gate.now,
        )
        gate.fact("exchanges", len(series))
        gate.outcome = str(kept.pk)
    return kept


def past(draft: Draft) -> Past:
    """A draft as one turn of the series; whoever was taken off it by hand is out by an officer."""
    off = draft.lines.filter(state="WITHDRAWN").values_list("person_id", flat=True)
    taken = [(key, say("out-ban", "en")) for key in off]
    left = [*draft.left_out.values_list("person_id", "reason"), *taken]
    on = draft.lines.exclude(state="WITHDRAWN")
    return Past(
        draft.exchange_id,
        frozenset(on.filter(direct=False).values_list("person_id", flat=True)),
        frozenset(on.filter(direct=True).values_list("person_id", flat=True)),
        pl.DataFrame(left, schema={"id": pl.String, "reason": pl.String}, orient="row"),
    )


def _drafts() -> list[Draft]:
    """The list of each exchange, the oldest first: the last that went out, else the newest."""
    found = []
    for exchange in Exchange.objects.order_by("opened_at", "pk"):
        drafts = exchange.drafts.order_by("-number")
        draft = drafts.filter(state__in=BOUND).first() or drafts.first()
        if draft is not None:
            found.append(draft)
    return found
