"""How many of each profession a site needs on each shift for those whom it receives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from obmin.core.planning.resources import Site
from obmin.core.planning.rules import Rules


@dataclass(frozen=True, slots=True)
class Duty:
    """One profession on one shift of one site. `recorded` is None where the site has recorded none."""

    site: str
    shift: str
    profession: str
    people: int
    needed: int
    recorded: int | None

    @property
    def missing(self) -> int | None:
        return None if self.recorded is None else max(0, self.needed - self.recorded)


def roster(people: Mapping[str, int], sites: Sequence[Site], rules: Rules) -> tuple[Duty, ...]:
    """Duties of every site that receives somebody; `people` counts them by site code.

    A shift's staff is recorded as `doctor:night`; where it is not, the shift's share of the day's staff counts.
    """
    rows = []
    for site in sorted(sites, key=lambda s: s.code):
        count = people.get(site.code, 0)
        if not count:
            continue
        for shift, share in rules.shifts.items():
            for profession, ratio in rules.per_25.items():
                needed = math.ceil(round(count * ratio * share / 25, 6))
                rows.append(
                    Duty(site.code, shift, profession, count, needed, _recorded(site, profession, shift, share))
                )
    return tuple(rows)


def _recorded(site: Site, profession: str, shift: str, share: float) -> int | None:
    exact = site.staff.get(f"{profession}:{shift}")
    if exact is not None:
        return exact
    day = site.staff.get(profession)
    return None if day is None else math.ceil(round(day * share, 6))


def kits_needed(people: int, rules: Rules) -> int:
    """Sets of clothes and hygiene for this many, with the margin."""
    return math.ceil(round(people * (1 + rules.kits_margin), 6))
