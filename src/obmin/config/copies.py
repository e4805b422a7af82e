"""Backups and what came back from one, as acts: both are on record.

A restored home holds `restored.json` until its records could be opened: then everything is looked at once
more, what was erased since is erased again, and the journal says that it was restored and how far it is behind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings

from obmin.accounts.people import SYSTEM
from obmin.audit import alarms, inspection, journal
from obmin.audit.models import Checkpoint, Entry, Tree
from obmin.audit.perform import done, perform
from obmin.core import chain
from obmin.core.errors import Altered
from obmin.files import packages
from obmin.files.instance import write_private
from obmin.people.erasure import forget
from obmin.people.models import Identity, Person
from obmin.vault import cells
from obmin.vault.keeper import Reader
from obmin.vault.models import Sealed

MARK: Final = "restored.json"
SAMPLE: Final = 20  # rows of each kind that a drill opens


@dataclass(frozen=True, slots=True)
class Restored:
    """What is to go on record: which backup, how long its journal was, how many leaves it is behind what others
    have seen, who said that it may be (`reason`), and with which key it was signed (hex)."""

    manifest: str
    leaves: int
    behind: int
    reason: str
    key: str
    at: str


def put_on_record(recipients: Sequence[str]) -> None:
    """A copy of everything is about to leave, for these age recipients; it has a checkpoint to show."""
    if not Checkpoint.objects.exists():
        journal.close()
    with perform("instance.backup", actor=SYSTEM) as gate:
        gate.fact("recipients", len(recipients))
        gate.fact("readers", hashlib.sha256("\n".join(sorted(recipients)).encode()).hexdigest())


def verify_tree(key: bytes, known: Sequence[str]) -> tuple[int, int]:
    """Checks the journal without any secret, against its own checkpoints and those that others kept.

    `key` is the journal's public key. Returns its length and how far it is behind the longest of `known`;
    raises `Altered` where entries or checkpoints do not hold or another journal was shown to others.
    """
    origin, keys = journal.origin(), {journal.origin(): key}
    own = [chain.parse_checkpoint(c.note, origin, keys) for c in Checkpoint.objects.order_by("size")]
    others = [chain.parse_checkpoint(note, origin, keys) for note in known]
    frontier, roots = chain.Frontier(), {0: chain.Frontier().root()}
    sizes = {point.size for point in (*own, *others)}
    for entry in Entry.objects.order_by("index").iterator(chunk_size=5_000):
        if entry.index != frontier.size:
            raise Altered(f"The journal has no entry {frontier.size}.")
        salt = None if entry.salt is None else bytes(entry.salt)
        chain.leaf_content(salt, entry.body, bytes(entry.content))
        frontier = frontier.append(bytes(entry.content))
        if frontier.size in sizes:
            roots[frontier.size] = frontier.root()
    tree = Tree.objects.first() or Tree()
    if (tree.size, tree.frontier) != (frontier.size, frontier.text()):
        raise Altered("The journal's head speaks of other entries than these.")
    chain.continues(own, frontier.size, roots.__getitem__)
    chain.continues([p for p in others if p.size <= frontier.size], frontier.size, roots.__getitem__)
    return frontier.size, max(0, *(p.size - frontier.size for p in others), 0)


def leave_mark(home: Path, restored: Restored) -> None:
    """Lays down what the first opening of a restored home has to put on record."""
    write_private(home / MARK, json.dumps(asdict(restored), sort_keys=True).encode())


def finish() -> None:
    """Looks at a restored home whole, now that its records can be opened, and puts on record what it is.

    Raises `Altered` where anything does not hold: the home then stays closed.
    """
    mark: Path = settings.OBMIN.home / MARK
    if not mark.exists():
        return
    told = Restored(**json.loads(mark.read_text(encoding="utf-8")))
    if told.key != _own_key():
        raise Altered("The backup was signed with a key that is not this instance's.", code="other-key")
    request = f"restore/{told.manifest}/{told.at}"
    if done(request) is None:
        look()
        with perform("instance.restore", actor=SYSTEM, reason=told.reason, request=request) as gate:
            gate.fact("manifest", told.manifest)
            gate.fact("leaves", told.leaves)
            gate.fact("behind", told.behind)
            gate.fact("erased", len(again := _erased_since()))
            forget(gate, again)
    if told.behind > 0:
        alarms.raise_(alarms.Kind.OLDER_COPY, str(told.leaves))
    mark.unlink()


def look(known: Sequence[str] = ()) -> inspection.Inspection:
    """Looks at the journal and all tables; raises `Altered` with everything that does not hold."""
    found = inspection.inspect(known)
    if found.problems:
        raise Altered("\n".join(found.problems))
    return found


def open_sample() -> int:
    """Opens some of each kind of sealed rows; returns how many. Raises `Altered` where one does not open."""
    return sum(len(cells.opened(rows, Reader("system", whole=True))) for rows in _samples())


def _samples() -> Iterator[list[Sealed]]:
    for model in apps.get_models():
        if issubclass(model, Sealed):
            yield list(model._default_manager.exclude(wrapped=b"").order_by("pk")[:SAMPLE])


def _erased_since() -> list[str]:
    """People who are not erased in this copy, but were since, by the list that travels beside it."""
    path = settings.OBMIN.folder("keys") / "shredded.txt"
    listed = path.read_text(encoding="ascii").split() if path.exists() else []
    gone = Identity.objects.filter(wrapped=b"").values("pk")
    return sorted(Person.objects.filter(pk__in=listed).exclude(pk__in=gone).values_list("pk", flat=True))


def _own_key() -> str:
    from obmin.negotiation import keys

    return packages.raw_public_key(keys.signing("backups").public).hex()
