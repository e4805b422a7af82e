"""Sealed cells: AES-256-GCM, bound to their place, padded so that their length says little.

A cell is `version (1 byte) || ciphertext and tag`, under a key of its own that lies beside it, wrapped by the
key of its class (AES key wrap, RFC 3394). Whenever a cell is written its key is drawn anew, so each key seals
once and the nonce is zero, as with the file keys of age (NIST SP 800-38D, 8.2: uniqueness of key and nonce).
The place, `table/row`, is the additional data: a ciphertext copied into another row does not open.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from obmin.core.errors import Altered

KEY_SIZE: Final = 32  # bytes
WRAPPED_SIZE: Final = KEY_SIZE + 8  # bytes, RFC 3394
STEP: Final = 64  # contents are padded to a multiple of this, in bytes
_VERSION: Final = b"\x01"
_NONCE: Final = bytes(12)
_END: Final = b"\x80"


class Cell(NamedTuple):
    """A sealed content and its own key, wrapped. Without the wrapped key nobody ever opens it again."""

    wrapped: bytes
    sealed: bytes


def seal_cells(over: bytes, rows: Iterable[tuple[bytes, bytes, bytes]]) -> list[Cell]:
    """Seals rows of (place, content, key) under the class key `over`. Each key, 32 bytes, is used this once."""
    cipher, wrap, nonce = AESGCM, aes_key_wrap, _NONCE
    return [
        Cell(
            wrap(over, key),
            _VERSION + cipher(key).encrypt(nonce, content + _END + bytes(-(len(content) + 1) % STEP), place),
        )
        for place, content, key in rows
    ]


def open_cells(over: bytes, rows: Iterable[tuple[bytes, Cell]]) -> list[bytes]:
    """The contents of (place, cell). `Altered` if one was changed, moved, or is of another class."""
    unwrap, cipher, nonce = aes_key_unwrap, AESGCM, _NONCE
    out = []
    place = b""
    try:
        for place, (wrapped, sealed) in rows:
            if sealed[:1] != _VERSION:
                raise Altered(_moved(place))
            padded = cipher(unwrap(over, wrapped)).decrypt(nonce, sealed[1:], place)
            out.append(padded[: padded.rindex(_END)])
    except (InvalidTag, InvalidUnwrap, ValueError) as error:
        raise Altered(_moved(place)) from error
    return out


def rewrap(old: bytes, new: bytes, wrapped: bytes) -> bytes:
    """The same cell key under another class key; no cell changes. `Altered` where it is no key of `old`."""
    try:
        return aes_key_wrap(new, aes_key_unwrap(old, wrapped))
    except (InvalidUnwrap, ValueError) as error:
        raise Altered("The key of a sealed cell was altered, or is wrapped under another root.") from error


def _moved(place: bytes) -> str:
    return f"The sealed cell {place.decode(errors='replace')} was altered, or stood elsewhere before."
