"""From an agreement, a register and a policy to the frozen question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil, lcm
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.compose.guards import Guarded
from obmin.core.compose.policy import Even, Policy, scores
from obmin.core.compose.problem import Codes, Kind, Level, Part, Question, Row, Slot, Whole, factor
from obmin.core.errors import Refused
from obmin.core.terms.model import Agreement, Amount, Count, Flow, Total
from obmin.core.terms.offer import Offer, Precedence, Quota
from obmin.core.terms.predicates import DERIVED, RANKS, earliest, evaluate

NUMBERS: Final = "numbers"  # the level that settles how many, where a clause leaves a range
STAY: Final = "stay"  # the levels of a what-if: who stays on the list, who keeps the phase
STAY_PHASE: Final = "stay-phase"
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lock:
    """Somebody who must be on the list, in `phase` if it is given, because an officer said so."""

    id: str
    phase: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody whom an officer took off, with the reason that stands in the record."""

    id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many heads with this value of `column` (each value if None), in `phase` (each if empty).

    `per_phase`: the cap holds in each phase by itself. Seats of a vehicle or beds of a place: no column.
    """

    most: int
    column: str | None = None
    value: str | None = None
    phase: str = ""
    per_phase: bool = False
    id: str = "cap"


@dataclass(frozen=True, slots=True)
class Kept:
    """A list that the new one should stay close to: id -> phase."""

    lines: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The question, and what the compiler knows about everybody else.

    people     the register, sorted by id
    candidate  position in `people` of each candidate of the question
    out        position -> why: a guard's word, `clause ID`, `no-clause`, `ban`, `beside`, `direct`
    covers     quota clause -> which candidates count toward it
    """

    question: Question
    people: pl.DataFrame
    candidate: NDArray[np.int64]
    out: Mapping[int, tuple[str, str]]
    covers: Mapping[str, Mask]
    quotas: Mapping[str, Quota] = field(default_factory=dict)


def in_flow(flow: Flow, people: pl.DataFrame, on: date) -> Mask:
    """Who is surely of the flow: track, predicate, names. Never whoever it cannot be told of."""
    tracks = [t.value for t in flow.tracks]
    mask = pl.Series([True]).extend_constant(True, max(0, people.height - 1)).head(people.height)
    if tracks:
        mask = people["category"].is_in(tracks) if "category" in people.columns else ~mask
    mask = mask.fill_null(False) & evaluate(flow.who, people, on).fill_null(False)
    if flow.named:
        mask = mask & _by_name(people, flow.named)
    return mask.to_numpy().astype(bool)


def _by_name(people: pl.DataFrame, names: Iterable[str]) -> pl.Series:
    wanted = list(names)
    found = people["id"].is_in(wanted)
    if "name" in people.columns:
        found = found | people["name"].is_in(wanted).fill_null(False)
    return found


class _Compiler:
    def __init__(self, offer: Offer, agreement: Agreement, guarded: Guarded, on: date) -> None:
        self.offer, self.agreement, self.guarded, self.on = offer, agreement, guarded, on
        self.people = guarded.people
        self.out: dict[int, tuple[str, str]] = {}
        self.rows: list[Row] = []
        self.attributes: dict[str, Codes] = {}

    # -- who may stand

    def candidates(self, bans: Mapping[str, Ban]) -> NDArray[np.int64]:
        """Everybody whom a count clause asks for and no guard, clause or officer holds back."""
        out = self.out
        ids = self.people["id"].to_list()
        ground = self.guarded.ground.to_list()
        direct = self.guarded.direct.to_list()
        asked = np.zeros(self.people.height, bool)
        for flow in self._asking():
            asked |= in_flow(flow, self.people, self.on)
        broken = self._broken()
        beside = np.zeros(self.people.height, bool)
        for flow in self.offer.beside:
            beside |= in_flow(flow, self.people, self.on)
        for i, why in enumerate(ground):
            if why is not None:
                out[i] = ("guard", why)
            elif direct[i]:
                out[i] = ("direct", "")
            elif ids[i] in bans:
                out[i] = ("ban", bans[ids[i]].reason)
            elif i in broken:
                out[i] = ("clause", broken[i])
            elif beside[i]:
                out[i] = ("beside", "")
            elif not asked[i]:
                out[i] = ("no-clause", "")
        return np.array([i for i in range(len(ids)) if i not in out], np.int64)

    def _asking(self) -> list[Flow]:
        return [q.flow for q in self.offer.quotas] + [n.flow for n in self.offer.named]

    def _broken(self) -> dict[int, str]:
        """Whoever is, or might be, against a clause about everybody: the first such clause."""
        broken: dict[int, str] = {}
        for rule in self.offer.rules:
            tracks = Flow(tracks=rule.flow.tracks)
            might = evaluate(rule.flow.who, self.people, self.on).fill_null(True).to_numpy().astype(bool)
            meant = in_flow(tracks, self.people, self.on) & might
            holds = evaluate(rule.that, self.people, self.on).fill_null(False).to_numpy().astype(bool)
            for i in np.flatnonzero(meant & ~holds).tolist():
                broken.setdefault(i, rule.clause)
        return broken

    # -- where and when

    def slots(self) -> tuple[Slot, ...]:
        receivers = sorted({r for f in self._asking() for r in f.receivers}) or [""]
        if any(not f.receivers for f in self._asking()):
            receivers = receivers if receivers == [""] else ["", *receivers]
        phases = [p.id for p in self.offer.phases] or [""]
        return tuple(Slot(r, p) for p in phases for r in receivers)

    def flag(self, name: str, mask: Mask) -> Part:
        self.attributes[name] = mask.astype(np.int32)
        return Part(name, np.array([0, 1], np.int64))


