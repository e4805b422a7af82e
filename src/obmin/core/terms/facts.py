"""The carried-out table: what happened, one row a fact.

Columns: `from`, `to`, `date` (ISO, of any precision, or with a time of day), and where they are needed
`id`, `name`, `phase`, `category`, `count` and any register columns. Beyond these:

event     what happened; empty means `received`. `held` rows attest whom a holder held; other events are
          those of the agreement (`from` is who did it). `count` 0 says that it did not happen
by        whose claim the row is; empty: undisputed
outside   why this person is outside every count (`relative`, `gesture` …); empty: inside

A person stands once in each direction: who came is counted, and somebody who came twice is an error of the
table. Two accounts (`by`) may each have a row of the same person; an undisputed row leaves room for no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from obmin.core.errors import Problem, Unreadable
from obmin.core.terms.model import HELD, RECEIVED, Flow, Predicate, Track
from obmin.core.terms.predicates import DATE_COLUMNS, earliest, expression, latest, missing

MOST_PROBLEMS: Final = 1000  # named one by one
NOT_PEOPLE: Final = (Track.REMAINS.value, Track.THINGS.value)
_TEXT: Final = ("id", "name", "from", "to", "date", "phase", "category", "event", "by", "outside")


@dataclass(frozen=True, slots=True)
class Facts:
    """A prepared table. Beside the columns as given it has

    `_n` the count (Float64), `_lo`, `_hi` the first and last day that the date can mean (null: unknown),
    `_time` text of the time of day, `_beside` whether the row is outside every count.
    """

    frame: pl.DataFrame

    @property
    def any_received(self) -> bool:
        return bool((self.frame["event"] == RECEIVED).any())

    @property
    def last_day(self) -> date | None:
        day = self.frame["_hi"].max()
        return day if isinstance(day, date) else None

    def until(self, as_of: date | None) -> Facts:
        """Only what had happened by this day; rows without a date stay."""
        if as_of is None:
            return self
        return Facts(self.frame.filter(pl.col("_lo").is_null() | (pl.col("_lo") <= as_of)))


def prepare(
    carried_out: pl.DataFrame, beside: Sequence[Flow] = (), *, file: str = "carried-out table"
) -> Facts:
    """Read the table. Raises Unreadable with each cell that cannot be read (row 1 is the header)."""
    absent = [c for c in ("from", "to", "date") if c not in carried_out.columns]
    if absent:
        raise Unreadable([Problem(file, 1, c, "no such column", "the columns from, to, date") for c in absent])
    frame = _as_text(carried_out)
    count = pl.col("count") if "count" in frame.columns else pl.lit(None, dtype=pl.Utf8)
    frame = frame.with_columns(
        pl.col("event").fill_null(RECEIVED),
        earliest(pl.col("date")).alias("_lo"),
        latest(pl.col("date")).alias("_hi"),
        pl.col("date").str.slice(11, 5).replace("", None).alias("_time"),
        pl.when(count.is_null()).then(1.0).otherwise(count.cast(pl.Float64, strict=False)).alias("_n"),
    )
    _refuse_unreadable(frame, file)
    _refuse_twice(frame, file)
    return Facts(frame.with_columns(_beside(frame, beside).alias("_beside")))


def _as_text(carried_out: pl.DataFrame) -> pl.DataFrame:
    """Every column as text, empty cells as unknown, codes in small letters, dd.mm.yyyy as ISO."""
    frame = carried_out.select(pl.all().cast(pl.Utf8).str.strip_chars().replace("", None))
    frame = frame.with_columns(pl.lit(None, dtype=pl.Utf8).alias(c) for c in _TEXT if c not in frame.columns)
    dates = [pl.col(c) for c in sorted(DATE_COLUMNS) if c in frame.columns]
    dotted = [
        pl.coalesce(cell.str.to_date("%d.%m.%Y", strict=False).dt.to_string("%Y-%m-%d"), cell) for cell in dates
    ]
    codes = [pl.col(c).str.to_lowercase() for c in ("category", "health") if c in frame.columns]
    return frame.with_columns(*dotted, *codes)


def _refuse_unreadable(frame: pl.DataFrame, file: str) -> None:
    problems: list[Problem] = []
    bad = {
        "count": pl.col("_n").is_null() | (pl.col("_n") < 0) | pl.col("_n").is_nan(),
        "date": pl.col("date").is_not_null() & pl.col("_lo").is_null(),
    }
    expected = {"count": "a number of 0 or more", "date": "an ISO date such as 2025-05-23"}
    for column, wrong in bad.items():
        where = frame.select(wrong.fill_null(False).arg_true()).to_series().to_list()
        shown = frame[column].cast(pl.Utf8) if column in frame.columns else None
        problems += [
            Problem(
                file, row + 2, column, str(shown[row]) if shown is not None else "nothing", expected[column]
            )
            for row in where[:MOST_PROBLEMS]
        ]
    if problems:
        raise Unreadable(sorted(problems, key=lambda p: (p.row or 0, str(p.column))))


def _refuse_twice(frame: pl.DataFrame, file: str) -> None:
    """Somebody who was received twice in one direction by one account. Bodies may come in parts."""
    person = (
        (pl.col("event") == RECEIVED)
        & pl.col("id").is_not_null()
        & ~pl.col("category").is_in(NOT_PEOPLE).fill_null(False)
    )
    who = ["id", "from", "to"]
    rows = frame.with_row_index("_row").filter(person).select("_row", *who, "by")
    told = rows.with_columns(
        pl.col("_row").first().over(who).alias("_first"),
        (~pl.struct(*who, "by").is_first_distinct()).alias("_same"),
        pl.col("by").is_null().any().over(who).alias("_settled"),
    )
    again = told.filter((pl.col("_row") != pl.col("_first")) & (pl.col("_same") | pl.col("_settled")))
    problems = [
        Problem(
            file,
            row["_row"] + 2,
            "id",
            f"{row['id']} received a second time from {row['from']} to {row['to']} "
            f"(first in row {row['_first'] + 2})",
            "one row for each person and direction",
        )
        for row in again.head(MOST_PROBLEMS).iter_rows(named=True)
    ]
    if problems:
        raise Unreadable(problems)


def _beside(frame: pl.DataFrame, beside: Sequence[Flow]) -> pl.Expr:
    """Direct cases of Art. 110 are outside every count under any agreement (I-3)."""
    columns = frozenset(frame.columns)
    received = pl.col("event") == RECEIVED
    marked = pl.col("outside").is_not_null()
    direct = (pl.col("health") == "direct").fill_null(False) if "health" in columns else pl.lit(False)
    told = [matches(flow, columns, "date").fill_null(False) for flow in beside]
    people = ~pl.col("category").is_in(NOT_PEOPLE).fill_null(False)
    return received & (marked | (people & pl.any_horizontal(direct, *told)))


def matches(flow: Flow, columns: frozenset[str], on: date | str) -> pl.Expr:
    """Whether a row is of the flow: true, false, or null where an unknown cell hides it."""
    parts: list[pl.Expr] = [pl.col("event") == flow.event]
    if flow.holders:
        parts.append(pl.col("from").is_in(list(flow.holders)))
    if flow.receivers:
        parts.append(pl.col("to").is_in(list(flow.receivers)))
    parts.append(_track(flow))
    parts.append(expression(flow.who, columns, on))
    if flow.named:
        names = list(flow.named)
        parts.append((pl.col("id").is_in(names) | pl.col("name").is_in(names)).fill_null(False))
    return pl.all_horizontal(*parts)


def _track(flow: Flow) -> pl.Expr:
    """No track, or `people`: everybody alive. A row without a category is somebody alive."""
    category = pl.col("category")
    if flow.event not in (RECEIVED, HELD) and not flow.tracks:
        return pl.lit(True)
    if not flow.tracks or Track.PEOPLE in flow.tracks:
        return ~category.is_in(NOT_PEOPLE).fill_null(False)
    named = category.is_in([t.value for t in flow.tracks])
    return named.fill_null(False) if {t.value for t in flow.tracks} <= set(NOT_PEOPLE) else named


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a flow as one account tells them; `_sure` is false where an unknown cell leaves doubt."""

    frame: pl.DataFrame

    @property
    def empty(self) -> bool:
        return self.frame.height == 0

    @property
    def happened(self) -> Rows:
        """Without the rows that say that nothing happened."""
        return Rows(self.frame.filter(pl.col("_n") > 0))

    def total(self, units: pl.Expr | None = None) -> tuple[float, float]:
        """The least and the greatest amount; `units` gives the worth of one."""
        worth = pl.col("_n") if units is None else pl.col("_n") * units
        low, high = self.frame.select(
            worth.filter(pl.col("_sure")).sum().alias("low"), worth.fill_null(0.0).sum().alias("high")
        ).row(0)
        return float(low or 0.0), float(high or 0.0)

    def within(self, start: date | None, end: date | None) -> Rows:
        """Rows of these days; a date that may lie on either side leaves the row unsure."""
        lo, hi = pl.col("_lo"), pl.col("_hi")
        inside, outside = pl.lit(True), pl.lit(False)
        if start is not None:
            inside, outside = inside & (lo >= start), outside | (hi < start)
        if end is not None:
            inside, outside = inside & (hi <= end), outside | (lo > end)
        if start is None and end is None:
            return self
        kept = self.frame.filter(~outside.fill_null(False))
        return Rows(kept.with_columns((pl.col("_sure") & inside.fill_null(False)).alias("_sure")))

    @property
    def first_day(self) -> date | None:
        day = self.frame["_lo"].min()
        return day if isinstance(day, date) else None

    @property
    def last_day(self) -> date | None:
        day = self.frame["_hi"].max()
        return day if isinstance(day, date) else None

    @property
    def ids(self) -> pl.Series:
        """Identifiers, each once, without unknown ones."""
        return self.frame["id"].drop_nulls().unique().sort()

    @property
    def all_have_ids(self) -> bool:
        return self.frame.height > 0 and self.frame["id"].null_count() == 0


