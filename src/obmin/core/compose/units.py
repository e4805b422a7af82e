"""Who moves as one, and what the clauses can see of them.

A *unit* is one candidate, or a group that is kept together. Units with the same *signature* are the same to
every row; units with the same *track pattern* (here: `tau`) are the same to every row that asks for slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from obmin.core.compose.problem import Codes, Part, Question, Row, Whole

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Units:
    """members[start[u]:start[u + 1]] are the candidates of unit u; single candidates come first, by id."""

    start: Index
    members: Index
    singles: int

    @property
    def number(self) -> int:
        return self.start.size - 1

    def of(self, unit: int) -> Index:
        return self.members[self.start[unit] : self.start[unit + 1]]

    def all_of(self, units: Index) -> tuple[Index, Index]:
        """The members of these units, unit by unit, and how many each has."""
        size = self.start[units + 1] - self.start[units]
        return self.members[spans(self.start[units], size)], size

    def total(self, values: Whole) -> Whole:
        """The sum of the members' values for each unit."""
        return np.add.reduceat(values[self.members], self.start[:-1]) if self.number else np.zeros(0, np.int64)


def form(question: Question, *, together: bool = True) -> Units:
    """The units of a question; without `together` everybody is a unit of their own."""
    groups = question.groups
    counts = np.bincount(groups[groups >= 0]) if np.any(groups >= 0) else np.zeros(0, np.int64)
    grouped = np.zeros(question.size, bool)
    if together and counts.size:
        grouped[groups >= 0] = counts[groups[groups >= 0]] > 1
    singles = np.flatnonzero(~grouped)
    rest = np.flatnonzero(grouped)
    rest = rest[np.argsort(groups[rest], kind="stable")]
    sizes = np.unique(groups[rest], return_counts=True)[1] if rest.size else np.zeros(0, np.int64)
    start = np.concatenate([np.arange(singles.size + 1), singles.size + np.cumsum(sizes)])
    return Units(start.astype(np.int64), np.concatenate([singles, rest]).astype(np.int64), singles.size)


def combine(arrays: Iterable[Codes], size: int) -> tuple[Index, int]:
    """One code for each combination of codes that occurs, in the order of the combinations."""
    code, number = np.zeros(size, np.int64), 1
    for array in arrays:
        width = int(array.max(initial=0)) + 1
        if width == 1:
            continue
        if number * width > 2**62:
            code, number = _pack(code)
        code, number = code * width + array, number * width
    return _pack(code)


def _pack(code: Index) -> tuple[Index, int]:
    top = int(code.max(initial=0)) + 1
    if top <= 4 * code.size + 1024:  # dense enough for counting instead of sorting
        seen = np.zeros(top, bool)
        seen[code] = True
        number = int(seen.sum())
        return (np.cumsum(seen) - 1)[code], number
    distinct, packed = np.unique(code, return_inverse=True)
    return packed.reshape(-1).astype(np.int64), distinct.size


def lift(units: Units, code: Index, number: int) -> tuple[Index, csr_matrix]:
    """Codes of units from codes of candidates.

    Returns the code of each unit and a matrix (unit code × candidate code) of how many of each it holds.
    """
    lifted = np.empty(units.number, np.int64)
    lifted[: units.singles] = code[units.members[: units.singles]]
    columns, sizes = [np.arange(number)], [np.ones(number, np.int64)]
    size = np.diff(units.start[units.singles :])
    seen = number
    for heads in np.unique(size).tolist():
        at = units.singles + np.flatnonzero(size == heads)
        held = np.sort(code[units.members[units.start[at][:, None] + np.arange(heads)]], axis=1)
        packed, kinds = combine(held.T.astype(np.int32), at.size)
        lifted[at] = seen + packed
        columns.append(held[representatives(packed, kinds)].reshape(-1))
        sizes.append(np.full(kinds, heads))
        seen += kinds
    start = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    table = csr_matrix((np.ones(int(start[-1]), np.int64), np.concatenate(columns), start), (seen, number))
    table.sum_duplicates()
    return lifted, table


def representatives(code: Index, number: int) -> Index:
    """The first candidate of each code."""
    first = np.zeros(number, np.int64)
    first[code[::-1]] = np.arange(code.size - 1, -1, -1)
    return first


