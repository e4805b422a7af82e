"""What a side can receive people with: sites and their places, staff, vehicles, the crossing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Place(StrEnum):
    """Kinds of place. `women` is a general place in a part of the house that is for women alone."""

    INTENSIVE = "intensive"
    SURGICAL = "surgical"
    ISOLATION = "isolation"
    PSYCHIATRIC = "psychiatric"
    GENERAL = "general"
    WOMEN = "women"


class Ride(StrEnum):
    """How somebody travels: the transport class that fitness to travel gives."""

    SEATED = "seated"
    ASSISTED = "assisted"
    STRETCHER = "stretcher"
    INTENSIVE = "intensive"


@dataclass(frozen=True, slots=True)
class Site:
    """A house that receives. `places` counts by kind of place, `staff` by profession on the day shift.

    `minutes` is the drive from the crossing one way, `km` its length.
    """

    code: str
    name_en: str
    name_uk: str
    agency: str
    minutes: int
    km: int
    places: Mapping[str, int]
    staff: Mapping[str, int] = field(default_factory=dict)
    female_staff: int = 0


@dataclass(frozen=True, slots=True)
class Vehicle:
    """`seats`, `stretchers` and `intensive` are places for those who come home, not for the crew."""

    code: str
    kind: str
    seats: int = 0
    stretchers: int = 0
    intensive: int = 0


@dataclass(frozen=True, slots=True)
class Reception:
    """Everything that one side receives with. `kits` are sets of clothes, hygiene and telephone in stock."""

    crossing_en: str
    crossing_uk: str
    sites: tuple[Site, ...]
    vehicles: tuple[Vehicle, ...]
    escort_leads: int = 0
    medics: int = 0
    kits: int = 0
