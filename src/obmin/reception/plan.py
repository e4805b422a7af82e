"""Stage 6, reception: what we receive with, who goes where, and the word to go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import polars as pl

from obmin.audit.perform import Gate, perform
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.errors import Incomplete, Problem, Unreadable
from obmin.core.person import Fitness, Health
from obmin.core.planning.check import Fault, check_places, check_transport
from obmin.core.planning.places import PlacesPlan, plan_places
from obmin.core.planning.resources import Reception, Ride
from obmin.core.planning.resources import Site as House
from obmin.core.planning.resources import Vehicle as Wheels
from obmin.core.planning.rules import Rules, read_rules
from obmin.core.planning.transport import Rider, TransportPlan, plan_transport
from obmin.negotiation import terms
from obmin.negotiation.models import Exchange
from obmin.negotiation.queries import arriving
from obmin.people import records
from obmin.people.models import Family
from obmin.reception import readiness
from obmin.reception.models import Assignment, Guarantee, Plan, Site, Stock, Summary, Vehicle
from obmin.vault import cells
from obmin.vault.rows import insert, insert_sealed


def record_resources(found: Reception, *, actor: Actor, request: str = "", at: datetime | None = None) -> None:
    """Records what we receive with, as the agencies have reported it; replaces what was recorded before."""
    with perform("reception.resources", actor=actor, request=request, at=at) as gate:
        for house in found.sites:
            values = asdict(house) | {"places": dict(house.places), "staff": dict(house.staff)}
            Site.objects.update_or_create(code=values.pop("code"), defaults=values)
        for wheels in found.vehicles:
            values = asdict(wheels)
            Vehicle.objects.update_or_create(code=values.pop("code"), defaults=values)
        Vehicle.objects.exclude(code__in=[wheels.code for wheels in found.vehicles]).delete()
        gone = Site.objects.exclude(code__in=[house.code for house in found.sites])
        gone.update(places={}, staff={}, female_staff=0)  # earlier plans still name it; nobody is sent there
        for kind, count in (("kits", found.kits), ("leads", found.escort_leads), ("medics", found.medics)):
            Stock.objects.update_or_create(kind=kind, defaults={"count": count})
        gate.fact("sites", len(found.sites))
        gate.fact("vehicles", len(found.vehicles))


def take_summaries(
    exchange: Exchange,
    rows: Iterable[Mapping[str, str]],
    *,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> int:
    """Takes in what the sending doctor says of each line: `line, sex, health, fitness, finding`."""
    with perform("reception.take-summaries", actor=actor, subject=exchange, request=request, at=at) as gate:
        offers = {offer.line.line: offer.pk for offer in arriving(exchange).select_related("line")}
        told = {row["line"]: row for row in rows}
        if unknown := told.keys() - offers.keys():
            raise Incomplete(f"{len(unknown)} summaries are of people on no agreed list.")
        columns = ("sex", "health", "fitness", "finding")
        _readable(told.values())
        Summary.objects.filter(offer__in=[offers[line] for line in told]).delete()  # the newest word holds
        insert_sealed(
            Summary,
            ("offer",),
            [
                (str(offers[line]), record.Summary(**{c: row[c] for c in columns}), (offers[line],))
                for line, row in told.items()
            ],
        )
        gate.fact("people", len(told))
    return len(told)


def plan(exchange: Exchange, *, actor: Actor, request: str = "", at: datetime | None = None) -> Plan:
    """Plans places for everybody who comes home and vehicles for each day; proved before it is kept."""
    with perform("reception.plan", actor=actor, request=request, at=at) as gate:
        rules = read_rules()
        people, days = _arrivals(exchange)
        if people.is_empty():
            raise Incomplete("Nobody is on an agreed list yet: there is nobody to plan for.")
        houses, wheels = _houses(), _wheels()
        on = str(days["on"].min())
        places = plan_places(people, houses, rules, on=on)
        faults = list(_faults_of_places(people, houses, places, on))
        rides = [
            (phase, plan_transport(_riders(people, days, phase, places), houses, wheels, rules))
            for phase in days["phase"].unique(maintain_order=True)
        ]
        for phase, ride in rides:
            faults += _faults_of_rides(_riders(people, days, phase, places), houses, wheels, ride)
        if faults:
            raise Incomplete(f"The plan is not proven: {faults[0]}")
        found = _keep(gate, exchange, places, rides, rules)
        gate.fact("people", people.height)
        gate.fact("unplaced", len(places.unplaced))
        gate.outcome = str(found.pk)
    return found


def confirm(
    found: Plan,
    *,
    actor: Actor,
    second: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Confirms a plan: planner and doctor together."""
    with perform(
        "reception.confirm", actor=actor, subject=found, second=second, seen=seen, request=request, at=at
    ):
        planned = set(found.assignments.values_list("offer_id", flat=True))
        awaited = set(arriving(found.exchange).values_list("pk", flat=True))
        if planned - awaited or len(planned) + found.proof["unplaced"] < len(awaited):
            raise Incomplete("This plan is of another list than the one that stands now: plan again.")
        if found.proof["unplaced"]:
            raise Incomplete(f"{found.proof['unplaced']} people have no place in this plan.")


