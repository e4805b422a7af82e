"""Figures and breakdowns that may be published."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from obmin.core.errors import Incomplete, Refused

LEAST: Final = 10  # people; a smaller cell, or one that leaves a smaller rest, is never shown
BASE: Final = 10  # shown cells are multiples of this


@dataclass(frozen=True, slots=True)
class Completion:
    """What is known of an exchange at its end: the people received, by each side's signed receipt.

    `ours` and `theirs` are counts of counted people who came home to us; direct cases are in neither.
    """

    exchange: str
    completed: bool
    ours: int | None
    theirs: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """The one figure of an exchange. Once frozen it is the answer for ever."""

    exchange: str
    total: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A cell that is left out, and why, for those who may see it inside: `small`, `rest` or `cover`."""

    cell: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """One breakdown of a figure: what is shown (rounded), and what is left out."""

    exchange: str
    dimension: str
    shown: Mapping[str, int]
    hidden: tuple[Hidden, ...]


def freeze(completion: Completion, frozen: Mapping[str, Figure] | None = None) -> Figure:
    """The figure of a completed exchange, or the one frozen before.

    Raises `Incomplete` while the exchange runs or a receipt is missing, `Refused` (`receipts-differ`) where
    the two receipts differ, and (`small`) where so few people are no number but persons.
    """
    if frozen and completion.exchange in frozen:
        return frozen[completion.exchange]
    if not completion.completed:
        raise Incomplete("The exchange is not complete; there is no figure yet.")
    if completion.ours is None or completion.theirs is None:
        raise Incomplete("A figure needs both sides' signed receipts.")
    if completion.ours != completion.theirs:
        raise Refused("The two sides' receipts differ; there is no figure.", code="receipts-differ")
    if completion.ours < LEAST:
        raise Refused(f"Fewer than {LEAST} people came home; no figure is given.", code="small")
    return Figure(completion.exchange, completion.ours)


def rounded(count: int, key: bytes, *question: str) -> int:
    """`count` rounded down or up to a multiple of `BASE`, on average unchanged.

    The keyed hash of the question decides, so that asking again gives the same answer and nobody without
    the key can tell which way it went.
    """
    low = count - count % BASE
    draw = int.from_bytes(hmac.digest(key, "\x1f".join(question).encode(), "sha256")[:8], "big")
    return low + BASE if draw % BASE < count % BASE else low


def breakdown(figure: Figure, dimension: str, cells: Mapping[str, int], key: bytes) -> Table:
    """The cells of one dimension as they may be shown.

    A cell is hidden if it is below `LEAST` (also if empty) or leaves a rest below `LEAST`. Where what is
    hidden is together below `LEAST`, the smallest shown cells are hidden as well, so that no
    subtraction finds it. Fewer than two shown cells are no breakdown: then nothing is shown.
    Raises `Refused` (`not-a-breakdown`) where the cells do not add up to the figure.
    """
    if sum(cells.values()) != figure.total or min(cells.values(), default=0) < 0:
        raise Refused(f"The cells of {dimension} do not add up to the figure.", code="not-a-breakdown")
    why = {
        cell: "small" if count < LEAST else "rest"
        for cell, count in cells.items()
        if count < LEAST or figure.total - count < LEAST
    }
    shown = sorted((count, cell) for cell, count in cells.items() if cell not in why)
    while shown and why and sum(cells[cell] for cell in why) < LEAST:
        why[shown.pop(0)[1]] = "cover"
    if len(shown) < 2:
        why |= {cell: "cover" for _, cell in shown}
        shown = []
    return Table(
        figure.exchange,
        dimension,
        {
            cell: rounded(cells[cell], key, figure.exchange, dimension, cell)
            for cell in sorted(c for _, c in shown)
        },
        tuple(Hidden(cell, cells[cell], why[cell]) for cell in sorted(why)),
    )
