"""Two versions or drafts side by side, clause by clause, in plain words, and which words differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from obmin.core.terms import phrases
from obmin.core.terms.explain import clause
from obmin.core.terms.model import Agreement, Clause, Version
from obmin.core.terms.wording import joined


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a side; `differs`: the other side has others in their place, or none."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One clause (or the phases, or who is outside every count: `name` is then the key of the file)."""

    name: str
    change: Change
    left: tuple[tuple[Piece, ...], ...]
    right: tuple[tuple[Piece, ...], ...]


def side_by_side(
    left: Agreement, right: Agreement, language: str, left_version: int | None, right_version: int | None
) -> list[Pair]:
    """Every clause of either side, in the order of the right one, gone ones where they stood; then phases."""
    a, b = left.version(left_version), right.version(right_version)
    before, after = {c.id: c for c in a.clauses}, {c.id: c for c in b.clauses}
    pairs = [
        _pair(name, _said(left, before.get(name), language), _said(right, after.get(name), language))
        for name in _merged(list(before), list(after))
    ]
    for key in ("phases", "beside"):
        one, other = _others(left, a, key, language), _others(right, b, key, language)
        if one or other:
            pairs.append(_pair(key, one, other))
    return pairs


def _merged(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The names of both, each once; a name that is gone follows the one that it followed."""
    found = list(after)
    for position, name in enumerate(before):
        if name not in found:
            earlier = [n for n in before[:position] if n in found]
            found.insert(found.index(earlier[-1]) + 1 if earlier else 0, name)
    return found


def _said(a: Agreement, c: Clause | None, language: str) -> list[str]:
    if c is None:
        return []
    return [c.says.in_language(language), *(t.in_language(language) for t in clause(a, c))]


def _others(a: Agreement, v: Version, key: str, language: str) -> list[str]:
    said = (
        [phrases.phase(a, p) for p in v.phases] if key == "phases" else [phrases.flow(a, f) for f in v.beside]
    )
    return [joined([text]).in_language(language) for text in said]


def _pair(name: str, left: list[str], right: list[str]) -> Pair:
    if left == right:
        same = tuple((Piece(line),) for line in left)
        return Pair(name, Change.SAME, same, same)
    if not left or not right:
        change = Change.NEW if right else Change.GONE
        alone = [tuple((Piece(line, True),) for line in side) for side in (left, right)]
        return Pair(name, change, alone[0], alone[1])
    ones, others = [], []
    for one, other in zip_longest(left, right, fillvalue=""):
        marked = _marked(one, other)
        ones += [marked[0]] if one else []
        others += [marked[1]] if other else []
    return Pair(name, Change.CHANGED, tuple(ones), tuple(others))


def _marked(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    a, b = (re.findall(r"\s+|\w+(?:[.,-]\w+)*|[^\w\s]", text) for text in (one, other))
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for words, pieces in (("".join(a[a1:a2]), left), ("".join(b[b1:b2]), right)):
            if words:
                pieces.append(Piece(words, kind != "equal"))
    return tuple(left), tuple(right)
