"""Verdicts on order: before, together, in turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import polars as pl

from obmin.core.terms.amounts import Part
from obmin.core.terms.findings import Verdict
from obmin.core.terms.ground import Ground
from obmin.core.terms.model import (
    SIGNED,
    Act,
    Clause,
    Count,
    Every,
    Flow,
    Order,
    Priority,
    Relation,
    Text,
    Total,
)
from obmin.core.terms.wording import both


@dataclass(frozen=True, slots=True)
class _Course:
    """When something began and ended; `exact`: to the minute."""

    first: datetime
    last: datetime
    exact: bool
    days: tuple[date, ...]


def _course(ground: Ground, name: str) -> _Course | None:
    if name == SIGNED:
        day = ground.agreement.concluded
        return _Course(datetime.combine(day, time()), datetime.combine(day, time()), False, (day,))
    frames = [r.frame for f in _flows(ground, name) if not (r := ground.rows(f, counted=False).happened).empty]
    frames = [f.filter(pl.col("_sure") & pl.col("_lo").is_not_null()) for f in frames]
    frames = [f for f in frames if f.height]
    if not frames:
        return None
    frame = pl.concat([f.select("_lo", "_hi", "_time") for f in frames])
    exact = frame["_time"].null_count() == 0 and bool((frame["_lo"] == frame["_hi"]).all())
    days = sorted(set(frame["_lo"].to_list()) | set(frame["_hi"].to_list()))
    if exact:
        stamps = sorted((frame["_lo"].cast(pl.Utf8) + "T" + frame["_time"]).to_list())
        return _Course(datetime.fromisoformat(stamps[0]), datetime.fromisoformat(stamps[-1]), True, tuple(days))
    start, end = days[0], days[-1]
    midnight = time()
    return _Course(datetime.combine(start, midnight), datetime.combine(end, midnight), False, tuple(days))


def _flows(ground: Ground, name: str) -> list[Flow]:
    try:
        form = ground.version.clause(name).form
    except KeyError:
        return [Flow(event=name)]
    match form:
        case Count(flow=flow) | Every(flow=flow) | Priority(flow=flow):
            return [flow]
        case Total(of=of):
            return [f for part in of for f in _flows(ground, part)]
        case Act():
            return [Flow(holders=form.actors, receivers=form.toward, event=form.event)]
        case _:
            return []


def order(ground: Ground, _clause: Clause, form: Order) -> list[Part]:
    first = [_course(ground, n) for n in form.first]
    then = [_course(ground, n) for n in form.then]
    names = both(
        f"{', '.join(form.first)} / {', '.join(form.then)}", f"{', '.join(form.first)} / {', '.join(form.then)}"
    )
    known_first = [c for c in first if c is not None]
    known_then = [c for c in then if c is not None]
    if not known_first or not known_then:
        return [_half(ground, form, names, bool(known_then))]
    match form.relation:
        case Relation.BEFORE:
            return [_before(names, known_first, known_then, complete=len(known_first) == len(first))]
        case Relation.TOGETHER:
            return [_together(names, known_first + known_then, form.hours)]
        case Relation.IN_TURN:
            return [_in_turn(names, known_first, known_then)]


def _half(ground: Ground, form: Order, names: Text, later: bool) -> Part:
    """Only one side, or neither, has happened."""
    if form.relation is Relation.BEFORE and later:
        text = both(
            f"{names.en}: the second happened, the first is not recorded",
            f"{names.uk}: друге сталося, першого не записано",
        )
        return Part(Verdict.CANNOT_TELL, text, fields=form.first)
    text = both(f"{names.en}: not both have happened", f"{names.uk}: обидва ще не сталися")
    return Part(
        Verdict.OPEN if ground.now is not None else Verdict.CANNOT_TELL,
        text,
        fields=() if ground.now else ("date",),
    )


def _stamp(course: _Course, at: datetime) -> str:
    return at.isoformat(timespec="minutes") if course.exact else at.date().isoformat()


def _before(names: Text, first: list[_Course], then: list[_Course], *, complete: bool) -> Part:
    last = max(first, key=lambda c: c.last)
    begin = min(then, key=lambda c: c.first)
    text = both(
        f"{names.en}: the first ended {_stamp(last, last.last)}, the second began {_stamp(begin, begin.first)}",
        f"{names.uk}: перше завершилося {_stamp(last, last.last)}, друге почалося {_stamp(begin, begin.first)}",
    )
    exact = last.exact and begin.exact
    if last.last.date() == begin.first.date() and not exact:
        return Part(Verdict.CANNOT_TELL, text, fields=("time of day",))
    if last.last > begin.first:
        return Part(Verdict.BROKEN, text)
    return Part(Verdict.KEPT if complete else Verdict.CANNOT_TELL, text, fields=() if complete else ("first",))


def _together(names: Text, courses: list[_Course], hours: int) -> Part:
    starts = [c.first for c in courses]
    gap = max(starts) - min(starts)
    exact = all(c.exact for c in courses)
    text = both(f"{names.en}: {_gap(gap, exact)} apart", f"{names.uk}: різниця {_gap(gap, exact)}")
    if exact and hours:
        return Part(Verdict.KEPT if gap <= timedelta(hours=hours) else Verdict.BROKEN, text)
    days = max(s.date() for s in starts) - min(s.date() for s in starts)
    allowed = -(-hours // 24) - 1 if hours else 0
    if days.days <= max(allowed, 0):
        fine = not hours or hours >= 24
        return Part(
            Verdict.KEPT if fine else Verdict.CANNOT_TELL, text, fields=() if fine else ("time of day",)
        )
    return Part(Verdict.BROKEN, text)


def _gap(gap: timedelta, exact: bool) -> str:
    return f"{gap.total_seconds() / 3600:g} h" if exact else f"{gap.days} d"


def _in_turn(names: Text, first: list[_Course], then: list[_Course]) -> Part:
    a = sorted({d for c in first for d in c.days})
    b = sorted({d for c in then for d in c.days})
    turns = sorted([(d, 0) for d in a] + [(d, 1) for d in b])
    listed = ", ".join(f"{d.isoformat()} {'first' if side == 0 else 'then'}" for d, side in turns[:20])
    text = both(f"{names.en}: {listed}", f"{names.uk}: {listed}")
    fair = turns[0][1] == 0 and all(x[1] != y[1] for x, y in pairwise(turns))
    return Part(Verdict.KEPT if fair else Verdict.BROKEN, text)
