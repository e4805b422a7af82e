"""Checkpoints: signed notes that state the size and root of the tree (C2SP tlog-checkpoint).

A note is text, an empty line, and signature lines `— NAME BASE64`. The log's own signature is Ed25519
over the text; whoever cosigns (C2SP tlog-cosignature) signs the time at which it saw the note as well.
Keys are 32-byte Ed25519 seeds (to sign) and 32-byte public keys (to check).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from obmin.core.errors import Altered, Refused

KeyedName = Mapping[str, bytes]  # the name on a signature line -> 32-byte public key

_PLAIN: Final = b"\x01"  # signature types of C2SP signed notes
_COSIGNED: Final = b"\x04"
_NAME = re.compile(r"[!-*,-~]+")  # printable, without spaces and '+'
_SIGNATURE = re.compile(r"— (\S+) (\S+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note states. `signed_by` are the names whose signatures hold, with the time (POSIX seconds)
    for cosigners and 0 for the log itself; `unchecked` are names for which no key was given."""

    origin: str
    size: int
    root: bytes
    signed_by: tuple[tuple[str, int], ...] = ()
    unchecked: tuple[str, ...] = ()

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


def public_key(seed: bytes) -> bytes:
    """The 32-byte public key of a 32-byte Ed25519 seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def check_key_name(name: str) -> str:
    """The name, if it can stand on a signature line: printable ASCII, no space, no '+'."""
    if not _NAME.fullmatch(name):
        raise Refused(f"{name!r} cannot name a key: printable ASCII without spaces and '+'", code="bad-name")
    return name


def sign_note(text: str, name: str, seed: bytes) -> str:
    """A note over `text` (whole lines, ending in one), signed by `name`."""
    if not text.endswith("\n") or "\n\n" in text:
        raise Refused("a note's text is whole lines, none of them empty", code="bad-note")
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"{text}\n{_line(check_key_name(name), _PLAIN, public_key(seed), signature)}"


def sign_checkpoint(origin: str, size: int, root: bytes, seed: bytes) -> str:
    """The log's own checkpoint: a note whose key name is the origin."""
    return sign_note(Checkpoint(check_key_name(origin), size, root).text(), origin, seed)


def cosign(note: str, name: str, seed: bytes, at: int) -> str:
    """The note with one more signature line: `name` saw it at POSIX second `at` (after checking it).

    Lines stand in one order: the log's own, then the cosigners' by name.
    """
    text, lines = _parts(note)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_cosigned(text, at))
    line = _line(check_key_name(name), _COSIGNED, public_key(seed), at.to_bytes(8, "big") + signature)
    own, *others = lines
    below = [own, *sorted({*others, line.removesuffix("\n")})]
    return f"{text}\n" + "".join(f"{one}\n" for one in below)


def open_note(note: str, keys: KeyedName) -> tuple[str, tuple[tuple[str, int], ...], tuple[str, ...]]:
    """The text of a note, who signed it and when, and the names that could not be checked.

    Raises `Altered` where a signature of a known key does not hold, where a name stands twice or a line
    is not in its one spelling.
    """
    text, lines = _parts(note)
    signed: list[tuple[str, int]] = []
    unchecked: list[str] = []
    for line in lines:
        name, identity, raw = _read_line(line)
        if any(name == known for known, _ in signed) or name in unchecked:
            raise Altered(f"{name} stands twice under the note")
        if name not in keys:
            unchecked.append(name)
            continue
        signed.append((name, _checked(text, name, identity, raw, keys[name])))
    return text, tuple(signed), tuple(unchecked)


def parse_checkpoint(note: str, origin: str, keys: KeyedName) -> Checkpoint:
    """The checkpoint in a note; raises `Altered` unless the log's own signature holds.

    `keys` must name the origin's key; cosigners' keys are optional.
    """
    text, signed, unchecked = open_note(note, keys)
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != origin or not _SIZE.fullmatch(lines[1]):
        raise Altered(f"this is no checkpoint of {origin}")
    checkpoint = Checkpoint(origin, int(lines[1]), _unb64(lines[2], 32), signed, unchecked)
    if (origin, 0) not in signed:
        raise Altered(f"the checkpoint of {checkpoint.size} leaves is not signed by {origin}")
    below = _parts(note)[1]
    if not below[0].startswith(f"— {origin} ") or below[1:] != sorted(below[1:]):
        raise Altered("the signatures under the checkpoint do not stand in their order")
    return checkpoint


def signer(note: str, key: bytes) -> str | None:
    """The name of the signature line under a note that names this public key, as `_identity` does."""
    for line in _parts(note)[1]:
        name, identity, _ = _read_line(line)
        if identity in (_identity(name, _PLAIN, key), _identity(name, _COSIGNED, key)):
            return name
    return None


def _checked(text: str, name: str, identity: bytes, raw: bytes, key: bytes) -> int:
    if identity == _identity(name, _PLAIN, key) and len(raw) == 64:
        message, signature, at = text.encode(), raw, 0
    elif identity == _identity(name, _COSIGNED, key) and len(raw) == 72:
        at = int.from_bytes(raw[:8], "big")
        message, signature = _cosigned(text, at), raw[8:]
    else:
        raise Altered(f"the signature of {name} is of another key")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Altered(f"the signature of {name} does not hold") from error
    return at


def _parts(note: str) -> tuple[str, list[str]]:
    text, gap, below = note.partition("\n\n")
    if not gap or not text or not below.endswith("\n"):
        raise Altered("this is no signed note")
    return text + "\n", below[:-1].split("\n")


def _read_line(line: str) -> tuple[str, bytes, bytes]:
    match = _SIGNATURE.fullmatch(line)
    if not match or not _NAME.fullmatch(match[1]):
        raise Altered(f"this is no signature line: {line[:60]}")
    raw = _unb64(match[2], None)
    return match[1], raw[:4], raw[4:]


def _line(name: str, kind: bytes, key: bytes, signature: bytes) -> str:
    return f"— {name} {_b64(_identity(name, kind, key) + signature)}\n"


def _identity(name: str, kind: bytes, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + key).digest()[:4]


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str, length: int | None) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Altered(f"this is not base64: {text[:60]}") from error
    if _b64(raw) != text or (length is not None and len(raw) != length):
        raise Altered(f"this is not the one base64 spelling of its bytes: {text[:60]}")
    return raw
