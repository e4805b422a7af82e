"""Clauses, locks and caps as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import lcm

import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.compose.draft import Draft, Mask, by_name
from obmin.core.compose.problem import Kind, Part, Row, factor
from obmin.core.errors import Refused
from obmin.core.terms.model import Amount, Count, Flow, Total
from obmin.core.terms.offer import Precedence, Quota
from obmin.core.terms.predicates import RANKS, earliest, evaluate

DATES = frozenset({"birth_date", "captured_on", "fitness_until", "will_on"})


@dataclass(frozen=True, slots=True)
class Lock:
    """Somebody who must be on the list, in `phase` if it is given, because an officer said so."""

    id: str
    phase: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many heads with this value of `column` (each value if None), in `phase` (all if empty).

    `per_phase`: the cap holds in each phase by itself. Seats of a vehicle or beds of a place: no column.
    """

    most: int
    column: str | None = None
    value: str | None = None
    phase: str = ""
    per_phase: bool = False
    id: str = "cap"


def quota_rows(draft: Draft) -> None:
    """Numbers of people or of value, for the whole and for each phase."""
    version = draft.agreement.version(draft.offer.version)
    for quota in draft.offer.quotas:
        mask = draft.covers[quota.clause] = draft.mask(quota.flow)
        measure = _measure(draft, quota, mask)
        _everybody(draft, quota, mask)
        form = version.clause(quota.clause).form
        if isinstance(form, Count) and form.per_day:
            for phase in dict.fromkeys(s.phase for s in draft.slots):
                at = draft.at(quota.flow, phase)
                _bounded(draft, quota.clause, measure, quota.low, quota.high, at, phase, Kind.PHASE)
        else:
            at = draft.at(quota.flow)
            _bounded(draft, quota.clause, measure, quota.low, quota.high, at, "", Kind.QUOTA)
        for phase, low, high in quota.by_phase:
            at = draft.at(quota.flow, phase)
            _bounded(draft, quota.clause, measure, low, high, at, phase, Kind.PHASE)


def _bounded(
    draft: Draft,
    clause: str,
    measure: tuple[Part, int],
    low: int | None,
    high: int | None,
    at: tuple[int, ...],
    note: str,
    kind: Kind,
) -> None:
    part, scale = measure
    if low is None and high is None:
        return
    pairs = [(low, high)]
    if low is not None and high is not None and low > high:  # two bounds that clash give way one by one
        pairs = [(low, None), (None, high)]
    for least, most in pairs:
        bounds = (None if least is None else least * scale, None if most is None else most * scale)
        draft.rows.append(Row(clause, kind, (part,), *bounds, at, scale, note))


def _everybody(draft: Draft, quota: Quota, mask: Mask) -> None:
    if quota.everybody is None:
        return
    of = mask & draft.mask(Flow(tracks=quota.everybody.tracks, who=quota.everybody.who))
    part = draft.flag(f"all {quota.clause}", of)
    at = draft.at(quota.flow)
    draft.rows.append(Row(quota.clause, Kind.EVERYBODY, (part,), int(of.sum()), None, at))


def _measure(draft: Draft, quota: Quota, mask: Mask) -> tuple[Part, int]:
    """Heads, or units of value of the able-bodied, scaled to whole numbers."""
    name = f"in {quota.clause}"
    if quota.value is None:
        return draft.flag(name, mask), 1
    table = quota.value
    worth = dict(table.values)
    able = zip(draft.column(table.column), mask.tolist(), draft.column("health"), strict=True)
    units = [
        (worth.get(cell or "", table.other) or 0) if within and health == "none" else 0
        for cell, within, health in able
    ]
    scale = lcm(*(f.denominator for f in worth.values()), table.other.denominator if table.other else 1)
    codes, values = factor([*(int(u * scale) for u in units), 0])
    draft.attributes[name] = codes[:-1]
    return Part(name, np.array(values, np.int64)), scale


def named_rows(draft: Draft) -> None:
    """Each of those whom a clause names is on the list."""
    for named in draft.offer.named:
        meant = draft.mask(Flow(tracks=named.flow.tracks, who=named.flow.who))
        for number, name in enumerate(named.names):
            mask = meant & by_name(draft.people, [name]).to_numpy().astype(bool)
            part = draft.flag(f"named {named.clause} {number}", mask)
            at = draft.at(named.flow)
            draft.rows.append(Row(named.clause, Kind.NAMED, (part,), 1, 1, at, note=name))


def total_rows(draft: Draft) -> None:
    """Reported sums: they bind only where all their parts are counted here, and never replace a part."""
    quotas = {q.clause: q for q in draft.offer.quotas if q.value is None}
    for clause in draft.agreement.version(draft.offer.version).clauses:
        form = clause.form
        if not isinstance(form, Total) or clause.given or clause.unless or not set(form.of) <= quotas.keys():
            continue
        parts = tuple(Part(f"in {of}", np.array([0, 1], np.int64)) for of in form.of)
        for phase, amount in (("", form.amount), *form.by_phase):
            at = tuple(sorted({s for of in form.of for s in draft.at(quotas[of].flow, phase)}))
            _total(draft, clause.id, parts, amount, at, phase)


def _total(
    draft: Draft, clause: str, parts: tuple[Part, ...], amount: Amount, at: tuple[int, ...], phase: str
) -> None:
    if amount.minimum is not None or amount.maximum is not None:
        row = Row(clause, Kind.TOTAL, parts, amount.minimum, amount.maximum, at, note=phase)
        draft.rows.append(row)


