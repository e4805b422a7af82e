from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from obmin.core.planning import check
from obmin.core.planning.resources import Ride, Vehicle
from obmin.core.planning.roster import kits_needed, roster
from obmin.core.planning.rules import read_rules
from obmin.core.planning.transport import Rider, TransportPlan, plan_transport
from tests.core.planning.reception_cases import fleets, site
from tests.core.planning.undivided import Undivided

RULES = read_rules()
SITES = [site("NEAR", minutes=30), site("MID", minutes=120), site("FAR", minutes=320)]


def faults(riders: list[Rider], fleet: list[Vehicle], plan: TransportPlan) -> tuple[check.Fault, ...]:
    return check.check_transport(
        [(r.id, r.site, r.ride.value) for r in riders],
        SITES,
        fleet,
        [(t.code, t.vehicle, t.site, t.departs, t.ready, t.reserve, t.riders) for t in plan.trips],
        [who for who, _ in plan.left],
    )


@st.composite
def arrivals(draw: st.DrawFn, most: int = 40) -> list[Rider]:
    return [
        Rider(f"P{i:03d}", draw(st.sampled_from(["NEAR", "MID", "FAR"])), draw(st.sampled_from(list(Ride))))
        for i in range(draw(st.integers(0, most)))
    ]


@settings(max_examples=25, deadline=None)
@given(arrivals(), fleets())
def test_every_day_passes_the_checker(riders: list[Rider], fleet: list[Vehicle]) -> None:
    plan = plan_transport(riders, SITES, fleet, RULES)
    assert faults(riders, fleet, plan) == ()
    assert plan_transport(riders[::-1], SITES, fleet[::-1], RULES) == plan


@settings(max_examples=40, deadline=None)
@given(arrivals(7), fleets(2))
def test_no_vehicle_by_vehicle_program_brings_more_away(riders: list[Rider], fleet: list[Vehicle]) -> None:
    """Another solver call on another model: a column for each person in each vehicle, site and wave."""
    plan = plan_transport(riders, SITES, fleet, RULES)
    left = Counter(ride for _, ride in plan.left)
    assert left == Undivided(riders, SITES, fleet, RULES.transport).left()


def test_nobody_is_left_while_a_later_departure_has_room() -> None:
    riders = [Rider(f"P{i:02d}", "NEAR", Ride.SEATED) for i in range(40)]
    fleet = [Vehicle("bus", "coach", seats=20), Vehicle("spare", "coach", seats=20)]
    plan = plan_transport(riders, SITES, fleet, RULES)
    assert not plan.left
    laden = [t for t in plan.trips if not t.reserve]
    assert [len(t.riders) for t in laden] == [18, 18, 4]
    assert [t.departs for t in laden] == [0, 300, 600]


def test_without_a_reserve_vehicle_nobody_leaves() -> None:
    plan = plan_transport([Rider("P", "NEAR", Ride.SEATED)], SITES, [Vehicle("bus", "coach", seats=20)], RULES)
    assert plan.left == (("P", Ride.SEATED),)
    assert plan.trips == ()


def test_one_who_lies_does_not_wait() -> None:
    riders = [Rider(f"P{i}", "NEAR", Ride.SEATED) for i in range(3)] + [Rider("Z", "NEAR", Ride.STRETCHER)]
    fleet = [Vehicle("spare", "coach", seats=30), Vehicle("bus", "low-floor-bus", seats=2, stretchers=1)]
    plan = plan_transport(riders, SITES, fleet, RULES)
    (first,) = [t for t in plan.trips if "Z" in t.riders]
    assert first.departs == 0


def test_a_big_convoy_needs_more_escorts() -> None:
    riders = [Rider(f"P{i:03d}", "NEAR", Ride.SEATED) for i in range(100)]
    fleet = [Vehicle(f"bus{i}", "coach", seats=10) for i in range(14)]
    plan = plan_transport(riders, SITES, fleet, RULES)
    assert not plan.left
    (convoy,) = plan.convoys
    assert (convoy.vehicles, convoy.leads, convoy.medics) == (13, 3, 4)
    assert (plan.leads, plan.medics) == (3, 4)


def test_the_roster_follows_the_ratios() -> None:
    sites = [site("A", staff={"doctor": 3, "nurse": 12, "nurse:night": 1})]
    rows = {(d.shift, d.profession): d for d in roster({"A": 76}, sites, RULES)}
    assert rows["day", "doctor"].needed == 4  # 76 people, one for each 25
    assert rows["day", "doctor"].missing == 1
    assert rows["day", "nurse"].needed == 10
    assert rows["night", "nurse"].missing == 3
    assert rows["day", "psychologist"].missing is None  # nothing recorded: cannot tell


def test_kits_have_a_margin() -> None:
    assert kits_needed(390, RULES) == 429
    assert kits_needed(1, RULES) == 2


def test_work_is_limited_in_nodes_and_an_unproven_plan_still_holds() -> None:
    riders = [Rider(f"P{i:03d}", ("NEAR", "MID", "FAR")[i % 3], list(Ride)[i % 4]) for i in range(97)]
    makes = (("coach", 17, 0, 0), ("low-floor-bus", 7, 3, 0), ("ambulance", 2, 1, 0), ("icu", 0, 0, 1))
    fleet = [Vehicle(f"{kind}-{n}", kind, *room) for kind, *room in makes for n in range(7)]
    plan = plan_transport(riders, SITES, fleet, RULES, nodes=0)
    assert faults(riders, fleet, plan) == ()
    assert plan == plan_transport(riders, SITES, fleet, RULES, nodes=0)
    assert all(level.bound <= level.objective + 1e-6 for level in plan.levels)
