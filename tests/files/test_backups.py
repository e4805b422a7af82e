"""Backups as files: they come back as they went, nothing in them is changed unseen, none is ever half there."""

from __future__ import annotations

import io
import random
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest

from obmin.core.errors import Altered, Incomplete, Unreadable
from obmin.files import backups, instance, packages
from obmin.files.backups import DUMP, MANIFEST, SIGNATURE, Manifest
from obmin.files.instance import Instance

IDENTITY, OTHER = (str(pyrage.x25519.Identity.generate()) for _ in range(2))
KEY, STRANGER = packages.signing_key(b"k" * 32), packages.signing_key(b"s" * 32)
ABOUT = {
    "party": "UKR",
    "mode": "training",
    "database": "sqlite",
    "leaves": 7,
    "made_at": "then",
    "version": "0",
}
BLOCKS = [b"first", b"second" * 1000]


def made(folder: Path) -> Instance:
    """A training home with some files in it."""
    home = instance.create_training(
        folder / "home", party="UKR", name="T", seed="1", began=datetime(2025, 5, 16, tzinfo=UTC)
    )
    (home.home / "keys" / "theirs").mkdir()
    (home.home / "keys" / "theirs" / "RUS-rounds.pub").write_text("key")
    (home.home / "files" / "Акт № 1.pdf").write_bytes(bytes(range(256)) * 5000)
    (home.home / "outbox" / "empty").write_bytes(b"")
    return home


def write(path: Path, home: Instance, **changes: Any) -> Manifest:
    given: dict[str, Any] = {
        "about": ABOUT,
        "database": iter(BLOCKS),
        "instance": home,
        "beside": {"public/backups.pub": packages.public_key_text(KEY), "checkpoint.txt": "note"},
        "key": KEY,
    }
    return backups.write(path, [packages.recipient_of(IDENTITY)], **{**given, **changes})


@pytest.fixture
def home(tmp_path: Path) -> Instance:
    return made(tmp_path)


@pytest.fixture
def backup(tmp_path: Path, home: Instance) -> Path:
    write(tmp_path / "b", home)
    return tmp_path / "b"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    (tmp_path / "into").mkdir()
    return tmp_path / "into"


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def read(path: Path, into: Path, **given: Any) -> Manifest:
    return backups.read(path, [IDENTITY], into, **given)


# --- it comes back ----------------------------------------------------------------------------------------


def test_a_home_comes_back_as_it_went(home: Instance, backup: Path, empty: Path) -> None:
    manifest = read(backup, empty)
    found = files(empty)
    assert found.pop(DUMP) == b"".join(BLOCKS)
    assert found == files(home.home)
    assert {stat.S_IMODE(p.stat().st_mode) for p in empty.rglob("*") if p.is_file()} == {0o600}
    assert manifest.about == ABOUT
    assert manifest.beside["checkpoint.txt"] == b"note"