def claimants(facts: Facts, flows: Sequence[Flow]) -> tuple[str, ...]:
    """Whose accounts differ about these flows, in order; empty where nobody's name stands on a row."""
    found: set[str] = set()
    columns = frozenset(facts.frame.columns)
    for flow in flows:
        rows = facts.frame.filter(matches(flow, columns, "date").fill_null(True) & pl.col("by").is_not_null())
        found |= set(rows["by"].to_list())
    return tuple(sorted(found))


def rows_of(facts: Facts, flow: Flow, claim: str | None = None, *, counted: bool = True) -> Rows:
    """The rows of a flow in one account.

    Undisputed rows belong to every account. Where `claim` says nothing about the flow, the others' rows
    stand uncontested. `counted`: leave out those who travel outside the count, or, for a flow that is
    itself outside, take only them.
    """
    columns = frozenset(facts.frame.columns)
    frame = facts.frame.with_columns(matches(flow, columns, "date").alias("_match"))
    frame = frame.filter(pl.col("_match").fill_null(True))
    if flow.event == RECEIVED and counted:
        frame = frame.filter(pl.col("_beside") if flow.outside else ~pl.col("_beside"))
    if claim is not None and frame.height and frame["by"].null_count() < frame.height:
        speaks = sorted(set(frame["by"].drop_nulls().to_list()))
        whose = claim if claim in speaks else speaks[0]
        frame = frame.filter(pl.col("by").is_null() | (pl.col("by") == whose))
    return Rows(frame.with_columns(pl.col("_match").fill_null(False).alias("_sure")))


