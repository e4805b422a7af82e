"""The algebra of "same", "not the same" and "not sure" over the records of one register.

What stands is a set of judgements. "Same" is an equivalence: whoever is the same as the same is the same.
"Not the same" forbids that two classes ever become one. "Not sure" says that somebody looked. Everything
else is computed from that set, so that the order of judgements does not matter, and taking one back leaves
exactly what would stand if it had never been made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    SAME = "SAME"
    NOT_SAME = "NOT_SAME"
    UNSURE = "UNSURE"


@dataclass(frozen=True, slots=True)
class Said:
    """One judgement about two records. The two stand in no order."""

    key: str
    one: str
    other: str
    answer: Answer

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.one, self.other))


def groups(standing: Iterable[Said]) -> dict[str, frozenset[str]]:
    """The records that are one human, by each of them; whoever is alone is not named."""
    beside = _beside(standing)
    found: dict[str, frozenset[str]] = {}
    for start in sorted(beside):
        if start not in found:
            group = frozenset(_paths(start, beside))
            found |= dict.fromkeys(group, group)
    return found


def partition(standing: Iterable[Said], rank: Callable[[str], Any]) -> dict[str, str]:
    """The record that each other record was merged into: the first of its group by `rank`, then by key.

    A record that stands for itself is not named.
    """
    into = {}
    for record, group in groups(standing).items():
        first = min(group, key=lambda one: (rank(one), one))
        if record != first:
            into[record] = first
    return into


def clash(standing: Iterable[Said], new: Said) -> tuple[Said, ...]:
    """The judgements that stand against a new one, as a chain from its one record to its other; or none.

    Against "same" stands one "not the same" between the two groups that it would join; against "not the
    same" the "same" by which the two are one already. "Not sure" stands against nothing. A shortest chain is
    given, the first by keys among equals.
    """
    known = sorted(standing, key=lambda said: said.key)
    if new.answer is Answer.UNSURE:
        return ()
    if new.one == new.other:
        return (new,)
    beside = _beside(known)
    ours, theirs = _paths(new.one, beside), _paths(new.other, beside)
    if new.answer is Answer.NOT_SAME:
        return ours.get(new.other, ())
    chains = []
    for said in known:
        if said.answer is Answer.NOT_SAME:
            for near, far in ((said.one, said.other), (said.other, said.one)):
                if near in ours and far in theirs:
                    chains.append((*ours[near], said, *reversed(theirs[far])))
    return min(chains, key=lambda chain: (len(chain), [said.key for said in chain]), default=())


def _beside(standing: Iterable[Said]) -> Mapping[str, list[tuple[str, Said]]]:
    """Who is said to be the same as whom, by record."""
    found: dict[str, list[tuple[str, Said]]] = {}
    for said in sorted(standing, key=lambda each: each.key):
        if said.answer is Answer.SAME:
            found.setdefault(said.one, []).append((said.other, said))
            found.setdefault(said.other, []).append((said.one, said))
    return found


def _paths(start: str, beside: Mapping[str, list[tuple[str, Said]]]) -> dict[str, tuple[Said, ...]]:
    """Everybody who is the same as `start`, each with a shortest chain of judgements from there."""
    found: dict[str, tuple[Said, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there, said in beside.get(here, ()):
            if there not in found:
                found[there] = (*found[here], said)
                waiting.append(there)
    return found
