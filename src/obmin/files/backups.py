"""A backup: one age file, around a tar of the home and its database, with a signed manifest as its last word.

With stock tools: `age -d -i KEY FILE | tar x`, then `minisign -V -p public/backups.pub -m manifest.json`. It
is written and read as a stream: nothing of it lies in the clear on a disk. The format is in docs/backup.md.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO, Any, Final

import pyrage

from obmin.core.errors import Altered, Incomplete, Problem, Unreadable
from obmin.files import packages
from obmin.files.instance import Instance, write_private
from obmin.files.packages import SigningKey, VerifyingKey

FORMAT: Final = "obmin-backup/1"
PART: Final = 8 << 20  # bytes of one member of the database
MOST_WORDS: Final = 64 << 20  # bytes of a manifest
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = MANIFEST + ".minisig"
DUMP: Final = ".database"  # where a reader lays the database down, in the folder that it fills
LEFT_OUT: Final = ("run", "journal.mark")
_NAME: Final = re.compile(r"[^\x00-\x1f/\\][^\x00-\x1f\\]{0,400}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: about whom, when, how long its journal was, and what it holds.

    `members` are size and SHA-256 (hex) by name, `beside` the texts that came along, `key` who signed.
    """

    about: Mapping[str, Any]
    members: Mapping[str, tuple[int, str]]
    beside: Mapping[str, bytes]
    key: VerifyingKey

    def text(self) -> bytes:
        rows = [{"name": n, "sha256": h, "size": s} for n, (s, h) in sorted(self.members.items())]
        return packages.canonical({**self.about, "format": FORMAT, "members": rows})

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text()).hexdigest()


@dataclass(slots=True)
class _Writer:
    tar: tarfile.TarFile
    members: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        if name in self.members:
            raise Incomplete(f"{name} stands twice in what is to be backed up.")
        head = tarfile.TarInfo(name)
        head.size, head.mode = len(data), 0o600
        self.tar.addfile(head, io.BytesIO(data))
        self.members[name] = len(data), hashlib.sha256(data).hexdigest()


def write(
    path: Path,
    recipients: Sequence[str],
    *,
    about: Mapping[str, Any],
    database: Iterable[bytes],
    instance: Instance,
    beside: Mapping[str, str],
    key: SigningKey,
) -> Manifest:
    """Writes a backup that any of `recipients` opens; it appears whole or not at all.

    about     strings and integers that the manifest states: party, mode, database, leaves, made_at, version
    database  its snapshot, in order, whole before the files are read: what it speaks of is then among them
    beside    further texts, by name: public keys, checkpoints
    """
    if not recipients:
        raise Incomplete("Name who can open the backup: --recipient age1…, once or more often.")
    readers = [_recipient(one) for one in recipients]
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with _sealing(file, readers) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
                manifest = _fill(_Writer(tar), about, database, instance, beside, key)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return manifest


def _fill(
    writer: _Writer,
    about: Mapping[str, Any],
    database: Iterable[bytes],
    instance: Instance,
    beside: Mapping[str, str],
    key: SigningKey,
) -> Manifest:
    for number, part in enumerate(_parts(database)):
        writer.add(f"database/{number:06}", part)
    for name, path in sorted(home_files(instance).items()):
        try:
            writer.add(f"home/{name}", path.read_bytes())
        except FileNotFoundError:  # it was there a moment ago: the database does not speak of it
            continue
    for name, text in sorted(beside.items()):
        writer.add(name, text.encode())
    texts = {name: text.encode() for name, text in beside.items()}
    manifest = Manifest(about, dict(writer.members), texts, key.public)
    body = manifest.text()
    writer.add(MANIFEST, body)
    comment = f"backup of {about['party']}, {about['leaves']} leaves, {about['made_at']}"
    writer.add(SIGNATURE, packages.sign(body, key, comment=comment).encode())
    return manifest


def home_files(instance: Instance) -> dict[str, Path]:
    """What of a home goes into a backup, by its name in the home: all but what must not come back.

    Left out are the database's own files and the checkpoint beside it (both come from the snapshot), the
    keeper's socket, what is half written, and in a live home the secret of its sessions (whoever was signed in
    signs in again) and the key of a database file that is encrypted as a whole.
    """
    home, found = instance.home, {}
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_symlink():
            raise Incomplete(f"{path} is a link. A home holds files of its own alone.")
        if not path.is_file() or name.split("/")[0] in LEFT_OUT or name.startswith(instance.database.name):
            continue
        if path.name.startswith(".") and path.name.endswith((".new", ".old")):
            continue
        if path.suffix == ".secret":
            continue
        found[name] = path
    return found


def read(path: Path, identities: Sequence[str], into: Path, key: VerifyingKey | None = None) -> Manifest:
    """Fills the empty folder `into` with the home of a backup, its database in the file `DUMP`.

    `key` is the instance's public key for backups, as somebody else keeps it; without it the one in the backup
    is used, which shows that nothing was damaged, not who made it. Raises `Altered` where anything is missing,
    too much, or not as the manifest says; what is in the folder then is worth nothing.
    """
    seen: dict[str, tuple[int, str]] = {}
    words: dict[str, bytes] = {}
    with path.open("rb") as file, _opening(file, [_identity(one) for one in identities]) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for head in tar:
                    _take(tar, head, into, seen, words)
        except (tarfile.TarError, EOFError, OSError) as error:
            raise Altered(f"The backup is not whole: {error}.") from error
    return _checked(seen, words, key)


