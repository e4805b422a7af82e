"""Fernet with a key of each cell's own under the class key: what forgetting one person would need."""

from __future__ import annotations

from _cases import measured
from cryptography.fernet import Fernet
from fernet import of_class


def seal(of: str, rows: list[bytes]) -> list[tuple[bytes, bytes]]:
    wrap = of_class(of).encrypt
    return [(wrap(key), Fernet(key).encrypt(row)) for row in rows for key in (Fernet.generate_key(),)]


def open_(of: str, rows: list[tuple[bytes, bytes]]) -> list[bytes]:
    unwrap = of_class(of).decrypt
    return [Fernet(unwrap(key)).decrypt(row) for key, row in rows]


if __name__ == "__main__":
    measured(seal, open_)
