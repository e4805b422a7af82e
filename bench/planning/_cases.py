"""The cases of this folder: invented returnees, houses and vehicles, and how a plan is counted.

Both contestants' plans pass the same checker before anything is counted; a lazy plan may only fail in that
it leaves a place idle.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from obmin.core.planning import check
from obmin.core.planning.resources import Reception, Ride
from obmin.core.planning.rules import Rules, read_rules
from obmin.core.planning.transport import Rider
from obmin.demo import world

ON = "2025-05-23"
# name, people held a side (houses and vehicles grow with it), people who come home
SIZES = (("1,150 come", 6000, 1150), ("1,450 come: too many", 6000, 1450), ("11,500 come", 60_000, 11_500))

Placed = list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    coming: pl.DataFrame
    resources: Reception
    rules: Rules


def cases() -> Iterable[Case]:
    for name, held, count in SIZES:
        print(f"case: {name}", file=sys.stderr)
        yield Case(name, returnees(held, count), world.reception("UKR", held), read_rules())


def returnees(held: int, count: int) -> pl.DataFrame:
    """Those who come home: every direct case, then the wounded and sick, then the rest, `count` in all."""
    made = world.make(held, sought=held, seed=1)
    frame = made.held["RUS"].join(made.summaries["RUS"].rename({"need": "finding"}), on="id")
    fit = [ride.value for ride in Ride]
    frame = frame.filter((pl.col("will") == "consents") & pl.col("fitness").is_in(fit))
    rank = pl.col("health").replace_strict({"direct": 0, "wounded": 1, "sick": 1}, default=2)
    return frame.sort(rank, "id").head(count)


def first_day(case: Case, placed: Placed) -> list[Rider]:
    """39 of each hundred, as on the first of three days, mixed by a fixed shuffle of the ids."""
    fitness = dict(case.coming.select("id", "fitness").rows())
    mixed = sorted(placed, key=lambda row: (int(row[0][3:]) * 7919 % 100_003, row[0]))
    return [Rider(who, site, Ride(fitness[who])) for who, site, _ in mixed[: len(mixed) * 39 // 100]]


def counted(case: Case, placed: Placed) -> dict[str, float]:
    """People without a place, groups apart and person-minutes on the road; raises if the plan breaks a rule."""
    sites = case.resources.sites
    without = sorted(set(case.coming["id"]) - {who for who, _, _ in placed})
    faults = check.check_places(case.coming, sites, placed, without, on=ON)
    if broken := {fault.rule for fault in faults} - {"idle-place"}:
        raise ValueError(f"the plan breaks {broken}")
    minutes = {site.code: site.minutes for site in sites}
    where = {who: site for who, site, _ in placed}
    members: dict[str, list[str]] = defaultdict(list)
    for who, group in case.coming.select("id", "group").rows():
        if group is not None:
            members[group].append(where.get(who, who))
    apart = sum(len(set(sites)) > 1 for sites in members.values())
    return {
        "without a place": len(without),
        "groups apart": apart,
        "minutes a person": round(sum(minutes[site] for _, site, _ in placed) / len(placed), 2),
    }


def vehicle_minutes(
    case: Case, riders: Sequence[Rider], trips: Sequence[tuple[str, str, str, int, int, bool, Sequence[str]]]
) -> dict[str, float]:
    """People left behind, waiting, and minutes that vehicles are out; raises if the day breaks a rule."""
    rows = [(rider.id, rider.site, rider.ride.value) for rider in riders]
    aboard = {who for trip in trips for who in trip[6]}
    left = sorted(rider.id for rider in riders if rider.id not in aboard)
    faults = check.check_transport(rows, case.resources.sites, case.resources.vehicles, trips, left)
    if faults:
        raise ValueError(f"the day breaks {faults[:3]}")
    waited = sum(trip[3] * len(trip[6]) for trip in trips)
    return {
        "left behind": len(left),
        "minutes waited a person": round(waited / max(1, len(aboard)), 2),
        "vehicle minutes": sum(trip[4] - trip[3] for trip in trips),
    }


def tell(documents: list[dict[str, object]]) -> None:
    json.dump(documents, sys.stdout, indent=1)
