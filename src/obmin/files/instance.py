"""The home of one party's instance: where it lies, whose it is, in which mode, and its secrets.

A home is a folder: `instance.toml`, the embedded database, `keys/`, `inbox/`, `outbox/`, `files/`.
A training home derives every secret, id and moment from its seed, so that the same story leaves the
same bytes; a live home draws them from the operating system and never accepts a training home's.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from obmin.core.errors import Incomplete, Problem, Unreadable

FILE: Final = "instance.toml"
FOLDERS: Final = ("keys", "inbox", "outbox", "files")


class Mode(StrEnum):
    TRAINING = "training"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Instance:
    """What an instance knows of itself. `seed` is there in training homes only."""

    home: Path
    party: str
    name: str
    mode: Mode
    seed: str | None
    began: datetime

    @property
    def training(self) -> bool:
        return self.mode is Mode.TRAINING

    @property
    def database(self) -> Path:
        return self.home / "obmin.sqlite3"

    def folder(self, name: str) -> Path:
        return self.home / name

    def secret(self, purpose: str) -> bytes:
        """32 secret bytes for one purpose, the same at every call.

        Derived from the seed in a training home; drawn once and kept in `keys/` in a live one.
        """
        if self.seed is not None:
            return self.derive("secret", purpose)
        path = self.home / "keys" / f"{purpose}.secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
        return path.read_bytes()

    def derive(self, *context: str) -> bytes:
        """32 bytes that look random: from seed and context in training, from the system else."""
        if self.seed is None:
            return secrets.token_bytes(32)
        message = "\x1f".join(context).encode()
        return hmac.digest(
            hashlib.sha256(f"obmin/{self.party}/{self.seed}".encode()).digest(), message, "sha256"
        )


def load(home: Path) -> Instance:
    """The instance in `home`; raises `Incomplete` where there is none, `Unreadable` where it is wrong."""
    path = home / FILE
    if not path.exists():
        raise Incomplete(f"{path} does not exist. Make a training home with `obmin init --home {home}`.")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        mode = Mode(raw["mode"])
        instance = Instance(
            home=home,
            party=str(raw["party"]),
            name=str(raw["name"]),
            mode=mode,
            seed=str(raw["seed"]) if "seed" in raw else None,
            began=datetime.fromisoformat(str(raw["began"])),
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        expected = "party, name, mode (training or live), began, and a seed in training homes only"
        raise Unreadable(Problem(str(path), None, None, str(error), expected)) from error
    if instance.training == (instance.seed is None):
        found = "no seed in a training home" if instance.training else "a training seed in a live home"
        raise Unreadable(Problem(str(path), None, None, found, "a seed in training homes only"))
    return instance


def create_training(home: Path, *, party: str, name: str, seed: str, began: datetime) -> Instance:
    """Makes a training home, or returns the one that is there if it is the same."""
    if not (home / FILE).exists():
        for folder in FOLDERS:
            (home / folder).mkdir(parents=True, exist_ok=True)
        lines = {
            "party": party,
            "name": name,
            "mode": Mode.TRAINING.value,
            "seed": seed,
            "began": began.isoformat(),
        }
        text = "".join(f'{key} = "{value}"\n' for key, value in lines.items())
        whole = home / f".{FILE}.new"
        whole.write_text(text, encoding="utf-8")
        whole.replace(home / FILE)
    found = load(home)
    if (found.party, found.seed, found.mode) != (party, seed, Mode.TRAINING):
        raise Incomplete(f"{home} holds another instance ({found.party}, {found.mode}); name another folder.")
    return found


def at(home: Path) -> Instance:
    """The instance in `home`, or the empty training instance that a first start would make there."""
    if (home / FILE).exists():
        return load(home)
    return Instance(home, "UKR", "Training centre", Mode.TRAINING, "1", datetime(2025, 5, 16, 18, tzinfo=UTC))