def test_a_large_database_comes_in_parts(
    home: Instance, tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "PART", 999)
    manifest = write(tmp_path / "b", home)
    parts = [name for name in manifest.members if name.startswith("database/")]
    assert len(parts) == -(-sum(map(len, BLOCKS)) // 999)
    read(tmp_path / "b", empty)
    assert (empty / DUMP).read_bytes() == b"".join(BLOCKS)


def test_stock_tools_open_and_verify_it(backup: Path, tmp_path: Path) -> None:
    tar = pyrage.decrypt(backup.read_bytes(), [pyrage.x25519.Identity.from_str(IDENTITY)])
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(["tar", "x"], cwd=out, input=tar, check=True)
    verify = ["minisign", "-V", "-q", "-p", "public/backups.pub", "-m", MANIFEST]
    assert subprocess.run(verify, cwd=out, check=False).returncode == 0


def test_some_things_stay_behind(home: Instance, tmp_path: Path) -> None:
    """The socket, the database's own files, what is half written; in a live home the key of its sessions."""
    for name in ("run/keeper.sock", "obmin.sqlite3", "obmin.sqlite3-wal", "journal.mark", "files/.x.1.new"):
        (home.home / name).parent.mkdir(exist_ok=True)
        (home.home / name).write_text("x")
    (home.home / "keys" / "sessions.secret").write_text("x")
    live = replace(home, mode=instance.Mode.LIVE, seed=None)
    kept = set(backups.home_files(live))
    assert kept == {
        "files/Акт № 1.pdf", "instance.toml", "keys/theirs/RUS-rounds.pub", "outbox/empty",
    }  # fmt: skip


def test_a_link_out_of_the_home_is_refused(home: Instance, tmp_path: Path) -> None:
    (home.home / "files" / "link").symlink_to("/etc/passwd")
    with pytest.raises(Incomplete, match="link"):
        write(tmp_path / "b", home)
    assert not (tmp_path / "b").exists()


def test_nobody_named_opens_nothing(home: Instance, tmp_path: Path) -> None:
    common: dict[str, Any] = {
        "about": ABOUT, "database": iter(BLOCKS), "instance": home, "beside": {}, "key": KEY,
    }  # fmt: skip
    with pytest.raises(Incomplete, match="--recipient"):
        backups.write(tmp_path / "b", [], **common)
    with pytest.raises(Unreadable, match="age1"):
        backups.write(tmp_path / "b", ["age1nonsense"], **common)


# --- nothing in it is changed unseen ----------------------------------------------------------------------


def test_only_its_recipients_open_it(backup: Path, empty: Path) -> None:
    with pytest.raises(Altered) as caught:
        backups.read(backup, [OTHER], empty)
    assert caught.value.code == "not-opened"


@pytest.mark.faults
def test_a_changed_byte_is_seen_wherever_it_is(
    home: Instance, tmp_path: Path, faults_count: Callable[[int, int], int]
) -> None:
    """Also in its first and last hundred bytes, where headers and ends are."""
    (home.home / "files" / "Акт № 1.pdf").write_bytes(b"short")
    write(tmp_path / "b", home)
    raw, draw = (tmp_path / "b").read_bytes(), random.Random(7)
    ends = [*range(0, 100, 7), *range(len(raw) - 100, len(raw), 7)]
    places = ends + [draw.randrange(len(raw)) for _ in range(faults_count(60, 3000))]
    for number, at in enumerate(places):
        changed = bytearray(raw)
        changed[at] ^= 1 << draw.randrange(8)
        (tmp_path / "c").write_bytes(changed)
        into = tmp_path / f"into{number}"
        into.mkdir()
        with pytest.raises(Altered):
            read(tmp_path / "c", into)
        shutil.rmtree(into)


@pytest.mark.faults
def test_a_cut_is_seen_wherever_it_is(
    home: Instance, tmp_path: Path, faults_count: Callable[[int, int], int]
) -> None:
    write(tmp_path / "b", home)
    raw, draw = (tmp_path / "b").read_bytes(), random.Random(8)
    for number in range(faults_count(25, 500)):
        (tmp_path / "c").write_bytes(raw[: draw.randrange(len(raw))])
        into = tmp_path / f"into{number}"
        into.mkdir()
        with pytest.raises(Altered):
            read(tmp_path / "c", into)
        shutil.rmtree(into)


def forge(
    backup: Path,
    out: Path,
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
    identity: str = IDENTITY,
) -> None:
    """What somebody writes who knows the recipient, which is public, but not the key that signs."""
    opened = pyrage.decrypt(backup.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        held = {head.name: tar.extractfile(head).read() for head in tar}  # type: ignore[union-attr]
    fresh = io.BytesIO()
    with tarfile.open(fileobj=fresh, mode="w") as tar:
        for name, data in change(held).items():
            head = tarfile.TarInfo(name)
            head.size = len(data)
            tar.addfile(head, io.BytesIO(data))
    out.write_bytes(packages.seal(fresh.getvalue(), [packages.recipient_of(identity)]))


FORGERIES: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a changed file": lambda held: held | {"home/keys/theirs/RUS-rounds.pub": b"another"},
    "a missing file": lambda held: {n: d for n, d in held.items() if n != "home/outbox/empty"},
    "a missing part of the database": lambda held: {n: d for n, d in held.items() if n != "database/000000"},
    "one file more": lambda held: held | {"home/keys/theirs/NTR-rounds.pub": b"key"},
    "no manifest": lambda held: {n: d for n, d in held.items() if n != MANIFEST},
    "no signature": lambda held: {n: d for n, d in held.items() if n != SIGNATURE},
    "no public key": lambda held: {n: d for n, d in held.items() if n != "public/backups.pub"},
    "another manifest": lambda held: held | {MANIFEST: held[MANIFEST].replace(b'"leaves":7', b'"leaves":8')},
    "two names exchanged": lambda held: (
        held
        | {"home/outbox/empty": held["home/instance.toml"], "home/instance.toml": held["home/outbox/empty"]}
    ),
    "a way out of the folder": lambda held: held | {"home/../../outside": b"x"},
    "a place of the machine": lambda held: held | {"/tmp/outside": b"x"},
}


def test_what_is_forged_as_it_was_opens(backup: Path, tmp_path: Path, empty: Path) -> None:
    forge(backup, tmp_path / "c", lambda held: held)
    read(tmp_path / "c", empty)


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_is_seen(backup: Path, tmp_path: Path, empty: Path, what: str) -> None:
    forge(backup, tmp_path / "c", FORGERIES[what])
    with pytest.raises(Altered):
        read(tmp_path / "c", empty)
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path.parent / "outside").exists()


