"""Verdicts on what must be true of each person, on acts and on priority."""

from __future__ import annotations

from datetime import date
from functools import reduce
from typing import Final

import polars as pl

from obmin.core.terms.amounts import Part
from obmin.core.terms.facts import Rows, failing
from obmin.core.terms.findings import Verdict, gravest, number
from obmin.core.terms.ground import Ground, Span
from obmin.core.terms.model import (
    HELD,
    RECEIVED,
    Act,
    Clause,
    Every,
    Flow,
    Key,
    Modality,
    Priority,
    Text,
)
from obmin.core.terms.predicates import AGE, CAPTIVE_DAYS, RANKS, earliest, expression
from obmin.core.terms.wording import arrow, both, joined, waiting


def every(ground: Ground, clause: Clause, form: Every) -> list[Part]:
    """Broken by one person of whom it is false; in doubt through one of whom nobody can tell."""
    due = ground.due(clause.window)
    rows = ground.rows(form.flow).within(due.start, due.end).happened
    if rows.empty:
        waits = bool(due.waits) or not ground.passed(due.end)
        if form.flow.event == RECEIVED and not ground.facts.any_received and not waits:
            text = both("no handover is recorded at all", "жодної передачі не записано")
            return [Part(Verdict.CANNOT_TELL, text, fields=("received rows",))]
        text = both(
            f"{arrow(form.flow)}: nobody came under it", f"{arrow(form.flow)}: нікого це не стосувалося"
        )
        return [Part(Verdict.OPEN if waits else Verdict.KEPT, text)]
    false, unknown, fields = failing(rows, form.that)
    people, wrong, unsure = (number(float(f["_n"].sum())) for f in (rows.frame, false, unknown))
    text = both(
        f"{arrow(form.flow)}: {people} looked at, {wrong} contrary, {unsure} unknown",
        f"{arrow(form.flow)}: розглянуто {people}, всупереч {wrong}, невідомо {unsure}",
    )
    if false.height:
        return [Part(Verdict.BROKEN, _with_ids(text, false))]
    if unknown.height:
        told = both(f"{text.en}; what would tell: {fields}", f"{text.uk}; відповів би стовпець: {fields}")
        return [Part(Verdict.CANNOT_TELL, told, fields=tuple(f for f in fields.split(", ") if f))]
    return [Part(Verdict.KEPT, text)]


def _with_ids(text: Text, frame: pl.DataFrame) -> Text:
    ids = sorted(frame["id"].drop_nulls().unique().to_list())
    if not ids:
        return text
    shown = ", ".join(ids[:5]) + (", …" if len(ids) > 5 else "")
    return both(f"{text.en}: {shown}", f"{text.uk}: {shown}")


# -- acts

DENIED: Final = "-denied"


def act(ground: Ground, clause: Clause, form: Act) -> list[Part]:
    if form.for_each is not None and form.modality is Modality.MUST:
        return [_for_each(ground, clause, form, form.for_each)]
    if form.modality is not Modality.MUST:
        return [_forbidden(ground, clause, form)]
    if len(form.actors) < 2:
        return [_must(ground, clause, form, form.actors)]
    parts = [_must(ground, clause, form, (actor,)) for actor in form.actors]
    texts = joined(
        [Text(f"{a}: {p.text.en}", f"{a}: {p.text.uk}") for a, p in zip(form.actors, parts, strict=True)],
        "; ",
        "; ",
    )
    fields = tuple(dict.fromkeys(f for p in parts for f in p.fields))
    return [Part(gravest([p.verdict for p in parts]), texts, fields=fields)]


