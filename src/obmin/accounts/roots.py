"""The instance's root key as acts: laid down once, drawn anew when an officer goes or a key may be known.

A new root wraps the rows' own keys anew; no cell changes, and the old root opens nothing written since.
Backups made under the old one are opened by the officers who held it then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime

from django.conf import settings

from obmin.accounts.models import Memory
from obmin.audit.perform import perform
from obmin.core.access import Actor
from obmin.core.errors import Incomplete
from obmin.core.secrecy import Class
from obmin.vault import process, roots, secrets, small
from obmin.vault.models import Root, Sealed, Secret, sealed_models
from obmin.vault.rows import insert_sealed, settle, update
from obmin.vault.wire import Remote, Turning


def lay_down(root: bytes, officers: Mapping[str, str], *, actor: Actor) -> None:
    """Seals the first root to its officers (name to age recipient), and the instance's secrets under it.

    This process is the keeper while it begins a live home, and knows the secrets that it has drawn.
    """
    with perform("instance.root", actor=actor) as gate:
        if Root.objects.exists():
            raise Incomplete("This instance has its root. A new one is drawn with `obmin keys rotate`.")
        roots.lay_down(settings.OBMIN.home, 1, root, officers)
        Root.objects.create(number=1, check_value=roots.check_value(root), since=gate.now)
        drawn = secrets.known()
        insert_sealed(Secret, ("purpose",), [(name, value, (name,)) for name, value in sorted(drawn.items())])
        gate.fact("officers", len(officers))
        gate.fact("secrets", len(drawn))


@contextmanager
def beginning() -> Iterator[bytes]:
    """A new root, and this process as its keeper for as long as a live home is being begun."""
    root = roots.draw()
    process.be(process.holder(root))
    secrets.draw()
    try:
        yield root
    finally:
        secrets.forget()
        process.be_none()


def rotate(
    root: bytes,
    officers: Mapping[str, str],
    *,
    actor: Actor,
    second: Actor,
    reason: str,
    at: datetime | None = None,
) -> int:
    """Draws a new root, held by `officers`, and wraps every row's key under it. Returns how many rows.

    `root` is the one in force, as two of its officers opened it. The keeper takes the new one up with the
    first question after the commit, whoever asks it: should this process die, nothing is left to be done.
    """
    remote = process.remote()
    if remote is None:
        raise Incomplete("A training home's root follows from its seed: there is nothing to draw anew.")
    secrets.learn()
    with (
        ExitStack() as afterwards,
        perform("instance.rotate", actor=actor, second=second, reason=reason, at=at) as gate,
    ):
        number, check = remote.ask("renew", root, dict(officers))
        rows = sum(_rewrap(remote, model) for model in sealed_models()) + _rewrap_codes(remote)
        afterwards.enter_context(process.instead(Turning(remote.path)))  # this act's own reason is sealed yet
        Root.objects.create(number=number, check_value=check, since=gate.now)
        gate.fact("rows", rows)
        gate.fact("officers", len(officers))
    remote.ask("adopt")
    settle()
    return rows


def _rewrap(remote: Remote, model: type[Sealed]) -> int:
    found = list(model._default_manager.exclude(wrapped=b"").values_list("pk", "wrapped"))
    fresh = remote.rewrap(model.CLASS, [bytes(wrapped) for _, wrapped in found])
    update(model, ("wrapped",), [(wrapped, key) for (key, _), wrapped in zip(found, fresh, strict=True)])
    return len(found)


def _rewrap_codes(remote: Remote) -> int:
    """The secrets of one-time codes, each a whole cell in one column."""
    found = [(key, small.split(bytes(secret))) for key, secret in Memory.objects.values_list("pk", "secret")]
    fresh = remote.rewrap(Class.ACCOUNTS, [cell.wrapped for _, cell in found])
    columns = [(wrapped + cell.sealed, key) for (key, cell), wrapped in zip(found, fresh, strict=True)]
    update(Memory, ("secret",), columns)
    return len(found)
