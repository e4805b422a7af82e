"""Read an agreement file into the model; every problem names its line and column."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any as Json
from typing import cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from obmin.core.errors import Problem, Unreadable
from obmin.core.terms.forms import FORMS, Builder
from obmin.core.terms.model import (
    ALWAYS,
    Agreement,
    Answer,
    Clause,
    Flow,
    Form,
    Hostilities,
    Moment,
    Party,
    Phase,
    Population,
    Reading,
    Said,
    Talk,
    Text,
    ValueTable,
    Version,
    Window,
)
from obmin.core.terms.places import Spot, read_places


@cache
def schema() -> Mapping[str, Json]:
    """The published JSON Schema of an agreement file."""
    text = files("obmin.core.terms").joinpath("agreement.schema.json").read_text(encoding="utf-8")
    return cast(Mapping[str, Json], json.loads(text))


def load(text: str, *, file: str) -> Agreement:
    """The agreement that a file holds. `file` is the name used in messages.

    Raises Unreadable with every problem of form that was found, in the order of the file. Whether the
    agreement makes sense and is lawful is a second question: `check`.
    """
    spot, problems = read_places(text, file=file)
    if spot is not None:
        problems += _against_schema(spot, file)
    if spot is None or problems:
        raise Unreadable(_in_order(problems))
    reader = _Reader(spot, file)
    agreement = reader.agreement()
    if reader.build.problems:
        raise Unreadable(_in_order(reader.build.problems))
    return agreement


def _in_order(problems: list[Problem]) -> list[Problem]:
    unique = list(dict.fromkeys(problems))
    return sorted(unique, key=lambda p: (p.row or 0, p.column if isinstance(p.column, int) else 0))


# -- form: the schema ---------------------------------------------------------------------------------


def _against_schema(spot: Spot, file: str) -> list[Problem]:
    validator = Draft202012Validator(dict(schema()))
    return [p for error in validator.iter_errors(spot.plain()) for p in _problems_of(error, spot, file)]


def _problems_of(error: ValidationError, spot: Spot, file: str) -> list[Problem]:
    path = list(error.absolute_path)
    here = spot.at(path)
    shape = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "additionalProperties":
        allowed = [str(k) for k in shape.get("properties", {})]
        unknown = [k for k in (here.value if isinstance(here.value, dict) else {}) if k not in allowed]
        return [Problem(file, *here.keys[k], f"the key {k}", _one_of(k, allowed)) for k in unknown]
    if error.validator == "required":
        wanted = [k for k in shape.get("required", []) if k not in cast(dict[str, Spot], here.value)]
        found = "none of the others" if not here.value else ", ".join(cast(dict[str, Spot], here.value))
        return [
            Problem(file, here.line, here.column, f"only {found}", f"the key {k} as well") for k in wanted[:1]
        ]
    line, column = here.line, here.column
    if isinstance(here.value, dict | list) and path and isinstance(path[-1], str):
        line, column = spot.at(path[:-1]).keys.get(path[-1], (line, column))
    return [Problem(file, line, column, _shown(here), _expected(error, shape))]


def _expected(error: ValidationError, shape: Mapping[str, Json]) -> str:
    if error.validator == "enum":
        return "one of " + ", ".join(str(v) for v in shape.get("enum", []))
    if "description" in shape:
        return str(shape["description"])
    kinds = {"string": "text", "integer": "a whole number", "array": "a list", "object": "a mapping"}
    return kinds.get(str(shape.get("type")), error.message)


def _one_of(key: str, allowed: list[str]) -> str:
    near = get_close_matches(key, allowed, n=1)
    return f"{near[0]}" if near else "one of " + ", ".join(allowed)


def _shown(spot: Spot) -> str:
    match spot.value:
        case dict():
            return "a mapping of " + ", ".join(spot.value) if spot.value else "an empty mapping"
        case list():
            return f"a list of {len(spot.value)}"
        case None:
            return "nothing"
        case _:
            return str(spot.plain())


# -- content --------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, spot: Spot, file: str) -> None:
        self.spot = spot
        self.file = file
        self.build = Builder(file, self._top.get("definitions"))

    @property
    def _top(self) -> dict[str, Spot]:
        return cast(dict[str, Spot], self.spot.value)

    def agreement(self) -> Agreement:
        top, b = self._top, self.build
        for _name, definition in b.pairs(top.get("definitions")):
            b.predicate(definition)
        versions: list[Version] = []
        for position, spot in enumerate(b.items(top["versions"])):
            versions.append(self._version(spot, position, versions[-1] if versions else None))
        return Agreement(
            id=b.text(top["agreement"]),
            title=b.words(top["title"]),
            concluded=b.day(top["concluded"]),
            parties=tuple(self._party(s) for s in b.items(top["parties"])),
            actors=tuple(self._party(s) for s in b.items(top.get("actors"))),
            versions=tuple(versions),
            place=b.words(top.get("place")),
            hostilities=Hostilities(b.text(top["hostilities"])) if "hostilities" in top else Hostilities.ACTIVE,
            historic=bool(top["historic"].value) if "historic" in top else False,
            historic_reason=b.words(top.get("historic_because")),
            events=tuple((k, b.words(s)) for k, s in b.pairs(top.get("events"))),
            populations=tuple(self._population(k, s) for k, s in b.pairs(top.get("populations"))),
            tables=tuple(self._table(k, s) for k, s in b.pairs(top.get("tables"))),
            sources=tuple(b.text(s) for s in b.items(top.get("sources"))),
            talks=tuple(self._talk(s) for s in b.items(top.get("talks"))),
            parent=b.text(top["parent"]) if "parent" in top else "",
            file=self.file,
            places=_places(self.spot),
        )

    def _talk(self, spot: Spot) -> Talk:
        b = self.build
        keys = spot.value if isinstance(spot.value, dict) else {}
        if "says" not in keys:
            return Talk(b.words(spot))
        return Talk(
            says=b.words(keys["says"]),
            day=b.day(keys["day"]) if "day" in keys else None,
            place=b.words(keys.get("place")),
            delegations=tuple(b.words(s) for s in b.items(keys.get("delegations"))),
            proposals=tuple(self._said(s) for s in b.items(keys.get("proposals"))),
            claims=tuple(self._said(s) for s in b.items(keys.get("claims"))),
        )

    def _said(self, spot: Spot) -> Said:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        return Said(
            by=b.text(keys["by"]),
            says=b.words(keys["says"]),
            answer=Answer(b.text(keys["answer"])) if "answer" in keys else None,
            source=b.text(keys["source"]) if "source" in keys else "",
        )

    def _party(self, spot: Spot) -> Party:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        return Party(
            code=b.text(keys["code"]),
            name=b.words(keys["name"]),
            roles=tuple(b.text(s) for s in b.items(keys.get("roles"))),
            signs=bool(keys["signs"].value) if "signs" in keys else True,
            line=spot.line,
        )

    def _population(self, id: str, spot: Spot) -> Population:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        return Population(
            id=id,
            held_by=b.codes(keys["held_by"]),
            tracks=b.tracks(keys.get("track")),
            who=b.predicate(keys.get("who")),
            as_of=b.moment(keys.get("as_of")),
            confirmed_by=b.codes(keys.get("confirmed_by")),
        )

    def _table(self, id: str, spot: Spot) -> ValueTable:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        unit = b.words(keys["unit"]) if "unit" in keys else Text("unit", "одиниця")
        return ValueTable(
            id=id,
            column=b.text(keys["column"]),
            values=tuple((k, Fraction(str(v.value))) for k, v in b.pairs(keys["values"])),
            other=Fraction(str(keys["other"].value)) if "other" in keys else None,
            unit=unit,
        )

    def _phase(self, spot: Spot) -> Phase:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        if "day" in keys:
            moment = Moment(day=b.day(keys["day"]))
            window = Window(moment, moment)
        else:
            window = Window(b.moment(keys.get("from")), b.moment(keys.get("until")))
        forecast = bool(keys["forecast"].value) if "forecast" in keys else False
        return Phase(b.text(keys["id"]), window, b.words(keys.get("label")), forecast)

    def _version(self, spot: Spot, position: int, before: Version | None) -> Version:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        own = [
            self._clause(s, f"versions.{position}.clauses.{i}") for i, s in enumerate(b.items(keys["clauses"]))
        ]
        self._once(own, b.items(keys["clauses"]))
        inherited = {c.id: c for c in before.clauses} if before else {}
        gone = set()
        if "withdrawn" in keys:
            gone = set(b.ids(keys["withdrawn"]))
            for unknown in sorted(gone - set(inherited)):
                b.complain(keys["withdrawn"], f"withdrawn: {unknown}", "a clause of the version before")
        clauses = {k: c for k, c in inherited.items() if k not in gone} | {c.id: c for c in own}
        number = int(cast(int, keys["version"].value))
        if number != position + 1:
            b.complain(keys["version"], f"version {number}", f"version {position + 1}, counted from 1 in order")
        return Version(
            number=number,
            agreed=b.day(keys["agreed"]),
            basis=b.words(keys.get("basis")),
            clauses=tuple(clauses.values()),
            phases=tuple(self._phase(s) for s in b.items(keys["phases"]))
            if "phases" in keys
            else (before.phases if before else ()),
            beside=self._beside(keys.get("beside"), before),
            line=spot.line,
        )

    def _beside(self, spot: Spot | None, before: Version | None) -> tuple[Flow, ...]:
        if spot is None:
            return before.beside if before else ()
        return tuple(self.build.flow(s) for s in self.build.items(spot))

    def _once(self, clauses: list[Clause], spots: list[Spot]) -> None:
        seen: dict[str, int] = {}
        for clause, spot in zip(clauses, spots, strict=True):
            if clause.id in seen:
                at = cast(dict[str, Spot], spot.value)["id"]
                self.build.complain(
                    at, f"clause {clause.id} a second time (line {seen[clause.id]})", "each id once"
                )
            seen.setdefault(clause.id, spot.line)

    def _form(self, spot: Spot, *, unsaid: bool) -> Form | None:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        found = [k for k in FORMS if k in keys]
        if unsaid and not found:
            return None
        if len(found) != 1 or unsaid:
            said = ", ".join(found + (["unsaid"] if unsaid else [])) or "no form"
            b.complain(spot, said, "exactly one of " + ", ".join(FORMS) + ", or unsaid")
            return None
        return b.form(found[0], keys[found[0]])

    def _clause(self, spot: Spot, path: str) -> Clause:
        b, keys = self.build, cast(dict[str, Spot], spot.value)
        window = ALWAYS
        if "window" in keys:
            inner = cast(dict[str, Spot], keys["window"].value)
            window = Window(b.moment(inner.get("from")), b.moment(inner.get("until")))
        readings: list[Reading] = []
        for r in b.items(keys.get("readings")):
            form = self._form(r, unsaid=False)
            if form is not None:
                readings.append(Reading(b.text(cast(dict[str, Spot], r.value)["by"]), form))
        return Clause(
            id=b.text(keys["id"]),
            says=b.words(keys["says"]),
            form=self._form(spot, unsaid="unsaid" in keys),
            readings=tuple(readings),
            window=window,
            given=b.ids(keys.get("if")),
            unless=b.ids(keys.get("unless")),
            owed_by=b.codes(keys.get("owed_by")),
            sealed=b.ids(keys.get("sealed_until")),
            unsaid=b.words(keys.get("unsaid")),
            line=spot.line,
            path=path,
        )


def _places(spot: Spot, path: str = "") -> dict[str, tuple[int, int]]:
    found = {path: (spot.line, spot.column)} if path else {}
    match spot.value:
        case dict():
            for key, child in spot.value.items():
                found |= _places(child, f"{path}.{key}" if path else key)
                found[f"{path}.{key}" if path else key] = spot.keys.get(key, (child.line, child.column))
        case list():
            for position, child in enumerate(spot.value):
                found |= _places(child, f"{path}.{position}")
    return found