def _must(ground: Ground, clause: Clause, form: Act, actors: tuple[str, ...]) -> Part:
    due = ground.due(clause.window)
    rows = ground.event(form.event, actors, form.toward)
    words = ground.agreement.words(form.event)
    done = rows.happened
    timely = done.within(due.start, due.end)
    if due.waits and done.empty:
        return Part(Verdict.OPEN, waiting(ground.agreement, due.waits))
    if timely.total()[0] > 0:
        day = timely.first_day
        text = both(f"{words.en}: done, {_day(day)}", f"{words.uk or words.en}: виконано, {_day(day)}")
        return Part(Verdict.KEPT, text)
    over = ground.passed(due.end)
    if not timely.empty:
        text = both(
            f"{words.en}: done on a day that is not certain", f"{words.uk or words.en}: виконано, день непевний"
        )
        return Part(Verdict.CANNOT_TELL, text, fields=("date",))
    if not done.empty:
        done_on, term = _day(done.first_day), f"{_day(due.start)} – {_day(due.end)}"
        text = both(
            f"{words.en}: done on {done_on}, outside {term}",
            f"{words.uk or words.en}: виконано {done_on}, поза строком {term}",
        )
        return Part(Verdict.BROKEN, text)
    if not rows.empty and over:
        text = both(f"{words.en}: recorded as not done", f"{words.uk or words.en}: записано, що не виконано")
        return Part(Verdict.BROKEN, text)
    text = both(f"{words.en}: no record", f"{words.uk or words.en}: запису немає")
    return Part(Verdict.CANNOT_TELL if over else Verdict.OPEN, text, fields=(form.event,) if over else ())


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else "…"


def _forbidden(ground: Ground, clause: Clause, form: Act) -> Part:
    """`never`: the event itself; `may`: the event with `-denied` behind it, which records a denial."""
    due = ground.due(clause.window)
    words = ground.agreement.words(form.event)
    event = form.event if form.modality is Modality.NEVER else f"{form.event}{DENIED}"
    rows = ground.event(event, form.actors, form.toward).happened.within(due.start, due.end)
    if form.for_each is not None and rows.all_have_ids:
        people = ground.rows(form.for_each, counted=False).ids
        rows = Rows(rows.frame.filter(pl.col("id").is_in(people.implode())))
    if clause.window.start is not None and due.start is None and due.waits:
        return Part(Verdict.OPEN, waiting(ground.agreement, due.waits))
    low, high = rows.total()
    if low > 0:
        text = both(
            f"{words.en}: {number(low)} recorded, first {_day(rows.first_day)}",
            f"{words.uk or words.en}: записано {number(low)}, перший {_day(rows.first_day)}",
        )
        return Part(Verdict.BROKEN, text)
    if high > 0:
        text = both(
            f"{words.en}: recorded on an uncertain day", f"{words.uk or words.en}: записано, день непевний"
        )
        return Part(Verdict.CANNOT_TELL, text, fields=("date",))
    if form.modality is Modality.MAY:
        return Part(
            Verdict.KEPT,
            both(f"{words.en}: no denial recorded", f"{words.uk or words.en}: заборони не записано"),
        )
    return Part(Verdict.KEPT, both(f"{words.en}: none recorded", f"{words.uk or words.en}: не записано"))


def _for_each(ground: Ground, clause: Clause, form: Act, flow: Flow) -> Part:
    """The act once for each person of the flow, matched by `id` where both sides have one."""
    words = ground.agreement.words(form.event)
    due = ground.due(clause.window)
    people = ground.rows(flow, counted=False).happened
    done = ground.event(form.event, form.actors, form.toward).within(due.start, due.end)
    wanted = Span(*people.total())
    if wanted.high == 0:
        waits = bool(due.waits) or not ground.passed(due.end)
        text = both(f"{words.en}: nobody to do it for", f"{words.uk or words.en}: немає для кого")
        return Part(
            Verdict.OPEN if waits else Verdict.CANNOT_TELL, text, fields=() if waits else ("received rows",)
        )
    if done.empty:
        text = both(f"{words.en}: no record", f"{words.uk or words.en}: запису немає")
        over = ground.passed(due.end)
        return Part(Verdict.CANNOT_TELL if over else Verdict.OPEN, text, fields=(form.event,) if over else ())
    have = Span(*done.total())
    if people.all_have_ids and done.all_have_ids:
        served = done.happened.ids
        count = float(people.ids.is_in(served.implode()).sum())
        have, wanted = Span(count, count), Span(float(len(people.ids)), float(len(people.ids)))
    text = both(
        f"{words.en}: {number(have.low)} of {number(wanted.low)}",
        f"{words.uk or words.en}: {number(have.low)} із {number(wanted.low)}",
    )
    if have.low >= wanted.high:
        return Part(Verdict.KEPT, text)
    return Part(Verdict.BROKEN if ground.passed(due.end) else Verdict.OPEN, text)