def compile_question(
    offer: Offer,
    agreement: Agreement,
    guarded: Guarded,
    policy: Policy,
    *,
    seed: bytes,
    on: date,
    locks: Iterable[Lock] = (),
    bans: Iterable[Ban] = (),
    caps: Iterable[Cap] = (),
    kept: Kept | None = None,
) -> Compiled:
    """The frozen question. Raises Refused (code `lock-guarded`) for a lock on somebody who may not stand."""
    compiler = _Compiler(offer, agreement, guarded, on)
    candidate = compiler.candidates({b.id: b for b in bans})
    people = guarded.people[candidate]
    slots = compiler.slots()
    covers = _quota_rows(compiler, people, slots)
    _named_rows(compiler, people, slots)
    _total_rows(compiler, slots)
    _precedence_rows(compiler, people, covers)
    _lock_rows(compiler, people, slots, locks)
    _cap_rows(compiler, people, slots, caps)
    opening = _opening(compiler, people, slots)
    question = Question(
        ids=tuple(people["id"].to_list()),
        attributes=compiler.attributes,
        slots=slots,
        open_slots=opening,
        rows=tuple(compiler.rows),
        levels=tuple(_levels(compiler, people, policy, slots, kept)),
        groups=_groups(people),
        seed=seed,
    )
    quotas = {q.clause: q for q in offer.quotas}
    return Compiled(question, guarded.people, candidate, compiler.out, covers, quotas)


def _reached(flow: Flow, slots: tuple[Slot, ...], phase: str = "") -> tuple[int, ...]:
    """The slots that a flow speaks of, in one phase or in all."""
    return tuple(
        i
        for i, s in enumerate(slots)
        if (not flow.receivers or s.receiver in flow.receivers) and (not phase or s.phase == phase)
    )


def _quota_rows(c: _Compiler, people: pl.DataFrame, slots: tuple[Slot, ...]) -> dict[str, Mask]:
    covers: dict[str, Mask] = {}
    version = c.agreement.version(c.offer.version)
    for quota in c.offer.quotas:
        mask = in_flow(quota.flow, people, c.on)
        covers[quota.clause] = mask
        scale, part = _measure(c, quota, mask, people)
        form = version.clause(quota.clause).form
        daily = isinstance(form, Count) and form.per_day
        low, high = quota.low, quota.high
        if quota.everybody is not None:
            of = in_flow(Flow(tracks=quota.everybody.tracks, who=quota.everybody.who), people, c.on) & mask
            all_part = c.flag(f"all {quota.clause}", of)
            n = int(of.sum())
            c.rows.append(Row(quota.clause, Kind.EVERYBODY, (all_part,), n, None, _reached(quota.flow, slots)))
        for phase in [p.id for p in c.offer.phases] if daily else ():
            c.rows.append(
                _bounded(
                    quota.clause, Kind.PHASE, part, scale, low, high, _reached(quota.flow, slots, phase), phase
                )
            )
        if not daily and (low is not None or high is not None):
            c.rows.append(
                _bounded(quota.clause, Kind.QUOTA, part, scale, low, high, _reached(quota.flow, slots))
            )
        for phase, at_least, at_most in quota.by_phase:
            c.rows.append(
                _bounded(
                    quota.clause,
                    Kind.PHASE,
                    part,
                    scale,
                    at_least,
                    at_most,
                    _reached(quota.flow, slots, phase),
                    phase,
                )
            )
    return covers


