"""Holding their list against the terms, line by line, clause by clause."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from obmin.audit.perform import perform
from obmin.core import terms as language
from obmin.core.access import Actor
from obmin.core.terms import Fit
from obmin.negotiation import terms
from obmin.negotiation.models import Round, TheirOffer
from obmin.people import records
from obmin.vault.rows import update


def fit(found: Round, *, actor: Actor, request: str = "", at: datetime | None = None) -> dict[str, int]:
    """Writes for each of their lines what the terms say of it; what nobody can tell stays an open question."""
    with perform("rounds.fit", actor=actor, subject=found, request=request, at=at) as gate:
        adopted = terms.current(found.exchange)
        lines, other = their_lines(found), found.exchange.other
        verdict = language.fit(terms.agreement(adopted), lines, other, adopted.number)
        worst: dict[int, tuple[Fit, str]] = {}
        for line in verdict.lines():
            key = int(line.id or 0)
            before = worst.get(key)
            if before is None or _RANK[line.fit] > _RANK[before[0]]:
                worst[key] = (line.fit, line.clause)
        rows = [(fit.value, clause, pk) for pk, (fit, clause) in sorted(worst.items())]
        update(TheirOffer, ("fits", "why"), rows)
        counts = {fit.value: sum(1 for told, _, _ in rows if told == fit.value) for fit in Fit}
        for name, count in counts.items():
            gate.fact(name.replace(" ", "-"), count)
    return counts


_RANK = {Fit.SATISFIES: 0, Fit.CANNOT_TELL: 1, Fit.BREAKS: 2}


def their_lines(found: Round) -> pl.DataFrame:
    """Their lines as a register table. What a list does not say is unknown, except that a line marked as
    outside the count is put forward as a direct case."""
    rows = list(found.offers.select_related("line").order_by("line__line"))
    theirs = records.their_words([row.line for row in rows])
    people = [
        {
            "id": str(row.pk),
            "name": words.fields.get("name"),
            "birth_date": words.fields.get("birth_date"),
            "rank": words.fields.get("rank"),
            "category": row.category,
            "health": "direct" if row.direct else None,
            "phase": row.phase or None,
        }
        for row, words in zip(rows, theirs, strict=True)
    ]
    columns = ("id", "name", "birth_date", "rank", "category", "health", "phase")
    return pl.DataFrame(people, schema=dict.fromkeys(columns, pl.String))
