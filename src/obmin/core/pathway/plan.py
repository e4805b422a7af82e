"""A pathway read from YAML: steps, when they are due, and which moves there are."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from obmin.core.errors import Problem, Unreadable

_FILE = "returnee.yaml"


@dataclass(frozen=True, slots=True)
class Span:
    hours: int = 0
    days: int = 0
    months: int = 0

    def after(self, moment: datetime) -> datetime:
        """`moment` and this span later; a month ends on its last day at the latest."""
        moment += timedelta(hours=self.hours, days=self.days)
        if not self.months:
            return moment
        month = moment.month - 1 + self.months
        year, month = moment.year + month // 12, month % 12 + 1
        return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Due:
    """So long after the moment of `anchor`."""

    anchor: str
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `reads` is the part of the file it belongs to; `after` steps that come first;
    `when` the facts under which it is there at all."""

    code: str
    label: Mapping[str, str]
    role: str
    reads: str
    due: Due
    choice: bool = False
    again: Span | None = None
    outreach: bool = False
    after: tuple[str, ...] = ()
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def applies(self, facts: Mapping[str, str]) -> bool:
        return all(facts.get(name, "") in values for name, values in self.when)


@dataclass(frozen=True, slots=True)
class Move:
    start: str
    end: str
    needs: tuple[str, ...] = ()
    gate: str = ""
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def applies(self, facts: Mapping[str, str]) -> bool:
        return all(facts.get(name, "") in values for name, values in self.when)


@dataclass(frozen=True, slots=True)
class Pathway:
    """One version of a pathway. `anchors` are the planned moments that due times hang on."""

    code: str
    version: int
    anchors: Mapping[str, Due]
    steps: tuple[Step, ...]
    moves: tuple[Move, ...]

    def step(self, code: str) -> Step | None:
        return next((step for step in self.steps if step.code == code), None)

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(state for move in self.moves for state in (move.start, move.end)))


def read_pathway(text: str | None = None) -> Pathway:
    """The pathway of this YAML text, or the one that ships beside this module.

    Raises `Unreadable` with every problem: what the schema refuses, codes used twice, steps and anchors
    that are named and not there, anchors that wait for each other.
    """
    folder = resources.files("obmin.core.pathway")
    if text is None:
        text = folder.joinpath(_FILE).read_text(encoding="utf-8")
    schema = json.loads(folder.joinpath("returnee.schema.json").read_text(encoding="utf-8"))
    try:
        raw: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise Unreadable(Problem(_FILE, None, None, str(error)[:200], "YAML")) from error
    problems = [
        Problem(_FILE, None, "/".join(map(str, fault.absolute_path)), fault.message[:200], "see the schema")
        for fault in Draft202012Validator(schema).iter_errors(raw)
    ] or _loose_ends(raw)
    if problems:
        raise Unreadable(problems)
    return Pathway(
        raw["code"],
        raw["version"],
        {name: _due(row) for name, row in raw["anchors"].items()},
        tuple(_step(row) for row in raw["steps"]),
        tuple(
            Move(row["from"], row["to"], tuple(row.get("needs", ())), row.get("gate", ""), _when(row))
            for row in raw["moves"]
        ),
    )


def _loose_ends(raw: Mapping[str, Any]) -> list[Problem]:
    codes = [row["code"] for row in raw["steps"]]
    anchors = {"received", *raw["anchors"]}
    found = [
        Problem(_FILE, None, c, "the code twice", "one step of a code") for c in codes if codes.count(c) > 1
    ]
    named = [("steps/" + row["code"], code) for row in raw["steps"] for code in row.get("after", ())]
    named += [
        (f"moves/{row['from']}-{row['to']}", code) for row in raw["moves"] for code in row.get("needs", ())
    ]
    found += [Problem(_FILE, None, at, code, "the code of a step") for at, code in named if code not in codes]
    hung = [("anchors/" + name, row) for name, row in raw["anchors"].items()]
    hung += [("steps/" + row["code"], row["due"]) for row in raw["steps"]]
    found += [Problem(_FILE, None, at, r["after"], "an anchor") for at, r in hung if r["after"] not in anchors]
    known = {"received"}
    for name, row in raw["anchors"].items():
        if row["after"] not in known and not found:
            found.append(
                Problem(_FILE, None, "anchors/" + name, row["after"], "an anchor that stands before it")
            )
        known.add(name)
    return found


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        code=row["code"],
        label=dict(row["label"]),
        role=row["role"],
        reads=row["class"],
        due=_due(row["due"]),
        choice=row.get("choice", False),
        again=Span(**row["again"]) if "again" in row else None,
        outreach=row.get("outreach", False),
        after=tuple(row.get("after", ())),
        when=_when(row),
    )


def _due(row: Mapping[str, Any]) -> Due:
    return Due(row["after"], Span(**{unit: n for unit, n in row.items() if unit != "after"}))


def _when(row: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(values)) for name, values in sorted(row.get("when", {}).items()))
