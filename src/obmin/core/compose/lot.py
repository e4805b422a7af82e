"""The seed of the lot: from the frozen register and values that both sides bound themselves to before it.

In order: each party draws a value and gives the other only its `commit`ment; then each freezes its register
and journals the hash; then the values are shown. `draw` combines them. Whoever froze a register did not know
the other's value yet, and whoever shows a value cannot show another than the one committed to, so nobody can
try lists until one pleases. A seed is drawn once and journalled; later drafts keep it.

The commitment is SHA-256 over length-prefixed parts under a label of its own (a hash commitment, hiding as
long as the value has 128 unknown bits: hence VALUE bytes at least).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.errors import Altered, Incomplete, Refused

VALUE: Final = 16  # bytes of a committed value, at least


class Source(StrEnum):
    """Where a seed comes from, as it stands in the proof."""

    COMMITTED = "committed"  # both sides' values and the frozen register
    REGISTER = "register"  # the frozen register alone: nobody else has bound anybody
    TYPED = "typed"  # training only


@dataclass(frozen=True, slots=True)
class Seed:
    """The key of the tie-break (1 to 64 bytes) and how it came about.

    register      SHA-256 of the frozen register, hex; empty for a typed seed
    commitments   party -> commitment, hex
    values        party -> value shown, hex
    """

    key: bytes
    source: Source
    exchange: str = ""
    register: str = ""
    commitments: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    @property
    def record(self) -> dict[str, Any]:
        """All that somebody needs to draw it again, for the proof."""
        told: dict[str, Any] = {"source": self.source.value, "register": self.register}
        if self.source is Source.COMMITTED:
            told |= {
                "exchange": self.exchange,
                "commitments": dict(self.commitments),
                "values": dict(self.values),
            }
        return told


def tie(seed: bytes, id: str) -> int:
    """The lot of a person: a hash of the id under the seed, which nobody chooses. 64 bits."""
    return int.from_bytes(hashlib.blake2b(id.encode(), key=seed[:64], digest_size=8).digest(), "big")


def ties(seed: bytes, ids: Iterable[str]) -> NDArray[np.uint64]:
    """The lots of these, in their order."""
    begun = hashlib.blake2b(key=seed[:64], digest_size=8)
    drawn = bytearray()
    for each in ids:
        one = begun.copy()
        one.update(each.encode())
        drawn += one.digest()
    return np.frombuffer(bytes(drawn), ">u8").astype(np.uint64)


def register_hash(register: pl.DataFrame) -> bytes:
    """SHA-256 of a register, whatever the order of its rows."""
    return hashlib.sha256(register.sort("id").write_csv().encode()).digest()


def commit(exchange: str, party: str, value: bytes) -> bytes:
    """What `party` gives the other before registers are frozen (32 bytes).

    Raises Refused (code `value-short`): a value that can be guessed binds nobody.
    """
    if len(value) < VALUE:
        raise Refused(f"the value of {party} needs {VALUE} random bytes or more", code="value-short")
    return _digest(b"obmin lot commitment 1", exchange.encode(), party.encode(), value)


def opens(exchange: str, party: str, value: bytes, commitment: bytes) -> bool:
    """Whether the value shown is the one that the party had committed to."""
    return len(value) >= VALUE and hmac.compare_digest(commit(exchange, party, value), commitment)


def draw(exchange: str, register: bytes, commitments: Mapping[str, bytes], values: Mapping[str, bytes]) -> Seed:
    """The seed of one party's list, from the hash of its frozen register.

    Raises Incomplete (`lot-incomplete`) where a commitment or a value is missing, or only one party
    committed; Altered (`lot-altered`) where a value is not the one committed to; Refused (`lot-same`) where
    two parties committed to the same value: one of them had it from the other.
    """
    if len(commitments) < 2 or commitments.keys() != values.keys():
        lacking = sorted(commitments.keys() ^ values.keys()) or ["the other party"]
        raise Incomplete(
            "the lot needs a commitment and a value of both parties; one is missing: " + ", ".join(lacking),
            code="lot-incomplete",
        )
    for party in sorted(values):
        if not opens(exchange, party, values[party], commitments[party]):
            raise Altered(f"{party} shows another value than it had committed to", code="lot-altered")
    if len(set(values.values())) < len(values):
        raise Refused("two parties show the same value: one has copied the other's", code="lot-same")
    parts = [part for party in sorted(values) for part in (party.encode(), values[party])]
    key = _digest(b"obmin lot seed 1", exchange.encode(), register, *parts)
    return Seed(
        key,
        Source.COMMITTED,
        exchange,
        register.hex(),
        tuple((party, commitments[party].hex()) for party in sorted(commitments)),
        tuple((party, values[party].hex()) for party in sorted(values)),
    )


def of_register(register: bytes) -> Seed:
    """The register's hash alone, where no values have been exchanged."""
    return Seed(register, Source.REGISTER, register=register.hex())


def typed(value: bytes, *, training: bool) -> Seed:
    """A seed that somebody wrote down. Raises Refused (`seed-typed`) outside training (and for no bytes)."""
    if not training:
        raise Refused(
            "a seed is drawn, never typed in: whoever can choose it chooses the list", code="seed-typed"
        )
    if not 0 < len(value) <= 64:
        raise Refused("a seed has 1 to 64 bytes", code="seed-typed")
    return Seed(value, Source.TYPED)


def read(data: object, register: bytes) -> Seed:
    """The seed from a record of exchanged values: `exchange`, `commitments` and `values` by party, in hex.

    Raises what `draw` raises, and Refused (`lot-unreadable`) where the record has another shape.
    """
    try:
        if not isinstance(data, Mapping):
            raise TypeError
        commitments = {str(p): bytes.fromhex(v) for p, v in data["commitments"].items()}
        values = {str(p): bytes.fromhex(v) for p, v in data["values"].items()}
        exchange = str(data["exchange"])
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise Refused(
            "the lot is no mapping of exchange, commitments and values by party in hex digits",
            code="lot-unreadable",
        ) from error
    return draw(exchange, register, commitments, values)


def _digest(*parts: bytes) -> bytes:
    framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hashlib.sha256(framed).digest()