@dataclass(frozen=True, slots=True)
class Seen:
    """Units as the clauses see them.

    signature, tau     codes of units
    weight             signature × overall row
    slot_weight        tau × slot row
    may                tau × slot: open to it
    open_to            slot row × slot: it speaks of it
    tau_of             the tau of each signature
    size               heads in each signature
    """

    units: Units
    signature: Index
    tau: Index
    weight: csr_matrix
    slot_weight: csr_matrix
    may: NDArray[np.bool_]
    tau_of: Index
    size: Index
    overall: tuple[Row, ...]
    slotted: tuple[Row, ...]
    open_to: NDArray[np.bool_]


def see(question: Question, *, together: bool = True) -> Seen:
    units = form(question, together=together)
    everywhere = [_everywhere(row, question) for row in question.rows]
    overall = tuple(row for row, each in zip(question.rows, everywhere, strict=True) if each)
    slotted = tuple(row for row, each in zip(question.rows, everywhere, strict=True) if not each)
    open_to = np.zeros((len(slotted), len(question.slots)), bool)
    for number, row in enumerate(slotted):
        open_to[number, list(row.slots)] = True
    opening, table = question.open_slots
    keeps = [level.keep for level in question.levels if level.keep]
    tau_names = _names(slotted, [opening, *keeps])
    names = tau_names + [n for n in _names(overall, []) if n not in tau_names]
    tau, taus = combine((question.attributes[n] for n in tau_names), question.size)
    code, number = combine((question.attributes[n] for n in names), question.size)
    signature, held = lift(units, code, number)
    unit_tau, tau_held = lift(units, tau, taus)
    first, tau_first = representatives(code, number), representatives(tau, taus)
    shut = ~table[question.attributes[opening][tau_first]]
    closed = np.asarray((tau_held @ csr_matrix(shut.astype(np.int64))).todense()) > 0
    tau_of = np.zeros(held.shape[0], np.int64)
    tau_of[signature] = unit_tau
    return Seen(
        units,
        signature,
        unit_tau,
        (held @ weights(question, overall, first)).tocsr(),
        (tau_held @ weights(question, slotted, tau_first)).tocsr(),
        ~closed,
        tau_of,
        np.asarray(held.sum(axis=1)).reshape(-1).astype(np.int64),
        overall,
        slotted,
        open_to,
    )


def _everywhere(row: Row, question: Question) -> bool:
    return not row.slots or (
        len(row.slots) >= len(question.slots) and len(set(row.slots)) == len(question.slots)
    )


def _names(rows: Sequence[Row], first: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*first, *(p.attribute for r in rows for p in r.parts)]))


def weights(question: Question, rows: Sequence[Row], candidates: Index) -> csr_matrix:
    """The weight of each of the candidates (rows) in each row of the question (columns)."""
    by_attribute: dict[str, list[tuple[int, Part]]] = {}
    for number, row in enumerate(rows):
        for part in row.parts:
            by_attribute.setdefault(part.attribute, []).append((number, part))
    none = np.zeros(0, np.int64)
    at, to, values = [none], [none], [none]
    for attribute, parts in by_attribute.items():
        codes = question.attributes[attribute][candidates]
        code = [np.flatnonzero(part.weights) for _, part in parts]
        which = np.repeat([number for number, _ in parts], [c.size for c in code])
        value = np.concatenate([part.weights[c] for (_, part), c in zip(parts, code, strict=True)])
        weighed = np.concatenate(code)
        order = np.argsort(weighed, kind="stable")
        start, end = (np.searchsorted(weighed[order], codes, side) for side in ("left", "right"))
        entries = order[spans(start, end - start)]
        at.append(np.repeat(np.arange(candidates.size), end - start))
        to.append(which[entries])
        values.append(value[entries])
    places = (np.concatenate(at), np.concatenate(to))
    return csr_matrix((np.concatenate(values), places), shape=(candidates.size, len(rows)))


def spans(start: Index, size: Index) -> Index:
    """start[0], start[0] + 1, … so many as size[0] says, then those from start[1]."""
    return np.repeat(start - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
