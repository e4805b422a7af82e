"""What is heard of somebody whom we look for, graded, and what it comes to. No rumour ends a search.

Grades are those of the Admiralty Code (NATO STANAG 2511, annex): how reliable the source is, A to F, and how
credible this one report, 1 to 6. The rule of confirmation: a notice of the Central Tracing Agency or a national
bureau, the other side in writing, the person's own voice, or two sources independent of each other. A reported
death ends no search: only identification does, or a court, and either can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Says(StrEnum):
    """What a piece of evidence says of the person, or the other side of our line about them."""

    HELD = "held"
    FREE = "free"
    DEAD = "dead"
    NOT_HELD = "not-held"
    UNKNOWN = "unknown"  # they say that they know nothing of the person
    REPEATED = "repeated"  # they name the same person under two lines
    INVENTED = "invented"  # nobody of this name and date ever was


class Kind(StrEnum):
    """Where a piece of evidence comes from."""

    AGENCY = "agency"  # a notice of the Central Tracing Agency or a national information bureau
    PARTY = "party"  # the other side, in writing
    CONTACT = "contact"  # the person's own: a letter, a call, somebody who knows their voice
    RETURNEE = "returnee"  # somebody who came home saw them
    FAMILY = "family"
    IMAGE = "image"  # a photograph or a film
    OPEN = "open"  # the press, a network
    REMAINS = "remains"  # identified by primary means, by two
    COURT = "court"  # a court's act


RELIABILITY: Final = "ABCDEF"  # completely reliable … unreliable, cannot be judged
CREDIBILITY: Final = "123456"  # confirmed by others … improbable, cannot be judged
_TELLING: Final = frozenset({Kind.AGENCY, Kind.PARTY, Kind.CONTACT})
_WORTH: Final = ("ABC", "123")  # what may count as one of two independent sources
COMPUTED: Final = (
    "OPEN",
    "CAPTIVE_UNCONFIRMED",
    "CAPTIVE_CONFIRMED",
    "DEATH_REPORTED",
    "LOCATED_FREE",
    "REMAINS_IDENTIFIED",
    "CLOSED_BY_FAMILY_OR_COURT",
)  # the states that evidence moves between; before and after them others decide


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of evidence that stands: `origin` saw or said it first, `on` is an ISO date or part of one."""

    says: Says
    kind: Kind
    reliability: str
    credibility: str
    origin: str
    on: str


class Why(StrEnum):
    """What a state rests on."""

    IDENTIFIED = "identified"
    COURT = "court"
    TOLD = "told"  # by an agency, the other side or the person
    TWO = "two"  # by two independent sources
    ONE = "one"  # by sources that do not suffice
    DEATH = "death"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Settled:
    state: str
    why: Why
    rests_on: tuple[Heard, ...] = ()


def settle(heard: Iterable[Heard]) -> Settled:
    """What all that stands comes to. The order in which it was heard changes nothing.

    Of what is confirmed the latest counts; on one day, that the person is held: then the search goes on.
    """
    all_of = tuple(sorted(heard, key=lambda one: (one.on, one.kind, one.says, one.origin)))
    for kind, state, why in (
        (Kind.REMAINS, "REMAINS_IDENTIFIED", Why.IDENTIFIED),
        (Kind.COURT, "CLOSED_BY_FAMILY_OR_COURT", Why.COURT),
    ):
        if found := [one for one in all_of if one.kind is kind and one.says is Says.DEAD]:
            return Settled(state, why, tuple(found))
    of = {says: [one for one in all_of if one.says is says] for says in Says}
    held, free = confirmed(of[Says.HELD]), confirmed(of[Says.FREE])
    last = {says: max((one.on for one in of[says]), default="") for says in (Says.HELD, Says.FREE, Says.DEAD)}
    dead = of[Says.DEAD]
    if dead and last[Says.DEAD] > max(last[Says.HELD], last[Says.FREE]):
        return Settled("DEATH_REPORTED", Why.DEATH, tuple(dead))
    if free and (not held or _latest(free[1]) > _latest(held[1])):
        return Settled("LOCATED_FREE", *free)
    if held:
        return Settled("CAPTIVE_CONFIRMED", *held)
    if of[Says.HELD]:
        return Settled("CAPTIVE_UNCONFIRMED", Why.ONE, tuple(of[Says.HELD]))
    if dead:
        return Settled("DEATH_REPORTED", Why.DEATH, tuple(dead))
    return Settled("OPEN", Why.NOTHING)


def confirmed(heard: Sequence[Heard]) -> tuple[Why, tuple[Heard, ...]] | None:
    """Whether reports that say one thing confirm it, and which of them; `None` where they do not."""
    if telling := [one for one in heard if one.kind in _TELLING]:
        return Why.TOLD, tuple(telling)
    worth = [one for one in heard if one.reliability in _WORTH[0] and one.credibility in _WORTH[1]]
    first: dict[str, Heard] = {}
    for one in worth:
        first.setdefault(" ".join(one.origin.casefold().split()), one)
    return (Why.TWO, tuple(first.values())) if len(first) > 1 else None


def may_move(state: str) -> bool:
    """Whether evidence decides what is known of somebody in this state; before and after it others do."""
    return state in COMPUTED


def _latest(heard: Sequence[Heard]) -> str:
    return max(one.on for one in heard)
