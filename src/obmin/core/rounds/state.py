"""What one party knows of an exchange: the packages of both sides, and each side's high-water mark."""

from __future__ import annotations

from dataclasses import dataclass

from obmin.core.rounds.contents import Contents, Kind, Link


@dataclass(frozen=True, slots=True)
class Package:
    """Contents with the SHA-256 (hex) of their exact bytes and of the signature over them."""

    contents: Contents
    digest: str
    signature: str

    @property
    def link(self) -> Link:
        return Link(self.digest, self.signature)


@dataclass(frozen=True, slots=True)
class State:
    """What one party knows of an exchange: every package of both sides that it took in, in order.

    The number of the last round of a side is that side's high-water mark.
    """

    exchange: str
    parties: tuple[str, str]
    terms: str
    packages: tuple[Package, ...] = ()

    def package(self, party: str, number: int) -> Package | None:
        found = (p for p in self.packages if (p.contents.sender, p.contents.round) == (party, number))
        return next(found, None)

    def mark(self, party: str) -> int:
        """The number of the last round taken in from `party`; 0 before the first."""
        return max((p.contents.round for p in self.packages if p.contents.sender == party), default=0)

    @property
    def complete(self) -> int:
        """The last round in which both sides have spoken."""
        return min(self.mark(party) for party in self.parties)

    def kind(self, number: int) -> Kind | None:
        found = (p.contents.kind for p in self.packages if p.contents.round == number)
        return next(found, None)

    def links(self, number: int) -> dict[str, Link]:
        """What round `number` + 1 must bind; empty before round 1."""
        return {p.contents.sender: p.link for p in self.packages if p.contents.round == number}

    @property
    def frozen(self) -> bool:
        return self.kind(self.complete) is Kind.FREEZE


def begin(exchange: str, parties: tuple[str, str], terms: str) -> State:
    """An exchange before its first round. `terms` is the SHA-256 (hex) of the agreed terms."""
    first, second = sorted(parties)
    return State(exchange, (first, second), terms)
