"""Verdicts on counts and totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import polars as pl

from obmin.core.terms.facts import Rows, doubts
from obmin.core.terms.findings import Verdict, gravest, number
from obmin.core.terms.ground import Due, Ground, Span
from obmin.core.terms.model import HELD, RECEIVED, Amount, Clause, Count, Flow, Population, Text, Total
from obmin.core.terms.wording import arrow, both, due_words, shown, tracks, waiting

REFUSED: Final = "refused"  # free will is a guard: whoever refuses is excused under any agreement (I-1)


@dataclass(frozen=True, slots=True)
class Part:
    """A verdict on a clause or on one phase of it."""

    verdict: Verdict
    text: Text
    part: str = ""
    fields: tuple[str, ...] = ()


def judge(measured: Span, low: Span | None, high: Span | None, *, over: bool, excused: float = 0.0) -> Verdict:
    """Compare what came with what was due; `over`: the last day has passed.

    Too many is a breach at once, too few only when the time is over. Whatever the doubtful rows could
    change is `cannot-tell`.
    """
    if high is not None and measured.low > high.high:
        return Verdict.BROKEN
    enough = low is None or measured.low >= low.high
    fits = high is None or measured.high <= high.low
    if enough and fits:
        return Verdict.KEPT
    if low is not None and measured.high < low.low:
        if not over:
            return Verdict.OPEN
        return Verdict.EXCUSED if measured.low + excused >= low.high else Verdict.BROKEN
    return Verdict.CANNOT_TELL


def _nothing_recorded(ground: Ground, flow: Flow) -> bool:
    return flow.event == RECEIVED and not ground.facts.any_received


def count(ground: Ground, clause: Clause, form: Count) -> list[Part]:
    """The whole, and each phase."""
    if _nothing_recorded(ground, form.flow):
        return _unrecorded(ground, form)
    due = ground.due(clause.window)
    phases = [p for p, _ in form.by_phase]
    parts = [_whole(ground, form, due, phases)]
    for phase, amount in form.by_phase:
        if not ground.version.phase(phase).forecast:
            parts.append(_one_phase(ground, form, phase, amount))
    return parts


def _unrecorded(ground: Ground, form: Count | Total) -> list[Part]:
    """Without a single handover in the table nobody can say that one did not happen."""
    over = ground.now is None
    verdict = Verdict.CANNOT_TELL if over else Verdict.OPEN
    text = both("no handover is recorded at all", "жодної передачі не записано")
    phases = [p for p, _ in form.by_phase if not ground.version.phase(p).forecast]
    return [Part(verdict, text, part, ("received rows",) if over else ()) for part in ("", *phases)]


def _over(ground: Ground, due: Due, phases: list[str]) -> bool:
    return ground.passed(due.end if due.end is not None else ground.last_phase_day(phases) if phases else None)


def _whole(ground: Ground, form: Count, due: Due, phases: list[str]) -> Part:
    rows = ground.rows(form.flow)
    if form.amount.population is not None:
        return _everybody(ground, form, due)
    if form.per_day:
        return _each_day(ground, form, due)
    inside = rows.within(due.start, due.end)
    part = _amount(ground, form, form.amount, inside, due, over=_over(ground, due, phases))
    late = Span(*rows.total()).low - Span(*inside.total()).low
    if late > 0:
        said = both(f"; {number(late)} more outside the time", f"; ще {number(late)} поза строком")
        part = replace(part, text=Text(part.text.en + said.en, part.text.uk + said.uk))
    return part


def _one_phase(ground: Ground, form: Count, phase: str, amount: Amount) -> Part:
    due = ground.due_by_phase(phase)
    rows = ground.rows(form.flow).within(due.start, due.end)
    return replace(_amount(ground, form, amount, rows, due, over=ground.passed(due.end)), part=phase)


def _amount(ground: Ground, form: Count, amount: Amount, rows: Rows, due: Due, *, over: bool) -> Part:
    measured = ground.amount_of(rows, form)
    low, high = ground.limits(amount)
    if amount.about is not None:
        return _about(form.flow, amount, measured, over=over)
    came = _came(form.flow, measured)
    wanted = due_words(low, high)
    text = both(f"{came.en}; due {wanted.en}", f"{came.uk}; належало {wanted.uk}")
    if due.waits:
        enough = judge(measured, low, high, over=False)
        waits = waiting(ground.agreement, due.waits)
        if enough in (Verdict.OPEN, Verdict.CANNOT_TELL):
            return Part(Verdict.OPEN, both(f"{text.en}; {waits.en}", f"{text.uk}; {waits.uk}"))
    verdict, excused = judge(measured, low, high, over=over), 0.0
    if verdict is Verdict.BROKEN and low is not None and measured.high < low.low:
        excused = _excused(ground, form)
        verdict = judge(measured, low, high, over=over, excused=excused)
    if verdict is Verdict.EXCUSED:
        text = both(
            f"{text.en}; the shortfall is covered by {number(excused)} excused",
            f"{text.uk}; нестачу покривають {number(excused)} звільнених від обов'язку випадків",
        )
    fields: tuple[str, ...] = ()
    if verdict is Verdict.CANNOT_TELL:
        told = doubts(rows, form.flow) or ("rank" if form.value else "amounts of other clauses")
        fields = tuple(told.split(", "))
        text = both(f"{text.en}; what would tell: {told}", f"{text.uk}; відповів би стовпець: {told}")
    return Part(verdict, text, fields=fields)


def _came(flow: Flow, measured: Span) -> Text:
    kind = tracks(flow)
    who = f" ({', '.join(flow.named)})" if flow.named else ""
    verb = both("received", "отримано") if flow.event == RECEIVED else both(flow.event, flow.event)
    return both(
        f"{arrow(flow)}, {kind.en}{who}: {shown(measured)} {verb.en}",
        f"{arrow(flow)}, {kind.uk}{who}: {verb.uk} {shown(measured)}",
    )


def _excused(ground: Ground, form: Count) -> float:
    """How many did not come for a reason that excuses: each person once, and nobody who came after all."""
    came = ground.rows(form.flow, counted=False).ids
    found = [ground.rows(replace(form.flow, event=e)).happened.frame for e in _excuses(form)]
    sure = pl.concat([f.filter(pl.col("_sure")).select("id", "_n") for f in found])
    people = sure["id"].drop_nulls().unique()
    unnamed = float(sure.filter(pl.col("id").is_null())["_n"].sum())
    return float((~people.is_in(came.implode())).sum()) + unnamed


def _excuses(form: Count) -> tuple[str, ...]:
    return tuple(dict.fromkeys((REFUSED, *form.excuses)))


def _about(flow: Flow, amount: Amount, measured: Span, *, over: bool) -> Part:
    wanted = float(amount.about or 0)
    came = _came(flow, measured)
    text = both(
        f"{came.en}; due about {number(wanted)}, {amount.judge} says whether that is met",
        f"{came.uk}; належало близько {number(wanted)}, чи виконано, каже {amount.judge}",
    )
    if measured.low >= wanted:
        return Part(Verdict.KEPT, text)
    if measured.high == 0:
        return Part(Verdict.BROKEN if over else Verdict.OPEN, text)
    return Part(Verdict.CANNOT_TELL if over else Verdict.OPEN, text, fields=(f"the word of {amount.judge}",))


def _each_day(ground: Ground, form: Count, due: Due) -> Part:
    """A pace: each day of the window by itself; without a window, each day from the first to the last."""
    if due.waits:
        return Part(Verdict.OPEN, waiting(ground.agreement, due.waits))
    rows = ground.rows(form.flow)
    start, end = due.start or rows.first_day, due.end or rows.last_day
    if start is None or end is None:
        return Part(
            Verdict.CANNOT_TELL, both("no day is recorded", "жодного дня не записано"), fields=("date",)
        )
    low, high = ground.limits(form.amount)
    said: list[str] = []
    verdicts: list[Verdict] = []
    day = start
    while day <= end and (ground.now is None or day <= ground.now):
        measured = ground.amount_of(rows.within(day, day), form)
        verdicts.append(judge(measured, low, high, over=ground.passed(day)))
        said.append(f"{day.isoformat()}: {shown(measured)}")
        day += timedelta(days=1)
    wanted = due_words(low, high)
    listed = "; ".join(said[:40])
    text = both(
        f"{arrow(form.flow)}: {listed}; due {wanted.en} a day",
        f"{arrow(form.flow)}: {listed}; належало {wanted.uk} на день",
    )
    worst = gravest(verdicts) if verdicts else Verdict.OPEN
    return Part(worst, text, fields=("date",) if worst is Verdict.CANNOT_TELL else ())


# -- all for all


def _held(ground: Ground, population: Population) -> Rows:
    """Whom "all" means: attested as held up to the snapshot, by each of those who had to confirm."""
    flow = Flow(holders=population.held_by, tracks=population.tracks, who=population.who, event=HELD)
    if not population.confirmed_by:
        rows = ground.rows(flow)
    else:
        rows = Rows(_confirmed(ground, flow, population.confirmed_by))
    cut = ground.day_of(population.as_of) if population.as_of is not None else None
    return rows.within(None, cut)


def _confirmed(ground: Ground, flow: Flow, by: tuple[str, ...]) -> pl.DataFrame:
    frame = ground.in_account_of(None).rows(flow).frame
    frame = frame.filter(pl.col("by").is_null() | pl.col("by").is_in(list(by)))
    if frame["id"].null_count():
        each = {who: frame.filter(pl.col("by") == who)["_n"].sum() for who in by}
        if frame["by"].null_count() or not all(frame["by"].is_in([who]).any() for who in by):
            return frame.filter(pl.col("by").is_null())
        least = min(each, key=lambda who: (each[who], who))
        return frame.filter(pl.col("by") == least)
    agreed = frame.with_columns(
        (pl.col("by").is_null().any().over("id") | (pl.col("by").n_unique().over("id") == len(by))).alias(
            "_agreed"
        )
    )
    return agreed.filter(pl.col("_agreed")).unique("id", maintain_order=True)


def _everybody(ground: Ground, form: Count, due: Due) -> Part:
    population = ground.agreement.population(form.amount.population or "")
    held = _held(ground, population)
    came = ground.rows(form.flow, counted=False).within(due.start, due.end)
    over = _over(ground, due, [p for p, _ in form.by_phase])
    if held.empty:
        came_words, holders = _came(form.flow, Span(*came.total())), "+".join(population.held_by)
        text = both(
            f"{came_words.en}; due all, but nobody attested whom {holders} held",
            f"{came_words.uk}; належали всі, та ніхто не засвідчив, кого тримає {holders}",
        )
        waits = bool(due.waits) or not over
        return Part(
            Verdict.OPEN if waits else Verdict.CANNOT_TELL, text, fields=() if waits else ("held rows",)
        )
    excused = _excused(ground, form)
    total, arrived = Span(*held.total()), Span(*came.total())
    if held.all_have_ids and (came.all_have_ids or came.empty):
        missing_ids = held.ids.filter(~held.ids.is_in(came.ids.implode()))
        gone = _excused_ids(ground, form)
        left = missing_ids.filter(~missing_ids.is_in(gone.implode()))
        arrived = Span(float(len(held.ids) - len(missing_ids)), float(len(held.ids) - len(missing_ids)))
        total = Span(float(len(held.ids)), float(len(held.ids)))
        excused = float(len(missing_ids) - len(left))
    verdict = judge(arrived, total, None, over=over and not due.waits, excused=excused)
    part, whole, gone_words = shown(arrived), shown(total), number(excused)
    text = both(
        f"{arrow(form.flow)}: {part} of {whole} attested as held have come, {gone_words} excused",
        f"{arrow(form.flow)}: прибули {part} із {whole} засвідчених, звільнено від обов'язку {gone_words}",
    )
    if due.waits and verdict is Verdict.OPEN:
        waits_text = waiting(ground.agreement, due.waits)
        text = both(f"{text.en}; {waits_text.en}", f"{text.uk}; {waits_text.uk}")
    return Part(verdict, text, fields=("held rows",) if verdict is Verdict.CANNOT_TELL else ())


def _excused_ids(ground: Ground, form: Count) -> pl.Series:
    return pl.concat([ground.rows(replace(form.flow, event=e)).happened.ids for e in _excuses(form)])


# -- reported sums


def total(ground: Ground, clause: Clause, form: Total) -> list[Part]:
    """The sum as reported. Each part keeps its own verdict: a surplus here fills no gap there."""
    if not ground.facts.any_received:
        return _unrecorded(ground, form)
    due = ground.due(clause.window)
    phases = [p for p, _ in form.by_phase]
    parts = [_sum(ground, form, form.amount, None, over=_over(ground, due, phases))]
    for phase, amount in form.by_phase:
        if not ground.version.phase(phase).forecast:
            over = ground.passed(ground.due_by_phase(phase).end)
            parts.append(replace(_sum(ground, form, amount, phase, over=over), part=phase))
    return parts


def _sum(ground: Ground, form: Total, amount: Amount, phase: str | None, *, over: bool) -> Part:
    measured = [ground.measured(part, phase) for part in form.of]
    whole = sum(measured, Span(0.0, 0.0))
    low, high = ground.limits(amount)
    sums = " + ".join(shown(m) for m in measured) + f" = {shown(whole)}"
    wanted = due_words(low, high)
    verdict = judge(whole, low, high, over=over)
    text = both(f"{sums}; reported sum due {wanted.en}", f"{sums}; звітна сума мала бути {wanted.uk}")
    return Part(verdict, text, fields=("category",) if verdict is Verdict.CANNOT_TELL else ())
