"""The frozen question that the solver answers: candidates, rows, slots, levels. Nothing else goes in.

A *candidate* is a person who may be listed at all: every guard has been passed before this module is
reached. A *slot* is a place to go to and a phase to go in. A *row* says how much of something may or must
be on the list, and names the clause it comes from. *Levels* are maximised one after the other.

What rows and levels can see of a person are *attributes*: small whole-number codes, one array each, in the
order of `ids`. People with the same codes are the same to every clause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Whole = NDArray[np.int64]

GROUPS: Final = "groups"  # the clause id under which "kept together" stands in clashes and verdicts


class Kind(StrEnum):
    """Where a row comes from; what may be relaxed when no list exists, and in which words."""

    QUOTA = "quota"
    PHASE = "phase"
    TOTAL = "total"
    NAMED = "named"
    EVERYBODY = "everybody"
    PRECEDENCE = "precedence"
    CAP = "cap"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where and when: `receiver` is a party's code or empty, `phase` a phase id or empty."""

    receiver: str
    phase: str


@dataclass(frozen=True, slots=True)
class Part:
    """One summand of a row: the weight of each code of an attribute (array indexed by code)."""

    attribute: str
    weights: Whole


@dataclass(frozen=True, slots=True)
class Row:
    """low ≤ Σ weight × listed ≤ high, over the given slots (indices; empty: all of them).

    `scale`: weights and bounds are so many times the amounts that the clause speaks of (value units).
    """

    clause: str
    kind: Kind
    parts: tuple[Part, ...]
    low: int | None
    high: int | None
    slots: tuple[int, ...] = ()
    scale: int = 1
    note: str = ""  # the phase, the place or the person that the row is about


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the policy, maximised as a sum over the listed.

    scores   one whole number a candidate (`None` for the other kinds)
    spread   attribute and share of each code: minimise the heads above the shares
    keep     attribute whose code is slot index + 1, 0 for none: maximise those who keep their slot (only
             where there are several)
    """

    id: str
    scores: Whole | None = None
    spread: tuple[str, Whole] | None = None
    keep: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Everything the answer depends on.

    ids          candidates, sorted, each once
    attributes   name -> code of each candidate, from 0
    slots        in the order in which they are filled
    open_slots   attribute -> which slots its code may go to (boolean table code × slot)
    groups       number of the group that a candidate is kept together with, -1 for none
    seed         key of the tie-break
    """

    ids: tuple[str, ...]
    attributes: Mapping[str, Codes]
    slots: tuple[Slot, ...]
    open_slots: tuple[str, NDArray[np.bool_]]
    rows: tuple[Row, ...]
    levels: tuple[Level, ...]
    groups: Codes
    seed: bytes

    @property
    def size(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Reached:
    """What one level came to. `value` equals `bound` where it is proven that nothing better exists."""

    id: str
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Answer:
    """chosen: index of each listed candidate -> index of its slot. `work` counts what the solver did.

    `memory`: what solving again after a small change starts from (`pins.Memory`).
    """

    chosen: Mapping[int, int]
    levels: tuple[Reached, ...]
    lots: Mapping[int, int] = field(default_factory=dict)
    work: Mapping[str, int] = field(default_factory=dict)
    memory: Any = field(default=None, repr=False, compare=False)

    @property
    def optimal(self) -> bool:
        return all(level.proven for level in self.levels)


def factor(values: Any) -> tuple[Codes, tuple[Any, ...]]:
    """Codes and the sorted distinct values that they stand for."""
    distinct, codes = np.unique(np.asarray(values), return_inverse=True)
    return codes.astype(np.int32).reshape(-1), tuple(distinct.tolist())
