"""Keys under keys: the root, one key for each class, one key for each row of a person.

    root (outside the database; two of three officers)  ->  class key (HKDF)  ->  row key (random, wrapped)

Erasing a person is forgetting their rows' wrapped keys. A new root wraps the row keys anew; no cell changes.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from obmin.core.secrecy.cells import KEY_SIZE


class Class(StrEnum):
    """What is sealed together and read together."""

    IDENTITY = "identity"
    LOCATION = "location"
    FAMILY = "family"
    MEDICAL = "medical"
    WILL = "will"
    COURT = "court"
    THEIRS = "theirs"  # what the other side wrote
    PAPERS = "papers"  # packages, transfer acts, printed files
    REMARKS = "remarks"  # the words of a reason
    ACCOUNTS = "accounts"  # secrets by which officers sign in
    INSTANCE = "instance"  # what the instance signs and seals with


_SALT: Final = b"obmin sealing v1"


def class_key(root: bytes, of: Class) -> bytes:
    """The key of a class, from the root (HKDF-SHA-256, RFC 5869)."""
    return HKDF(hashes.SHA256(), KEY_SIZE, _SALT, f"class/{of.value}".encode()).derive(root)


def mark_key(root: bytes, purpose: str) -> bytes:
    """The key under which values of one purpose are marked."""
    return HKDF(hashes.SHA256(), KEY_SIZE, _SALT, f"mark/{purpose}".encode()).derive(root)


def mark(key: bytes, value: str) -> str:
    """A value as a keyed mark of 32 hex digits: equal values meet, nobody without the key can guess them."""
    return hmac.digest(key, value.encode(), hashlib.sha256)[:16].hex()
