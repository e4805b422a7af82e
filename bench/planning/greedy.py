"""What a careful planner does by hand: the worst first, the nearest house, the vehicle that takes most.

Transport is measured on the same people bound for the same houses as in the exact plan, so that one
question is asked at a time.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence

from _cases import ON, Case, Placed, cases, counted, first_day, tell, vehicle_minutes

from obmin.core.planning.places import SEVEREST_FIRST, heads, kept_free, plan_places
from obmin.core.planning.resources import Place, Ride, Vehicle
from obmin.core.planning.rules import needs_of
from obmin.core.planning.transport import Rider, usable_seats

Trip = tuple[str, str, str, int, int, bool, Sequence[str]]


def places(case: Case) -> Placed:
    """The worst need first, groups in a row, each to the nearest house that has a place for them."""
    people, sites, rules = case.coming, case.resources.sites, case.rules
    needs = needs_of(people, rules, on=ON).to_list()
    order = {need.value: n for n, need in enumerate(SEVEREST_FIRST)}
    rows = sorted(
        zip(needs, people["group"].to_list(), people["id"].to_list(), people["sex"].to_list(), strict=True),
        key=lambda r: (order[r[0]], r[1] or "~", r[2]),
    )
    total = {kind: sum(s.places.get(kind.value, 0) for s in sites) for kind in Place}
    left = {kind: count - kept_free(count, rules.reserve) for kind, count in total.items()}
    free = {(s.code, kind): s.places.get(kind.value, 0) for s in sites for kind in Place}
    room = {s.code: 10**9 if (most := heads(s, rules)) is None else most for s in sites}
    near = sorted(sites, key=lambda s: s.minutes)
    placed: Placed = []
    for need, _, who, sex in rows:
        options = (
            (kind, site.code)
            for kind in rules.may_take[Place(need)]
            for site in near
            if site.minutes <= rules.longest_drive[Place(need)] and (sex != "2" or site.female_staff > 0)
            if left[kind] > 0 and free[site.code, kind] > 0 and room[site.code] > 0
        )
        if (found := next(options, None)) is not None:
            kind, site = found
            left[kind] -= 1
            free[site, kind] -= 1
            room[site] -= 1
            placed.append((who, site, kind.value))
    return placed


def transport(case: Case, riders: Sequence[Rider]) -> list[Trip]:
    """For each departure the furthest house first; each vehicle is the one that takes most of the worst off."""
    rules = case.rules.transport
    fleet = sorted(case.resources.vehicles, key=lambda v: v.code)
    free = {vehicle.code: 0 for vehicle in fleet}
    waiting: dict[str, dict[Ride, list[str]]] = defaultdict(lambda: {ride: [] for ride in Ride})
    for rider in riders:
        waiting[rider.site][rider.ride].append(rider.id)
    trips: list[Trip] = []
    for departs in rules.waves:
        for site in sorted(case.resources.sites, key=lambda s: -s.minutes):
            crowd = waiting[site.code]
            ready = departs + 2 * site.minutes + rules.turnaround
            spares = [v for v in fleet if v.kind in rules.reserve_kinds and free[v.code] <= departs]
            if not any(crowd.values()) or not spares:
                continue
            spare = min(spares, key=lambda v: (v.seats, v.code))
            free[spare.code] = ready
            laden = 0
            while (vehicle := _next(fleet, free, departs, crowd, rules.load)) is not None:
                aboard = _fill(vehicle, crowd, rules.load)
                free[vehicle.code] = ready
                laden += 1
                trips.append((f"T{len(trips)}", vehicle.code, site.code, departs, ready, False, aboard))
            if laden:
                trips.append((f"T{len(trips)}", spare.code, site.code, departs, ready, True, ()))
            else:
                free[spare.code] = departs
    return trips


def _next(
    fleet: Sequence[Vehicle], free: dict[str, int], departs: int, crowd: dict[Ride, list[str]], load: float
) -> Vehicle | None:
    """The free vehicle that takes most of the worst kind still waiting; of equals the smallest."""
    for ride in (Ride.INTENSIVE, Ride.STRETCHER, Ride.ASSISTED, Ride.SEATED):
        if not crowd[ride]:
            continue
        able = []
        for vehicle in fleet:
            rooms = {
                Ride.INTENSIVE: vehicle.intensive,
                Ride.STRETCHER: vehicle.stretchers,
                Ride.ASSISTED: usable_seats(vehicle.seats, load),
                Ride.SEATED: usable_seats(vehicle.seats, load),
            }
            if free[vehicle.code] <= departs and rooms[ride] > 0:
                able.append(
                    (
                        -min(rooms[ride], len(crowd[ride])),
                        vehicle.seats + vehicle.stretchers,
                        vehicle.code,
                        vehicle,
                    )
                )
        if able:
            return min(able, key=lambda row: row[:3])[3]
    return None


def _fill(vehicle: Vehicle, crowd: dict[Ride, list[str]], load: float) -> tuple[str, ...]:
    aboard: list[str] = []
    seats = usable_seats(vehicle.seats, load)
    for ride, room in ((Ride.INTENSIVE, vehicle.intensive), (Ride.STRETCHER, vehicle.stretchers)):
        aboard += crowd[ride][:room]
        del crowd[ride][:room]
    for ride in (Ride.ASSISTED, Ride.SEATED):
        taken = crowd[ride][:seats]
        seats -= len(taken)
        aboard += taken
        del crowd[ride][: len(taken)]
    return tuple(aboard)


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        began = time.perf_counter()
        placed = places(case)
        seconds = time.perf_counter() - began
        documents.append(
            {"case": f"places, {case.name}", "figures": {"seconds": round(seconds, 3), **counted(case, placed)}}
        )
        plan = plan_places(case.coming, case.resources.sites, case.rules, on=ON)
        riders = first_day(case, [(a.id, a.site, a.kind.value) for a in plan.assignments])
        began = time.perf_counter()
        trips = transport(case, riders)
        seconds = time.perf_counter() - began
        road = vehicle_minutes(case, riders, trips)
        documents.append(
            {"case": f"first day's transport, {case.name}", "figures": {"seconds": round(seconds, 3), **road}}
        )
    tell(documents)


if __name__ == "__main__":
    main()
