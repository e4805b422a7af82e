"""When no list exists: the smallest set of clauses that clash, by how much, and what would make it possible.

Amounts come from an elastic problem on signatures: every bound may give way at a price of one for each head
(or unit of value). The set comes from an elastic filter, made minimal by leaving out one clause at a time.
Guards are no rows: they never give way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csc_matrix, hstack

from obmin.core.compose.columns import begin, cells, columns
from obmin.core.compose.compile import Compiled
from obmin.core.compose.engine import Linear, Solved
from obmin.core.compose.engine import solve as run
from obmin.core.compose.problem import GROUPS, Kind, Level, Row
from obmin.core.compose.units import see
from obmin.core.compose.wording import say
from obmin.core.errors import Infeasible
from obmin.core.terms.model import Agreement

MOST: Final = 8  # above so many clashing clauses only amounts are given
CLASH_NODES: Final = 2_000
NEAR: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A bound of a clause that would have to give way: from `asked` to `possible` (in the clause's unit).

    `note` is the phase, place or person that the bound is about; `low`: it is a lower bound.
    """

    clause: str
    note: str
    low: bool
    asked: int
    possible: int
    scale: int = 1

    @property
    def amount(self) -> int:
        return abs(self.asked - self.possible)


class NoListPossible(Infeasible):
    """clashes      the smallest set of clauses that cannot hold together (or all that had to give way)
    minimal         whether it is smallest: leaving out any one of them would remove this clash
    together        the cheapest way in which bounds of several clauses could give way together
    alone           for each clash clause that could solve it alone: its bounds, the cheapest first
    """

    def __init__(
        self,
        message: str,
        *,
        clashes: Sequence[str] = (),
        minimal: bool = True,
        together: Sequence[Relaxed] = (),
        alone: Sequence[tuple[Relaxed, ...]] = (),
    ) -> None:
        super().__init__(message, clashes=clashes)
        self.minimal = minimal
        self.together = tuple(together)
        self.alone = tuple(alone)


class _Elastic:
    """The question without its levels; each bound has a slack. The rows of one cap share theirs."""

    def __init__(self, compiled: Compiled, *, whole: bool, together: bool) -> None:
        question = compiled.question
        seen = see(question, together=together)
        state = begin(seen)
        none = np.zeros(seen.units.number, np.int64)
        everything = cells(state, none, none, all_of_them=True)
        self.base = columns(question, state, everything, none, Level("")).linear
        self.rows: tuple[Row, ...] = (*seen.overall, *seen.slotted)
        self.whole = whole
        self.slacks: dict[tuple[str, str, bool], list[int]] = {}
        for number, row in enumerate(self.rows):
            note = "" if row.kind is Kind.CAP else f"{number}"
            for low, bound in ((True, row.low), (False, row.high)):
                if bound is not None:
                    self.slacks.setdefault((row.clause, note, low), []).append(number)
        at = [(r, c) for c, rows in enumerate(self.slacks.values()) for r in rows]
        sign = [1.0 if low else -1.0 for (_, _, low), rows in self.slacks.items() for _ in rows]
        shape = (self.base.row_low.size, len(self.slacks))
        give = csc_matrix((np.array(sign), np.array(at, int).reshape(-1, 2).T), shape=shape)
        self.matrix = csc_matrix(hstack([self.base.matrix, give], format="csc"))
        self.totals = {r.clause for r in self.rows if r.kind is Kind.TOTAL}

    def names(self) -> list[str]:
        """Every clause once; reported sums last."""
        names = dict.fromkeys(r.clause for r in self.rows)
        return sorted(names, key=lambda n: n in self.totals)

    def solve(self, *, bound: set[str], free: bool = False) -> Solved:
        """The cheapest slack when the clauses of `bound` may not give way (`free`: slack costs nothing)."""
        price = [0.0 if free else -float(len(rows)) for rows in self.slacks.values()]
        top = [0.0 if clause in bound else np.inf for clause, _, _ in self.slacks]
        linear = Linear(
            np.concatenate([np.zeros(self.base.cost.size), price]),
            np.zeros(self.matrix.shape[1]),
            np.concatenate([self.base.high, top]),
            self.matrix,
            self.base.row_low,
            self.base.row_high,
        )
        return run(linear, whole=self.whole, nodes=CLASH_NODES)

    def gave_way(self, solved: Solved) -> list[Relaxed]:
        """The bounds that gave way and by how much, rounded up to heads."""
        amounts = np.ceil(solved.values[self.base.cost.size :] - NEAR).astype(np.int64).tolist()
        found: list[Relaxed] = []
        for ((clause, note, low), rows), amount in zip(self.slacks.items(), amounts, strict=True):
            row = self.rows[rows[0]]
            asked = row.low if low else row.high
            if amount > 0 and asked is not None:
                possible = asked - amount if low else asked + amount
                said = row.note if note or len(rows) == 1 else ""
                found.append(Relaxed(clause, said, low, asked, possible, row.scale))
        return found


