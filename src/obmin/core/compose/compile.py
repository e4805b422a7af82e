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
from obmin.core.compose.problem import Codes, Level, Question, Whole
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
from obmin.core.compose.units import combine, representatives
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
    out        for each row of `people` (kind, detail): `guard` and its ground, `clause` and its id, `ban` and
               its reason, `no-clause`, `beside`, `direct`; null for candidates
    covers     quota clause -> which candidates count toward it
    receivers  quota clause -> to whom it hands over, empty for anyone
    open_orders  precedence clauses whose number nothing fixes -> which candidates they order
    """

    question: Question
    people: pl.DataFrame
    out: pl.DataFrame
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
    draft = Draft(offer, agreement, guarded.people.filter(out["kind"].is_null()), on, slots_of(offer))
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


def _left_out(offer: Offer, guarded: Guarded, bans: Mapping[str, Ban], on: date) -> pl.DataFrame:
    """For each row of the register `kind` and `detail` of what keeps the person off; null for candidates."""
    people = guarded.people
    asked, beside = np.zeros(people.height, bool), np.zeros(people.height, bool)
    for flow in asking(offer):
        asked |= in_flow(flow, people, on)
    for flow in offer.beside:
        beside |= in_flow(flow, people, on)
    reason = people["id"].replace_strict(
        {b.id: b.reason for b in bans.values()}, default=None, return_dtype=pl.Utf8
    )
    told = pl.DataFrame(
        {
            "guard": guarded.ground,
            "direct": guarded.direct,
            "ban": reason,
            "clause": _broken(offer, people, on),
            "beside": pl.Series(beside, dtype=pl.Boolean),
            "no-clause": pl.Series(~asked, dtype=pl.Boolean),
        }
    )
    grounds: list[tuple[str, pl.Expr, pl.Expr]] = [
        ("guard", pl.col("guard").is_not_null(), pl.col("guard")),
        ("direct", pl.col("direct"), pl.lit("")),
        ("ban", pl.col("ban").is_not_null(), pl.col("ban")),
        ("clause", pl.col("clause").is_not_null(), pl.col("clause")),
        ("beside", pl.col("beside"), pl.lit("")),
        ("no-clause", pl.col("no-clause"), pl.lit("")),
    ]
    return told.select(
        pl.coalesce(pl.when(true).then(pl.lit(kind)) for kind, true, _ in grounds).alias("kind"),
        pl.coalesce(pl.when(true).then(detail) for _, true, detail in grounds).alias("detail"),
    )


def _broken(offer: Offer, people: pl.DataFrame, on: date) -> pl.Series:
    """The first clause about everybody that somebody is, or might be, against; null if there is none."""
    broken = pl.Series([None], dtype=pl.Utf8).new_from_index(0, people.height)
    for rule in offer.rules:
        named = Flow(tracks=rule.flow.tracks, named=rule.flow.named)
        might = evaluate(rule.flow.who, people, on).fill_null(True).to_numpy().astype(bool)
        holds = evaluate(rule.that, people, on).fill_null(False).to_numpy().astype(bool)
        against = pl.Series(in_flow(named, people, on) & might & ~holds)
        clause = pl.Series([rule.clause]).new_from_index(0, people.height)
        broken = clause.zip_with(against & broken.is_null(), broken)
    return broken


def _opening(draft: Draft) -> tuple[str, NDArray[np.bool_]]:
    """Somebody may go where a clause that counts them lets them go."""
    masks = np.zeros((draft.people.height, len(draft.slots)), bool)
    for flow in asking(draft.offer):
        mask = draft.mask(flow)
        for slot in draft.at(flow):
            masks[:, slot] |= mask
    codes, number = combine((masks[:, s].astype(np.int32) for s in range(len(draft.slots))), masks.shape[0])
    draft.attributes["open"] = codes.astype(np.int32)
    return "open", masks[representatives(codes, number)]


def _groups(draft: Draft) -> Codes:
    codes, values = draft.codes("group")
    return np.where(codes == values.index(""), -1, codes).astype(np.int32)


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
    codes, values = draft.codes(column)
    name = f"share {column}"
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
