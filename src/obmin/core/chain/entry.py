"""An entry of the journal: its one spelling, its commitment, and fillers that look like any other."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from obmin.core.errors import Altered, Refused

SALT_BYTES: Final = 32
LARGEST_INTEGER: Final = 2**53 - 1  # what every JSON reader holds exactly (RFC 8259, section 6)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf as it is handed out.

    `content` is 32 bytes. `salt` (32 bytes) and `body` (canonical JSON) open it; both are absent for a
    filler, for an entry whose salt was destroyed, and for one that the reader may not see. From outside
    the three cannot be told apart.
    """

    content: bytes
    salt: bytes | None = None
    body: str = ""


def canonical(body: Mapping[str, object]) -> str:
    """The one spelling of an object: keys sorted by code point, no spaces, strings and integers only.

    Objects and lists may nest. Floats, booleans and null are refused, as are integers beyond 2**53 - 1
    and text that UTF-8 cannot carry: each has more than one spelling somewhere.

    >>> canonical({"b": 1, "a": "ї"})
    '{"a":"ї","b":1}'
    """
    _admit(body, "$")
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read_canonical(text: str) -> dict[str, Any]:
    """The object behind a canonical text; raises `Altered` where the text is not its one spelling."""
    try:
        body = json.loads(text)
        if isinstance(body, dict) and canonical(body) == text:
            return body
    except (ValueError, RecursionError, Refused):
        pass
    raise Altered(f"this is not canonical JSON: {text[:60]}")


def commit(salt: bytes, body: str) -> bytes:
    """The content of an entry's leaf: SHA-256 over the salt and the canonical text (32 bytes)."""
    if len(salt) != SALT_BYTES:
        raise Refused(f"a salt has {SALT_BYTES} bytes, not {len(salt)}", code="bad-salt")
    return hashlib.sha256(salt + body.encode()).digest()


def filler(key: bytes, index: int) -> bytes:
    """The content of a filler leaf at `index`: 32 bytes that only the holder of `key` can tell apart."""
    return hmac.digest(key, b"obmin/filler/1" + index.to_bytes(8, "big"), "sha256")


def leaf_content(salt: bytes | None, body: str, content: bytes) -> bytes:
    """The content that an opened leaf must have; raises `Altered` if it is not the stored one."""
    if salt is None:
        return content
    found = commit(salt, body)
    if not hmac.compare_digest(found, content):
        raise Altered("the entry is not the one that the tree holds")
    return content


def _admit(value: object, place: str) -> None:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Refused(f"{place}: text that UTF-8 cannot carry", code="not-canonical") from error
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > LARGEST_INTEGER:
            raise Refused(f"{place}: {value} is larger than 2^53 - 1", code="not-canonical")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise Refused(f"{place}: the key {key!r} is no text", code="not-canonical")
            _admit(key, place)
            _admit(item, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            _admit(item, f"{place}[{number}]")
    else:
        raise Refused(f"{place}: {type(value).__name__} is neither text nor integer", code="not-canonical")