def _bounded(
    clause: str, kind: Kind, part: Part, scale: int, low: int | None, high: int | None,
    slots: tuple[int, ...], note: str = "",
) -> Row:  # fmt: skip
    return Row(
        clause, kind, (part,),
        None if low is None else low * scale, None if high is None else high * scale, slots, scale, note,
    )  # fmt: skip


def _measure(c: _Compiler, quota: Quota, mask: Mask, people: pl.DataFrame) -> tuple[int, Part]:
    """Heads, or units of value of the able-bodied, scaled to whole numbers."""
    name = f"in {quota.clause}"
    if quota.value is None:
        return 1, c.flag(name, mask)
    table = quota.value
    worth = dict(table.values)
    column = people[table.column].to_list() if table.column in people.columns else [None] * people.height
    able = people["health"].to_list() if "health" in people.columns else [None] * people.height
    fractions = [
        (worth.get(cell or "", table.other) or 0) if within and health == "none" else 0
        for cell, within, health in zip(column, mask.tolist(), able, strict=True)
    ]
    scale = lcm(*(f.denominator for f in worth.values()), table.other.denominator if table.other else 1)
    codes, values = factor([int(f * scale) for f in fractions] or [0])
    c.attributes[name] = codes[: people.height]
    return scale, Part(name, np.array(values, np.int64))


def _named_rows(c: _Compiler, people: pl.DataFrame, slots: tuple[Slot, ...]) -> None:
    for named in c.offer.named:
        for number, name in enumerate(named.names):
            mask = _by_name(people, [name]).to_numpy().astype(bool)
            mask &= in_flow(Flow(tracks=named.flow.tracks, who=named.flow.who), people, c.on)
            part = c.flag(f"named {named.clause} {number}", mask)
            c.rows.append(Row(named.clause, Kind.NAMED, (part,), 1, 1, _reached(named.flow, slots), note=name))


def _total_rows(c: _Compiler, slots: tuple[Slot, ...]) -> None:
    """Reported sums: they bind only where all their parts are counted here, and never replace a part."""
    by_clause = {q.clause: q for q in c.offer.quotas}
    for clause in c.agreement.version(c.offer.version).clauses:
        form = clause.form
        if not isinstance(form, Total) or clause.given or clause.unless or not set(form.of) <= by_clause.keys():
            continue
        if any(by_clause[o].value is not None for o in form.of):
            continue
        parts = tuple(Part(f"in {o}", np.array([0, 1], np.int64)) for o in form.of)
        reach = tuple(sorted({s for o in form.of for s in _reached(by_clause[o].flow, slots)}))
        c.rows += _total(clause.id, parts, form.amount, reach, "")
        for phase, amount in form.by_phase:
            at = tuple(s for s in reach if slots[s].phase == phase)
            c.rows += _total(clause.id, parts, amount, at, phase)


def _total(clause: str, parts: tuple[Part, ...], amount: Amount, at: tuple[int, ...], note: str) -> list[Row]:
    if amount.minimum is None and amount.maximum is None:
        return []
    return [Row(clause, Kind.TOTAL, parts, amount.minimum, amount.maximum, at, note=note)]


