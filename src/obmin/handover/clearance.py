"""Who may board: the same questions when people are cleared and when the manifest is issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from obmin.core.errors import Incomplete
from obmin.core.person import FIT_TO_TRAVEL, Will, judicially_held
from obmin.negotiation import terms
from obmin.negotiation.lists import IN_OUR_HANDS
from obmin.negotiation.models import Exchange, ListLine
from obmin.people import queries

CONSENT_HOLDS: Final = timedelta(days=7)  # how old a private interview may be on the day


def day_of(exchange: Exchange, phase: str) -> date:
    """The day that the terms fix for a phase."""
    day = terms.in_force(exchange).phase(phase).day
    if day is None:
        raise Incomplete(f"The terms fix no day for {phase}.")
    return day


def leaving(exchange: Exchange, phase: str) -> QuerySet[ListLine]:
    """Our locked list of one day."""
    return ListLine.objects.filter(draft__exchange=exchange, draft__state="FROZEN", phase=phase).order_by(
        "position"
    )


def verdicts(exchange: Exchange, phase: str) -> list[tuple[str, str]]:
    """What holds of everybody of a phase who is not left behind: (state, key of the line)."""
    on = day_of(exchange, phase)
    lines = list(leaving(exchange, phase).filter(state__in=("FROZEN", "CLEARED")))
    held = {row["id"]: row for row in queries.held_frame({line.person_id for line in lines}).to_dicts()}
    return [(_clearance(held.get(line.person_id), on), line.pk) for line in lines]


def require(exchange: Exchange, phase: str) -> None:
    """Nobody stands on a manifest who was not asked, or who has said no since (I-1)."""
    if leaving(exchange, phase).filter(state="FROZEN").exists():
        raise Incomplete("Somebody of this day has not been cleared: ask first.", code="not-cleared")
    if changed := sum(1 for state, _ in verdicts(exchange, phase) if state != "CLEARED"):
        raise Incomplete(f"{changed} people are clear no longer: clear again.", code="not-cleared")


def _clearance(row: Mapping[str, Any] | None, on: date) -> str:
    if row is None or row["_state"] not in IN_OUR_HANDS:
        return "WITHDRAWN"
    if row["will"] != Will.CONSENTS:
        return "REFUSED"
    until = row["fitness_until"]
    if row["fitness"] not in FIT_TO_TRAVEL or (until and until < on.isoformat()):
        return "UNFIT"
    if judicially_held(row["judicial"], row["dp_consent"], row["own_consent"]):
        return "WITHDRAWN"
    asked = row["will_on"] or ""
    return "CLEARED" if asked >= (on - CONSENT_HOLDS).isoformat() else "FROZEN"
