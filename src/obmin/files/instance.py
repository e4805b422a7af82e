"""The home of one party's instance: where it lies, whose it is, in which mode, and its secrets.

A home is a folder: `instance.toml`, the embedded database, `keys/`, `inbox/`, `outbox/`, `files/`.
A training home derives every secret, id and moment from its seed, so that the same story leaves the
same bytes. A live home draws its secrets from the operating system, once, when it is made; it is its owner's
alone on the disk, and never accepts a training home's seed or secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from obmin.core.errors import Incomplete, Problem, Unreadable
from obmin.core.pfif import is_domain
from obmin.files import whole

FILE: Final = "instance.toml"
FOLDERS: Final = ("keys", "inbox", "outbox", "files")
# What a live home keeps as files of its own: needed while it is sealed. Every other secret lies under its root.
PURPOSES: Final = ("sessions",)
OTHERS: Final = 0o077  # what nobody but the owner of a live home may have
_KNOWN_SEEDS: Final = 100  # seeds that somebody may have copied keys from: the demo's and its like


class Mode(StrEnum):
    TRAINING = "training"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Instance:
    """What an instance knows of itself. `seed` is there in training homes only.

    `pfif` is the domain under which its people are told to tracing services; empty: that is switched off.
    """

    home: Path
    party: str
    name: str
    mode: Mode
    seed: str | None
    began: datetime
    pfif: str = ""

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

        Derived from the seed in a training home; drawn when it was made and kept in `keys/` in a live one,
        which has those of `PURPOSES` alone. Raises `Incomplete` where it is not there.
        """
        if self.seed is not None:
            return self.derive("secret", purpose)
        path = self.secret_file(purpose)
        if not path.exists():
            raise Incomplete(f"{path} is not there.")
        return path.read_bytes()

    def secret_file(self, purpose: str) -> Path:
        """Where a live home keeps the secret of one purpose."""
        return self.home / "keys" / f"{purpose}.secret"

    def derive(self, *context: str) -> bytes:
        """32 bytes that look random: from seed and context in training, from the system else."""
        if self.seed is None:
            return secrets.token_bytes(32)
        message = "\x1f".join(context).encode()
        return hmac.digest(_root(self.party, self.seed), message, "sha256")


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
            pfif=str(raw.get("pfif", "")),
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        expected = "party, name, mode (training or live), began, and a seed in training homes only"
        raise Unreadable(Problem(str(path), None, None, str(error), expected)) from error
    if instance.training == (instance.seed is None):
        found = "no seed in a training home" if instance.training else "a training seed in a live home"
        raise Unreadable(Problem(str(path), None, None, found, "a seed in training homes only"))
    if instance.pfif and not is_domain(instance.pfif):
        expected = "a domain, such as tracing.example.org, or no pfif at all"
        raise Unreadable(Problem(str(path), None, "pfif", f"“{instance.pfif}”", expected))
    return instance


def create_training(home: Path, *, party: str, name: str, seed: str, began: datetime) -> Instance:
    """Makes a training home, or returns the one that is there if it is the same."""
    if not (home / FILE).exists():
        for folder in FOLDERS:
            (home / folder).mkdir(parents=True, exist_ok=True)
        whole.write_text(home / FILE, _text(Instance(home, party, name, Mode.TRAINING, seed, began)))
    found = load(home)
    if (found.party, found.seed, found.mode) != (party, seed, Mode.TRAINING):
        raise Incomplete(f"{home} holds another instance ({found.party}, {found.mode}); name another folder.")
    return found


def create_live(home: Path, *, party: str, name: str, began: datetime) -> Instance:
    """Makes a live home in a folder that is not there yet or empty: private, its secrets freshly drawn."""
    if home.exists() and any(home.iterdir()):
        raise Incomplete(f"{home} is not empty. A live home begins in a folder of its own.")
    with whole.folder(home) as new:
        new.chmod(0o700)
        for folder in FOLDERS:
            (new / folder).mkdir(mode=0o700)
        for purpose in PURPOSES:
            draw_secret(new, purpose)
        text = _text(Instance(new, party, name, Mode.LIVE, None, began))
        write_private(new / FILE, text.encode())
    return load(home)


def draw_secret(home: Path, purpose: str) -> None:
    """Draws the secret of one purpose for a live home; one that is there is never overwritten."""
    write_private(home / "keys" / f"{purpose}.secret", secrets.token_bytes(32))


def write_private(path: Path, data: bytes) -> None:
    """Writes a new file that only its owner may read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def faults(instance: Instance) -> list[str]:
    """What is wrong with a live home as it lies on the disk, in plain sentences; none for a training home."""
    if instance.training:
        return []
    found = [
        f"{path} is open to others: chmod go-rwx {path}"
        for path in (instance.home, *sorted(instance.home.rglob("*")))
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & OTHERS
    ]
    held = {p: f.read_bytes() for p in PURPOSES if (f := instance.secret_file(p)).exists()}
    found += [f"{instance.secret_file(p)} is gone." for p in PURPOSES if p not in held]
    found += [f"{instance.secret_file(p)} is no secret of 32 bytes." for p, s in held.items() if len(s) != 32]
    parties = {instance.party, "UKR", "RUS", "NTR"}
    made_up = {
        hmac.digest(_root(party, str(seed)), f"secret\x1f{purpose}".encode(), "sha256")
        for party in parties
        for seed in range(_KNOWN_SEEDS)
        for purpose in held
    }
    found += [f"{instance.secret_file(p)} is a training key." for p, s in held.items() if s in made_up]
    return found


def at(home: Path) -> Instance:
    """The instance in `home`, or the empty training instance that a first start would make there."""
    if (home / FILE).exists():
        return load(home)
    return Instance(home, "UKR", "Training centre", Mode.TRAINING, "1", datetime(2025, 5, 16, 18, tzinfo=UTC))


def _root(party: str, seed: str) -> bytes:
    return hashlib.sha256(f"obmin/{party}/{seed}".encode()).digest()


def _text(instance: Instance) -> str:
    values = {
        "party": instance.party,
        "name": instance.name,
        "mode": instance.mode.value,
        **({} if instance.seed is None else {"seed": instance.seed}),
        "began": instance.began.isoformat(),
        **({"pfif": instance.pfif} if instance.pfif else {}),
    }
    # A JSON string is a TOML string too, but for DEL, which TOML wants escaped.
    lines = (f"{key} = {json.dumps(v, ensure_ascii=False)}\n" for key, v in values.items())
    return "".join(lines).replace("\x7f", "\\u007f")
