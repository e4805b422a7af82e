"""Who works in the story and with what: invented officers, agencies, houses and vehicles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from obmin.core.access import DUTIES, Role
from obmin.core.access import Place as Bound
from obmin.core.planning.resources import Place, Reception, Site, Vehicle
from obmin.demo.world.spelling import latin
from obmin.demo.world.stock import given_names, load, rows, surnames

PROFESSIONS = ("doctor", "nurse", "psychologist", "case-manager", "document-officer")


@dataclass(frozen=True, slots=True)
class Agency:
    """`stages` are those that it leads, by the names of the workspace's side list."""

    code: str
    en: str
    uk: str
    ru: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Officer:
    """`name` in the side's own script, `name_latin` beside it."""

    id: str
    side: str
    role: Role
    agency: str
    name: str
    name_latin: str
    places: tuple[str, ...] = ()  # of a duty that is bound to sites or to the crossing


def agencies(side: str) -> tuple[Agency, ...]:
    return tuple(
        Agency(a["code"], a["en"], a["uk"], a["ru"], tuple(a["stages"]))
        for a in load("places.yaml")["agencies"][side]
    )


def officers(side: str, seed: int = 1) -> tuple[Officer, ...]:
    """Everybody who holds a role, in the order of the roles' table; ids such as `UKR-tracing-officer-2`."""
    names = load("names.yaml")
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 31 if side == "UKR" else 32])))
    words = surnames(names, side, rng)
    men, women = given_names(names)
    language, habit = ("uk", "uk-2010") if side == "UKR" else ("ru", "ru-icao")
    half = len(words.share) // 2
    found: list[Officer] = []
    taken: set[str] = set()
    for role, ours, theirs, count in rows(load("places.yaml")["officers"]):
        for number in range(1, int(count) + 1):
            while True:
                woman = bool(rng.random() < 0.45)
                surname = words.native[language][int(rng.integers(0, half)) + half * woman]
                if surname not in taken:
                    break
            taken.add(surname)
            stock = women if woman else men
            given = stock.native[language][int(rng.integers(0, len(stock.share)))]
            found.append(
                Officer(
                    f"{side}-{role}-{number}",
                    side,
                    Role(role),
                    ours if side == "UKR" else theirs,
                    f"{given} {surname}",
                    f"{latin(given, habit)} {latin(surname, habit)}",
                    _places(side, Role(role), number, int(count)),
                )
            )
    return tuple(found)


def _places(side: str, role: Role, number: int, of: int) -> tuple[str, ...]:
    """Where officer `number` of so many works: the sites are shared out among them, the crossing is one."""
    data = load("places.yaml")
    match DUTIES[role].place:
        case Bound.SITE:
            return tuple(str(row[0]) for row in rows(data["sites"][side], "|")[number - 1 :: of])
        case Bound.CROSSING:
            return (str(data["crossing"][side]["en"]),)
    return ()


def reception(side: str, people: int = 6000) -> Reception:
    """Houses and vehicles, sized for the exchange that `people` held a side lead to (places grow with it)."""
    data = load("places.yaml")
    grow = max(1.0, people / 6000)
    sites = []
    for code, en, uk, minutes, km, places, staff, female in rows(data["sites"][side], "|"):
        counts = dict(
            zip((p.value for p in Place), (round(int(n) * grow) for n in places.split()), strict=True)
        )
        duty = dict(zip(PROFESSIONS, (round(int(n) * grow) for n in staff.split()), strict=True))
        sites.append(Site(code, en, uk, "MOH", int(minutes), int(km), counts, duty, int(female)))
    vehicles = []
    for kind, count, seats, stretchers, intensive in rows(data["vehicles"], "|"):
        for number in range(1, round(int(count) * grow) + 1):
            vehicles.append(Vehicle(f"{kind}-{number:02d}", kind, int(seats), int(stretchers), int(intensive)))
    crossing = data["crossing"][side]
    return Reception(
        crossing["en"],
        crossing["uk"],
        tuple(sites),
        tuple(vehicles),
        escort_leads=round(data["escort_leads"] * grow),
        medics=round(data["medics"] * grow),
        kits=round(data["kits"] * grow),
    )
