"""What an agreement asks of one party's offered list: the view from which lists are composed.

`offer(agreement, party)` gathers, from the general clauses, those that speak of people whom `party` holds
and hands over. Nothing is added: each part names the clause that it comes from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from obmin.core.errors import Incomplete, NotFound, Refused
from obmin.core.terms.model import (
    RECEIVED,
    Agreement,
    Clause,
    Count,
    Every,
    Flow,
    Hostilities,
    Key,
    Not,
    Phase,
    Population,
    Predicate,
    Priority,
    Track,
    ValueTable,
    Version,
)

# what the invariants that historic terms broke rest on
ARTICLES: Final = {
    "I-1": "Third Geneva Convention, Arts. 7 and 109(3)",
    "I-3": "Third Geneva Convention, Art. 109(1)",
    "I-4": "Third Geneva Convention, Art. 118",
    "I-9": "Fourth Geneva Convention, Art. 34, and Additional Protocol I, Art. 75",
    "I-20": "Third Geneva Convention, Art. 117",
}


@dataclass(frozen=True, slots=True)
class Quota:
    """So many people of `flow` on the list. `low`, `high`: bounds, `None` where open.

    by_phase   phase id -> (low, high); empty where the clause does not speak of phases
    value      the table whose units are summed instead of heads (able-bodied soldiers only)
    everybody  the population of which all must be on the list, or None
    """

    clause: str
    flow: Flow
    low: int | None
    high: int | None
    by_phase: tuple[tuple[str, int | None, int | None], ...] = ()
    value: ValueTable | None = None
    everybody: Population | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """These people (`id` or `name`) must be on the list."""

    clause: str
    flow: Flow
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Everybody in `flow` on the list satisfies `that`; an exclusion is `that = Not(…)`."""

    clause: str
    flow: Flow
    that: Predicate


@dataclass(frozen=True, slots=True)
class Precedence:
    """Inside `flow` people are taken in the order of `keys`."""

    clause: str
    flow: Flow
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """All that one party's list must satisfy, and the day on which ages are judged by default.

    judged_on is the day of the first dated phase, else the day of the version.
    """

    agreement: str
    version: int
    party: str
    hostilities: Hostilities
    judged_on: date
    phases: tuple[Phase, ...]
    quotas: tuple[Quota, ...]
    named: tuple[Named, ...]
    rules: tuple[Rule, ...]
    precedences: tuple[Precedence, ...]
    beside: tuple[Flow, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Every track for which there is a quota, in the order of the clauses."""
        return tuple(dict.fromkeys(t for q in self.quotas for t in q.flow.tracks))


def _ours(flow: Flow, party: str) -> bool:
    return flow.event == RECEIVED and not flow.outside and (not flow.holders or party in flow.holders)


def _of_people(flow: Flow) -> bool:
    return not set(flow.tracks) & {Track.REMAINS, Track.THINGS}


def _quota(agreement: Agreement, clause: Clause, count: Count) -> Quota:
    amount = count.amount
    if amount.is_open:
        raise Incomplete(
            f"clause {clause.id} leaves its number open: compose once the parties have settled it",
            code="terms-open",
        )
    linked = [b for b in (amount.low, amount.high) if b is not None and b.terms]
    if linked:
        of = ", ".join(t.of for t in linked[0].terms)
        raise Incomplete(
            f"clause {clause.id} takes its number from clause {of}: settle it in an amendment first",
            code="terms-open",
        )
    low, high = amount.minimum, amount.maximum
    if amount.about is not None:
        low = high = int(amount.about)
    return Quota(
        clause=clause.id,
        flow=count.flow,
        low=low,
        high=high,
        by_phase=tuple((phase, a.minimum, a.maximum) for phase, a in count.by_phase),
        value=agreement.table(count.value) if count.value else None,
        everybody=agreement.population(amount.population) if amount.population else None,
    )


def judged_on(version: Version) -> date:
    """The day on which ages are judged by default: of the first dated phase, or of the version."""
    return next((p.day for p in version.phases if p.day is not None), version.agreed)


def offer(agreement: Agreement, party: str, version: int | None = None) -> Offer:
    """The terms for the list that `party` offers.

    Raises Refused (code `historic`) for a historic agreement; NotFound for a party that is none; Incomplete
    (code `terms-open`) where a number is still open. Clauses that hang on a condition (`if`, `unless`) are
    left out: they bind only once their event has happened.
    """
    if agreement.historic:
        why = agreement.historic_reason.en or "its terms broke the law in force today"
        law = "; ".join(article for mark, article in ARTICLES.items() if re.search(rf"\b{mark}\b", why))
        told = f"{why} {law}." if law else why
        raise Refused(f"{agreement.id} is historic and cannot be composed: {told}", code="historic")
    if party not in {p.code for p in agreement.parties}:
        raise NotFound(f"{party} is no party to {agreement.id}", code="no-such-party")
    v = agreement.version(version)
    quotas: list[Quota] = []
    named: list[Named] = []
    rules: list[Rule] = []
    precedences: list[Precedence] = []
    for clause in v.clauses:
        if clause.given or clause.unless:
            continue
        match clause.form:
            case Count(flow=flow) as count if _ours(flow, party) and _of_people(flow):
                if flow.named and (count.amount.exactly == len(flow.named)):
                    named.append(Named(clause.id, flow, flow.named))
                else:
                    quotas.append(_quota(agreement, clause, count))
            case Every(flow=flow, that=that) if _ours(flow, party):
                rules.append(Rule(clause.id, flow, that))
            case Priority(flow=flow, keys=keys) if _ours(flow, party):
                precedences.append(Precedence(clause.id, flow, keys))
            case _:
                pass
    return Offer(
        agreement=agreement.id,
        version=v.number,
        party=party,
        hostilities=agreement.hostilities,
        judged_on=judged_on(v),
        phases=v.phases,
        quotas=tuple(quotas),
        named=tuple(named),
        rules=tuple(rules),
        precedences=tuple(precedences),
        beside=v.beside,
    )


def excludes(rule: Rule) -> Predicate | None:
    """The people whom an exclusion keeps off the list, or None if the rule is no exclusion."""
    return rule.that.of if isinstance(rule.that, Not) else None