def record_guarantee(
    exchange: Exchange, giver: str, *, actor: Actor, request: str = "", at: datetime | None = None
) -> None:
    """Records a promise of safe passage."""
    with perform("reception.guarantee", actor=actor, request=request, at=at) as gate:
        Guarantee.objects.create(exchange=exchange, giver=giver, at=gate.now)
        gate.fact("guarantees", exchange.guarantees.count())


def declare_ready(exchange: Exchange, *, actor: Actor, request: str = "", at: datetime | None = None) -> None:
    """Says that everything is there; refused with what is missing where it is not (I-12)."""
    with perform("reception.ready", actor=actor, subject=exchange, request=request, at=at):
        readiness.require(exchange)


def go(
    exchange: Exchange, *, actor: Actor, second: Actor, request: str = "", at: datetime | None = None
) -> None:
    """The word to go: two keys, operations and medicine or law."""
    with perform("reception.go", actor=actor, subject=exchange, second=second, request=request, at=at):
        readiness.require(exchange)


def _readable(rows: Iterable[Mapping[str, str]]) -> None:
    """Refuses codes that nobody here could act on."""
    known = {"sex": {"0", "1", "2", "9"}, "health": {*Health}, "fitness": {*Fitness}}
    problems = [
        Problem("summaries", None, name, row[name][:40], "one of " + ", ".join(sorted(codes)))
        for row in rows
        for name, codes in known.items()
        if row[name] not in codes
    ]
    if problems:
        raise Unreadable(problems)


def _arrivals(exchange: Exchange) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who comes (`id` is the offer's key), and on which day."""
    phases = terms.in_force(exchange).phases
    on = {phase.id: phase.day.isoformat() if phase.day else "" for phase in phases}
    offers = list(arriving(exchange).select_related("line"))
    theirs = records.their_words([offer.line for offer in offers])
    told = list(Summary.objects.filter(offer__in=offers))
    summaries = {
        row.pk: asdict(held) for row, held in zip(told, cells.opened(told, records.SYSTEM), strict=True)
    }
    groups = records.opened(Family, [offer.line.person_id for offer in offers if offer.line.person_id])
    rows = [
        {
            **summaries.get(offer.pk, {}),
            "id": str(offer.pk),
            "phase": offer.phase,
            "birth_date": words.fields.get("birth_date"),
            "group": groups[key].group if (key := offer.line.person_id) in groups else None,
        }
        for offer, words in zip(offers, theirs, strict=True)
    ]
    schema = ["id", "phase", "birth_date", "sex", "health", "fitness", "finding", "group"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String))
    frame = frame.with_columns(pl.col(pl.String).replace("", None)).with_columns(
        pl.col("phase").fill_null(phases[0].id)
    )
    days = frame.select("id", "phase", on=pl.col("phase").replace_strict(on)).sort("on", "id")
    return frame.drop("phase"), days


