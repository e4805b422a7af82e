"""How those who arrive on one day get from the crossing to their sites.

Vehicles of one make are alike and people of one transport class bound for one site are alike, so the program
counts trips and people; departures are waves, and a vehicle that is still on the road cannot leave again.
All vehicles to one site in one wave are a convoy, and an empty reserve vehicle goes with each.
Levels: nobody left at the crossing (intensive first), the least waiting for those who lie, the least waiting
for all, then the fewest vehicle minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from obmin.core.planning.mip import Level, Program
from obmin.core.planning.resources import Ride, Site, Vehicle
from obmin.core.planning.rules import Rules, TransportRules

SEVEREST_FIRST = (Ride.INTENSIVE, Ride.STRETCHER, Ride.ASSISTED, Ride.SEATED)
PLACES = ("seats", "stretchers", "intensive")
MAY_RIDE: Mapping[Ride, tuple[str, ...]] = {
    Ride.SEATED: ("seats",),
    Ride.ASSISTED: ("seats", "stretchers"),
    Ride.STRETCHER: ("stretchers", "intensive"),
    Ride.INTENSIVE: ("intensive",),
}


@dataclass(frozen=True, slots=True)
class Rider:
    """Somebody who arrives: bound for a site, in a transport class. `group` only keeps people side by side."""

    id: str
    site: str
    ride: Ride
    group: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """One vehicle, once: leaves and is ready again at these minutes after the first departure."""

    code: str
    vehicle: str
    site: str
    departs: int
    ready: int
    reserve: bool
    riders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Convoy:
    """All that leaves for one site at one time, and who must ride along."""

    site: str
    departs: int
    vehicles: int
    people: int
    leads: int
    medics: int


@dataclass(frozen=True, slots=True)
class TransportPlan:
    """`left` are those for whom no place was found; with the riders of the trips they are everybody, once.

    `leads` and `medics` are the most that are on the road at one time.
    """

    trips: tuple[Trip, ...]
    convoys: tuple[Convoy, ...]
    left: tuple[tuple[str, Ride], ...]
    leads: int
    medics: int
    levels: tuple[Level, ...]
    rules_version: int

    @property
    def optimal(self) -> bool:
        return all(level.optimal for level in self.levels)


Make = tuple[str, int, int, int]  # kind, usable seats, stretchers, intensive


def usable_seats(seats: int, load: float) -> int:
    """Seats that may be taken, rounded down."""
    return seats * round(load * 10_000) // 10_000


def plan_transport(
    riders: Iterable[Rider],
    sites: Sequence[Site],
    vehicles: Sequence[Vehicle],
    rules: Rules,
    *,
    nodes: int = 400,
) -> TransportPlan:
    """Trips for one day. The answer does not depend on the order of anything passed.

    Raises ValueError if a rider is bound for an unknown site or two riders share an id.
    """
    crowd: dict[tuple[str, Ride], list[Rider]] = {}
    seen: set[str] = set()
    known = {site.code: site for site in sites}
    for rider in sorted(riders, key=lambda r: (r.site, r.ride, r.group, r.id)):
        if rider.site not in known:
            raise ValueError(f"{rider.id} is bound for {rider.site}, which is no site")
        if rider.id in seen:
            raise ValueError(f"{rider.id} rides twice")
        seen.add(rider.id)
        crowd.setdefault((rider.site, rider.ride), []).append(rider)
    model = _Model(crowd, known, vehicles, rules.transport)
    everybody_stays = {column: len(crowd[key]) for key, column in model.stay.items()}
    values, levels = model.program.solve(model.levels(), start=everybody_stays, nodes=nodes)
    trips, left = model.unfold(values)
    convoys = _convoys(trips, rules.transport)
    minutes = {code: site.minutes for code, site in known.items()}
    return TransportPlan(
        trips,
        convoys,
        left,
        _at_once([(c.departs, c.departs + 2 * minutes[c.site], c.leads) for c in convoys]),
        _at_once([(c.departs, c.departs + 2 * minutes[c.site], c.medics) for c in convoys]),
        tuple(levels),
        rules.version,
    )


class _Model:
    def __init__(
        self,
        crowd: Mapping[tuple[str, Ride], list[Rider]],
        sites: Mapping[str, Site],
        vehicles: Sequence[Vehicle],
        rules: TransportRules,
    ) -> None:
        self.crowd, self.sites, self.rules = crowd, sites, rules
        self.makes: dict[Make, list[str]] = {}
        for vehicle in sorted(vehicles, key=lambda v: v.code):
            make = (
                vehicle.kind,
                usable_seats(vehicle.seats, rules.load),
                vehicle.stretchers,
                vehicle.intensive,
            )
            self.makes.setdefault(make, []).append(vehicle.code)
        self.program = Program()
        self.stay: dict[tuple[str, Ride], int] = {}
        self.sit: dict[tuple[str, Ride, int, str], int] = {}
        self.trip: dict[tuple[Make, str, int, bool], int] = {}
        self.bound_for = sorted({site for site, _ in crowd})
        for site in self.bound_for:
            for wave in range(len(rules.waves)):
                self._convoy(site, wave)
        self._everybody()
        self._fleet()

    def _convoy(self, site: str, wave: int) -> None:
        """Columns for one site and wave: laden trips, reserve trips, whether there is a convoy at all."""
        program = self.program
        laden: dict[int, float] = {}
        reserve: dict[int, float] = {}
        room: dict[str, dict[int, float]] = {place: {} for place in PLACES}
        for make, codes in sorted(self.makes.items()):
            column = self.trip[make, site, wave, False] = program.column(len(codes))
            laden[column] = 1.0
            for place, count in zip(PLACES, make[1:], strict=True):
                room[place][column] = -float(count)
            if make[0] in self.rules.reserve_kinds:
                extra = self.trip[make, site, wave, True] = program.column(1)
                reserve[extra] = 1.0
        runs = program.column(1)
        for column in laden:  # one row a make is tighter than one row for all
            program.row({column: 1.0, runs: -program.upper[column]}, most=0.0)
        program.row({**reserve, runs: -1.0}, least=0.0)
        for (where, ride), people in self.crowd.items():
            if where != site:
                continue
            for place in MAY_RIDE[ride]:
                column = self.sit[site, ride, wave, place] = program.column(len(people))
                room[place][column] = 1.0
        for terms in room.values():
            program.row(terms, most=0.0)

    def _everybody(self) -> None:
        for (site, ride), people in self.crowd.items():
            column = self.stay[site, ride] = self.program.column(len(people))
            terms = {c: 1.0 for (s, r, _, _), c in self.sit.items() if (s, r) == (site, ride)}
            self.program.row({**terms, column: 1.0}, least=len(people), most=len(people))

    def _fleet(self) -> None:
        """At each wave no more of a make are on the road than there are."""
        waves = self.rules.waves
        for make, codes in self.makes.items():
            for wave, now in enumerate(waves):
                out = {
                    column: 1.0
                    for (m, site, w, _), column in self.trip.items()
                    if m == make and w <= wave and (w == wave or waves[w] + self._lasts(site) > now)
                }
                self.program.row(out, most=len(codes))

    def _lasts(self, site: str) -> int:
        return 2 * self.sites[site].minutes + self.rules.turnaround

    def levels(self) -> list[tuple[str, Mapping[int, float]]]:
        found: list[tuple[str, Mapping[int, float]]] = []
        for ride in SEVEREST_FIRST:
            terms = {c: 1.0 for (_, r), c in self.stay.items() if r is ride}
            if terms:
                found.append((f"left at the crossing: {ride}", terms))
        lying = (Ride.STRETCHER, Ride.INTENSIVE)
        waits = {c: float(self.rules.waves[w]) for (_, _, w, _), c in self.sit.items()}
        found.append(("waiting, lying", {c: waits[c] for (_, r, _, _), c in self.sit.items() if r in lying}))
        found.append(("waiting", waits))
        lasts = {c: float(self._lasts(site)) for (_, site, _, _), c in self.trip.items()}
        found.append(("vehicle minutes", lasts))
        return found

    def unfold(self, values: Sequence[int]) -> tuple[tuple[Trip, ...], tuple[tuple[str, Ride], ...]]:
        waves = self.rules.waves
        queue = {key: list(people) for key, people in self.crowd.items()}
        free = {code: 0 for codes in self.makes.values() for code in codes}
        trips: list[Trip] = []
        for wave, departs in enumerate(waves):
            for site in self.bound_for:
                seated: dict[str, list[str]] = {place: [] for place in PLACES}
                for (s, ride, w, place), column in self.sit.items():
                    if (s, w) == (site, wave):
                        count = values[column]
                        seated[place] += [rider.id for rider in queue[s, ride][:count]]
                        del queue[s, ride][:count]
                ready = departs + self._lasts(site)
                for (make, s, w, reserve), column in self.trip.items():
                    if (s, w) != (site, wave):
                        continue
                    codes = [code for code in self.makes[make] if free[code] <= departs][: values[column]]
                    for code in codes:
                        free[code] = ready
                        aboard: list[str] = []
                        if not reserve:
                            for place, count in zip(PLACES, make[1:], strict=True):
                                aboard += seated[place][:count]
                                del seated[place][:count]
                        trips.append(Trip("", code, site, departs, ready, reserve, tuple(aboard)))
        left = tuple(sorted((r.id, ride) for (_, ride), people in queue.items() for r in people))
        return _numbered(trips), left


def _numbered(trips: Sequence[Trip]) -> tuple[Trip, ...]:
    """Codes in the order of departure; a laden trip that carries nobody is left out."""
    ordered = sorted(
        (t for t in trips if t.riders or t.reserve), key=lambda t: (t.departs, t.site, t.reserve, t.vehicle)
    )
    return tuple(
        Trip(f"T{n:03d}", t.vehicle, t.site, t.departs, t.ready, t.reserve, t.riders)
        for n, t in enumerate(ordered, 1)
    )


def _convoys(trips: Sequence[Trip], rules: TransportRules) -> tuple[Convoy, ...]:
    vehicles = Counter((t.departs, t.site) for t in trips)
    people: Counter[tuple[int, str]] = Counter()
    for trip in trips:
        people[trip.departs, trip.site] += len(trip.riders)
    return tuple(
        Convoy(
            site,
            departs,
            count,
            people[departs, site],
            leads=-(-count // rules.vehicles_per_lead),
            medics=-(-people[departs, site] // rules.people_per_medic),
        )
        for (departs, site), count in sorted(vehicles.items())
    )


def _at_once(spans: Sequence[tuple[int, int, int]]) -> int:
    """The greatest sum of counts over spans [from, to) that overlap."""
    return max((sum(n for a, b, n in spans if a <= start < b) for start, _, _ in spans), default=0)
