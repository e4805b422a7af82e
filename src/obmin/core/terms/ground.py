"""What a verdict stands on: one account of the facts, the day it is given, and moments resolved to days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from obmin.core.terms.facts import Facts, Rows, rows_of
from obmin.core.terms.model import (
    SIGNED,
    Act,
    Agreement,
    Amount,
    Clause,
    Count,
    Every,
    Flow,
    Form,
    Linear,
    Modality,
    Moment,
    Order,
    Priority,
    Total,
    ValueTable,
    Version,
    Window,
)


@dataclass(frozen=True, slots=True)
class Due:
    """A window in days; `waits` names the events that have not come, so that it has no days yet."""

    start: date | None
    end: date | None
    waits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the greatest value that a number can have."""

    low: float
    high: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> Span:
        return Span(self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Ground:
    """`now` is the day of the verdict; None: the record is complete and every day has passed."""

    agreement: Agreement
    version: Version
    facts: Facts
    now: date | None
    claim: str | None = None
    asked: tuple[str, ...] = ()  # clauses whose measure is being taken, against circles

    def in_account_of(self, claim: str | None) -> Ground:
        return replace(self, claim=claim)

    def rows(self, flow: Flow, *, counted: bool = True) -> Rows:
        return rows_of(self.facts, flow, self.claim, counted=counted)

    def event(self, event: str, actors: Sequence[str] = (), toward: Sequence[str] = ()) -> Rows:
        return self.rows(Flow(holders=tuple(actors), receivers=tuple(toward), event=event))

    def passed(self, end: date | None) -> bool:
        """Whether the last day is over."""
        if self.now is None:
            return True
        return end is not None and end < self.now

    # -- moments

    def day_of(self, moment: Moment) -> date | None:
        """The day of a moment, or None if what it hangs on has not come."""
        if moment.day is not None:
            return moment.day + timedelta(days=moment.days)
        anchor = self._anchor(moment.after or "")
        if anchor is None:
            return None
        return anchor + timedelta(days=moment.days + -(-moment.hours // 24))

    def _anchor(self, name: str) -> date | None:
        if name == SIGNED:
            return self.agreement.concluded
        try:
            clause = self.version.clause(name)
        except KeyError:
            return self.event(name).happened.first_day
        return self.met_on(clause)

    def met_on(self, clause: Clause) -> date | None:
        """The day on which a count reached its lower bound, or an act was done."""
        form = clause.form
        if clause.id in self.asked:
            return None
        inner = replace(self, asked=(*self.asked, clause.id))
        if not isinstance(form, Count):
            rows = [r for f in flows_of(form, self.version) if not (r := inner.rows(f).happened).empty]
            days = [d for r in rows if (d := r.last_day) is not None]
            return max(days, default=None)
        low = inner.bound(form.amount.low)
        rows_ = inner.rows(form.flow).happened
        if rows_.empty or low is None:
            return rows_.last_day if not rows_.empty else None
        by_day = (
            rows_.frame.filter(pl.col("_sure"))
            .group_by("_hi")
            .agg(pl.col("_n").sum())
            .sort("_hi", nulls_last=True)
            .with_columns(pl.col("_n").cum_sum())
            .filter(pl.col("_n") >= low.high)
        )
        day = by_day["_hi"].to_list()[0] if by_day.height else None
        return day if isinstance(day, date) else None

    def due(self, window: Window) -> Due:
        """The window in days."""
        waits: list[str] = []
        days: list[date | None] = []
        for moment in (window.start, window.end):
            day = self.day_of(moment) if moment is not None else None
            if moment is not None and day is None and moment.after:
                waits.append(moment.after)
            days.append(day)
        return Due(days[0], days[1], tuple(dict.fromkeys(waits)))

    def due_by_phase(self, phase: str) -> Due:
        return self.due(self.version.phase(phase).window)

    def last_phase_day(self, phases: Sequence[str]) -> date | None:
        ends = [self.due_by_phase(p).end for p in phases]
        known = [e for e in ends if e is not None]
        return max(known) if known and len(known) == len(ends) else None

    # -- numbers

    def bound(self, linear: Linear | None) -> Span | None:
        """A bound as a span of numbers, other clauses measured as far as they have been carried out."""
        if linear is None:
            return None
        total = Span(float(linear.constant), float(linear.constant))
        for term in linear.terms:
            total = total + self.measured(term.of).times(float(term.times))
        return total

    def measured(self, clause_id: str, phase: str | None = None) -> Span:
        """What a count (or a total) came to, in its window or in one phase."""
        if clause_id in self.asked:
            return Span(0.0, float("inf"))
        clause = self.version.clause(clause_id)
        inner = replace(self, asked=(*self.asked, clause_id))
        match clause.form:
            case Count() as count:
                due = self.due_by_phase(phase) if phase else inner.due(clause.window)
                rows = inner.rows(count.flow).within(due.start, due.end)
                return inner.amount_of(rows, count)
            case Total(of=of):
                parts = [inner.measured(part, phase) for part in of]
                return sum(parts, Span(0.0, 0.0))
            case _:
                return Span(0.0, float("inf"))

    def amount_of(self, rows: Rows, count: Count) -> Span:
        """Heads, or units of value where the count names a table."""
        if count.value is None:
            return Span(*rows.total())
        table = self.agreement.table(count.value)
        return _valued(rows, table)

    def limits(self, amount: Amount) -> tuple[Span | None, Span | None]:
        return self.bound(amount.low), self.bound(amount.high)


def _valued(rows: Rows, table: ValueTable) -> Span:
    values = {k: float(v) for k, v in table.values}
    other = float(table.other) if table.other is not None else None
    have = table.column in rows.frame.columns
    cell = pl.col(table.column) if have else pl.lit(None, dtype=pl.Utf8)
    worth = cell.replace_strict(values, default=other, return_dtype=pl.Float64)
    worth = pl.when(cell.is_null()).then(None).otherwise(worth)
    low = rows.total(worth.fill_null(min(values.values())))[0]
    high = rows.total(worth.fill_null(max(values.values())))[1]
    return Span(low, high)


def flows_of(form: Form | None, version: Version) -> tuple[Flow, ...]:
    """Every flow of which a form speaks, those of the clauses that it names included."""
    match form:
        case Count(flow=flow, amount=amount, excuses=excuses):
            linked = [t.of for b in (amount.low, amount.high) if b is not None for t in b.terms]
            others = tuple(replace(flow, event=e) for e in excuses)
            return (flow, *others, *_named_flows(linked, version))
        case Total(of=of):
            return _named_flows(of, version)
        case Every(flow=flow) | Priority(flow=flow):
            return (flow,)
        case None:
            return ()
        case _:
            return _other_flows(form, version)


def _other_flows(form: Form, version: Version) -> tuple[Flow, ...]:
    if isinstance(form, Act):
        denied = form.modality is Modality.MAY
        own = Flow(
            holders=form.actors, receivers=form.toward, event=f"{form.event}-denied" if denied else form.event
        )
        return (own, form.for_each) if form.for_each is not None else (own,)
    if isinstance(form, Order):
        return _named_flows((*form.first, *form.then), version)
    return ()


def _named_flows(names: Sequence[str], version: Version) -> tuple[Flow, ...]:
    known = {c.id: c for c in version.clauses}
    found: list[Flow] = []
    for name in dict.fromkeys(names):
        if name in known:
            form = known[name].form
            found += [form.flow] if isinstance(form, Count | Every | Priority) else []
            if isinstance(form, Total):
                found += _named_flows(form.of, version)
        else:
            found.append(Flow(event=name))
    return tuple(found)