def _take(
    tar: tarfile.TarFile,
    head: tarfile.TarInfo,
    into: Path,
    seen: dict[str, tuple[int, str]],
    words: dict[str, bytes],
) -> None:
    name, steps = head.name, head.name.split("/")
    data = tar.extractfile(head) if head.isreg() else None
    if data is None or not _NAME.fullmatch(name) or {"", ".", ".."} & set(steps):
        raise Altered(f"The backup holds something that is no file of a home: {name[:80]}.")
    if name in seen:
        raise Altered(f"{name} stands twice in the backup.")
    digest, size = hashlib.sha256(), 0
    with _place(into, steps, name, seen, words) as out:
        while block := data.read(1 << 20):
            digest.update(block)
            size += len(block)
            if size > MOST_WORDS and isinstance(out, io.BytesIO):
                raise Altered(f"{name} is too long.")
            out.write(block)
    if size != head.size:
        raise Altered(f"{name} is cut short in the backup.")
    seen[name] = size, digest.hexdigest()


@contextmanager
def _place(
    into: Path, steps: list[str], name: str, seen: Mapping[str, Any], words: dict[str, bytes]
) -> Iterator[IO[bytes]]:
    """Where a member goes: the home's files and the database to the disk, what is said about them to memory."""
    if steps[0] == "database":
        if name != f"database/{sum(each.startswith('database/') for each in seen):06}":
            raise Altered("The parts of the database are not in their order.")
        descriptor = os.open(into / DUMP, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            yield file
    elif steps[0] == "home" and len(steps) > 1:
        place = into.joinpath(*steps[1:])
        for folder in reversed(place.relative_to(into).parents[:-1]):
            (into / folder).mkdir(mode=0o700, exist_ok=True)
        write_private(place, b"")
        with place.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    else:
        held = io.BytesIO()
        yield held
        words[name] = held.getvalue()


def _checked(
    seen: Mapping[str, tuple[int, str]], words: Mapping[str, bytes], key: VerifyingKey | None
) -> Manifest:
    if MANIFEST not in words or SIGNATURE not in words:
        raise Altered("The backup has no manifest: it ends before its end.")
    body, signer = words[MANIFEST], key or own_key(words)
    packages.verify(body, words[SIGNATURE], signer)
    found = packages.parse(body)
    try:
        members = {str(m["name"]): (int(m["size"]), str(m["sha256"])) for m in found.pop("members")}
        if found.pop("format") != FORMAT:
            raise Unreadable(Problem(MANIFEST, None, "format", "another format", FORMAT))
    except (KeyError, TypeError, ValueError) as error:
        raise Altered("The manifest cannot be read.") from error
    held = {name: what for name, what in seen.items() if name not in (MANIFEST, SIGNATURE)}
    for name in sorted(members.keys() | held.keys()):
        if name not in held:
            raise Altered(f"{name} is missing from the backup.")
        if members.get(name) != held[name]:
            raise Altered(f"{name} is not what the manifest says.")
    return Manifest(found, members, words, signer)


def own_key(words: Mapping[str, bytes]) -> VerifyingKey:
    """The public key that a backup brings along."""
    try:
        return packages.read_public_key(words["public/backups.pub"].decode())
    except (KeyError, UnicodeDecodeError) as error:
        raise Altered("The backup brings no public key along.") from error


def _parts(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of one size; at least one."""
    kept = bytearray()
    for block in blocks:
        kept += block
        while len(kept) > PART:
            yield bytes(kept[:PART])
            del kept[:PART]
    yield bytes(kept)


def sweep(path: Path) -> None:
    """Removes what broken attempts at this very file or folder have left beside it."""
    for left in path.parent.glob(f".{path.name}.*.new"):
        process = left.name.removesuffix(".new").rpartition(".")[2]
        if process.isdigit() and Path("/proc", process).exists():
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


# --- age as a stream: it works in a thread of its own, a pipe between -------------------------------------


@contextmanager
def _sealing(file: IO[bytes], readers: list[Any]) -> Iterator[IO[bytes]]:
    with _through(lambda source, _: pyrage.encrypt_io(source, file, readers), writes=True) as stream:
        yield stream


@contextmanager
def _opening(file: IO[bytes], identities: list[Any]) -> Iterator[IO[bytes]]:
    with _through(lambda _, sink: pyrage.decrypt_io(file, sink, identities), writes=False) as stream:
        yield stream


@contextmanager
def _through(work: Callable[[IO[bytes], IO[bytes]], None], *, writes: bool) -> Iterator[IO[bytes]]:
    """Runs `work` on the far end of a pipe whose near end is yielded; what it raises is raised here."""
    out, into = os.pipe()
    source, sink = os.fdopen(out, "rb"), os.fdopen(into, "wb", buffering=1 << 20)
    far, near = (source, sink) if writes else (sink, source)
    wrong: list[Exception] = []

    def run() -> None:
        try:
            with suppress(BrokenPipeError), far:  # nobody reads any more: whoever stopped says why
                work(source, sink)
        except Exception as error:
            wrong.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield near
        if not writes:
            while near.read(1 << 20):  # to the end, so that a cut is seen
                pass
    except (Altered, OSError):
        _leave(near, thread)
        _raise(wrong)
        raise
    finally:
        _leave(near, thread)
    _raise(wrong)


def _leave(near: IO[bytes], thread: Thread) -> None:
    with suppress(BrokenPipeError):
        near.close()
    thread.join()


def _raise(wrong: list[Exception]) -> None:
    for error in wrong:
        # age says what does not hold inside the stream as an error of reading without a number
        if isinstance(error, pyrage.DecryptError) or (isinstance(error, OSError) and error.errno is None):
            raise Altered(f"The backup cannot be opened: {error}.", code="not-opened") from error
        raise error


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise Unreadable(Problem("--recipient", None, None, text[:20], "an age recipient: age1…")) from error


def _identity(text: str) -> Any:
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError as error:
        raise Unreadable(Problem("--identity", None, None, "no key", "an age identity")) from error
