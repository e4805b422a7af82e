"""The keys of this instance and of those it deals with: one signing key for each purpose.

Signing keys are 32-byte seeds (Ed25519); in a training home they follow from its seed. Sealing keys are
age identities, drawn once and kept in `keys/`. Others' public keys lie in `keys/theirs/`, put there after
their fingerprints were read aloud.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings

from obmin.core.errors import Incomplete
from obmin.files import packages
from obmin.files.packages import SigningKey, VerifyingKey
from obmin.files.whole import write_text
from obmin.vault import secrets
from obmin.vault.secrets import secret

SIGNING: Final = ("rounds", "acts", "medical", "journal", "witness", "backups")
SEALING: Final = ("rounds", "medical")


def signing(purpose: str) -> SigningKey:
    """Our key for one purpose."""
    return packages.signing_key(secret(purpose))


def theirs(party: str, purpose: str) -> VerifyingKey:
    """Another party's public key for one purpose."""
    return packages.read_public_key(_learnt(party, f"{purpose}.pub"))


def identity(purpose: str = "rounds") -> str:
    """Our age identity for one purpose."""
    if not settings.OBMIN.training:
        return secrets.identity(purpose)
    path = settings.OBMIN.folder("keys") / f"{purpose}.age-identity"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(packages.new_identity())
        new.replace(path)
    return path.read_text(encoding="ascii").strip()


def recipient(party: str, purpose: str = "rounds") -> str:
    """Another party's age recipient for one purpose."""
    return _learnt(party, f"{purpose}.age").strip()


def publish(folder: Path) -> None:
    """Writes our public keys where the others can read them."""
    for purpose in SIGNING:
        write_text(folder / f"{purpose}.pub", packages.public_key_text(signing(purpose)))
    for purpose in SEALING:
        write_text(folder / f"{purpose}.age", packages.recipient_of(identity(purpose)) + "\n")


def learn(places: Iterable[tuple[str, Path]]) -> None:
    """Keeps others' public keys, each party's from its folder. A key once learnt is never replaced silently."""
    for party, folder in places:
        for path in sorted((*folder.glob("*.pub"), *folder.glob("*.age"))):
            kept = settings.OBMIN.folder("keys") / "theirs" / f"{party}-{path.name}"
            text = path.read_text(encoding="utf-8")
            if kept.exists() and kept.read_text(encoding="utf-8") != text:
                raise Incomplete(
                    f"{party} shows another {path.name} than we know. Read the fingerprints aloud first."
                )
            write_text(kept, text)


def journal_key(party: str) -> bytes:
    """Another party's journal key, raw, for checking its checkpoints."""
    return packages.raw_public_key(theirs(party, "journal"))


def _learnt(party: str, name: str) -> str:
    path = settings.OBMIN.folder("keys") / "theirs" / f"{party}-{name}"
    if not path.exists():
        raise Incomplete(f"The key {name} of {party} is not known here.")
    return path.read_text(encoding="utf-8")
