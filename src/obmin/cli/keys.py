"""Opening a sealed instance, and its keys: any two of the officers who hold the root."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from obmin.cli.backups import RECIPIENTS
from obmin.cli.instance import home_of, named_recipients, set_up
from obmin.cli.say import say
from obmin.core.errors import Incomplete
from obmin.files import officers, whole
from obmin.vault.wire import Remote


def unseal(options: argparse.Namespace) -> int:
    """One officer's part of opening a live instance; the second one's opens it."""
    home = home_of(options)
    remote, folder = _live(home)
    identity = _identity(options.identity)
    if remote.ask("status")["open"]:
        return say(options, {"open": True}, "The instance is open already.")
    root = officers.open_inner(remote.ask("left"), identity)
    if root is None:
        remote.ask("leave", officers.peel(folder, identity))
        return say(options, {"open": False}, "Yours is one of two. Another officer now runs `obmin unseal`.")
    remote.ask("root", root)
    return say(options, {"open": True}, "The instance is open.")


def keys_status(options: argparse.Namespace) -> int:
    """Is the instance open, and who can open it?"""
    remote, folder = _live(home_of(options))
    status = remote.ask("status")
    holders = officers.officers_of(folder)
    opened: dict[str, int] = status["opened"]
    eyes, acts = (sum(n for what, n in opened.items() if what.endswith(how)) for how in ("shown", "whole"))
    document = {
        "open": status["open"],
        "waiting": status["waiting"],
        "officers": list(holders),
        "opened": opened,
        "out-of-swap": status["aside"],
    }
    word = "open" if status["open"] else "half open" if status["waiting"] else "sealed"
    text = f"The instance is {word}. Its root, number {folder.name}, is held by {', '.join(holders)}."
    if status["open"]:
        text += f"\nSince it was unsealed it opened {eyes} rows for somebody's eyes, {acts} for acts and jobs."
    if not status["aside"]:
        text += "\nThe keeper may not lock its memory: use no swap, or an encrypted one (docs/secrecy.md)."
    return say(options, document, text)


def keys_lock(options: argparse.Namespace) -> int:
    """Seals an open instance at once; two officers open it again."""
    remote, _ = _live(home_of(options))
    remote.ask("lock")
    return say(options, {"open": False}, "The instance is sealed.")


def keys_rotate(options: argparse.Namespace) -> int:
    """Draws a new root, held by the officers named; two who hold the old one show their keys."""
    home = home_of(options)
    holders = named_recipients(options.officer)
    root = together(home, options.identity)
    from django.utils import timezone

    from obmin.accounts import people, roots

    shown = timezone.now()  # their keys, a moment ago: as good as a touch
    rows = roots.rotate(
        root,
        holders,
        actor=people.actor(options.account, touched=shown),
        second=people.actor(options.second, touched=shown),
        reason=options.reason,
    )
    whole.write_text(home / "keys" / RECIPIENTS, "".join(f"{key}\n" for key in holders.values()))
    text = (
        f"A new root is in force; the keys of {rows} rows are wrapped under it. Its officers open new backups."
    )
    return say(options, {"rows": rows}, text)


def together(home: Path, identities: list[Path]) -> bytes:
    """The root of a live home, from the keys that two of its officers show: both are there."""
    _, folder = _live(home)
    first, second = (_identity(path) for path in _two(identities))
    root = officers.open_inner(officers.peel(folder, first), second)
    if root is None:
        raise Incomplete("These two keys do not open the root together.")
    from obmin.vault import roots

    roots.verify(root)
    return root


def _live(home: Path) -> tuple[Remote, Path]:
    """A live home's keeper, and the folder of the root in force."""
    set_up(home)
    from django.conf import settings

    from obmin.vault import roots
    from obmin.vault.process import socket_path

    if settings.OBMIN.training:
        raise Incomplete("A training instance is never sealed: its keys follow from its seed.")
    return Remote(socket_path(home)), roots.folder(home, roots.in_force().number)


def _two(paths: list[Path]) -> list[Path]:
    if len(paths) != 2:
        raise Incomplete("Two officers show their keys: --identity FILE, twice.")
    return paths


def _identity(path: Path) -> str:
    if not path.exists():
        raise Incomplete(f"{path} does not exist.")
    try:
        return officers.read_identity(path)
    except Incomplete as sealed:
        if sealed.code != "passphrase" or not sys.stdin.isatty():
            raise
    return officers.read_identity(path, getpass.getpass(f"Passphrase of {path}: "))
