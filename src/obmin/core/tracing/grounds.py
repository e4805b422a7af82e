"""What an answer on a pair rests on, ready to be chosen; whoever answers may add words of their own."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class Ground(StrEnum):
    """A ready reason. The order is that of the page, and of its keys from 1."""

    PHOTOGRAPH = "photograph"  # recognised in a photograph or a film
    FAMILY = "family"  # the family knows it
    NUMBER = "number"  # a service number or a document agrees
    DETAILS = "details"  # name, date and place agree as a whole
    NAMESAKE = "namesake"  # another person of the same name
    DATE = "date"  # dates that cannot both be right
    LITTLE = "little"  # too little is known


GROUNDS: Final = tuple(Ground)


def given(grounds: Collection[str]) -> tuple[Ground, ...]:
    """Those of `grounds` that are ready reasons, each once, in their order."""
    return tuple(ground for ground in GROUNDS if ground.value in grounds)


def words(grounds: tuple[Ground, ...], text: str) -> str:
    """The reason that the journal binds: the words that were written, or else the names of the ready ones."""
    return text.strip() or ", ".join(grounds)
