"""What those who ask after somebody may be told: confirmed facts only, and which these are in each state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

# What a prisoner must state (Art. 17 of the Third Geneva Convention); nothing else is ever asked as a duty.
ARTICLE_17: Final = ("surname", "given", "birth_date", "rank", "service_number")


class Unsaid(StrEnum):
    """Why an answer is missing: three different answers, and none of them an error."""

    NOT_ASKED = "not-asked"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """What an identity rests on."""

    STATED = "stated"
    DOCUMENT = "document"
    OTHER = "other-means"  # unable to state it (Art. 17): the medical service, by other means


class Fact(StrEnum):
    """What a family can be told."""

    SEARCH = "search"  # that the search goes on: true until it is closed
    HELD = "held"
    FREE = "free"
    HOME = "home"
    DEAD = "dead"  # remains identified
    CLOSED = "closed"


_CONFIRMED: Final[Mapping[str, frozenset[Fact]]] = {
    "CAPTIVE_CONFIRMED": frozenset({Fact.HELD, Fact.SEARCH}),
    "REQUESTED": frozenset({Fact.HELD, Fact.SEARCH}),
    "LOCATED_FREE": frozenset({Fact.FREE}),
    "RETURNED": frozenset({Fact.HOME}),
    "REMAINS_IDENTIFIED": frozenset({Fact.DEAD}),
    "CLOSED_BY_FAMILY_OR_COURT": frozenset({Fact.CLOSED}),
}


def may_be_told(state: str) -> tuple[Fact, ...]:
    """The facts that are confirmed of a sought person in `state`, in the order of `Fact`.

    Where nothing is confirmed, a report of captivity or of death among them, only that the search goes on.
    """
    facts = _CONFIRMED.get(state, frozenset({Fact.SEARCH}))
    return tuple(fact for fact in Fact if fact in facts)


def missing(values: Mapping[str, str], unsaid: Mapping[str, str]) -> tuple[str, ...]:
    """The items of Article 17 that have neither a value nor a reason why there is none."""
    codes = set(Unsaid)
    return tuple(name for name in ARTICLE_17 if not values.get(name) and unsaid.get(name) not in codes)


def identified(values: Mapping[str, str]) -> bool:
    """Whether there is anything by which the person can be told from another: a name or a number."""
    return bool(values.get("surname") or values.get("given") or values.get("service_number"))
