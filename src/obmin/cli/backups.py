"""Backups of an instance, and bringing one back: for good, or as a drill that leaves nothing behind."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from obmin import __version__
from obmin.cli.instance import home_of, open_home, set_up
from obmin.cli.say import say
from obmin.core.errors import Altered, Incomplete, Problem, Unreadable
from obmin.files import backups, cipher, officers, packages, snapshots, whole
from obmin.files.backups import Manifest
from obmin.files.instance import FILE, FOLDERS, OTHERS, Instance, draw_secret, load

RECIPIENTS: Final = "backup.recipients"  # in a home's keys: who opens its backups where nobody is named
DATABASE: Final = "OBMIN_DATABASE_URL"


def backup(options: argparse.Namespace) -> int:
    """Writes everything of an instance into one file that only its recipients open."""
    home = home_of(options)
    open_home(home)
    from django.conf import settings

    from obmin.audit import clock
    from obmin.config import copies
    from obmin.negotiation import keys

    instance: Instance = settings.OBMIN
    recipients = list(options.recipient) or _recipients(home)
    before = _roots(home)
    copies.put_on_record(recipients)
    secret = cipher.key(instance) if cipher.wanted() else None
    with snapshots.taken(instance.database, os.environ.get(DATABASE, ""), secret) as taken:
        about = {
            "database": taken.kind,
            "leaves": taken.leaves,
            "made_at": clock.now().isoformat(),
            "mode": instance.mode.value,
            "party": instance.party,
            "version": __version__,
        }
        made = backups.write(
            options.to,
            recipients,
            about=about,
            database=taken.blocks,
            instance=instance,
            beside=_beside(taken.notes, {p: packages.public_key_text(keys.signing(p)) for p in keys.SIGNING}),
            key=keys.signing("backups"),
        )
    if _roots(home) != before:
        options.to.unlink()
        raise Incomplete("The root was drawn anew while the backup was made. Make it again.")
    size = options.to.stat().st_size
    document = {"file": str(options.to), "bytes": size, "leaves": taken.leaves, "manifest": made.digest}
    text = f"{options.to}, {size} bytes, for {len(recipients)} recipients. Journal of {taken.leaves} leaves."
    return say(options, document, text)


def _beside(notes: Sequence[str], public: dict[str, str]) -> dict[str, str]:
    """The newest checkpoint, the newest that somebody else signed too, and our public keys."""
    cosigned = [note for note in notes if note.count("\n— ") > 1]
    texts = {f"public/{name}.pub": text for name, text in public.items()}
    return texts | {"checkpoint.txt": notes[0]} | ({"cosigned.txt": cosigned[0]} if cosigned else {})


def _recipients(home: Path) -> list[str]:
    path = home / "keys" / RECIPIENTS
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _roots(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "keys" / "root").glob("*"))


def restore(options: argparse.Namespace) -> int:
    """Brings a backup back into a folder of its own, or with `--drill` into one that is removed again."""
    os.umask(OTHERS)
    if options.drill:
        return _drill(options)
    if options.to is None:
        raise Incomplete("Name the folder for the restored instance: --to DIR.")
    if options.to.exists() and any(options.to.iterdir()):
        raise Incomplete(f"{options.to} is not empty. A restored instance gets a folder of its own.")
    work = _Restoring(options)
    backups.sweep(options.to.absolute())
    with whole.folder(options.to.absolute()) as new, work.kept():
        manifest = work.unpack(new)
        leaves, behind = work.verify(new, manifest)
        _say_behind(options, manifest, behind)
        _leave(new, manifest, behind, options.accept_older or "")
        if manifest.about["mode"] == "training":
            work.step("Opened, looked at whole, put on record", work.bring_up)
        work.close()
    told = " It is sealed: two officers unseal it, and its first opening ends the restoration."
    lines = [*work.lines(), f"{options.to} is restored, {leaves} leaves."]
    text = "\n".join(lines) + (told if manifest.about["mode"] == "live" else "")
    if not options.known:
        text += "\nNobody's checkpoint was given (--known): how old this copy is, nobody has checked."
    return say(
        options, {"home": str(options.to), "leaves": leaves, "behind": behind, "steps": work.steps}, text
    )


def _say_behind(options: argparse.Namespace, manifest: Manifest, behind: int) -> None:
    """An older copy is not brought back as the present: somebody has to say why it may be."""
    if behind and not options.accept_older:
        raise Altered(
            f"This is an older copy: others have seen {behind} leaves more than its {manifest.about['leaves']}."
            " Restore a newer one, or say why this one may be taken: --accept-older REASON.",
            code="older-copy",
        )
    if not options.known and not options.accept_older and manifest.about["mode"] == "live":
        raise Incomplete(
            "How old is this copy? Give a checkpoint that somebody else kept (--known FILE), or say why it may"
            " be taken unchecked: --accept-older REASON."
        )


def _leave(new: Path, manifest: Manifest, behind: int, reason: str) -> None:
    from obmin.config import copies

    at, key = datetime.now(UTC).isoformat(), packages.raw_public_key(manifest.key).hex()
    leaves = int(manifest.about["leaves"])
    copies.leave_mark(new, copies.Restored(manifest.digest, leaves, behind, reason, key, at))


def _drill(options: argparse.Namespace) -> int:
    """Brings a backup back for nobody: verifies all that can be, says what was done, and removes it."""
    work = _Restoring(options)
    place = Path(tempfile.mkdtemp(prefix="obmin-drill-"))
    try:
        with work.kept(always=True):
            new = place / "home"
            new.mkdir(mode=0o700)
            manifest = work.unpack(new)
            leaves, behind = work.verify(new, manifest)
            opened = _open_drilled(work, new, manifest, options)
            work.close()
    finally:
        shutil.rmtree(place)
    lines = [
        *work.lines(),
        f"Removed again. Journal of {leaves} leaves" + (f", {behind} behind." if behind else "."),
    ]
    if opened is None:
        lines.append("Its records were not opened: the instance is sealed (--home names one that is open).")
    document = {"leaves": leaves, "behind": behind, "opened": opened or 0, "steps": work.steps}
    return say(options, document, "\n".join(lines), ok=not behind)


def _open_drilled(work: _Restoring, new: Path, manifest: Manifest, options: argparse.Namespace) -> int | None:
    """How many sealed rows of a drill were opened; `None` where nobody holds their root."""
    from obmin.config import copies
    from obmin.config.sealed import is_open
    from obmin.vault import process

    if manifest.about["mode"] == "live":
        os.environ[process.SOCKET] = str(process.socket_path(home_of(options)))
        if not is_open():
            return None
    _leave(new, manifest, 0, "A drill")
    work.step("Opened, looked at whole, put on record", work.bring_up)
    found = work.step("Looked at all tables again", copies.look)
    work.note(f"{found.rows} rows of {found.tables} tables")
    opened = work.step("Opened a sample of the sealed rows", copies.open_sample)
    work.note(f"{opened} rows")
    return int(opened)


@dataclass(slots=True)
class _Restoring:
    """One restoration: what it was asked to do, and what it did in how many seconds."""

    options: argparse.Namespace
    steps: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    brought: bool = False

    def step(self, name: str, call: Any, *arguments: Any) -> Any:
        began = time.monotonic()
        found = call(*arguments)
        self.steps.append({"step": name, "seconds": round(time.monotonic() - began, 2)})
        return found

    def note(self, text: str) -> None:
        self.steps[-1]["found"] = text

    def lines(self) -> list[str]:
        return [
            f"  {s['seconds']:7.2f} s  {s['step']}" + (f": {s['found']}" if "found" in s else "")
            for s in self.steps
        ]

    def unpack(self, new: Path) -> Manifest:
        """Opens the backup into the folder and its database to where it belongs."""
        key = None
        if self.options.key:
            key = packages.read_public_key(_text(self.options.key))
        identities = [officers.read_identity(path) for path in self.options.identity]
        if not identities:
            raise Incomplete("Name the key that opens the backup: --identity KEYFILE.")
        manifest: Manifest = self.step(
            "Opened the file, every member against its manifest",
            backups.read,
            self.options.file,
            identities,
            new,
            key,
        )
        self.note(f"{len(manifest.members)} members")
        instance = load(new) if (new / FILE).exists() else None
        if instance is None or (instance.party, instance.mode.value) != (
            manifest.about.get("party"),
            manifest.about.get("mode"),
        ):
            raise Altered("The home in the backup is not the one that its manifest names.")
        for folder in FOLDERS:
            (new / folder).mkdir(mode=0o700, exist_ok=True)
        whole.write_bytes(new / "journal.mark", manifest.beside["checkpoint.txt"])
        if not instance.training:
            draw_secret(new, "sessions")
        self._merge_shredded(new)
        self._place_database(instance, manifest)
        return manifest

    def _place_database(self, instance: Instance, manifest: Manifest) -> None:
        dump = instance.home / backups.DUMP
        self.url = self.options.database or os.environ.get(DATABASE, "")
        if manifest.about["database"] == "sqlite":
            if self.url:
                raise Incomplete(f"This backup holds an embedded database: it is restored without {DATABASE}.")
            if cipher.wanted():
                cipher.encrypt(dump, cipher.key(instance))
            dump.replace(instance.database)
            return
        if not self.url or not snapshots.is_empty(self.url):
            raise Incomplete(
                "This backup holds a PostgreSQL database: name an empty one with --database URL, or in"
                f" {DATABASE}."
            )
        self.brought = True
        self.step("Brought the database back", snapshots.bring_back, dump, self.url)
        dump.unlink()
        os.environ[DATABASE] = self.url

    def _merge_shredded(self, new: Path) -> None:
        """Who was erased by now: those that the backup names, and those of newer lists."""
        place = new / "keys" / "shredded.txt"
        lists = [place] if place.exists() else []
        known = {key for path in (*lists, *self.options.shredded) for key in _text(path).split()}
        if known:
            whole.write_text(place, "".join(f"{key}\n" for key in sorted(known)))

    def verify(self, new: Path, manifest: Manifest) -> tuple[int, int]:
        """The journal's length and how far it is behind; `Altered` where it does not hold."""
        set_up(new)
        from obmin.config import copies

        raw = packages.raw_public_key(packages.read_public_key(manifest.beside["public/journal.pub"].decode()))
        known = [_text(path) for path in self.options.known]
        leaves, behind = self.step(
            "Verified the journal against its checkpoints", copies.verify_tree, raw, known
        )
        self.note(f"{leaves} leaves")
        if leaves != manifest.about["leaves"]:
            raise Altered("The journal in the backup is not as long as its manifest says.")
        return leaves, behind

    def bring_up(self) -> None:
        from obmin.config.ready import bring_up

        bring_up()

    def close(self) -> None:
        """Lets go of the database, so that its folder can be moved."""
        from django.db import connections

        connections.close_all()

    @contextmanager
    def kept(self, *, always: bool = False) -> Iterator[None]:
        """A PostgreSQL database that was brought back is emptied again, unless all ended well."""
        try:
            yield
        except BaseException:
            self._empty()
            raise
        if always:
            self._empty()

    def _empty(self) -> None:
        if self.brought:
            self.close()
            snapshots.empty(self.url)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(Problem(str(path), None, None, str(error), "a text file that can be read")) from error
