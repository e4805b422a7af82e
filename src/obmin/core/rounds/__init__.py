"""Rounds of lists between two sides that trust nobody: what a package says and when it is refused.

Both sides send one package in each round. A package names the round, the terms and an expiry, and binds
the contents and signatures of both packages of the round before, so that no round can be replayed, left
out, mixed with another or shown in two versions without being seen. Here contents are data (text and
integers only) and signatures are SHA-256 digests handed in; files/packages reads, signs and seals.

    wanted -> reply -> proposal -> reply -> (proposal -> reply)* -> freeze

Line ids are random, drawn by the sender, and stay with a person through the rounds of one exchange;
they are never our keys. A line says what is needed to know a person and nothing of health, will or
court. Lines are sorted by their id, so that their order tells nothing either.
"""

from __future__ import annotations

from obmin.core.rounds.contents import (
    FORMAT,
    Answer,
    Code,
    Contents,
    Kind,
    Line,
    Link,
    from_data,
    line_data,
    to_data,
)
from obmin.core.rounds.lists import Difference, agreed, agreed_hash, diff, last_lists, objections
from obmin.core.rounds.lots import Carries, carries
from obmin.core.rounds.protocol import TO_PROPOSAL, TO_WANTED, Fault, Refusal, check_package, draft, next_state
from obmin.core.rounds.state import Package, State, begin

__all__ = [
    "FORMAT",
    "TO_PROPOSAL",
    "TO_WANTED",
    "Answer",
    "Carries",
    "Code",
    "Contents",
    "Difference",
    "Fault",
    "Kind",
    "Line",
    "Link",
    "Package",
    "Refusal",
    "State",
    "agreed",
    "agreed_hash",
    "begin",
    "carries",
    "check_package",
    "diff",
    "draft",
    "from_data",
    "last_lists",
    "line_data",
    "next_state",
    "objections",
    "to_data",
]
