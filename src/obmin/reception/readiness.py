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
from obmin.people import records
from obmin.people.models import Basis, Court, Medical, Wish
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
    listed = list(lines.values_list("person_id", flat=True))
    wishes = records.opened(Wish, listed)
    medical = records.opened(Medical, listed)
    # Whoever has said no, or was found unfit, is left behind before boarding and holds nobody else back.
    staying = {key for key, wish in wishes.items() if wish.will == Will.REFUSES}
    staying |= {key for key, m in medical.items() if m.fitness in (Fitness.UNFIT, Fitness.EXAM_REFUSED)}
    people = [key for key in listed if key not in staying]
    courts = records.opened(Court, people)
    act = Basis.ACT.value
    willing = [key for key in people if (w := wishes[key]).will == Will.CONSENTS and w.basis == act]
    fit = [key for key in people if (m := medical[key]).fitness in FIT_TO_TRAVEL and m.basis == act]
    accused = [c for key in people if (c := courts[key]).judicial in (Judicial.PENDING, Judicial.CONVICTED)]
    freed = [
        c for c in accused if c.basis == act and not judicially_held(c.judicial, c.dp_consent, c.own_consent)
    ]
    return {
        Area.WILL: Fact(len(people), len(willing)),
        Area.FITNESS: Fact(len(people), len(fit)),
        Area.COURT: Fact(len(accused), len(freed)),
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
