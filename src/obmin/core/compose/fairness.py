"""Fairness over a series of exchanges: who was passed over, how often, and why.

*Passed over* means: could have gone, and others went. Whoever was not available, not fit, or asked for by no
clause was not passed over; their turns are told apart. What leaves the house is a report by unit, region and
time held, in which small cells are hidden and the others rounded, as in every figure that is shown outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

import polars as pl

from obmin.core.compose.wording import say, sentences
from obmin.core.disclosure import LEAST, Figure, Ledger, Table, breakdown, infer, rounded, statements
from obmin.core.errors import Problem, Unreadable
from obmin.core.terms.predicates import earliest

MOST: Final = 3  # "three times and more" is one class
BANDS: Final = (183, 365, 730, 1095)  # days held
DIMENSIONS: Final = ("all", "unit", "region", "held", "why")


class Why(StrEnum):
    """Why somebody was not on a list. The first three passed them over."""

    POLICY = "policy"
    GROUP = "group"
    LIMITS = "limits"
    OFFICER = "officer"
    TERMS = "terms"
    NOT_NOW = "not-now"


PASSED: Final = (Why.POLICY, Why.GROUP, Why.LIMITS)
_KEYS: Final[Mapping[str, Why]] = {
    "out-level": Why.POLICY,
    "out-protected": Why.POLICY,
    "out-lot": Why.POLICY,
    "out-bound": Why.GROUP,
    "out-group": Why.GROUP,
    "out-none": Why.LIMITS,
    "out-ban": Why.OFFICER,
    "out-clause": Why.TERMS,
    "out-no-clause": Why.TERMS,
    "out-beside": Why.TERMS,
    "not-available": Why.NOT_NOW,
    "not-fit-now": Why.NOT_NOW,
}


@dataclass(frozen=True, slots=True)
class Past:
    """One exchange of the series: its list, its direct cases and everybody else, as composing left them.

    listed, direct   ids
    out              frame of `id` and `reason` (a sentence of the composer, in either language)
    """

    name: str
    listed: frozenset[str]
    direct: frozenset[str]
    out: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Report:
    """What may be shown outside.

    total    people of the register who could have gone at least once, rounded; None where they are too few
    tables   by dimension: cells `value · times`, shown ones rounded to ten, the others hidden
    dropped  dimensions left out because a reader could work out a small cell from them and the rest
    """

    total: int | None
    tables: tuple[Table, ...]
    dropped: tuple[str, ...]

    def frame(self, language: str = "en") -> pl.DataFrame:
        """question, value, times, people (text; hidden cells say so), in the order of the dimensions."""
        hidden = say("fair-hidden", language, least=LEAST)
        rows: list[tuple[str, str, str, str]] = []
        for table in self.tables:
            cells = {**dict.fromkeys((h.cell for h in table.hidden), hidden), **table.shown}
            for cell in sorted(cells):
                value, _, times = cell.rpartition(" · ")
                name = say(f"fair-by-{table.dimension}", language)
                rows.append((name, _said(table.dimension, value, language), times, str(cells[cell])))
        columns = [say(f"fair-{key}", language) for key in ("question", "cell", "times", "people")]
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Utf8), orient="row")


def why(reason: str, file: str = "out.csv") -> Why:
    """The kind of a sentence that says why somebody is out. Raises Unreadable for any other sentence."""
    for pattern, kind in _patterns():
        if pattern.fullmatch(reason):
            return kind
    raise Unreadable(Problem(file, None, "reason", reason[:80], "a sentence that composing writes"))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Why], ...]:
    found = []
    for key, kind in _KEYS.items():
        for text in sentences(key):
            found.append((re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))), kind))
    return tuple(sorted(found, key=lambda one: -len(one[0].pattern)))


def turns(series: Iterable[Past]) -> pl.DataFrame:
    """One row a person and exchange: `exchange` (number from 1), `id`, `went`, `why` (null if they went)."""
    parts: list[pl.DataFrame] = []
    schema = {"exchange": pl.Int64, "id": pl.Utf8, "went": pl.Boolean, "why": pl.Utf8}
    for number, past in enumerate(series, start=1):
        kinds = {r: why(r, past.name).value for r in past.out["reason"].unique().to_list()}
        left = past.out.select(
            pl.lit(number, pl.Int64).alias("exchange"),
            pl.col("id").cast(pl.Utf8),
            pl.lit(False).alias("went"),
            pl.col("reason").replace_strict(kinds, return_dtype=pl.Utf8).alias("why"),
        )
        went = [(number, who, True, None) for who in sorted(past.listed | past.direct)]
        parts += [left, pl.DataFrame(went, schema=schema, orient="row")]
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def tally(series: Sequence[Past]) -> pl.DataFrame:
    """One row a person, sorted: how often they were passed over, and why.

    id, passed_over, in_a_row (since they last went or were not passed over), went (times), turns (exchanges in
    which they stood), last (why, the last time they were passed over, else null), and a count for each `Why`.
    """
    rows = turns(series).sort("id", "exchange")
    passed = pl.col("why").is_in([w.value for w in PASSED]).fill_null(False)
    counted = rows.with_columns(passed.alias("passed")).with_columns(
        (~pl.col("passed")).cum_sum().over("id").alias("run")
    )
    return (
        counted.group_by("id")
        .agg(
            pl.col("passed").sum().cast(pl.Int64).alias("passed_over"),
            (pl.col("passed") & (pl.col("run") == pl.col("run").last())).sum().cast(pl.Int64).alias("in_a_row"),
            pl.col("went").sum().cast(pl.Int64),
            pl.len().cast(pl.Int64).alias("turns"),
            pl.col("why").filter(pl.col("passed")).last().alias("last"),
            *((pl.col("why") == w.value).sum().cast(pl.Int64).alias(w.value) for w in Why),
        )
        .sort("id")
    )


def with_tally(register: pl.DataFrame, series: Sequence[Past]) -> pl.DataFrame:
    """The register with `passed_over`, which the default policy reads."""
    told = tally(series).select("id", pl.col("passed_over").cast(pl.Utf8))
    return register.drop("passed_over", strict=False).join(told, on="id", how="left", maintain_order="left")


def report(register: pl.DataFrame, series: Sequence[Past], *, on: date, key: bytes) -> Report:
    """The report on everybody in the register who could have gone at least once.

    on    the day to which time held is counted
    key   fixes the rounding: the same question has the same answer whenever it is asked

    A breakdown from which, with all before it, a reader could tell a small cell to within ten is left out.
    """
    people = _people(register, tally(series), on)
    if people.height < LEAST:
        return Report(None, (), tuple(DIMENSIONS))
    figure = Figure("series", people.height)
    total = rounded(people.height, key, "series")
    tables: list[Table] = []
    dropped: list[str] = []
    ledger = Ledger()
    truth: dict[str, dict[str, int]] = {}
    for name in DIMENSIONS:
        cells = _cells(people, name)
        table = breakdown(figure, name, cells, key)
        # nobody outside is told the total to the head: what they know of it is the rounded one
        after = ledger.with_more(statements([], [table]))
        if table.shown and not infer(after, {"series": {**truth, name: cells}}):
            ledger, truth[name] = after, cells
            tables.append(table)
        else:
            dropped.append(name)
    return Report(total, tuple(tables), tuple(dropped))


def _people(register: pl.DataFrame, told: pl.DataFrame, on: date) -> pl.DataFrame:
    absent = [c for c in ("unit", "region", "captured_on") if c not in register.columns]
    known = register.with_columns(pl.lit(None, dtype=pl.Utf8).alias(c) for c in absent)
    days = (pl.lit(on) - earliest(pl.col("captured_on"))).dt.total_days()
    band = pl.sum_horizontal((days >= limit).cast(pl.Int64) for limit in BANDS)
    could = pl.sum_horizontal("passed_over", "went") > 0
    return known.join(told.filter(could), on="id", how="inner").select(
        pl.lit("").alias("all"),
        pl.col("unit").fill_null(""),
        pl.col("region").fill_null(""),
        pl.when(days.is_null()).then(pl.lit("")).otherwise(band.cast(pl.Utf8)).alias("held"),
        pl.col("last").fill_null("").alias("why"),
        pl.when(pl.col("passed_over") < MOST)
        .then(pl.col("passed_over").cast(pl.Utf8))
        .otherwise(pl.lit(f"{MOST}+"))
        .alias("times"),
    )


def _cells(people: pl.DataFrame, name: str) -> dict[str, int]:
    counted = people.group_by(name, "times").len().sort(name, "times")
    return {f"{value} · {times}": n for value, times, n in counted.iter_rows()}


def _said(dimension: str, value: str, language: str) -> str:
    if dimension == "all" or (dimension == "why" and not value):
        return ""
    if not value:
        return say("fair-unknown", language)
    if dimension == "held":
        return say(f"fair-held-{value}", language)
    return say(f"fair-{value}", language) if dimension == "why" else value