def clashes(compiled: Compiled, agreement: Agreement, *, language: str = "en") -> NoListPossible:
    """The refusal to raise for a question that has no answer."""
    elastic = _Elastic(compiled, whole=False, together=False)
    together = elastic.gave_way(elastic.solve(bound=set()))
    torn = not together  # with fractions of people, or groups torn apart, the rows could be kept
    if torn:
        elastic = _Elastic(compiled, whole=True, together=True)
        together = elastic.gave_way(elastic.solve(bound=set()))
    found = _filter(elastic)
    minimal = len(found) <= MOST
    if minimal:
        found = _smallest(elastic, found)
    alone = _alone(elastic, found) if minimal else []
    names = [n for n in elastic.names() if n in found]
    divide = False
    if torn:
        apart = _Elastic(compiled, whole=True, together=False)
        if apart.solve(bound=set(names)).values.size:
            names.append(GROUPS)
            divide = apart.solve(bound=set(apart.names())).values.size > 0
    kinds = {r.clause: r.kind for r in elastic.rows}
    message = _words(agreement, names, kinds, together, alone, divide, minimal, language)
    return NoListPossible(message, clashes=names, minimal=minimal, together=together, alone=alone)


def _filter(elastic: _Elastic) -> set[str]:
    """Clauses that together cannot hold: whatever gave way may do so no more, until nothing is left."""
    bound: set[str] = set()
    while True:
        solved = elastic.solve(bound=bound)
        if solved.values.size == 0:
            return bound
        gave = {r.clause for r in elastic.gave_way(solved)}
        if not gave:  # cannot be: some slack was needed
            return bound
        bound |= gave


def _smallest(elastic: _Elastic, found: set[str]) -> set[str]:
    for name in reversed([n for n in elastic.names() if n in found]):
        rest = found - {name}
        if rest and elastic.solve(bound=rest, free=True).values.size == 0:
            found = rest
    return found


def _alone(elastic: _Elastic, found: set[str]) -> list[tuple[Relaxed, ...]]:
    """For each clause that could make a list possible by itself, its cheapest change; the cheapest first.

    Sums that are only reported follow the numbers that they are made of.
    """
    ways: list[tuple[Relaxed, ...]] = []
    for name in [n for n in elastic.names() if n in found]:
        solved = elastic.solve(bound=set(elastic.names()) - {name} - elastic.totals)
        if solved.values.size and (way := elastic.gave_way(solved)):
            ways.append(tuple(way))
    return sorted(ways, key=lambda way: sum(r.amount for r in way))


# -- words ------------------------------------------------------------------------------------------------


def describe(relaxed: Relaxed, language: str) -> str:
    """One bound that gives way, in words."""
    about = f" ({relaxed.note})" if relaxed.note else ""
    asked, possible = (_number(n, relaxed.scale) for n in (relaxed.asked, relaxed.possible))
    key = "clash-low" if relaxed.low else "clash-high"
    return say(key, language, clause=relaxed.clause, about=about, asked=asked, possible=possible)


def _number(amount: int, scale: int) -> str:
    return str(amount // scale) if amount % scale == 0 else f"{amount}/{scale}"


def _words(
    agreement: Agreement,
    names: Sequence[str],
    kinds: Mapping[str, Kind],
    together: Sequence[Relaxed],
    alone: Sequence[tuple[Relaxed, ...]],
    divide: bool,
    minimal: bool,
    language: str,
) -> str:
    """What clashes, then the ways out, the cheapest first."""
    said = {c.id: c.says.in_language(language) for c in agreement.version().clauses}
    ours = {Kind.CAP: "clash-cap", Kind.LOCK: "clash-lock"}
    lines = [say("clash-smallest" if minimal else "clash-many", language, agreement=agreement.id)]
    for name in names:
        key = "clash-groups" if name == GROUPS else ours.get(kinds[name], "")
        words = say(key, language) if key else said.get(name, "")
        lines.append(f"  {name}: {words}" if words else f"  {name}")
    ways = ["; ".join(describe(r, language) for r in way) for way in alone]
    if divide:
        ways.append(say("clash-divide", language))
    if ways:
        lines.append(say("clash-alone", language))
        lines += ["  " + way for way in ways]
    elif together:
        lines.append(say("clash-together", language))
        lines += ["  " + describe(r, language) for r in together]
    return "\n".join(lines)
