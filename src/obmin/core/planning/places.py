"""Who goes to which site and to which kind of place.

People who need the same thing are alike, so the program counts classes, not people: whole numbers of each
class at each site and kind, exact, its size independent of how many come. Levels, each kept by the next:
nobody without a place (the worst needs first), groups under one roof, as few heavier places as may be, the
fewest minutes on the road. Source of the levels: docs/stages/6-reception.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from obmin.core.planning.mip import Level, Program
from obmin.core.planning.resources import Place, Site
from obmin.core.planning.rules import Rules, needs_of

Kind = tuple[Place, bool]  # what is needed, and whether by a woman
SEVEREST_FIRST = (
    Place.INTENSIVE,
    Place.ISOLATION,
    Place.SURGICAL,
    Place.PSYCHIATRIC,
    Place.WOMEN,
    Place.GENERAL,
)


class Mend(StrEnum):
    """What would shrink a shortage."""

    RESERVE = "use-reserve"  # give out the places kept free
    DRIVE = "drive-longer"  # use sites beyond the longest drive
    STAFF = "add-staff"  # sites have places, but too few staff
    PLACES = "add-places"  # more places, with the staff for them


@dataclass(frozen=True, slots=True)
class Assignment:
    """`heavier`: the place is of a class above the need."""

    id: str
    site: str
    kind: Place
    need: Place
    heavier: bool


@dataclass(frozen=True, slots=True)
class Remedy:
    """`people` would get a place by this measure alone; `minutes` is how much beyond the longest drive."""

    mend: Mend
    people: int
    site: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Shortage:
    need: Place
    people: int
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class PlacesPlan:
    """`assignments` and `unplaced` are in the order of ids; together they are everybody, once.

    `apart` are the groups that could not go under one roof. `levels` carry objective, bound and whether
    the bound is met; `minutes` is the sum of everybody's drive.
    """

    assignments: tuple[Assignment, ...]
    unplaced: tuple[tuple[str, Place], ...]
    shortages: tuple[Shortage, ...]
    apart: tuple[str, ...]
    levels: tuple[Level, ...]
    minutes: int
    rules_version: int

    @property
    def optimal(self) -> bool:
        return all(level.optimal for level in self.levels)


@dataclass(slots=True)
class _Crowd:
    """The people by class and by group, all in the order of ids."""

    members: dict[Kind, list[str]]
    groups: dict[str, list[tuple[str, Kind]]]
    signatures: dict[tuple[tuple[Kind, int], ...], list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Limits:
    reserve: float
    drive: bool
    staff: bool


def plan_places(
    people: pl.DataFrame, sites: Sequence[Site], rules: Rules, *, on: str, nodes: int = 5000
) -> PlacesPlan:
    """A place for each row of `people` (`id`; if known `sex, birth_date, health, fitness, finding, group`).

    `on` is the day of arrival, ISO. The answer does not depend on the order of rows or sites.
    Raises ValueError if two rows share an id.
    """
    crowd = _crowd(people, rules, on)
    houses = sorted(sites, key=lambda s: s.code)
    model = _Model(crowd, houses, rules, _Limits(rules.reserve, True, True))
    values, levels = model.solve(nodes)
    assignments, unplaced = model.unfold(values)
    minutes = {s.code: s.minutes for s in houses}
    where = {a.id: a.site for a in assignments}
    apart = tuple(
        name
        for name, members in sorted(crowd.groups.items())
        if len({where.get(who, who) for who, _ in members}) > 1
    )
    return PlacesPlan(
        assignments,
        unplaced,
        _shortages(unplaced, crowd, houses, rules, nodes),
        apart,
        tuple(levels),
        sum(minutes[a.site] for a in assignments),
        rules.version,
    )


def heads(site: Site, rules: Rules) -> int | None:
    """How many the recorded staff of a site can receive; None if no profession of the rules is recorded."""
    limits = [
        int(site.staff[p] * 25 // ratio) for p, ratio in rules.per_25.items() if p in site.staff and ratio > 0
    ]
    return min(limits) if limits else None


def _crowd(people: pl.DataFrame, rules: Rules, on: str) -> _Crowd:
    needs = needs_of(people, rules, on=on).to_list()
    ids = people["id"].to_list()
    if len(set(ids)) != len(ids):
        raise ValueError("two rows share an id")
    sexes = people["sex"].to_list() if "sex" in people.columns else [None] * len(ids)
    names = people["group"].to_list() if "group" in people.columns else [None] * len(ids)
    members: dict[Kind, list[str]] = {}
    groups: dict[str, list[tuple[str, Kind]]] = {}
    for who, need, sex, name in sorted(zip(ids, needs, sexes, names, strict=True), key=lambda row: row[0]):
        kind = (Place(need), sex == "2")
        members.setdefault(kind, []).append(who)
        if name is not None:
            groups.setdefault(name, []).append((who, kind))
    crowd = _Crowd(members, {name: found for name, found in groups.items() if len(found) > 1})
    for name in sorted(crowd.groups):
        counts = Counter(kind for _, kind in crowd.groups[name])
        crowd.signatures.setdefault(tuple(sorted(counts.items())), []).append(name)
    return crowd


class _Model:
    """The program for one crowd, and the way back from its numbers to people."""

    def __init__(self, crowd: _Crowd, sites: Sequence[Site], rules: Rules, limits: _Limits) -> None:
        self.crowd, self.sites, self.rules = crowd, sites, rules
        self.program = Program()
        self.seat: dict[tuple[Kind, int, Place], int] = {}
        self.short: dict[Kind, int] = {}
        self.together: dict[tuple[tuple[tuple[Kind, int], ...], int], int] = {}
        for kind in sorted(crowd.members):
            count = len(crowd.members[kind])
            self.short[kind] = self.program.column(count)
            terms = {self.short[kind]: 1.0}
            for at, site in enumerate(sites):
                if not self._admits(site, kind, limits):
                    continue
                for place in rules.may_take[kind[0]]:
                    if site.places.get(place.value, 0) > 0:
                        column = self.program.column(min(count, site.places[place.value]))
                        self.seat[kind, at, place] = column
                        terms[column] = 1.0
            self.program.row(terms, least=count, most=count)
        self._capacity(limits)
        self._groups()

    def _admits(self, site: Site, kind: Kind, limits: _Limits) -> bool:
        if kind[1] and site.female_staff < 1:
            return False
        return not limits.drive or site.minutes <= self.rules.longest_drive[kind[0]]

    def _capacity(self, limits: _Limits) -> None:
        for place in Place:
            total = sum(site.places.get(place.value, 0) for site in self.sites)
            used = {c: 1.0 for (_, _, p), c in self.seat.items() if p is place}
            self.program.row(used, most=total - kept_free(total, limits.reserve))
        for at, site in enumerate(self.sites):
            here = [(place, column) for (_, s, place), column in self.seat.items() if s == at]
            for place in Place:
                self.program.row({c: 1.0 for p, c in here if p is place}, most=site.places.get(place.value, 0))
            most = heads(site, self.rules)
            if limits.staff and most is not None:
                self.program.row({c: 1.0 for _, c in here}, most=most)

    def _groups(self) -> None:
        for signature, names in self.crowd.signatures.items():
            columns = {}
            for at in range(len(self.sites)):
                fits = all(any((kind, at, p) in self.seat for p in Place) for kind, _ in signature)
                if fits:
                    columns[at] = self.together[signature, at] = self.program.column(len(names))
            self.program.row(dict.fromkeys(columns.values(), 1.0), most=len(names))
        for kind in self.crowd.members:
            for at in range(len(self.sites)):
                terms = {c: 1.0 for (k, s, _), c in self.seat.items() if k == kind and s == at}
                for (signature, s), column in self.together.items():
                    if s == at and (count := dict(signature).get(kind)):
                        terms[column] = -float(count)
                self.program.row(terms, least=0.0)

    def levels(self) -> list[tuple[str, Mapping[int, float]]]:
        # the worst need comes before the count
        found: list[tuple[str, Mapping[int, float]]] = []
        for need in SEVEREST_FIRST:
            terms = {c: 1.0 for kind, c in self.short.items() if kind[0] is need}
            if terms:
                found.append((f"without a place: {need}", terms))
        if self.together:
            found.append(("groups under one roof", dict.fromkeys(self.together.values(), -1.0)))
        heavier = {c: 1.0 for (kind, _, place), c in self.seat.items() if place is not kind[0]}
        if heavier:
            found.append(("heavier places", heavier))
        found.append(("minutes", {c: float(self.sites[at].minutes) for (_, at, _), c in self.seat.items()}))
        return found

    def solve(self, nodes: int) -> tuple[list[int], list[Level]]:
        nobody_placed = {column: len(self.crowd.members[kind]) for kind, column in self.short.items()}
        return self.program.solve(self.levels(), start=nobody_placed, nodes=nodes)

    def unfold(self, values: Sequence[int]) -> tuple[tuple[Assignment, ...], tuple[tuple[str, Place], ...]]:
        """People for the numbers: groups first, then the rest in the order of ids."""
        left = {key: values[column] for key, column in self.seat.items()}
        waiting = {kind: dict.fromkeys(ids) for kind, ids in self.crowd.members.items()}
        found: list[Assignment] = []

        def put(who: str, kind: Kind, at: int) -> bool:
            for place in self.rules.may_take[kind[0]]:
                if left.get((kind, at, place), 0) > 0:
                    left[kind, at, place] -= 1
                    del waiting[kind][who]
                    found.append(Assignment(who, self.sites[at].code, place, kind[0], place is not kind[0]))
                    return True
            return False

        queue = {signature: list(names) for signature, names in self.crowd.signatures.items()}
        for (signature, at), column in self.together.items():
            for _ in range(values[column]):
                for who, kind in self.crowd.groups[queue[signature].pop(0)]:
                    put(who, kind, at)
        for kind in sorted(waiting):
            at = 0
            for who in list(waiting[kind]):
                while at < len(self.sites) and not put(who, kind, at):
                    at += 1
        unplaced = [(who, kind[0]) for kind, ids in waiting.items() for who in ids]
        return tuple(sorted(found, key=lambda a: a.id)), tuple(sorted(unplaced))


def kept_free(total: int, share: float) -> int:
    """Places of a kind kept free of `total`: the share, rounded up."""
    return -int(-(total * round(share * 10_000)) // 10_000)


def _shortages(
    unplaced: Sequence[tuple[str, Place]], crowd: _Crowd, sites: Sequence[Site], rules: Rules, nodes: int
) -> tuple[Shortage, ...]:
    """For each need that is short: by how much each measure alone would shrink it."""
    missing = Counter(need for _, need in unplaced)
    if not missing:
        return ()
    measures = {
        Mend.RESERVE: _Limits(0.0, True, True),
        Mend.DRIVE: _Limits(rules.reserve, False, True),
        Mend.STAFF: _Limits(rules.reserve, True, False),
    }
    remedies: dict[Place, list[Remedy]] = {need: [] for need in missing}
    for mend, limits in measures.items():
        model = _Model(crowd, sites, rules, limits)
        values, _ = model.solve(nodes)
        for need, count in missing.items():
            still = sum(values[c] for kind, c in model.short.items() if kind[0] is need)
            if still >= count:
                continue
            if mend is not Mend.DRIVE:
                remedies[need].append(Remedy(mend, count - still))
                continue
            for at, site in enumerate(sites):
                over = site.minutes - rules.longest_drive[need]
                there = sum(values[c] for (kind, s, _), c in model.seat.items() if kind[0] is need and s == at)
                if over > 0 and there > 0:
                    remedies[need].append(Remedy(mend, there, site.code, over))
    return tuple(
        Shortage(need, missing[need], (*remedies[need], Remedy(Mend.PLACES, missing[need])))
        for need in SEVEREST_FIRST
        if need in missing
    )
