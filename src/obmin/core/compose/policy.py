"""The policy: levels in words, as data. Read from versioned YAML; never reads what Art. 16 forbids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import polars as pl

from obmin.core.compose.problem import Whole
from obmin.core.errors import Problem, Refused, Unreadable
from obmin.core.terms.forms import Builder
from obmin.core.terms.model import Predicate, Text
from obmin.core.terms.places import Spot, read_places
from obmin.core.terms.predicates import columns_of, evaluate, latest

# what the Convention lets a policy look at (Arts. 16, 30, 109, 110); `passed_over` is our own tally
OPEN_COLUMNS: Final = frozenset(
    {"health", "fitness", "sex", "birth_date", "rank_code", "captured_on", "facility", "unit", "group"}
    | {"passed_over", "tags"}
)
# what no legal opinion opens: nationality, belief, opinion, origin, and what gives them away
FORBIDDEN_COLUMNS: Final = frozenset(
    {"citizenship", "nationality", "religion", "faith", "ethnicity", "race", "language", "political_opinion"}
    | {"name", "surname", "given", "patronymic"}
)


@dataclass(frozen=True, slots=True)
class Points:
    """Everybody gets the points of each line that is true of them."""

    lines: tuple[tuple[Predicate, int], ...]


@dataclass(frozen=True, slots=True)
class Days:
    """Whole steps of so many days since the date in `column`; unknown dates count none."""

    column: str
    step: int


@dataclass(frozen=True, slots=True)
class Number:
    """The whole number in `column`, at most `most`; unknown counts none."""

    column: str
    most: int


@dataclass(frozen=True, slots=True)
class Even:
    """No value of `column` sends more than its share of those who could go."""

    column: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a policy: `says` what it does, `because` why it may read what it reads."""

    id: str
    says: Text
    measure: Points | Days | Number | Even
    legal_opinion: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    id: str
    version: int
    title: Text
    rungs: tuple[Rung, ...]

    def rung(self, id: str) -> Rung | None:
        return next((r for r in self.rungs if r.id == id), None)


@cache
def default_policy() -> Policy:
    """The policy that comes with Obmin."""
    text = files("obmin.core.compose").joinpath("policies/default.yaml").read_text(encoding="utf-8")
    return read_policy(text, file="default.yaml")


def read_policy(text: str, *, file: str) -> Policy:
    """A policy from YAML. Raises Unreadable with places, or Refused (code `policy-forbidden`)."""
    spot, problems = read_places(text, file=file)
    if spot is None or problems:
        raise Unreadable(problems)
    build = Builder(file)
    top = _keys(spot, build, {"policy", "version", "title", "levels"})
    rungs = tuple(r for s in build.items(top.get("levels")) if (r := _rung(s, build)) is not None)
    if "policy" not in top or "version" not in top or not rungs:
        build.complain(spot, "a policy without id, version or levels", "policy, version and levels")
    if build.problems:
        raise Unreadable(build.problems)
    policy = Policy(
        build.text(top["policy"]), int(build.text(top["version"])), build.words(top.get("title")), rungs
    )
    lawful(policy)
    return policy


def _keys(spot: Spot, build: Builder, known: set[str]) -> dict[str, Spot]:
    keys = spot.value if isinstance(spot.value, dict) else {}
    if not keys:
        build.complain(spot, "no mapping", "a mapping of " + ", ".join(sorted(known)))
    for key in keys.keys() - known:
        build.problems.append(
            Problem(build.file, *spot.keys[key], f"the key {key}", "one of " + ", ".join(sorted(known)))
        )
    return keys


_MEASURES: Final = ("points", "days_since", "number", "even_over")


def _rung(spot: Spot, build: Builder) -> Rung | None:
    keys = _keys(spot, build, {"id", "says", "step", "most", "legal_opinion", *_MEASURES})
    found = [m for m in _MEASURES if m in keys]
    if "id" not in keys or len(found) != 1:
        build.complain(spot, ", ".join(keys), "id, says and one of " + ", ".join(_MEASURES))
        return None
    at = keys[found[0]]
    measure: Points | Days | Number | Even
    match found[0]:
        case "points":
            measure = Points(tuple(_line(s, build) for s in build.items(at)))
        case "days_since":
            measure = Days(build.text(at), max(1, _whole(keys.get("step"), build, 1)))
        case "number":
            measure = Number(build.text(at), _whole(keys.get("most"), build, 100))
        case _:
            measure = Even(build.text(at))
    opinion = build.text(keys["legal_opinion"]) if "legal_opinion" in keys else ""
    return Rung(build.text(keys["id"]), build.words(keys.get("says")), measure, opinion)


def _line(spot: Spot, build: Builder) -> tuple[Predicate, int]:
    keys = _keys(spot, build, {"who", "points"})
    return build.predicate(keys.get("who")), _whole(keys.get("points"), build, 1)


def _whole(spot: Spot | None, build: Builder, otherwise: int) -> int:
    if spot is None:
        return otherwise
    if not isinstance(spot.value, int):
        build.complain(spot, build.text(spot), "a whole number")
        return otherwise
    return spot.value


def lawful(policy: Policy) -> None:
    """Refuses levels that read what Art. 16 forbids, or more than it allows without a legal opinion (I-25)."""
    for rung in policy.rungs:
        for column in reads(rung):
            forbidden = column.lower() in FORBIDDEN_COLUMNS
            if forbidden or (column not in OPEN_COLUMNS and not rung.legal_opinion):
                raise Refused(
                    f"level {rung.id} reads {column}: "
                    + ("no list may depend on it" if forbidden else "that needs a recorded legal opinion")
                    + " (Third Geneva Convention, Art. 16)",
                    code="policy-forbidden",
                )


def reads(rung: Rung) -> tuple[str, ...]:
    """The register columns that a level looks at."""
    match rung.measure:
        case Points(lines=lines):
            return tuple(dict.fromkeys(c for predicate, _ in lines for c in columns_of(predicate)))
        case Days(column=column) | Number(column=column) | Even(column=column):
            return (column,)


def scores(rung: Rung, people: pl.DataFrame, on: date) -> Whole | None:
    """What the level gives everybody, in the order of `people`; None for a level that is about shares."""
    match rung.measure:
        case Points(lines=lines):
            total = np.zeros(people.height, np.int64)
            for predicate, points in lines:
                total += points * evaluate(predicate, people, on).fill_null(False).to_numpy().astype(np.int64)
            return total
        case Days(column=column, step=step):
            if column not in people.columns:
                return np.zeros(people.height, np.int64)
            days = (pl.lit(on) - latest(pl.col(column))).dt.total_days() // step
            return _column(people.select(days.clip(0, None).alias("n"))["n"])
        case Number(column=column, most=most):
            if column not in people.columns:
                return np.zeros(people.height, np.int64)
            number = pl.col(column).cast(pl.Int64, strict=False).clip(0, most)
            return _column(people.select(number.alias("n"))["n"])
        case Even():
            return None


def _column(values: pl.Series) -> Whole:
    return values.fill_null(0).cast(pl.Int64).to_numpy().copy()