def test_a_link_in_a_backup_is_seen(backup: Path, tmp_path: Path, empty: Path) -> None:
    fresh = io.BytesIO()
    with tarfile.open(fileobj=fresh, mode="w") as tar:
        head = tarfile.TarInfo("home/files/link")
        head.type, head.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(head)
    (tmp_path / "c").write_bytes(packages.seal(fresh.getvalue(), [packages.recipient_of(IDENTITY)]))
    with pytest.raises(Altered, match="no file"):
        read(tmp_path / "c", empty)
    assert not list(empty.iterdir())


def test_whoever_signs_anew_is_told_by_the_key_that_others_keep(
    home: Instance, tmp_path: Path, empty: Path
) -> None:
    beside = {"public/backups.pub": packages.public_key_text(STRANGER)}
    write(tmp_path / "c", home, key=STRANGER, beside=beside)
    with pytest.raises(Altered) as caught:
        read(tmp_path / "c", empty, key=KEY.public)
    assert caught.value.code == "other-key"
    (tmp_path / "again").mkdir()
    assert read(tmp_path / "c", tmp_path / "again").key == STRANGER.public


# --- whole or not at all ----------------------------------------------------------------------------------


@dataclass
class Breaks:
    """Blocks of a database that end in a fault."""

    after: int

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self.after):
            yield bytes(100_000)
        raise OSError("the disk is gone")


@pytest.mark.parametrize("after", [0, 1, 30])
def test_a_backup_that_breaks_leaves_nothing(home: Instance, tmp_path: Path, after: int) -> None:
    before = set(tmp_path.iterdir())
    with pytest.raises(OSError, match="gone"):
        write(tmp_path / "b", home, database=Breaks(after))
    assert set(tmp_path.iterdir()) == before


def test_the_backup_of_yesterday_outlives_a_broken_one(home: Instance, backup: Path, empty: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        write(backup, home, database=Breaks(5))
    read(backup, empty)


KILLED = """
import sys, time
from pathlib import Path
from tests.files import test_backups as t
from obmin.files import instance
t.IDENTITY = sys.argv[2]
home = instance.load(Path(sys.argv[1]) / "home")
print("ready", flush=True)
while True:
    t.write(Path(sys.argv[1]) / "b", home, database=iter([bytes(200_000)] * 40))
"""


@pytest.mark.faults
def test_a_backup_that_is_killed_is_whole_or_as_before(
    home: Instance, tmp_path: Path, faults_count: Callable[[int, int], int]
) -> None:
    draw = random.Random(9)
    for number in range(faults_count(5, 60)):
        command = [sys.executable, "-c", KILLED, str(tmp_path), IDENTITY]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as running:
            assert running.stdout is not None
            running.stdout.readline()
            time.sleep(draw.random() * 0.3)
            running.send_signal(signal.SIGKILL)
        if (tmp_path / "b").exists():
            into = tmp_path / f"into{number}"
            into.mkdir()
            read(tmp_path / "b", into)
            shutil.rmtree(into)
    write(tmp_path / "b", home)  # and the next one clears away what they left
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
