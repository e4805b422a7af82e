"""Does a reception plan keep its rules? Person by person, by other means than the plan was made with.

This module reads the rules' YAML itself and shares no code with the modules that plan: what they claim, it
counts again. It takes rows, not their objects, so that a plan from anywhere can be checked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from itertools import pairwise
from math import ceil
from typing import Any

import polars as pl
from ruamel.yaml import YAML

from obmin.core.planning.resources import Site, Vehicle

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that does not hold, where, and what was found. `rule` is a stable word."""

    rule: str
    where: str
    found: str


def rules_as_written(text: str | None = None) -> Mapping[str, Any]:
    if text is None:
        text = resources.files("obmin.core.planning").joinpath("rules.yaml").read_text(encoding="utf-8")
    rules: Mapping[str, Any] = YAML(typ="safe").load(text)
    return rules


def check_places(
    people: pl.DataFrame,
    sites: Sequence[Site],
    assigned: Iterable[tuple[str, str, str]],
    unplaced: Iterable[str],
    *,
    on: str,
    rules_text: str | None = None,
    apart: Iterable[str] | None = None,
    minutes: int | None = None,
) -> tuple[Fault, ...]:
    """Every fault of a places plan; none means that it holds.

    `assigned` are (id, site code, kind of place), `unplaced` the ids of those without. `apart` and `minutes`,
    if given, are claims that are counted again. `on` is the day of arrival, ISO.
    """
    rules = rules_as_written(rules_text)
    rows = {row["id"]: row for row in people.to_dicts()}
    houses = {site.code: site for site in sites}
    placed = list(assigned)
    without = list(unplaced)
    faults = list(_once([who for who, _, _ in placed] + without, rows))
    known = [(rows[who], houses[site], kind) for who, site, kind in placed if who in rows and site in houses]
    faults += [Fault("site-known", who, site) for who, site, _ in placed if site not in houses]
    for row, site, kind in known:
        faults += _person(row, site, kind, rules, on)
    used = Counter((site.code, kind) for _, site, kind in known)
    faults += _capacity(used, houses, rules)
    faults += _idle([rows[who] for who in without if who in rows], used, houses, rules, on)
    where = {row["id"]: site.code for row, site, _ in known}
    if apart is not None:
        faults += _apart(rows, where, set(apart))
    if minutes is not None and minutes != sum(site.minutes for _, site, _ in known):
        faults.append(
            Fault("minutes", "plan", f"{minutes} claimed, {sum(s.minutes for _, s, _ in known)} counted")
        )
    return tuple(faults)


def need_of(row: Row, rules: Mapping[str, Any], on: str) -> str:
    """What the rules say that one person needs."""
    for rule in rules["needs"]:
        fits = True
        for column, wanted in rule["when"].items():
            if column == "age_from":
                fits = fits and _least_age(row.get("birth_date"), on) >= wanted
            else:
                fits = fits and row.get(column) in wanted
        if fits:
            return str(rule["need"])
    return ""


def _least_age(born: str | None, on: str) -> int:
    if not born:
        return -1
    parts = [int(p) for p in born.split("-")] + [12, 31][len(born.split("-")) - 1 :]
    year, month, day = (int(p) for p in on[:10].split("-"))
    return year - parts[0] - ((month, day) < (parts[1], parts[2]))


def _once(found: Sequence[str], rows: Mapping[str, Row]) -> Iterator[Fault]:
    counts = Counter(found)
    for who, count in counts.items():
        if who not in rows:
            yield Fault("person-known", who, "is not among those who come")
        if count > 1:
            yield Fault("once", who, f"named {count} times")
    for who in rows:
        if who not in counts:
            yield Fault("everybody", who, "has neither a place nor a line among those without")


def _person(row: Row, site: Site, kind: str, rules: Mapping[str, Any], on: str) -> Iterator[Fault]:
    need = need_of(row, rules, on)
    if kind not in rules["may_take"][need]:
        yield Fault("place-serves-need", row["id"], f"{kind} for somebody who needs {need}")
    if site.minutes > rules["longest_drive"][need]:
        yield Fault("drive", row["id"], f"{site.minutes} minutes to {site.code}")
    if row.get("sex") == "2" and site.female_staff < 1:
        yield Fault("female-staff", row["id"], f"{site.code} has no women on its staff")


def _capacity(
    used: Mapping[tuple[str, str], int], houses: Mapping[str, Site], rules: Mapping[str, Any]
) -> Iterator[Fault]:
    for (code, kind), count in used.items():
        if count > houses[code].places.get(kind, 0):
            yield Fault("capacity", code, f"{count} in {houses[code].places.get(kind, 0)} {kind} places")
    for kind in sorted({kind for _, kind in used}):
        count = sum(n for (_, k), n in used.items() if k == kind)
        total = sum(site.places.get(kind, 0) for site in houses.values())
        free = ceil(Fraction(str(rules["reserve"])) * total)
        if count > total - free:
            yield Fault("reserve", kind, f"{count} of {total} given out, {free} must stay free")
    for code, site in houses.items():
        count = sum(n for (c, _), n in used.items() if c == code)
        most = _most_heads(site, rules)
        if most is not None and count > most:
            yield Fault("staff", code, f"{count} people, staff for {most}")


def _most_heads(site: Site, rules: Mapping[str, Any]) -> int | None:
    limits = [
        int(Fraction(site.staff[profession]) * 25 / Fraction(str(ratio)))
        for profession, ratio in rules["per_25"].items()
        if profession in site.staff and ratio > 0
    ]
    return min(limits, default=None)


