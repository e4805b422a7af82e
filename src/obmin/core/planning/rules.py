"""The reception's rules as data, and what each person needs by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import polars as pl
from ruamel.yaml import YAML

from obmin.core.errors import Problem, Unreadable
from obmin.core.planning.resources import Place


@dataclass(frozen=True, slots=True)
class NeedRule:
    """Fits a person whose columns have one of the values, and who is at least `age_from` years old."""

    need: Place
    values: tuple[tuple[str, tuple[str, ...]], ...]
    age_from: int | None


@dataclass(frozen=True, slots=True)
class TransportRules:
    waves: tuple[int, ...]
    turnaround: int
    load: float
    reserve_kinds: tuple[str, ...]
    vehicles_per_lead: int
    people_per_medic: int


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of `rules.yaml`."""

    version: int
    needs: tuple[NeedRule, ...]
    may_take: Mapping[Place, tuple[Place, ...]]
    longest_drive: Mapping[Place, int]
    reserve: float
    per_25: Mapping[str, float]
    shifts: Mapping[str, float]
    transport: TransportRules
    kits_margin: float


def read_rules(text: str | None = None) -> Rules:
    """The rules of this YAML text, or the ones that ship beside this module.

    Raises Unreadable with what is wrong.
    """
    if text is None:
        text = resources.files("obmin.core.planning").joinpath("rules.yaml").read_text(encoding="utf-8")
    try:
        raw: dict[str, Any] = YAML(typ="safe").load(text)
        return _rules(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Unreadable(
            Problem(
                "reception rules", None, None, f"{type(wrong).__name__}: {wrong}", "the shape of rules.yaml"
            )
        ) from None


def _rules(raw: dict[str, Any]) -> Rules:
    needs = []
    for rule in raw["needs"]:
        when = dict(rule["when"])
        age = when.pop("age_from", None)
        needs.append(
            NeedRule(Place(rule["need"]), tuple((k, tuple(map(str, v))) for k, v in sorted(when.items())), age)
        )
    if needs[-1].values or needs[-1].age_from is not None:
        raise ValueError("the last need rule must fit everybody")
    ride = raw["transport"]
    rules = Rules(
        version=int(raw["version"]),
        needs=tuple(needs),
        may_take={Place(k): tuple(Place(p) for p in v) for k, v in raw["may_take"].items()},
        longest_drive={Place(k): int(v) for k, v in raw["longest_drive"].items()},
        reserve=float(raw["reserve"]),
        per_25={str(k): float(v) for k, v in raw["per_25"].items()},
        shifts={str(k): float(v) for k, v in raw["shifts"].items()},
        transport=TransportRules(
            waves=tuple(int(w) for w in ride["waves"]),
            turnaround=int(ride["turnaround"]),
            load=float(ride["load"]),
            reserve_kinds=tuple(ride["reserve_kinds"]),
            vehicles_per_lead=int(ride["vehicles_per_lead"]),
            people_per_medic=int(ride["people_per_medic"]),
        ),
        kits_margin=float(raw["kits_margin"]),
    )
    if set(rules.may_take) != set(Place) or set(rules.longest_drive) != set(Place):
        raise ValueError("may_take and longest_drive must name every kind of place")
    if not 0 <= rules.reserve < 1 or not 0 < rules.transport.load <= 1:
        raise ValueError("reserve must lie in [0, 1) and load in (0, 1]")
    return rules


def needs_of(people: pl.DataFrame, rules: Rules, *, on: str) -> pl.Series:
    """What each row needs: the first rule that fits. `on` is the day of arrival, ISO.

    Columns that a rule asks for and the frame lacks fit nothing; so does an unknown value. An age is taken
    from a birth date of any precision as the least number of whole years it can be.
    """
    frame = people
    for column in {c for rule in rules.needs for c, _ in rule.values} - set(frame.columns):
        frame = frame.with_columns(pl.lit(None, dtype=pl.Utf8).alias(column))
    if "birth_date" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Utf8).alias("birth_date"))
    born = pl.col("birth_date")
    # a year or month alone counts as its last day
    length = born.str.len_chars()
    rest = (
        pl.when(length == 4).then(pl.lit("-12-31")).when(length == 7).then(pl.lit("-31")).otherwise(pl.lit(""))
    )
    latest = born + rest
    had_birthday = (latest.str.slice(5, 5) <= on[5:10]).cast(pl.Int64)
    age = int(on[:4]) - latest.str.slice(0, 4).cast(pl.Int64, strict=False) - 1 + had_birthday
    chosen = pl.lit(None, dtype=pl.Utf8)
    for rule in reversed(rules.needs):
        fits = pl.lit(True)
        for column, values in rule.values:
            fits = fits & pl.col(column).is_in(list(values)).fill_null(False)
        if rule.age_from is not None:
            fits = fits & (age >= rule.age_from).fill_null(False)
        chosen = pl.when(fits).then(pl.lit(rule.need.value)).otherwise(chosen)
    return frame.select(chosen.alias("need"))["need"]