def precedence_rows(draft: Draft, numbers: Mapping[str, int]) -> None:
    """Nobody is overtaken: of the number that goes, all before the last tier, and none behind it.

    `numbers` gives the number for clauses where no count fixes it; without it they are left open.
    """
    for precedence in draft.offer.precedences:
        mask = draft.mask(precedence.flow)
        number = numbers.get(precedence.clause, fixed_number(draft, precedence))
        if number is None:
            continue
        before, codes = 0, np.zeros(draft.people.height, np.int32)
        for tier in _tiers(draft, precedence, mask):
            codes[tier] = 1 if before + tier.size <= number else 2 if before >= number else 0
            before += tier.size
        name = f"order {precedence.clause}"
        draft.attributes[name] = codes
        first, last = (Part(name, np.array(w, np.int64)) for w in ([0, 1, 0], [0, 0, 1]))
        clause, kind = precedence.clause, Kind.PRECEDENCE
        draft.rows.append(Row(clause, kind, (first,), int((codes == 1).sum()), None, note="before"))
        draft.rows.append(Row(clause, kind, (last,), None, 0, note="behind"))


def fixed_number(draft: Draft, precedence: Precedence) -> int | None:
    """How many of the flow go, if one count of the same people says it exactly."""
    mask = draft.mask(precedence.flow)
    version = draft.agreement.version(draft.offer.version)
    for quota in draft.offer.quotas:
        form = version.clause(quota.clause).form
        exact = quota.low is not None and quota.low == quota.high and quota.value is None
        exact = exact and not (isinstance(form, Count) and form.per_day)
        if exact and np.array_equal(draft.covers[quota.clause], mask):
            return quota.low
    return None


def _tiers(draft: Draft, precedence: Precedence, mask: Mask) -> list[NDArray[np.int64]]:
    """People of the flow by the keys, those who stand equal together, the first in front."""
    people, index = draft.people, np.flatnonzero(mask)
    if not index.size:
        return []
    keys: list[NDArray[np.int64]] = []
    for key in precedence.keys:
        if key.who is not None:
            keys.append(1 - evaluate(key.who, people, draft.on).fill_null(False).to_numpy().astype(np.int64))
            continue
        place = rank_of(key.column or "", people, draft.on).rank("dense").cast(pl.Int64)
        ranked = people.select((-place if key.descending else place).alias("r"))["r"]
        keys.append(ranked.fill_null(2**40).to_numpy().astype(np.int64))
    matrix = np.stack([k[index] for k in keys], axis=1)
    order = np.lexsort(matrix.T[::-1])
    index, matrix = index[order], matrix[order]
    cuts = np.flatnonzero(np.any(matrix[1:] != matrix[:-1], axis=1)) + 1
    return [t.astype(np.int64) for t in np.split(index, cuts)]


def rank_of(column: str, people: pl.DataFrame, on: date) -> pl.Expr:
    """What a priority key sorts by: completed years, days, dates, grades or numbers, unknown as null.

    Of what a vague date can mean, the earliest day counts.
    """
    source = {"age": "birth_date", "captive_days": "captured_on"}.get(column, column)
    if source not in people.columns:
        return pl.repeat(None, pl.len(), dtype=pl.Int64)
    cell = pl.col(source)
    if column == "age":
        born = earliest(cell)
        day = born.dt.month().cast(pl.Int32) * 100 + born.dt.day().cast(pl.Int32)
        return pl.lit(on.year) - born.dt.year() - (pl.lit(on.month * 100 + on.day) < day).cast(pl.Int32)
    if column == "captive_days":
        return -earliest(cell).to_physical().cast(pl.Int64)
    if column in DATES:
        return earliest(cell).to_physical().cast(pl.Int64)
    if column == "rank_code":
        grades = {r: i for i, r in enumerate(RANKS)}
        return cell.replace_strict(grades, default=None, return_dtype=pl.Int64)
    return cell.cast(pl.Float64, strict=False)


def lock_rows(draft: Draft, locks: Iterable[Lock]) -> None:
    """Raises Refused (code `lock-guarded`) for somebody who may not stand."""
    at = {who: i for i, who in enumerate(draft.people["id"].to_list())}
    codes = np.zeros(draft.people.height, np.int32)
    wanted = sorted({lock.id: lock for lock in locks}.values(), key=lambda lock: lock.id)
    for number, lock in enumerate(wanted, start=1):
        if lock.id not in at:
            raise Refused(f"{lock.id} cannot be locked on the list: not available", code="lock-guarded")
        codes[at[lock.id]] = number
        weights = np.zeros(len(wanted) + 1, np.int64)
        weights[number] = 1
        part, where = Part("locks", weights), draft.during(lock.phase)
        draft.rows.append(Row(f"lock {lock.id}", Kind.LOCK, (part,), 1, None, where, note=lock.id))
    if wanted:
        draft.attributes["locks"] = codes


def cap_rows(draft: Draft, caps: Iterable[Cap]) -> None:
    """Limits of places and vehicles."""
    for number, cap in enumerate(caps):
        codes, values = (
            draft.codes(cap.column) if cap.column else (np.zeros(draft.people.height, np.int32), ("all",))
        )
        name = f"cap {cap.column or number}"
        draft.attributes[name] = codes
        phases = [cap.phase] if cap.phase or not cap.per_phase else [s.phase for s in draft.slots]
        for code, value in enumerate(values):
            if value == "" or (cap.value is not None and value != cap.value):
                continue
            weights = np.zeros(len(values), np.int64)
            weights[code] = 1
            for phase in dict.fromkeys(phases):
                note = " ".join(x for x in (value if cap.column else "", phase) if x)
                row = Row(
                    cap.id, Kind.CAP, (Part(name, weights),), None, cap.most, draft.during(phase), note=note
                )
                draft.rows.append(row)
