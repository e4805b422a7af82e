"""Signed packages: the exact bytes that were signed, a minisign signature beside them, age around both.

Anyone can check one with stock tools: `minisign -V -p rounds.pub -m NAME.json`, `age -d`. The formats are in
docs/reference/packages.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from obmin.core import chain
from obmin.core.errors import Altered
from obmin.files.whole import write_bytes

PREHASHED: Final = b"ED"  # minisign: Ed25519 over BLAKE2b-512 of the message
PUBLIC: Final = b"Ed"
SLOT: Final = 256 * 1024  # a sealed package is padded to a multiple of this, so that its size tells little


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key for one purpose. `id` are 8 bytes that name it, as minisign does."""

    raw: bytes
    id: bytes


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key for one purpose; its id is the first 8 bytes of the hash of its public half."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> VerifyingKey:
        raw = self.private.public_key().public_bytes_raw()
        return VerifyingKey(raw, hashlib.sha256(raw).digest()[:8])


def signing_key(seed: bytes) -> SigningKey:
    """The key of a 32-byte seed."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(seed))


def public_key_text(key: SigningKey) -> str:
    """The public half as minisign writes it."""
    public = key.public
    word = base64.b64encode(PUBLIC + public.id + public.raw).decode()
    return f"untrusted comment: minisign public key {public.id[::-1].hex().upper()}\n{word}\n"


def read_public_key(text: str) -> VerifyingKey:
    """A public key from minisign's text; raises `Altered` where it is none."""
    raw = _unb64(text.strip().split("\n")[-1], "a public key")
    if len(raw) != 42 or raw[:2] != PUBLIC:
        raise Altered("This is no minisign public key.")
    return VerifyingKey(raw[10:], raw[2:10])


def raw_public_key(key: VerifyingKey) -> bytes:
    return key.raw


def sign(body: bytes, key: SigningKey, *, comment: str) -> str:
    """A detached minisign signature file over `body`; the trusted comment is signed as well."""
    signature = key.private.sign(hashlib.blake2b(body).digest())
    whole = key.private.sign(signature + comment.encode())
    first = base64.b64encode(PREHASHED + key.public.id + signature).decode()
    second = base64.b64encode(whole).decode()
    return f"untrusted comment: signature from an obmin key\n{first}\ntrusted comment: {comment}\n{second}\n"


def verify(body: bytes, signature: str | bytes, key: VerifyingKey) -> str:
    """The trusted comment, if the signature holds; raises `Altered` if anything does not."""
    try:
        text = signature.decode() if isinstance(signature, bytes) else signature
    except UnicodeDecodeError:
        raise Altered("This is no minisign signature file.") from None
    lines = text.split("\n")
    if len(lines) != 5 or lines[4] or not lines[0].startswith("untrusted comment: "):
        raise Altered("This is no minisign signature file.")
    mark = "trusted comment: "
    first, second = _unb64(lines[1], "a signature"), _unb64(lines[3], "a signature")
    if not lines[2].startswith(mark) or len(first) != 74 or first[:2] != PREHASHED or len(second) != 64:
        raise Altered("This is no prehashed minisign signature.")
    if first[2:10] != key.id:
        raise Altered("The signature was made with another key.", code="other-key")
    comment = lines[2].removeprefix(mark)
    public = Ed25519PublicKey.from_public_bytes(key.raw)
    try:
        public.verify(first[10:], hashlib.blake2b(body).digest())
        public.verify(second, first[10:] + comment.encode())
    except InvalidSignature:
        raise Altered("The signature does not hold: the contents or the signature were changed.") from None
    return comment


def canonical(data: Mapping[str, Any]) -> bytes:
    """The one spelling of data as bytes: what is signed."""
    return chain.canonical(data).encode()


def parse(body: bytes) -> dict[str, Any]:
    """The data behind canonical bytes; raises `Altered` where they are not its one spelling."""
    try:
        return chain.read_canonical(body.decode())
    except UnicodeDecodeError:
        raise Altered("This is not UTF-8 text.") from None


def bundle(body: bytes, signature: str) -> bytes:
    """Contents and signature as one padded block, ready to be sealed."""
    whole = json.dumps({"body": body.decode(), "signature": signature}, ensure_ascii=False).encode()
    size = (len(whole) + 8 + SLOT - 1) // SLOT * SLOT
    return len(whole).to_bytes(8, "big") + whole.ljust(size - 8, b"\0")


def unbundle(block: bytes) -> tuple[bytes, str]:
    """Contents and signature from a block."""
    length = int.from_bytes(block[:8], "big")
    if length > len(block) - 8 or block[8 + length :].strip(b"\0"):
        raise Altered("The package is not whole.")
    try:
        data = json.loads(block[8 : 8 + length])
        return data["body"].encode(), str(data["signature"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Altered("The package cannot be read.") from None


def new_identity() -> str:
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def seal(block: bytes, recipients: Sequence[str]) -> bytes:
    """An age file that only these recipients open."""
    sealed: bytes = pyrage.encrypt(block, [pyrage.x25519.Recipient.from_str(r) for r in recipients])
    return sealed


def unseal(sealed: bytes, identity: str) -> bytes:
    """What an age file holds; raises `Altered` where it is damaged or sealed to somebody else."""
    try:
        opened: bytes = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError as error:
        raise Altered(f"The package cannot be opened: {error}.") from None
    return opened


def lay(path: Path, data: bytes) -> None:
    """Lays a file down whole; one that is there already stays as it is."""
    if not path.exists():
        write_bytes(path, data)


def _unb64(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or base64.b64encode(raw).decode() != text:
        raise Altered(f"This is not {what} in base64.")
    return raw
