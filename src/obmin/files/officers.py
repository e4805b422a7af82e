"""The root key under its officers: any two of them open it, none alone, with age and nothing of ours.

For each ordered pair of officers one file, `FIRST+SECOND.age`, holds the root sealed to the second and then
to the first. The first officer peels the outer layer; what is inside is of use to the second alone. With the
stock tool: `age -d -i first.key A+B.age | age -d -i second.key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from typing import Final

import pyrage

from obmin.core.errors import Incomplete, Problem, Unreadable
from obmin.files.whole import write_bytes

LONGEST: Final = 100  # bytes of a name: two of them are the name of a file
LEAST: Final = 3  # officers: with two, one who falls ill seals the instance for good


def write_root(folder: Path, root: bytes, officers: Mapping[str, str]) -> None:
    """Seals `root` so that any two of `officers` (name to age recipient) open it, one file a pair."""
    if len(officers) < LEAST or len({key.strip() for key in officers.values()}) < len(officers):
        raise Incomplete(f"At least {LEAST} officers, each with a key of their own, hold an instance's root.")
    for name in officers:
        if not name.isprintable() or not 0 < len(name.encode()) <= LONGEST or {*name} & {"/", "+"}:
            raise Incomplete(
                f"{name[:40]!r}: the names of officers are names of files. They are at most {LONGEST} bytes"
                f" ({LONGEST // 2} Cyrillic letters) long and have no + and no /."
            )
    readers = {name: _recipient(name, key) for name, key in officers.items()}
    for first, second in permutations(sorted(officers), 2):
        inner: bytes = pyrage.encrypt(root, [readers[second]])
        write_bytes(folder / f"{first}+{second}.age", pyrage.encrypt(inner, [readers[first]]))


def officers_of(folder: Path) -> tuple[str, ...]:
    """Who holds the root in `folder`."""
    return tuple(sorted({path.stem.split("+")[0] for path in folder.glob("*+*.age")}))


def peel(folder: Path, identity: str) -> dict[str, bytes]:
    """What one officer can take off: for each other officer, the root sealed to that officer alone."""
    own = _identity(identity)
    peeled = {}
    for path in sorted(folder.glob("*+*.age")):
        try:
            peeled[path.stem.split("+")[1]] = pyrage.decrypt(path.read_bytes(), [own])
        except pyrage.DecryptError:
            continue
    if not peeled:
        raise Incomplete(f"This key is none of those that hold the root: {', '.join(officers_of(folder))}.")
    return peeled


def open_inner(peeled: Mapping[str, bytes], identity: str) -> bytes | None:
    """The root, where the second officer's key opens what a first one has peeled; `None` where it does not."""
    own = _identity(identity)
    for inner in peeled.values():
        try:
            opened: bytes = pyrage.decrypt(inner, [own])
        except pyrage.DecryptError:
            continue
        return opened
    return None


def read_identity(path: Path, passphrase: str | None = None) -> str:
    """An officer's key from their file: as `age-keygen` writes it, or that file sealed by a passphrase."""
    data = path.read_bytes()
    if data.startswith(b"age-encryption.org/"):
        if passphrase is None:
            raise Incomplete(f"{path} is sealed by a passphrase.", code="passphrase")
        try:
            data = pyrage.passphrase.decrypt(data, passphrase)
        except pyrage.DecryptError:
            raise Incomplete(f"The passphrase does not open {path}.", code="passphrase") from None
    for line in data.decode(errors="replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            return str(_identity(line.strip(), str(path)))
    raise Unreadable(
        Problem(str(path), None, None, "no key", "a line that begins AGE-SECRET-KEY-, as age-keygen writes")
    )


def _identity(identity: str, file: str = "key") -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError as error:
        raise Unreadable(Problem(file, None, None, "a damaged key", "a key as age-keygen writes it")) from error


def _recipient(name: str, key: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(key.strip())
    except pyrage.RecipientError as error:
        raise Unreadable(Problem(name, None, None, key[:20], "an age recipient: age1…")) from error
