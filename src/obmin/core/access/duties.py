"""The table of duties: `duties.yaml`, read once, checked, and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from itertools import combinations
from types import MappingProxyType
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from obmin.core.errors import Problem, Unreadable

_FILE: Final = "duties.yaml"
_EVERY: Final = "*"


class Role(StrEnum):
    """Duties, as officers name them. What each may see is `DUTIES`; what each may do is `core.acts`."""

    REGISTRAR = "registrar"
    TRACING = "tracing-officer"
    LISTS = "list-officer"
    NEGOTIATOR = "negotiator"
    LEGAL = "legal-officer"
    MEDICAL = "medical-officer"
    INTERVIEWER = "interviewer"
    PLANNER = "reception-planner"
    SITE = "site-manager"
    ESCORT = "escort-lead"
    HANDOVER = "handover-officer"
    GUARD = "guard"
    CASE = "case-manager"
    PSYCHOLOGIST = "psychologist"
    FAMILY = "family-liaison"
    PRESS = "press-officer"
    PROTECTION = "data-protection-officer"
    AUDITOR = "auditor"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"


class Area(StrEnum):
    """What is read together: the nine stages, the board, the journal, and the sealed classes of a record.

    `REGISTER` is either wall: whoever reads `HELD` (people in our hands) or `SOUGHT` (our own people) has it.
    """

    BOARD = "board"
    REGISTER = "register"
    HELD = "held"
    SOUGHT = "sought"
    TRACING = "tracing"
    TERMS = "terms"
    LISTS = "lists"
    FAIRNESS = "fairness"  # who was passed over in the series, in sums that may be shown
    ROUNDS = "rounds"
    RECEPTION = "reception"
    HANDOVER = "handover"
    CARE = "care"
    BULLETINS = "bulletins"
    JOURNAL = "journal"
    MEDICAL = "medical"  # findings, not the result "fit"
    WILL = "will"  # the answer and its date, not "available"
    COURT = "court"
    ACCOUNTS = "accounts"  # who works here, in which duty


class Place(StrEnum):
    """What kind of place a duty is bound to."""

    SITE = "site"
    CROSSING = "crossing"


Fields = Mapping[Area, frozenset[str]]
WALLS: Final = frozenset({Area.HELD, Area.SOUGHT})


@dataclass(frozen=True, slots=True)
class Duty:
    """What one role sees: fields by area; whether only at the places of its appointment, or of its agency."""

    fields: Fields
    place: Place | None = None
    agency: bool = False

    @property
    def areas(self) -> frozenset[Area]:
        own = frozenset(self.fields)
        return own | {Area.REGISTER} if own & WALLS else own


@dataclass(frozen=True, slots=True)
class Table:
    """`areas`: every field that there is; `duties`: every role; `apart`: pairs that nobody holds, and why."""

    areas: Fields
    duties: Mapping[Role, Duty]
    apart: Mapping[frozenset[Role], str]


def read_duties(text: str | None = None) -> Table:
    """The table in this YAML text, or the one that ships beside this module.

    Raises `Unreadable` with every problem: a role that is missing or unknown, an area or a field that does not
    exist, duties kept apart from themselves.
    """
    if text is None:
        text = resources.files("obmin.core.access").joinpath(_FILE).read_text(encoding="utf-8")
    try:
        raw: Any = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise Unreadable(Problem(_FILE, None, None, str(error)[:200], "YAML")) from error
    if problems := _problems(raw):
        raise Unreadable(problems)
    areas = {Area(name): frozenset(fields) for name, fields in raw["areas"].items()}
    return Table(
        MappingProxyType(areas),
        MappingProxyType({Role(name): _duty(row) for name, row in raw["duties"].items()}),
        MappingProxyType(_apart(raw["apart"])),
    )


def _duty(row: Mapping[str, Any]) -> Duty:
    fields = {Area(name): frozenset(found) for name, found in row.items() if name not in ("place", "agency")}
    place = Place(row["place"]) if "place" in row else None
    return Duty(MappingProxyType(fields), place, row.get("agency", False))


def _apart(rows: list[list[Any]]) -> dict[frozenset[Role], str]:
    found: dict[frozenset[Role], str] = {}
    for one, others, why in rows:
        for other in Role if others == _EVERY else map(Role, others):
            if other != one:
                found.setdefault(frozenset({Role(one), other}), why)
    return found


def _problems(raw: Any) -> list[Problem]:
    if not isinstance(raw, dict) or set(raw) != {"areas", "duties", "never", "apart"}:
        return [_problem("", str(raw)[:80], "areas, duties, never, apart")]
    roles, areas = {role.value for role in Role}, raw["areas"]
    found = [_problem("areas", name, "an area") for name in areas if name not in set(Area) - {Area.REGISTER}]
    found += [_problem("duties", name, "a role") for name in sorted(set(raw["duties"]) ^ roles)]
    for role, row in raw["duties"].items():
        for name, fields in (row or {}).items():
            if name == "place":
                good = fields in set(Place)
            elif name == "agency":
                good = fields is True
            else:
                good = name in areas and bool(fields) and set(fields) <= set(areas[name])
            if not good:
                found.append(_problem(f"duties/{role}/{name}", str(fields)[:80], "what the table of areas has"))
    for row in raw["apart"]:
        one, others, why = row if isinstance(row, list) and len(row) == 3 else ("", (), "")
        named = roles - {one} if others == _EVERY else set(others)
        if one not in roles or one in named or not named <= roles or not named or not why:
            found.append(_problem("apart", str(row)[:80], "a role, other roles, why"))
    return found or _breaches(raw)


def _breaches(raw: Any) -> list[Problem]:
    """What some duties never see is granted to none of them, nor to a duty that they could hold besides."""
    apart = _apart(raw["apart"])
    found = []
    for area, fields in raw["never"]["fields"].items():
        if not set(fields) <= set(raw["areas"].get(area, ())):
            found.append(_problem(f"never/{area}", str(fields)[:80], "what the table of areas has"))
        for role, row in raw["duties"].items():
            for kept in raw["never"]["from"] if set(fields) & set(row.get(area, ())) else ():
                if role == kept or frozenset({Role(role), Role(kept)}) not in apart:
                    found.append(
                        _problem(f"duties/{role}/{area}", str(fields)[:80], f"nothing that {kept} never sees")
                    )
    return found


def _problem(column: str, value: str, expected: str) -> Problem:
    return Problem(_FILE, None, column, value, expected)


TABLE: Final = read_duties()
DUTIES: Final = TABLE.duties


def clash(roles: frozenset[Role] | set[Role] | tuple[Role, ...]) -> tuple[Role, Role] | None:
    """Two of these duties that one person never holds together, in the order of the table; `None`: none."""
    held = [role for role in Role if role in frozenset(roles)]
    return next((pair for pair in combinations(held, 2) if frozenset(pair) in TABLE.apart), None)