def doubts(rows: Rows, flow: Flow) -> str:
    """The fields that would tell whether the unsure rows belong, joined by commas."""
    unsure = rows.frame.filter(~pl.col("_sure"))
    if unsure.height == 0:
        return ""
    names: set[str] = set()
    if flow.tracks and unsure["category"].null_count():
        names.add("category")
    for cell in missing(flow.who, unsure, "date").unique().to_list():
        names |= {n for n in cell.split(", ") if n}
    if (unsure["_lo"] != unsure["_hi"]).fill_null(True).any():
        names.add("date")
    return ", ".join(sorted(names))


def failing(rows: Rows, that: Predicate) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """Rows of which `that` is false; rows of which nobody can tell; the fields that would."""
    if rows.empty:
        return rows.frame, rows.frame, ""
    holds = expression(that, frozenset(rows.frame.columns), "date")
    judged = rows.frame.with_columns(holds.alias("_holds"))
    false = judged.filter(pl.col("_sure") & ~pl.col("_holds"))
    unknown = judged.filter(pl.col("_holds").is_null() | (~pl.col("_sure") & ~pl.col("_holds")))
    fields = {n for cell in missing(that, unknown, "date").unique().to_list() for n in cell.split(", ") if n}
    return false, unknown, ", ".join(sorted(fields))