# -- priority


def _rank(frame: pl.DataFrame, keys: tuple[Key, ...], on: date | str) -> pl.DataFrame:
    """`_k0`, `_k1` …: the less, the earlier; unknown comes last."""
    have = frozenset(frame.columns)
    made: list[pl.Expr] = []
    for position, key in enumerate(keys):
        if key.who is not None:
            value = pl.when(expression(key.who, have, on)).then(0.0).otherwise(1.0)
        else:
            number_ = _number(key.column or "", have, on)
            value = (-number_ if key.descending else number_).fill_null(float("inf"))
        made.append(value.alias(f"_k{position}"))
    return frame.with_columns(made)


def _number(column: str, have: frozenset[str], on: date | str) -> pl.Expr:
    source = {AGE: "birth_date", CAPTIVE_DAYS: "captured_on"}.get(column, column)
    cell = pl.col(source).cast(pl.Utf8) if source in have else pl.repeat(None, pl.len(), dtype=pl.Utf8)
    if column in (AGE, CAPTIVE_DAYS):
        day = pl.lit(on) if isinstance(on, date) else earliest(pl.col(on))
        return (day - earliest(cell)).dt.total_days().cast(pl.Float64)
    if column == "rank_code":
        return cell.replace_strict(
            {r: float(i) for i, r in enumerate(RANKS)}, default=None, return_dtype=pl.Float64
        )
    as_number = cell.cast(pl.Float64, strict=False)
    return pl.coalesce(as_number, earliest(cell).to_physical().cast(pl.Float64))


def priority(ground: Ground, _clause: Clause, form: Priority) -> list[Part]:
    """Nobody who stayed, or went on a later day, stood before one who went."""
    went = ground.rows(form.flow).happened
    held_flow = Flow(holders=form.flow.holders, tracks=form.flow.tracks, who=form.flow.who, event=HELD)
    held = ground.rows(held_flow).happened
    stayed = held.frame.filter(~pl.col("id").is_in(went.ids.implode()))
    if went.empty:
        return [Part(Verdict.OPEN, both("nobody has gone yet", "ще ніхто не вирушив"))]
    if not went.all_have_ids:
        text = both("people are not told apart", "осіб не розрізнено")
        return [Part(Verdict.CANNOT_TELL, text, fields=("id",))]
    on: date | str = went.last_day or "date"
    names = [f"_k{i}" for i in range(len(form.keys))]
    gone = _rank(went.frame, form.keys, on).select("id", "_lo", *names)
    left = _rank(stayed, form.keys, on).select("id", pl.lit(date.max).alias("_lo"), *names)
    everyone = pl.concat([gone, left]).sort(*names, "_lo")
    overtaken = _overtaken(everyone, names)
    text = both(
        f"{went.frame.height} went, {stayed.height} stayed, {overtaken} overtaken",
        f"вирушили {went.frame.height}, лишилися {stayed.height}, обійдено {overtaken}",
    )
    if overtaken:
        return [Part(Verdict.BROKEN, text)]
    if held.empty and gone["_lo"].n_unique() == 1:
        return [Part(Verdict.CANNOT_TELL, text, fields=("held rows",))]
    return [Part(Verdict.KEPT, text)]


def _overtaken(everyone: pl.DataFrame, names: list[str]) -> int:
    """How many stand strictly before somebody who went on an earlier day."""
    place = everyone.select(
        pl.col("_lo"),
        reduce(lambda a, b: a | b, [pl.col(n) != pl.col(n).shift(1) for n in names])
        .fill_null(True)
        .cum_sum()
        .alias("_place"),
    )
    groups = place.group_by("_place").agg(pl.col("_lo").min().alias("first")).sort("_place")
    after = groups.with_columns(
        pl.col("first").reverse().cum_min().reverse().shift(-1, fill_value=date.max).alias("later")
    )
    return (
        place.join(after.select("_place", "later"), on="_place").filter(pl.col("_lo") > pl.col("later")).height
    )
