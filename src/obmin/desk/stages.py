"""The nine stages of an exchange: where each stands, from the rows of each stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from obmin.bulletins.models import Bulletin
from obmin.care.models import Case
from obmin.core.access import Actor, Area
from obmin.handover.models import Muster
from obmin.negotiation.models import Exchange
from obmin.people import queries
from obmin.people.models import Pairing, Person
from obmin.reception.models import Plan


@dataclass(frozen=True, slots=True)
class Standing:
    """One stage: its address part, its state (a readiness word of `web.states`), and what waits for you."""

    area: Area
    state: str
    waiting: int = 0


def standings(exchange: Exchange, actor: Actor) -> list[Standing]:
    """Every stage that the actor may open, in the order of the work."""
    return [
        Standing(area, judge(exchange), WAITING.get(area, _nothing)(exchange))
        for area, judge in STAGES.items()
        if actor.reads(area)
    ]


def _register(_: Exchange) -> str:
    return "ready" if Person.objects.exists() else "not-started"


def _tracing(_: Exchange) -> str:
    if not Pairing.objects.exists():
        return "not-started"
    return "in-progress" if queries.undecided().exists() else "ready"


def _terms(exchange: Exchange) -> str:
    return "ready" if exchange.terms.exists() else "not-started"


def _lists(exchange: Exchange) -> str:
    if not exchange.drafts.exists():
        return "not-started"
    return "ready" if exchange.drafts.filter(state="FROZEN").exists() else "in-progress"


def _rounds(exchange: Exchange) -> str:
    if not exchange.rounds.exists():
        return "not-started"
    if exchange.rounds.filter(state="FROZEN").exists():
        return "ready"
    return "waiting" if exchange.rounds.filter(state="SENT").exists() else "in-progress"


def _reception(exchange: Exchange) -> str:
    plan = Plan.objects.filter(exchange=exchange).order_by("-number").first()
    if plan is None:
        return "not-started"
    return "ready" if plan.state == "CONFIRMED" else "in-progress"


def _handover(exchange: Exchange) -> str:
    musters = Muster.objects.filter(exchange=exchange)
    if not musters.exists():
        return "not-started"
    return "ready" if exchange.state in ("COMPLETED", "RECONCILED", "CLOSED") else "in-progress"


def _care(exchange: Exchange) -> str:
    cases = Case.objects.filter(exchange=exchange)
    if not cases.exists():
        return "not-started"
    return "in-progress" if cases.exclude(state="CLOSED").exists() else "ready"


def _bulletins(exchange: Exchange) -> str:
    bulletins = Bulletin.objects.filter(exchange=exchange)
    if not bulletins.exists():
        return "not-started"
    return "ready" if bulletins.filter(state="PUBLISHED").exists() else "waiting"


def _nothing(_: Exchange) -> int:
    return 0


STAGES: Final[dict[Area, Callable[[Exchange], str]]] = {
    Area.REGISTER: _register,
    Area.TRACING: _tracing,
    Area.TERMS: _terms,
    Area.LISTS: _lists,
    Area.ROUNDS: _rounds,
    Area.RECEPTION: _reception,
    Area.HANDOVER: _handover,
    Area.CARE: _care,
    Area.BULLETINS: _bulletins,
}
WAITING: Final[dict[Area, Callable[[Exchange], int]]] = {
    Area.TRACING: lambda _: queries.doubtful().count(),
    Area.BULLETINS: lambda x: Bulletin.objects.filter(exchange=x, state__in=("DRAFT", "APPROVED_ONCE")).count(),
}
