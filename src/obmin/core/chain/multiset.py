"""A fingerprint of all the rows of a table that moves with each change and costs nothing to keep.

A keyed hash of a multiset (MSet-Add-Hash of Clarke, Devadas, van Dijk, Gassend and Suh, Asiacrypt 2003):
the sum, modulo 2**256, of a keyed hash of each row. A row that comes is added, one that goes is
subtracted, so the sum follows the table without reading it again. What is kept is the sum under a mask
drawn anew for each writing: whoever reads every version of it learns the hash of no row, and so cannot
look for other rows that come to the same sum.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from obmin.core.errors import Altered

MODULUS: Final = 1 << 256
_ROW: Final = b"obmin/row/1"  # BLAKE2b personalisation: one use of the key cannot be taken for another
_MASK: Final = b"obmin/mask/1"
_SEAL: Final = b"obmin/seal/1"


def total(key: bytes, table: str, images: Iterable[str]) -> int:
    """The sum over row images (each row's one spelling), below 2**256. `key` has 32 bytes."""
    seed = hashlib.blake2b(key=key, digest_size=32, person=_ROW)
    seed.update(table.encode() + b"\0")
    found, number = 0, int.from_bytes
    for image in images:
        row = seed.copy()
        row.update(image.encode())
        found += number(row.digest(), "big")
    return found % MODULUS


@dataclass(frozen=True, slots=True)
class Sums:
    """The sum of each table that has ever held a row, and of which layout of the tables they are."""

    layout: str = ""
    by_table: Mapping[str, int] = field(default_factory=dict)

    def of(self, table: str) -> int:
        return self.by_table.get(table, 0)

    def moved(self, changes: Mapping[str, int]) -> Sums:
        """The sums after `changes` (what came less what went, by table)."""
        after = dict(self.by_table)
        for table, change in changes.items():
            after[table] = (after.get(table, 0) + change) % MODULUS
        return Sums(self.layout, {table: value for table, value in after.items() if value})

    def write(self, key: bytes, nonce: bytes) -> str:
        """The sums under a mask. `nonce` (32 bytes) is used once only."""
        masked = {t: f"{(v + _mask(key, nonce, t)) % MODULUS:064x}" for t, v in self.by_table.items()}
        document = {"layout": self.layout, "nonce": nonce.hex(), "sums": masked}
        return json.dumps(document, sort_keys=True, separators=(",", ":"))

    @classmethod
    def read(cls, text: str, key: bytes) -> Sums:
        """What `write` wrote; raises `Altered` where it cannot be."""
        if not text:
            return cls()
        try:
            document = json.loads(text)
            nonce = bytes.fromhex(document["nonce"])
            sums = {str(t): (int(v, 16) - _mask(key, nonce, t)) % MODULUS for t, v in document["sums"].items()}
            return cls(str(document["layout"]), sums)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Altered("the sums of the tables' rows are not in their form") from error


def state(text: str) -> str:
    """What an entry binds of the sums: SHA-256 over what is kept, as hexadecimal; "" before there are any."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def seal(key: bytes, *parts: str) -> str:
    """A keyed hash over texts in their order (64 hexadecimal digits): only whoever has `key` can make it."""
    text = json.dumps(parts, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), key=key, digest_size=32, person=_SEAL).hexdigest()


def check_seal(key: bytes, found: str, *parts: str) -> None:
    """Raises `Altered` unless `found` is the seal over these texts."""
    if not hmac.compare_digest(found, seal(key, *parts)):
        raise Altered("the head of the journal was changed past the gate", code="head-altered")


def _mask(key: bytes, nonce: bytes, table: str) -> int:
    text = hashlib.blake2b(nonce + table.encode(), key=key, digest_size=32, person=_MASK)
    return int.from_bytes(text.digest(), "big")
