"""What holds of a human whose records were merged: of several answers the one that binds.

An act outweighs a claim, however old; among acts the later counts; among claims, and among acts of one day,
what keeps the person off a list. So a refusal that one record has is never lost by a merge, and a later
interview, whichever record it was written into, speaks for the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Known(Protocol):
    """An answer that rests on a claim or an act."""

    @property
    def basis(self) -> str: ...


K = TypeVar("K", bound=Known)


def strictest(answers: Iterable[K], excludes: Callable[[K], bool]) -> K:
    """The answer that binds; of equals the first. `answers` is not empty."""

    def weight(answer: K) -> tuple[bool, str, bool]:
        act = answer.basis == "act"
        return act, str(getattr(answer, "on", "")) if act else "", excludes(answer)

    return max(answers, key=weight)
