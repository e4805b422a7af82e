"""PyNaCl's SecretBox, one key a class: XSalsa20-Poly1305, not bound to a row, no key of a person's own."""

from __future__ import annotations

import hashlib

from _cases import ROOT, measured
from nacl.secret import SecretBox


def seal(of: str, rows: list[bytes]) -> list[bytes]:
    encrypt = SecretBox(hashlib.sha256(ROOT + of.encode()).digest()).encrypt
    return [encrypt(row) for row in rows]


def open_(of: str, rows: list[bytes]) -> list[bytes]:
    decrypt = SecretBox(hashlib.sha256(ROOT + of.encode()).digest()).decrypt
    return [decrypt(row) for row in rows]


if __name__ == "__main__":
    measured(seal, open_)
