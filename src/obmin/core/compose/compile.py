"""From an agreement, a register and a policy to the frozen question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.compose.draft import Draft, Mask, asking, in_flow, slots_of
from obmin.core.compose.guards import Guarded
from obmin.core.compose.policy import Even, Policy, scores
from obmin.core.compose.problem import Codes, Level, Question, Whole, factor
from obmin.core.compose.rows import (
    Cap,
    Lock,
    cap_rows,
    fixed_number,
    lock_rows,
    named_rows,
    precedence_rows,
    quota_rows,
    total_rows,
)
from obmin.core.terms.model import Agreement, Flow
from obmin.core.terms.offer import Offer
from obmin.core.terms.predicates import evaluate

NUMBERS: Final = "numbers"  # the level that settles how many, where a clause leaves a range
STAY: Final = "stay"  # the levels of a what-if: who stays on the list, who keeps the phase
STAY_PHASE: Final = "stay-phase"


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody whom an officer took off, with the reason that stands in the record."""

    id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Orders:
    """What officers and planners add to the terms; `kept`: id -> phase of a list to stay close to."""

    locks: tuple[Lock, ...] = ()
    bans: tuple[Ban, ...] = ()
    caps: tuple[Cap, ...] = ()
    kept: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Compiled:
    """The question, and what the compiler knows about everybody else.

    people     the register, sorted by id
    out        position in `people` -> (kind, detail): `guard` and its ground, `clause` and its id, `ban` and
               its reason, `no-clause`, `beside`, `direct`
    covers     quota clause -> which candidates count toward it
    receivers  quota clause -> to whom it hands over, empty for anyone
    open_orders  precedence clauses whose number nothing fixes -> which candidates they order
    """

    question: Question
    people: pl.DataFrame
    out: Mapping[int, tuple[str, str]]
    covers: Mapping[str, Mask]
    receivers: Mapping[str, tuple[str, ...]]
    open_orders: Mapping[str, Mask]


def compile_question(
    offer: Offer,
    agreement: Agreement,
    guarded: Guarded,
    policy: Policy,
    orders: Orders,
    *,
    seed: bytes,
    on: date,
    numbers: Mapping[str, int] | None = None,
) -> Compiled:
    """The frozen question. Raises Refused (code `lock-guarded`) for a lock on somebody who may not stand."""
    out = _left_out(offer, guarded, {b.id: b for b in orders.bans}, on)
    standing = np.array([i for i in range(guarded.people.height) if i not in out], np.int64)
    draft = Draft(offer, agreement, guarded.people[standing], on, slots_of(offer))
    quota_rows(draft)
    named_rows(draft)
    total_rows(draft)
    precedence_rows(draft, numbers or {})
    lock_rows(draft, orders.locks)
    cap_rows(draft, orders.caps)
    question = Question(
        ids=tuple(draft.people["id"].to_list()),
        open_slots=_opening(draft),
        levels=tuple(_levels(draft, policy, orders.kept)),
        attributes=draft.attributes,
        slots=draft.slots,
        rows=tuple(draft.rows),
        groups=_groups(draft),
        seed=seed,
    )
    free = {
        p.clause: draft.mask(p.flow)
        for p in offer.precedences
        if fixed_number(draft, p) is None and p.clause not in (numbers or {})
    }
    receivers = {q.clause: q.flow.receivers for q in offer.quotas}
    return Compiled(question, guarded.people, out, draft.covers, receivers, free)


def _left_out(offer: Offer, guarded: Guarded, bans: Mapping[str, Ban], on: date) -> dict[int, tuple[str, str]]:
    """Everybody whom a guard, a clause or an officer holds back, or whom no count clause asks for."""
    people = guarded.people
    asked, beside = np.zeros(people.height, bool), np.zeros(people.height, bool)
    for flow in asking(offer):
        asked |= in_flow(flow, people, on)
    for flow in offer.beside:
        beside |= in_flow(flow, people, on)
    broken = _broken(offer, people, on)
    out: dict[int, tuple[str, str]] = {}
    rows = zip(people["id"].to_list(), guarded.ground.to_list(), guarded.direct.to_list(), strict=True)
    for i, (who, ground, direct) in enumerate(rows):
        if ground is not None:
            out[i] = ("guard", ground)
        elif direct:
            out[i] = ("direct", "")
        elif who in bans:
            out[i] = ("ban", bans[who].reason)
        elif i in broken:
            out[i] = ("clause", broken[i])
        elif beside[i]:
            out[i] = ("beside", "")
        elif not asked[i]:
            out[i] = ("no-clause", "")
    return out


