"""When a package is taken in and when it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from obmin.core.errors import Altered, Incomplete
from obmin.core.rounds.contents import Answer, Code, Contents, Kind, Line
from obmin.core.rounds.lists import agreed
from obmin.core.rounds.lots import against_lot
from obmin.core.rounds.state import Package, State

TO_WANTED: Final = frozenset(Code) - {Code.ACCEPTED, Code.OBJECTED}
TO_PROPOSAL: Final = frozenset({Code.ACCEPTED, Code.OBJECTED})

_MAY_FOLLOW: Final[Mapping[Kind | None, frozenset[Kind]]] = {
    None: frozenset({Kind.WANTED, Kind.PROPOSAL}),
    Kind.WANTED: frozenset({Kind.REPLY}),
    Kind.PROPOSAL: frozenset({Kind.REPLY}),
    Kind.REPLY: frozenset({Kind.WANTED, Kind.PROPOSAL, Kind.FREEZE}),
    Kind.FREEZE: frozenset(),
}


class Fault(StrEnum):
    """Why a package is refused. REPLAYED is the very package again: harmless, and changes nothing."""

    WRONG_EXCHANGE = "wrong-exchange"
    WRONG_PARTIES = "wrong-parties"
    WRONG_TERMS = "wrong-terms"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    TWO_VERSIONS = "two-versions"
    OUT_OF_TURN = "out-of-turn"
    WRONG_KIND = "wrong-kind"
    BROKEN_LINK = "broken-link"
    LINES = "lines"
    ANSWERS = "answers"
    NOT_AGREED = "not-agreed"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Refusal:
    fault: Fault
    text: str


def draft(
    state: State,
    kind: Kind,
    sender: str,
    expires: datetime,
    *,
    lines: Iterable[Line] = (),
    answers: Iterable[Answer] = (),
    lot: str = "",
) -> Contents:
    """The contents of `sender`'s next package, with number, links and, in a freeze, the agreed hash.

    Raises `Incomplete` where the other side has not spoken in the last round, or in a freeze where the
    lists are not agreed.
    """
    number = state.mark(sender) + 1
    if number > state.complete + 1:
        raise Incomplete(f"Round {number - 1} is open: the other side's package has not come in.")
    receiver = next(party for party in state.parties if party != sender)
    return Contents(
        exchange=state.exchange,
        round=number,
        kind=kind,
        sender=sender,
        receiver=receiver,
        terms=state.terms,
        expires=expires,
        previous=state.links(number - 1),
        lines=tuple(sorted(lines, key=lambda line: line.id)),
        answers=tuple(sorted(answers, key=lambda answer: answer.line)),
        agreed=agreed(state) if kind is Kind.FREEZE else "",
        lot=lot,
    )


def check_package(state: State, package: Package, now: datetime) -> list[Refusal]:
    """Every reason to refuse a package; none means that `next_state` may take it in."""
    contents = package.contents
    found: list[Refusal] = []

    def refuse(fault: Fault, text: str) -> None:
        found.append(Refusal(fault, text))

    if contents.exchange != state.exchange:
        refuse(Fault.WRONG_EXCHANGE, f"It belongs to exchange {contents.exchange}.")
    if {contents.sender, contents.receiver} != set(state.parties):
        refuse(Fault.WRONG_PARTIES, f"It goes from {contents.sender} to {contents.receiver}.")
    if found:
        return found
    if contents.terms != state.terms:
        refuse(Fault.WRONG_TERMS, "It rests on other terms than ours.")
    if now >= contents.expires:
        refuse(Fault.EXPIRED, f"It expired at {contents.expires.isoformat()}.")
    known = state.package(contents.sender, contents.round)
    if known is not None:
        if known.link == package.link:
            refuse(Fault.REPLAYED, f"Round {contents.round} of {contents.sender} was taken in before.")
        else:
            refuse(
                Fault.TWO_VERSIONS,
                f"{contents.sender} signed two versions of round {contents.round}: "
                f"{known.digest[:16]}… and {package.digest[:16]}….",
            )
        return found
    found += _turn(state, contents)
    found += _lines(state, contents)
    found += _answers(state, contents)
    if contents.kind is Kind.FREEZE or contents.agreed:
        found += _freeze(state, contents)
    if wrong := against_lot(state, contents):
        refuse(Fault.LOT, wrong)
    return found


def next_state(state: State, package: Package) -> State:
    """The state with one more package; raises `Altered` where it stands against one already taken in.

    Taking in the same package twice changes nothing.
    """
    known = state.package(package.contents.sender, package.contents.round)
    if known is not None:
        if known.link == package.link:
            return state
        raise Altered(
            f"{known.contents.sender} signed two versions of round {known.contents.round}.",
            code=Fault.TWO_VERSIONS,
        )
    packages = sorted((*state.packages, package), key=lambda p: (p.contents.round, p.contents.sender))
    return replace(state, packages=tuple(packages))


def _turn(state: State, contents: Contents) -> list[Refusal]:
    found: list[Refusal] = []
    due = state.mark(contents.sender) + 1
    if contents.round != due or contents.round > state.complete + 1:
        text = f"Round {contents.round} of {contents.sender} came; due is round {min(due, state.complete + 1)}."
        return [Refusal(Fault.OUT_OF_TURN, text)]
    if dict(contents.previous) != state.links(contents.round - 1):
        text = f"It does not follow the packages that we hold of round {contents.round - 1}."
        found.append(Refusal(Fault.BROKEN_LINK, text))
    theirs = state.kind(contents.round)
    allowed = _MAY_FOLLOW[state.kind(contents.round - 1)] if theirs is None else frozenset({theirs})
    if contents.kind not in allowed:
        words = " or ".join(sorted(allowed)) or "nothing more"
        found.append(Refusal(Fault.WRONG_KIND, f"A {contents.kind} came; due is {words}."))
    return found


def _lines(state: State, contents: Contents) -> list[Refusal]:
    ids = [line.id for line in contents.lines]
    wants_lines = contents.kind in (Kind.WANTED, Kind.PROPOSAL)
    if ids and not wants_lines:
        return [Refusal(Fault.LINES, f"A {contents.kind} carries no list.")]
    if any(left >= right for left, right in pairwise(ids)):
        return [Refusal(Fault.LINES, "A line stands twice, or the lines are not sorted by their id.")]
    other = {
        line.id
        for package in state.packages
        if package.contents.sender != contents.sender
        for line in package.contents.lines
    }
    if stolen := sorted(other.intersection(ids)):
        return [Refusal(Fault.LINES, f"Line {stolen[0]} is one of the other side's.")]
    if contents.kind is Kind.PROPOSAL and (
        bare := [n.id for n in contents.lines if n.counted and not n.clause]
    ):
        return [Refusal(Fault.LINES, f"Line {bare[0]} is counted under no clause.")]
    return []


def _answers(state: State, contents: Contents) -> list[Refusal]:
    if contents.kind is not Kind.REPLY:
        return [Refusal(Fault.ANSWERS, f"A {contents.kind} carries no answers.")] if contents.answers else []
    asked = state.package(contents.receiver, contents.round - 1)
    lines = {line.id: line for line in asked.contents.lines} if asked else {}
    given = [answer.line for answer in contents.answers]
    if given != sorted(lines):
        return [
            Refusal(Fault.ANSWERS, "Each line of the other side's list is answered once, sorted by its id.")
        ]
    allowed = TO_WANTED if asked and asked.contents.kind is Kind.WANTED else TO_PROPOSAL
    found: list[Refusal] = []
    for answer in contents.answers:
        if answer.code not in allowed:
            found.append(Refusal(Fault.ANSWERS, f"{answer.code} is no answer to line {answer.line}."))
        elif answer.code is Code.OBJECTED and not lines[answer.line].counted:
            text = f"Line {answer.line} goes home outside every count (Art. 109): nothing can be asked for it."
            found.append(Refusal(Fault.ANSWERS, text))
        elif (answer.code is Code.OBJECTED) != bool(answer.clause):
            found.append(
                Refusal(Fault.ANSWERS, f"Line {answer.line}: an objection, and only that, names a clause.")
            )
    return found


def _freeze(state: State, contents: Contents) -> list[Refusal]:
    if contents.kind is not Kind.FREEZE:
        return [Refusal(Fault.NOT_AGREED, f"A {contents.kind} locks nothing.")]
    try:
        ours = agreed(state)
    except Incomplete as error:
        return [Refusal(Fault.NOT_AGREED, error.message)]
    return (
        []
        if contents.agreed == ours
        else [Refusal(Fault.NOT_AGREED, "It locks other lists than those agreed.")]
    )
