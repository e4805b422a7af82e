"""Whether everything is there that a handover needs: facts from every stage, decided in `core.capacity`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings

from obmin.audit import clock
from obmin.core.capacity import Area, Board, Fact, board, named_fact, staff_fact
from obmin.core.errors import Incomplete
from obmin.core.person import FIT_TO_TRAVEL, Fitness, Judicial, Will, judicially_held
from obmin.core.planning.resources import Site as House
from obmin.core.planning.roster import kits_needed, roster
from obmin.core.planning.rules import read_rules
from obmin.negotiation import terms
from obmin.negotiation.lists import IN_OUR_HANDS
from obmin.negotiation.models import Draft, Exchange, ListLine
from obmin.negotiation.queries import arriving
from obmin.people.models import Basis
from obmin.reception.models import Plan, Site, Stock

NEUTRAL: Final = "NTR"


def of(exchange: Exchange) -> Board:
    """The board of an exchange as it stands now."""
    return board(facts(exchange), hours_left=_hours_left(exchange))


def require(exchange: Exchange) -> None:
    """Raises `Incomplete`, with what is missing, unless the answer is go (I-12)."""
    decision = of(exchange).go
    if not decision.allowed:
        raise Incomplete(decision.reason, code=decision.code)


def facts(exchange: Exchange) -> dict[Area, Fact]:
    """What is known of each area. What nobody has recorded is left out, and so cannot be told."""
    draft = exchange.drafts.filter(state__in=("SENT", "FROZEN")).order_by("-number").first()
    found = {Area.LISTS: Fact(2, _locked(exchange))}
    if draft is not None:
        found |= _of_people(draft)
    plan = exchange.plans.filter(state="CONFIRMED").order_by("-number").first()
    if plan is not None:
        found |= _of_plan(exchange, plan)
    promised = exchange.guarantees.values_list("giver", flat=True)
    found[Area.GUARANTEES] = named_fact((settings.OBMIN.party, exchange.other, NEUTRAL), promised)
    return found


def _locked(exchange: Exchange) -> int:
    frozen = exchange.rounds.filter(kind="freeze").order_by("-number").first()
    return frozen.packages.count() if frozen else 0


def _of_people(draft: Draft) -> dict[Area, Fact]:
    lines = ListLine.objects.filter(draft=draft, person__state__in=IN_OUR_HANDS)
    lines = lines.exclude(state__in=("WITHDRAWN", "REFUSED", "UNFIT"))
    # Whoever has said no, or was found unfit, is left behind before boarding and holds nobody else back.
    lines = lines.exclude(person__wish__will=Will.REFUSES)
    lines = lines.exclude(person__medical__fitness__in=(Fitness.UNFIT, Fitness.EXAM_REFUSED))
    people = lines.count()
    by_act = Basis.ACT.value
    willing = lines.filter(person__wish__will=Will.CONSENTS, person__wish__basis=by_act).count()
    fit = lines.filter(
        person__medical__fitness__in=sorted(FIT_TO_TRAVEL), person__medical__basis=by_act
    ).count()
    accused = lines.filter(person__court__judicial__in=(Judicial.PENDING, Judicial.CONVICTED))
    court = ("judicial", "dp_consent", "own_consent")
    papers = accused.filter(person__court__basis=by_act).values_list(
        *(f"person__court__{name}" for name in court)
    )
    freed = sum(1 for paper in papers if not judicially_held(*paper))
    return {
        Area.WILL: Fact(people, willing),
        Area.FITNESS: Fact(people, fit),
        Area.COURT: Fact(accused.count(), freed),
    }


def _of_plan(exchange: Exchange, plan: Plan) -> dict[Area, Fact]:
    people = arriving(exchange).count()
    placed = list(plan.assignments.filter(offer__in=arriving(exchange)).values_list("site_id", "trip"))
    rules = read_rules()
    at = {code: sum(1 for site, _ in placed if site == code) for code in {site for site, _ in placed}}
    houses = [
        House(s.code, "", "", s.agency, s.minutes, s.km, s.places, s.staff, s.female_staff)
        for s in Site.objects.all()
    ]
    stock = dict(Stock.objects.values_list("kind", "count"))
    found = {
        Area.PLACES: Fact(people, len(placed), blocked=people - len(placed)),
        Area.RIDES: _rides(people, sum(1 for _, trip in placed if trip), plan, stock),
        Area.STAFF: staff_fact(roster(at, houses, rules)),
    }
    if "kits" in stock:
        need = kits_needed(people, rules)
        found[Area.KITS] = Fact(need, min(need, stock["kits"]))
    known = arriving(exchange).exclude(line__person=None).count()
    found[Area.CONTACTS] = Fact(people, known, waiting=people - known)
    return found


def _rides(people: int, carried: int, plan: Plan, stock: Mapping[str, int]) -> Fact:
    """A seat for everybody, and the escorts that the plan needs at its busiest hour."""
    short = [
        f"{plan.proof[kind] - stock[kind]} {kind}"
        for kind in ("leads", "medics")
        if plan.proof[kind] > stock.get(kind, 0)
    ]
    return Fact(people, carried, lacking=tuple(short))


def _hours_left(exchange: Exchange) -> float | None:
    if not exchange.terms.exists():
        return None
    phases = terms.in_force(exchange).phases
    day = phases[0].day if phases else None
    if day is None:
        return None
    now = clock.now()
    return (day - now.date()).days * 24.0 - now.hour