def _broken(offer: Offer, people: pl.DataFrame, on: date) -> dict[int, str]:
    """Whoever is, or might be, against a clause about everybody: the first such clause."""
    broken: dict[int, str] = {}
    for rule in offer.rules:
        named = Flow(tracks=rule.flow.tracks, named=rule.flow.named)
        might = evaluate(rule.flow.who, people, on).fill_null(True).to_numpy().astype(bool)
        holds = evaluate(rule.that, people, on).fill_null(False).to_numpy().astype(bool)
        for i in np.flatnonzero(in_flow(named, people, on) & might & ~holds).tolist():
            broken.setdefault(i, rule.clause)
    return broken


def _opening(draft: Draft) -> tuple[str, NDArray[np.bool_]]:
    """Somebody may go where a clause that counts them lets them go."""
    masks = np.zeros((draft.people.height, len(draft.slots)), bool)
    for flow in asking(draft.offer):
        mask = draft.mask(flow)
        for slot in draft.at(flow):
            masks[:, slot] |= mask
    weight = 1 << np.arange(len(draft.slots), dtype=object)
    codes, patterns = factor((masks * weight).sum(axis=1)) if masks.size else (np.zeros(0, np.int32), ())
    draft.attributes["open"] = codes
    table = [[bool(int(p) >> s & 1) for s in range(len(draft.slots))] for p in patterns]
    return "open", np.array(table, bool).reshape(-1, len(draft.slots))


def _groups(draft: Draft) -> Codes:
    cells = draft.column("group")
    numbers = {g: i for i, g in enumerate(sorted({g for g in cells if g}))}
    return np.array([numbers[g] if g else -1 for g in cells], np.int32)


# -- levels -----------------------------------------------------------------------------------------------


def _levels(draft: Draft, policy: Policy, kept: Mapping[str, str] | None) -> Iterator[Level]:
    if kept is not None:
        yield from _staying(draft, kept)
    if any(q.low != q.high for q in draft.offer.quotas):
        yield Level(NUMBERS, scores=_numbers(draft))
    for rung in policy.rungs:
        if isinstance(rung.measure, Even):
            yield Level(rung.id, spread=_shares(draft, rung.measure.column))
        else:
            yield Level(rung.id, scores=scores(rung, draft.people, draft.on))


def _numbers(draft: Draft) -> Whole:
    """As many as a ceiling allows; no more than a floor asks."""
    score = np.zeros(draft.people.height, np.int64)
    for quota in draft.offer.quotas:
        if quota.high is not None and quota.low != quota.high:
            score[draft.covers[quota.clause]] = 1
    for quota in draft.offer.quotas:
        if quota.low is not None and quota.high is None:
            score[draft.covers[quota.clause] & (score == 0)] = -1
    return score


def _shares(draft: Draft, column: str) -> tuple[str, Whole]:
    """Each value's share of all who go, in proportion to those who could go, rounded up; unknown has none."""
    cells = [c or "" for c in draft.column(column)]
    codes, values = factor(np.array([*cells, ""], dtype=object))
    name, codes = f"share {column}", codes[:-1]
    draft.attributes[name] = codes
    going = sum((q.high if q.high is not None else q.low) or 0 for q in draft.offer.quotas if q.value is None)
    could = np.bincount(codes, minlength=len(values)).tolist()
    people = draft.people.height
    shares = [
        people if value == "" else ceil(going * n / people) for value, n in zip(values, could, strict=True)
    ]
    return name, np.array(shares, np.int64)


def _staying(draft: Draft, kept: Mapping[str, str]) -> Iterator[Level]:
    phases = {s.phase: i for i, s in reversed(list(enumerate(draft.slots)))}
    was = [kept.get(who) for who in draft.people["id"].to_list()]
    yield Level(STAY, scores=np.array([w is not None for w in was], np.int64))
    if len(draft.slots) > 1:
        codes = [0 if w is None else phases.get(w, -1) + 1 for w in was]
        draft.attributes["was"] = np.array(codes, np.int32)
        yield Level(STAY_PHASE, keep="was")
