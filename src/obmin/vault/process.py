"""Which keeper this program asks: its own in a training home, the instance's process in a live one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from obmin.vault.keeper import Draw, Holder, Keeper, at_random, repeatable
from obmin.vault.names import Names
from obmin.vault.wire import Remote

SOCKET: Final = "OBMIN_KEEPER"  # where the keeper listens; set by whoever starts it
_own: list[Holder] = []  # in the keeper's own process, the one that it is
_instead: list[Keeper] = []  # whom this process asks for a while


def keeper() -> Keeper:
    """The keeper of this instance."""
    if _instead:
        return _instead[-1]
    if _own:
        return _own[-1]
    return remote() or training()


@contextmanager
def instead(other: Keeper) -> Iterator[None]:
    """This process asks `other` for as long as the block lasts."""
    _instead.append(other)
    try:
        yield
    finally:
        _instead.remove(other)


def remote() -> Remote | None:
    """The keeper in a process of its own; a training home has one only where one was started."""
    path = os.environ.get(SOCKET)
    if path:
        return Remote(Path(path))
    return None if settings.OBMIN.training else Remote(socket_path(settings.OBMIN.home))


def own() -> list[Holder]:
    """In the keeper's own process, the one that it is; else nobody."""
    return _own


def be(holder: Holder) -> None:
    """Makes this process the keeper."""
    _own[:] = [holder]


def be_none() -> None:
    """Forgets the root: this process keeps nothing any more."""
    _own.clear()


def socket_path(home: Path) -> Path:
    """Where a home's keeper listens."""
    return home / "run" / "keeper.sock"


@cache
def training() -> Holder:
    """The keeper of a training home, whose root follows from the seed."""
    if not settings.OBMIN.training:
        raise AssertionError("a live home's root is never in this process")
    return holder(settings.OBMIN.secret("root"), repeatable(settings.OBMIN.secret("cells")))


def holder(root: bytes, draw: Draw = at_random) -> Holder:
    """A keeper that holds `root`, with nobody's name in its memory yet."""
    from obmin.vault.secrets import secret  # which asks the keeper

    return Holder(root, names(), lambda: secret("marks"), draw)


def names() -> Names:
    """An empty index of names; it fills itself from the sealed rows when it is first asked."""
    return Names(import_string(settings.OBMIN_NAMES))