def _riders(people: pl.DataFrame, days: pl.DataFrame, phase: str, places: PlacesPlan) -> list[Rider]:
    site = {a.id: a.site for a in places.assignments}
    today = set(days.filter(pl.col("phase") == phase)["id"])
    rides = {ride.value: ride for ride in Ride}
    return [
        Rider(row["id"], site[row["id"]], rides.get(row["fitness"] or "", Ride.ASSISTED), row["group"] or "")
        for row in people.to_dicts()
        if row["id"] in today and row["id"] in site
    ]


def _faults_of_places(
    people: pl.DataFrame, houses: Sequence[House], places: PlacesPlan, on: str
) -> tuple[Fault, ...]:
    assigned = [(a.id, a.site, a.kind.value) for a in places.assignments]
    unplaced = [who for who, _ in places.unplaced]
    return check_places(people, houses, assigned, unplaced, on=on, apart=places.apart, minutes=places.minutes)


def _faults_of_rides(
    riders: Sequence[Rider], houses: Sequence[House], wheels: Sequence[Wheels], ride: TransportPlan
) -> tuple[Fault, ...]:
    left = [who for who, _ in ride.left]
    crowd = [(r.id, r.site, r.ride.value) for r in riders]
    trips = [(t.code, t.vehicle, t.site, t.departs, t.ready, t.reserve, t.riders) for t in ride.trips]
    return check_transport(crowd, houses, wheels, trips, left)


def _keep(
    gate: Gate, exchange: Exchange, places: PlacesPlan, rides: Sequence[tuple[str, TransportPlan]], rules: Rules
) -> Plan:
    trip_of = {
        rider: f"{phase}-{trip.code}" for phase, ride in rides for trip in ride.trips for rider in trip.riders
    }
    levels = [*places.levels, *(level for _, ride in rides for level in ride.levels)]
    found = Plan.objects.create(
        exchange=exchange,
        number=exchange.plans.count() + 1,
        at=gate.now,
        proof={
            "rules": rules.version,
            "optimal": all(level.optimal for level in levels),
            "unplaced": len(places.unplaced) + sum(len(ride.left) for _, ride in rides),
            "shortages": [
                {
                    "need": s.need.value,
                    "people": s.people,
                    "remedies": [[r.mend.value, r.people, r.site] for r in s.remedies],
                }
                for s in places.shortages
            ],
            "trips": [
                {
                    "phase": phase,
                    "trip": t.code,
                    "vehicle": t.vehicle,
                    "site": t.site,
                    "departs": t.departs,
                    "people": len(t.riders),
                }
                for phase, ride in rides
                for t in ride.trips
            ],
            "leads": max((ride.leads for _, ride in rides), default=0),
            "medics": max((ride.medics for _, ride in rides), default=0),
            "levels": [
                {"name": lv.name, "value": round(lv.objective), "bound": round(lv.bound), "optimal": lv.optimal}
                for lv in levels
            ],
        },
    )
    insert(
        Assignment,
        ("plan", "offer", "site", "kind", "trip"),
        [(found.pk, int(a.id), a.site, a.kind.value, trip_of.get(a.id, "")) for a in places.assignments],
    )
    return found


def _houses() -> list[House]:
    return [
        House(s.code, s.name_en, s.name_uk, s.agency, s.minutes, s.km, s.places, s.staff, s.female_staff)
        for s in Site.objects.order_by("code")
    ]


def _wheels() -> list[Wheels]:
    return [
        Wheels(v.code, v.kind, v.seats, v.stretchers, v.intensive) for v in Vehicle.objects.order_by("code")
    ]