def _idle(
    without: Sequence[Row],
    used: Mapping[tuple[str, str], int],
    houses: Mapping[str, Site],
    rules: Mapping[str, Any],
    on: str,
) -> Iterator[Fault]:
    """Somebody has no place although one that serves them stands free beyond the reserve."""
    seen: set[tuple[str, bool]] = set()
    for row in without:
        key = (need_of(row, rules, on), row.get("sex") == "2")
        if key in seen:
            continue
        seen.add(key)
        for kind in rules["may_take"][key[0]]:
            total = sum(site.places.get(kind, 0) for site in houses.values())
            given = sum(n for (_, k), n in used.items() if k == kind)
            if given >= total - ceil(Fraction(str(rules["reserve"])) * total):
                continue
            for code, site in houses.items():
                most = _most_heads(site, rules)
                here = sum(n for (c, _), n in used.items() if c == code)
                open_door = site.minutes <= rules["longest_drive"][key[0]] and (
                    not key[1] or site.female_staff > 0
                )
                has_staff = most is None or here < most
                if open_door and has_staff and used.get((code, kind), 0) < site.places.get(kind, 0):
                    yield Fault("idle-place", row["id"], f"{kind} at {code} is free")


def _apart(rows: Mapping[str, Row], where: Mapping[str, str], claimed: set[str]) -> Iterator[Fault]:
    members: dict[str, list[str]] = defaultdict(list)
    for who, row in rows.items():
        if row.get("group") is not None:
            members[row["group"]].append(who)
    really = {
        name
        for name, people in members.items()
        if len(people) > 1 and (len({where.get(p) for p in people}) > 1 or where.get(people[0]) is None)
    }
    for name in sorted(really ^ claimed):
        yield Fault("groups", name, "is apart" if name in really else "is together")


def check_transport(
    riders: Iterable[tuple[str, str, str]],
    sites: Sequence[Site],
    vehicles: Sequence[Vehicle],
    trips: Iterable[tuple[str, str, str, int, int, bool, Sequence[str]]],
    left: Iterable[str],
    *,
    rules_text: str | None = None,
) -> tuple[Fault, ...]:
    """Every fault of a day's transport; none means that it holds.

    `riders` are (id, site, transport class); `trips` (code, vehicle, site, departs, ready, reserve, riders);
    `left` the ids of those whom no vehicle takes.
    """
    ride = rules_as_written(rules_text)["transport"]
    crowd = {who: (site, kind) for who, site, kind in riders}
    houses = {site.code: site for site in sites}
    fleet = {vehicle.code: vehicle for vehicle in vehicles}
    runs = list(trips)
    named = [who for run in runs for who in run[6]] + list(left)
    faults = list(_once(named, {who: {} for who in crowd}))
    for code, vehicle, site, departs, ready, reserve, aboard in runs:
        if vehicle not in fleet or site not in houses:
            faults.append(Fault("trip-known", code, f"{vehicle} to {site}"))
            continue
        if departs not in ride["waves"] or ready < departs + 2 * houses[site].minutes + ride["turnaround"]:
            faults.append(Fault("timing", code, f"leaves at {departs}, back at {ready}"))
        faults += [
            Fault("destination", who, f"{code} goes to {site}")
            for who in aboard
            if crowd.get(who, (site,))[0] != site
        ]
        faults += _aboard(code, fleet[vehicle], [crowd[who][1] for who in aboard if who in crowd], ride)
        if reserve and (aboard or fleet[vehicle].kind not in ride["reserve_kinds"]):
            faults.append(Fault("reserve-vehicle", code, f"{fleet[vehicle].kind} with {len(aboard)} aboard"))
    faults += _never_twice(runs)
    for departs, site in sorted({(run[3], run[2]) for run in runs if not run[5]}):
        if not any(run[5] for run in runs if (run[3], run[2]) == (departs, site)):
            faults.append(Fault("reserve-vehicle", site, f"the convoy at {departs} has none"))
    return tuple(faults)


def _aboard(code: str, vehicle: Vehicle, kinds: Sequence[str], ride: Mapping[str, Any]) -> Iterator[Fault]:
    count = Counter(kinds)
    seats = int(Fraction(str(ride["load"])) * vehicle.seats)
    spare = vehicle.intensive - count["intensive"]
    lying = max(0, count["stretcher"] - max(0, spare))
    sitting = count["seated"] + max(0, count["assisted"] - max(0, vehicle.stretchers - lying))
    if spare < 0 or lying > vehicle.stretchers or sitting > seats or count["seated"] > seats:
        yield Fault("load", code, f"{dict(sorted(count.items()))} in {vehicle.code}, {seats} seats to be taken")
    for kind in sorted(set(count) - {"seated", "assisted", "stretcher", "intensive"}):
        yield Fault("transport-class", code, kind)


def _never_twice(runs: Sequence[tuple[str, str, str, int, int, bool, Sequence[str]]]) -> Iterator[Fault]:
    spans: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for code, vehicle, _, departs, ready, _, _ in runs:
        spans[vehicle].append((departs, ready, code))
    for vehicle, found in sorted(spans.items()):
        found.sort()
        for (_, ready, first), (departs, _, second) in pairwise(found):
            if departs < ready:
                yield Fault("vehicle-once", vehicle, f"{second} leaves before {first} is back")
