"""The root key of a live home: drawn here, sealed to its officers, known again by its check value."""

from __future__ import annotations

import hmac
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from obmin.core import secrecy
from obmin.core.errors import Altered
from obmin.files import officers
from obmin.vault.models import Root


def draw() -> bytes:
    """A new root."""
    return os.urandom(secrecy.KEY_SIZE)


def check_value(root: bytes) -> str:
    """What tells a root from any other and reveals nothing of it."""
    return secrecy.mark(secrecy.mark_key(root, "check"), "root")


def folder(home: Path, number: int) -> Path:
    """Where the root of this number lies, sealed to its officers."""
    return home / "keys" / "root" / str(number)


def lay_down(home: Path, number: int, root: bytes, holders: Mapping[str, str]) -> None:
    """Seals a root to its officers (name to age recipient) in the home's keys."""
    place = folder(home, number)
    shutil.rmtree(place, ignore_errors=True)  # what a broken attempt left
    place.mkdir(parents=True, mode=0o700)
    officers.write_root(place, root, holders)


def in_force() -> Root:
    """The root that the rows are sealed under."""
    found = Root.objects.order_by("-number").first()
    if found is None:
        raise Altered("This instance has no root: it was never begun.")
    return found


def verify(root: bytes) -> None:
    """Raises `Altered` unless this is the root that the rows are sealed under."""
    if not hmac.compare_digest(check_value(root), in_force().check_value):
        raise Altered("This is not the root that the records are sealed under.")


def forget_others(home: Path) -> None:
    """Removes the sealed roots that are in force no longer."""
    kept = str(in_force().number)
    for place in (home / "keys" / "root").iterdir():
        if place.name != kept:
            shutil.rmtree(place)
