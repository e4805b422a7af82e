"""The lists that rounds are about: what changed, what is objected to, what both sides agree on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from obmin.core.chain import canonical
from obmin.core.errors import Incomplete
from obmin.core.rounds.contents import Answer, Code, Kind, Line, line_data
from obmin.core.rounds.state import State


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two lists of one side. `changed` gives old and new line with one id."""

    added: tuple[Line, ...]
    taken_off: tuple[Line, ...]
    changed: tuple[tuple[Line, Line], ...]
    same: tuple[Line, ...]


def diff(old: Sequence[Line], new: Sequence[Line]) -> Difference:
    """What one side changed between two of its lists, by line id, each part sorted by id."""
    before, after = {line.id: line for line in old}, {line.id: line for line in new}
    both = sorted(before.keys() & after.keys())
    return Difference(
        added=tuple(after[key] for key in sorted(after.keys() - before.keys())),
        taken_off=tuple(before[key] for key in sorted(before.keys() - after.keys())),
        changed=tuple((before[key], after[key]) for key in both if before[key] != after[key]),
        same=tuple(after[key] for key in both if before[key] == after[key]),
    )


def last_lists(state: State) -> dict[str, tuple[Line, ...]]:
    """The list that each side proposed in the last complete proposal round; empty before that."""
    number = _last(state, Kind.PROPOSAL, state.complete)
    return {p.contents.sender: p.contents.lines for p in state.packages if p.contents.round == number}


def objections(state: State) -> dict[str, tuple[Answer, ...]]:
    """By side, what the other objected to in its last proposal; nothing where no reply has come."""
    number = _last(state, Kind.PROPOSAL, state.complete)
    replies = [p.contents for p in state.packages if number and p.contents.round == number + 1]
    return {r.receiver: tuple(a for a in r.answers if a.code is Code.OBJECTED) for r in replies}


def agreed(state: State) -> str:
    """The hash (SHA-256, hex) over both agreed lists that both sides sign.

    Raises `Incomplete` unless both last proposals are answered and every line is accepted.
    """
    number = _last(state, Kind.PROPOSAL, state.complete)
    if not number or number + 1 > state.complete or state.kind(number + 1) is not Kind.REPLY:
        raise Incomplete("Both sides must have proposed a list and answered the other's.")
    for party, open_lines in objections(state).items():
        if open_lines:
            raise Incomplete(f"{len(open_lines)} lines of {party} are objected to.")
    return agreed_hash(state.exchange, state.terms, last_lists(state))


def agreed_hash(exchange: str, terms: str, lists: Mapping[str, Sequence[Line]]) -> str:
    """The freeze hash of given lists: SHA-256 (hex) over their canonical JSON."""
    body = {
        "exchange": exchange,
        "format": "obmin-agreed/1",
        "lists": {
            party: [line_data(line) for line in sorted(lines, key=lambda n: n.id)]
            for party, lines in lists.items()
        },
        "terms": terms,
    }
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def _last(state: State, kind: Kind, until: int) -> int:
    return max(
        (p.contents.round for p in state.packages if p.contents.kind is kind and p.contents.round <= until),
        default=0,
    )
