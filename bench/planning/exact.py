"""The product's planner: exact by classes, with the bound that proves it."""

from __future__ import annotations

import time

from _cases import ON, cases, counted, first_day, tell, vehicle_minutes

from obmin.core.planning.places import plan_places
from obmin.core.planning.transport import plan_transport


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        began = time.perf_counter()
        plan = plan_places(case.coming, case.resources.sites, case.rules, on=ON)
        seconds = time.perf_counter() - began
        placed = [(a.id, a.site, a.kind.value) for a in plan.assignments]
        figures = {"seconds": round(seconds, 3), **counted(case, placed), "proven": int(plan.optimal)}
        documents.append({"case": f"places, {case.name}", "figures": figures})
        riders = first_day(case, placed)
        began = time.perf_counter()
        day = plan_transport(riders, case.resources.sites, case.resources.vehicles, case.rules)
        seconds = time.perf_counter() - began
        trips = [(t.code, t.vehicle, t.site, t.departs, t.ready, t.reserve, t.riders) for t in day.trips]
        road = vehicle_minutes(case, riders, trips)
        documents.append(
            {
                "case": f"first day's transport, {case.name}",
                "figures": {"seconds": round(seconds, 3), **road, "proven": int(day.optimal)},
            }
        )
    tell(documents)


if __name__ == "__main__":
    main()
