"""Where a level's optimum stood, in words that outlive one problem: so that solving again can begin there.

No proof rests on it: it is where the simplex method starts, and a wrong start costs steps only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from obmin.core.compose.problem import Row, Whole

Keys = NDArray[np.int64]

PAIR: Final = 1 << 40  # keys of columns: a unit has its own number, then pairs of tau and slot,
EXTRA: Final = 2 << 40  # and heads above a share
SLOTTED: Final = 1 << 40  # keys of rows: those over all slots have their own number
LINK: Final = 2 << 40
REACHED: Final = 3 << 40
KEPT: Final = 4 << 40
SPREAD: Final = 5 << 40
EXCESS: Final = 6 << 40


@dataclass(frozen=True, slots=True)
class Basis:
    """The vertex of a solved level.

    columns, rows   keys of the problem's columns and rows
    basic           positions: of columns, and of rows as -1 - row
    """

    columns: Keys
    rows: Keys
    basic: Whole

    @property
    def held(self) -> Keys:
        """Rows that are not basic."""
        held = np.ones(self.rows.size, bool)
        held[-1 - self.basic[self.basic < 0]] = False
        return self.rows[held]

    @property
    def moving(self) -> Keys:
        """Columns that are basic."""
        return self.columns[self.basic[self.basic >= 0]]


def among(keys: Keys, some: Keys) -> NDArray[np.bool_]:
    """Which of the keys are among some."""
    if not some.size:
        return np.zeros(keys.size, bool)
    some = np.sort(some)
    found: NDArray[np.bool_] = some[np.minimum(np.searchsorted(some, keys), some.size - 1)] == keys
    return found


def carried(old: Basis, rows: Mapping[int, int], taus: tuple[Keys, Keys] | None, slots: int) -> Basis:
    """The same vertex where rows have other numbers, and taus are divided otherwise.

    rows    new number of each row that is still there; a row that is new stands loose
    taus    the old and the new tau of whoever matters; None where they are the same
    """
    columns, held = old.moving, old.held
    plain = held < LINK
    stay = np.array([rows[r] for r in held[plain].tolist() if r in rows], np.int64)
    if taus is None:
        return _vertex(columns, np.append(stay, held[~plain]))
    pairs = (columns >= PAIR) & (columns < EXTRA)
    moved = _divided(columns[pairs] - PAIR, *taus, slots)
    links = LINK + np.unique(taus[1])
    return _vertex(
        np.append(columns[~pairs], PAIR + moved), np.concatenate([stay, links, held[held >= REACHED]])
    )


def _vertex(columns: Keys, held: Keys) -> Basis:
    return Basis(columns, held, np.arange(columns.size))


def _divided(pairs: Keys, before: Keys, after: Keys, slots: int) -> Keys:
    """Basic pairs (tau × slots + slot) of the new taus.

    Each new tau begins in a slot where its old one had a basic pair, so that all that was priced right still
    is; where there were several, one of the new taus has them all.
    """
    tau, slot = np.divmod(pairs, slots)
    width = int(after.max(initial=0)) + 1
    was, now = np.divmod(np.unique(before * width + after), width)
    _, first = np.unique(was, return_index=True)
    head = np.full(int(max(was.max(initial=0), tau.max(initial=0))) + 1, -1)
    head[was[first]] = now[first]
    one = np.full(head.size, -1)
    one[tau[::-1]] = slot[::-1]
    several = head[tau] >= 0
    single = one[was] >= 0
    return np.unique(np.append((head[tau] * slots + slot)[several], (now * slots + one[was])[single]))


def same_rows(
    old: tuple[tuple[Row, ...], tuple[Row, ...]], new: tuple[tuple[Row, ...], tuple[Row, ...]]
) -> dict[int, int]:
    """Keys of the new rows by those of the old: overall rows, then those about some slots."""
    found: dict[int, int] = {}
    for base, before, after in ((0, old[0], new[0]), (SLOTTED, old[1], new[1])):
        places: dict[object, list[int]] = {}
        for number, row in reversed(list(enumerate(after))):
            places.setdefault(_what(row), []).append(number)
        for number, row in enumerate(before):
            if at := places.get(_what(row)):
                found[base + number] = base + at.pop()
    return found


def _what(row: Row) -> object:
    return (
        row.clause,
        row.kind,
        row.note,
        row.slots,
        tuple((p.attribute, p.weights.tobytes()) for p in row.parts),
    )
