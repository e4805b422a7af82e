"""Composing: one call from an agreement and a register to the proven list, with a reason for everybody."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

import obmin
from obmin.core.compose.check import Verdict, check
from obmin.core.compose.clash import clashes
from obmin.core.compose.compile import Ban, Compiled, Orders, compile_question
from obmin.core.compose.engine import HIGHS
from obmin.core.compose.explain import Reasons, reasons
from obmin.core.compose.guards import guard, lawful
from obmin.core.compose.lot import Seed
from obmin.core.compose.policy import Policy
from obmin.core.compose.policy import lawful as lawful_policy
from obmin.core.compose.problem import Answer
from obmin.core.compose.rows import Cap, Lock
from obmin.core.compose.solve import NoList, solve
from obmin.core.errors import Refused
from obmin.core.terms.model import Agreement
from obmin.core.terms.offer import Offer, offer


@dataclass(frozen=True, slots=True)
class Composition:
    """The result of composing.

    lines           people who count: id, phase, position in the phase from 1, clause, reason
    direct          Art. 110 direct cases, outside every count: id, reason
    out             everybody else: id, reason
    sealed_reasons  id, reason: will, health and judicial grounds; for legal and medical officers only
    proof           levels with value and bound, the checker's verdicts, officers' orders, seed and how it was
                    drawn, versions; whole numbers only
    verdicts        the checker's verdicts
    """

    lines: pl.DataFrame
    direct: pl.DataFrame
    out: pl.DataFrame
    sealed_reasons: pl.DataFrame
    proof: dict[str, Any]
    verdicts: tuple[Verdict, ...]
    compiled: Compiled
    answer: Answer

    @property
    def proven(self) -> bool:
        """Every level is proven best, and the checker finds every clause kept."""
        return self.answer.optimal and all(v.ok for v in self.verdicts)


def compose(
    agreement: Agreement,
    register: pl.DataFrame,
    *,
    party: str,
    policy: Policy,
    seed: bytes | Seed,
    on: date,
    locks: Iterable[Lock | str] = (),
    bans: Iterable[Ban | str] = (),
    caps: Iterable[Cap] = (),
    kept: Mapping[str, str] | None = None,
    version: int | None = None,
    language: str = "en",
    before: Composition | None = None,
    request: bool = False,
) -> Composition:
    """The proven list that `party` offers under the agreement, or that it is asked for.

    register  all-text frame, one row a person, as in core.person; every row is a person whom `party` holds
    seed      key of the tie-break, which nobody may choose after seeing the register: drawn as in `lot`, or
              1 to 64 bytes whose origin the proof then does not know
    on        the day on which ages, captivity and fitness are judged
    kept      id -> phase of an earlier list to stay as close to as the clauses allow (what-if)
    version   of the agreement; the latest if not given
    request   the register is not `party`'s own but what the other side knows of those whom `party` holds:
              what is unknown of will and fitness is left to `party`, and only what is known excludes
    before    a composition of the same register under nearly the same terms: the same list, sooner

    Raises Infeasible with the smallest set of clashing clauses; Refused for what may never be composed
    (codes `historic`, `hostilities-ceased`, `tracks-mixed`, `policy-forbidden`, `lock-guarded`); Incomplete
    (`terms-open`) where a number is still open.
    """
    lawful_policy(policy)
    key = seed.key if isinstance(seed, Seed) else seed
    terms = offer(agreement, party, version)
    lawful(terms)
    if register["id"].n_unique() != register.height or register["id"].null_count():
        raise Refused("the register has a person twice or without an id", code="ids-not-unique")
    orders = Orders(
        tuple(Lock(x) if isinstance(x, str) else x for x in locks),
        tuple(Ban(x) if isinstance(x, str) else x for x in bans),
        tuple(caps),
        kept,
    )
    compiled, answer = answered(terms, agreement, register, policy, orders, key, on, language, before, request)
    why = reasons(compiled, answer, agreement, policy, seed=key, language=language)
    verdicts = _checked(why, agreement, register, terms, orders, on=on, request=request)
    proof = {"kind": "request" if request else "offer", "orders": _orders(orders)} | _proof(
        agreement, policy, answer, verdicts, why, terms.version, party, seed, on, register
    )
    return Composition(why.lines, why.direct, why.out, why.sealed, proof, verdicts, compiled, answer)


def answered(
    terms: Offer,
    agreement: Agreement,
    register: pl.DataFrame,
    policy: Policy,
    orders: Orders,
    seed: bytes,
    on: date,
    language: str = "en",
    before: Composition | None = None,
    request: bool = False,
) -> tuple[Compiled, Answer]:
    """The question and its answer. Raises Infeasible.

    Where a clause orders people whose number no count fixes, the levels say how many of them go and the
    clause says who: the question is answered without it, and then again with these numbers (or, where
    groups stand across such a number, with the nearest lower one that works).
    """
    guarded = guard(register, on, request=request)

    def asked(numbers: Mapping[str, int]) -> Compiled:
        return compile_question(terms, agreement, guarded, policy, orders, seed=seed, on=on, numbers=numbers)

    compiled = asked({})
    try:
        answer = solve(compiled.question, before=before.answer if before else None)
    except NoList as none:
        raise clashes(compiled, agreement, language=language) from none
    if not compiled.open_orders:
        return compiled, answer
    chosen = list(answer.chosen)
    numbers = {clause: int(mask[chosen].sum()) for clause, mask in compiled.open_orders.items()}
    for fewer in range(max(numbers.values()) + 1):
        compiled = asked({clause: max(n - fewer, 0) for clause, n in numbers.items()})
        try:
            return compiled, solve(compiled.question)
        except NoList:
            continue
    raise clashes(asked(numbers), agreement, language=language)


def _checked(
    why: Reasons,
    agreement: Agreement,
    register: pl.DataFrame,
    terms: Offer,
    orders: Orders,
    *,
    on: date,
    request: bool,
) -> tuple[Verdict, ...]:
    return check(
        agreement,
        register,
        why.lines,
        why.direct["id"].to_list(),
        party=terms.party,
        on=on,
        version=terms.version,
        request=request,
        bans=[b.id for b in orders.bans],
        locks=[(lock.id, lock.phase) for lock in orders.locks],
        caps=[(c.most, c.column, c.value, c.phase, c.per_phase, c.id) for c in orders.caps],
    )


def _orders(orders: Orders) -> dict[str, Any]:
    """What officers and planners added, for whoever composes the list again. Their reasons are not for all."""
    return {
        "locks": [{"id": lock.id, "phase": lock.phase} for lock in orders.locks],
        "bans": [ban.id for ban in orders.bans],
        "caps": [asdict(cap) for cap in orders.caps],
        "kept": dict(sorted((orders.kept or {}).items())),
    }


def _proof(
    agreement: Agreement,
    policy: Policy,
    answer: Answer,
    verdicts: tuple[Verdict, ...],
    why: Reasons,
    version: int,
    party: str,
    seed: bytes | Seed,
    on: date,
    register: pl.DataFrame,
) -> dict[str, Any]:
    key, origin = (seed.key, seed.record) if isinstance(seed, Seed) else (seed, {"source": "given"})
    return {
        "agreement": agreement.id,
        "agreement_version": version,
        "party": party,
        "judged_on": on.isoformat(),
        "policy": f"{policy.id} {policy.version}",
        "objective": [level.value for level in answer.levels],
        "bound": [level.bound for level in answer.levels],
        "optimal": answer.optimal,
        "levels": [{"id": r.id, "value": r.value, "bound": r.bound, "proven": r.proven} for r in answer.levels],
        "kept": all(v.ok for v in verdicts),
        "verdicts": [{"clause": v.clause, "ok": v.ok, "arithmetic": v.arithmetic} for v in verdicts],
        "people": {
            "register": register.height,
            "candidates": len(answer.chosen) + why.candidates_left,
            "listed": why.lines.height,
            "direct": why.direct.height,
        },
        "seed": key.hex(),
        "lot": origin,
        "versions": {
            "obmin": obmin.__version__,
            "highs": HIGHS,
            "polars": pl.__version__,
            "python": platform.python_version(),
        },
    }
