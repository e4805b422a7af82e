"""A day's transport with a column for each person in each vehicle, site and wave: slow and plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from obmin.core.planning.resources import Ride, Site, Vehicle
from obmin.core.planning.rules import TransportRules
from obmin.core.planning.transport import MAY_RIDE, Rider, usable_seats

ORDER = (Ride.INTENSIVE, Ride.STRETCHER, Ride.ASSISTED, Ride.SEATED)


class Undivided:
    """`left()` counts who stays at the crossing, by transport class."""

    def __init__(
        self, riders: Sequence[Rider], sites: Sequence[Site], fleet: Sequence[Vehicle], rules: TransportRules
    ) -> None:
        self.riders, self.fleet, self.rules = riders, fleet, rules
        self.minutes = {site.code: site.minutes for site in sites}
        waves = range(len(rules.waves))
        self.runs = [(v, site.code, w) for v in range(len(fleet)) for site in sites for w in waves]
        self.reserves = [run for run in self.runs if fleet[run[0]].kind in rules.reserve_kinds]
        self.seats = [
            (p, *run, place)
            for p, rider in enumerate(riders)
            for run in self.runs
            if run[1] == rider.site
            for place in MAY_RIDE[rider.ride]
        ]
        keys = [
            *(("run", *run) for run in self.runs),
            *(("reserve", *run) for run in self.reserves),
            *self.seats,
        ]
        self.columns: dict[tuple[object, ...], int] = {key: n for n, key in enumerate(keys)}
        self.rows: list[dict[int, float]] = []
        self.most: list[float] = []
        for p in range(len(riders)):
            self._limit({self.columns[x]: 1.0 for x in self.seats if x[0] == p}, 1)
        for run in self.runs:
            self._one_run(*run)
        for v in range(len(fleet)):
            for wave in waves:
                self._limit(self._out(v, wave), 1)

    def _limit(self, terms: dict[int, float], bound: float) -> None:
        self.rows.append(terms)
        self.most.append(bound)

    def _one_run(self, v: int, site: str, wave: int) -> None:
        run = self.columns["run", v, site, wave]
        here = [self.columns["reserve", *r] for r in self.reserves if r[1:] == (site, wave)]
        self._limit({run: 1.0, **dict.fromkeys(here, -1.0)}, 0)
        room = {
            "seats": usable_seats(self.fleet[v].seats, self.rules.load),
            "stretchers": self.fleet[v].stretchers,
            "intensive": self.fleet[v].intensive,
        }
        for place, count in room.items():
            taken = {self.columns[x]: 1.0 for x in self.seats if x[1:] == (v, site, wave, place)}
            self._limit({**taken, run: -float(count)}, 0)

    def _out(self, v: int, wave: int) -> dict[int, float]:
        found = {}
        for kind, runs in (("run", self.runs), ("reserve", self.reserves)):
            for vehicle, site, left in runs:
                back = self.rules.waves[left] + 2 * self.minutes[site] + self.rules.turnaround
                if vehicle == v and left <= wave and (left == wave or back > self.rules.waves[wave]):
                    found[self.columns[kind, vehicle, site, left]] = 1.0
        return found

    def left(self) -> Counter[Ride]:
        if not self.seats:
            return Counter(rider.ride for rider in self.riders)
        gain = np.zeros(len(self.columns))
        for x in self.seats:
            gain[self.columns[x]] = -(8.0 ** (4 - ORDER.index(self.riders[x[0]].ride)))
        matrix = np.zeros((len(self.rows), len(self.columns)))
        for n, terms in enumerate(self.rows):
            matrix[n, list(terms)] = list(terms.values())
        found = milp(
            gain,
            integrality=np.ones(len(self.columns)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, -np.inf, np.array(self.most)),
            options={"mip_rel_gap": 0.0},
        )
        away = {x[0] for x in self.seats if found.x[self.columns[x]] > 0.5}
        return Counter(rider.ride for p, rider in enumerate(self.riders) if p not in away)