def _precedence_rows(c: _Compiler, people: pl.DataFrame, covers: Mapping[str, Mask]) -> None:
    """Nobody is overtaken: with an exact number, all before the last tier go and none behind it."""
    for precedence in c.offer.precedences:
        mask = in_flow(precedence.flow, people, c.on)
        number = _exact(c, mask, covers)
        if number is None:
            raise Refused(
                f"clause {precedence.clause} orders people whose number no clause fixes: compose once it is fixed",
                code="terms-open",
            )
        tiers = _tiers(precedence, people, mask, c.on)
        before, codes = 0, np.zeros(people.height, np.int32)
        for tier in tiers:
            if before + tier.size <= number:
                codes[tier] = 1
            elif before >= number:
                codes[tier] = 2
            before += tier.size
        name = f"order {precedence.clause}"
        c.attributes[name] = codes
        first = Part(name, np.array([0, 1, 0], np.int64))
        last = Part(name, np.array([0, 0, 1], np.int64))
        c.rows.append(
            Row(precedence.clause, Kind.PRECEDENCE, (first,), int((codes == 1).sum()), None, note="before")
        )
        c.rows.append(Row(precedence.clause, Kind.PRECEDENCE, (last,), None, 0, note="behind"))


def _exact(c: _Compiler, mask: Mask, covers: Mapping[str, Mask]) -> int | None:
    for quota in c.offer.quotas:
        if quota.low is not None and quota.low == quota.high and np.array_equal(covers[quota.clause], mask):
            return quota.low
    return None


def _tiers(precedence: Precedence, people: pl.DataFrame, mask: Mask, on: date) -> list[NDArray[np.int64]]:
    """People of the flow by the keys, those who stand equal together, the first in front."""
    keys: list[NDArray[np.int64]] = []
    for key in precedence.keys:
        if key.who is not None:
            keys.append(1 - evaluate(key.who, people, on).fill_null(False).to_numpy().astype(np.int64))
            continue
        ranked = people.select(rank_of(key.column or "", people, on).rank("dense").alias("r"))["r"].cast(
            pl.Int64
        )
        if key.descending:
            ranked = -ranked
        keys.append(ranked.fill_null(2**40).to_numpy().astype(np.int64))
    index = np.flatnonzero(mask)
    if not index.size:
        return []
    matrix = np.stack([k[index] for k in keys], axis=1)
    order = np.lexsort(matrix.T[::-1])
    index, matrix = index[order], matrix[order]
    cuts = np.flatnonzero(np.any(matrix[1:] != matrix[:-1], axis=1)) + 1
    return [t.astype(np.int64) for t in np.split(index, cuts)]


def rank_of(column: str, people: pl.DataFrame, on: date) -> pl.Expr:
    """What a priority key sorts by: ages and days from dates, ranks by grade, numbers, or text."""
    source = DERIVED.get(column, column)
    if source not in people.columns:
        return pl.repeat(None, pl.len(), dtype=pl.Int64)
    cell = pl.col(source)
    if column in DERIVED:
        return -earliest(cell).to_physical().cast(pl.Int64)
    if column in ("birth_date", "captured_on", "fitness_until", "will_on"):
        return earliest(cell).to_physical().cast(pl.Int64)
    if column == "rank_code":
        grades = {r: i for i, r in enumerate(RANKS)}
        return cell.replace_strict(grades, default=None, return_dtype=pl.Int64)
    return cell.cast(pl.Float64, strict=False)


def _lock_rows(c: _Compiler, people: pl.DataFrame, slots: tuple[Slot, ...], locks: Iterable[Lock]) -> None:
    at = {id: i for i, id in enumerate(people["id"].to_list())}
    codes = np.zeros(people.height, np.int32)
    wanted = sorted({lock.id: lock for lock in locks}.values(), key=lambda lock: lock.id)
    for number, lock in enumerate(wanted, start=1):
        if lock.id not in at:
            raise Refused(f"{lock.id} cannot be locked on the list: not available", code="lock-guarded")
        codes[at[lock.id]] = number
        weights = np.zeros(len(wanted) + 1, np.int64)
        weights[number] = 1
        where = tuple(i for i, s in enumerate(slots) if not lock.phase or s.phase == lock.phase)
        c.rows.append(
            Row(f"lock {lock.id}", Kind.LOCK, (Part("locks", weights),), 1, None, where, note=lock.id)
        )
    if wanted:
        c.attributes["locks"] = codes


def _cap_rows(c: _Compiler, people: pl.DataFrame, slots: tuple[Slot, ...], caps: Iterable[Cap]) -> None:
    for number, cap in enumerate(caps):
        name = f"cap {cap.column or number}"
        if cap.column is None:
            codes, values = np.zeros(people.height, np.int32), ("",)
        else:
            cells = people[cap.column].fill_null("") if cap.column in people.columns else [""] * people.height
            codes, values = factor(np.array(cells, dtype=object))
        c.attributes[name] = codes
        phases = [cap.phase] if cap.phase else [s.phase for s in slots] if cap.per_phase else [""]
        for code, value in enumerate(values):
            if cap.column is not None and (value == "" or (cap.value is not None and value != cap.value)):
                continue
            weights = np.zeros(max(len(values), 1), np.int64)
            weights[code] = 1
            for phase in dict.fromkeys(phases):
                where = tuple(i for i, s in enumerate(slots) if not phase or s.phase == phase)
                note = " ".join(x for x in (str(value), phase) if x)
                c.rows.append(Row(cap.id, Kind.CAP, (Part(name, weights),), None, cap.most, where, note=note))


def _opening(c: _Compiler, people: pl.DataFrame, slots: tuple[Slot, ...]) -> tuple[str, NDArray[np.bool_]]:
    """Somebody may go where a clause that counts them lets them go."""
    masks = np.zeros((people.height, len(slots)), bool)
    for flow in c._asking():
        mask = in_flow(flow, people, c.on)
        masks[np.ix_(mask, _reached(flow, slots))] = True
    table, codes = np.unique(masks, axis=0, return_inverse=True)
    c.attributes["open"] = codes.reshape(-1).astype(np.int32)
    return "open", table.astype(bool) if table.size else np.ones((1, len(slots)), bool)


def _groups(people: pl.DataFrame) -> Codes:
    if "group" not in people.columns:
        return np.full(people.height, -1, np.int32)
    cells = people["group"].to_list()
    numbers = {g: i for i, g in enumerate(sorted({g for g in cells if g}))}
    return np.array([numbers[g] if g else -1 for g in cells], np.int32)


def _levels(
    c: _Compiler, people: pl.DataFrame, policy: Policy, slots: tuple[Slot, ...], kept: Kept | None
) -> Iterable[Level]:
    if kept is not None:
        yield from _staying(c, people, slots, kept)
    if any(q.low != q.high for q in c.offer.quotas):
        yield Level(NUMBERS, scores=_numbers(c, people))
    for rung in policy.rungs:
        if isinstance(rung.measure, Even):
            yield Level(rung.id, spread=_shares(c, people, rung.measure.column))
        else:
            yield Level(rung.id, scores=scores(rung, people, c.on))


def _numbers(c: _Compiler, people: pl.DataFrame) -> Whole:
    """As many as a ceiling allows; no more than a floor asks."""
    score = np.zeros(people.height, np.int64)
    for quota in c.offer.quotas:
        mask = in_flow(quota.flow, people, c.on)
        if quota.high is not None and quota.low != quota.high:
            score[mask] = 1
    for quota in c.offer.quotas:
        mask = in_flow(quota.flow, people, c.on)
        if quota.low is not None and quota.high is None:
            score[mask & (score == 0)] = -1
    return score


def _shares(c: _Compiler, people: pl.DataFrame, column: str) -> tuple[str, Whole]:
    """Each value's share of all who go, in proportion to those who could go, rounded up; unknown has none."""
    cells = people[column].fill_null("").to_list() if column in people.columns else [""] * people.height
    codes, values = factor(np.array([*cells, ""], dtype=object))
    codes = codes[:-1]
    name = f"share {column}"
    c.attributes[name] = codes
    going = sum((q.high if q.high is not None else q.low) or 0 for q in c.offer.quotas if q.value is None)
    could = np.bincount(codes, minlength=len(values))
    shares = [
        people.height if value == "" else ceil(going * int(n) / max(people.height, 1))
        for value, n in zip(values, could.tolist(), strict=True)
    ]
    return name, np.array(shares, np.int64)


def _staying(c: _Compiler, people: pl.DataFrame, slots: tuple[Slot, ...], kept: Kept) -> Iterable[Level]:
    phases = {s.phase: i for i, s in reversed(list(enumerate(slots)))}
    was = [kept.lines.get(id) for id in people["id"].to_list()]
    yield Level(STAY, scores=np.array([w is not None for w in was], np.int64))
    if len(slots) > 1:
        c.attributes["was"] = np.array([0 if w is None else phases.get(w, -1) + 1 for w in was], np.int32)
        yield Level(STAY_PHASE, keep="was")
