"""Appending to the journal, and closing stretches of it.

Closing is not an act: it happens by the clock, and it records itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from obmin.audit import clock, rows
from obmin.audit.models import Checkpoint, Cosigned, Entry, Remark, Tree
from obmin.core import chain
from obmin.core.errors import Altered
from obmin.files import journal as journal_file
from obmin.files.whole import write_text
from obmin.vault import cells
from obmin.vault.keeper import Locked
from obmin.vault.secrets import secret

EVERY: Final = timedelta(hours=6)  # how long a stretch of a live home's journal is


def head() -> Tree:
    """The journal's head, locked for this transaction; raises `Altered` where it is not as it was left."""
    tree, made = Tree.objects.select_for_update().get_or_create(pk=1)
    if not made:
        check_head(tree)
    elif Entry.objects.exists():
        raise Altered("The head of the journal is gone.", code="head-altered")
    else:
        seal(tree)
    return tree


def check_head(tree: Tree) -> None:
    """Raises `Altered` unless the head's own seal holds."""
    chain.check_seal(secret("head"), tree.seal, *_sealed(tree))


def append(
    tree: Tree,
    salt: bytes,
    body: Mapping[str, object],
    *,
    nonce: bytes | None = None,
    anew: bool = False,
    outcome: str = "",
    request: str | None = None,
    remark: str = "",
) -> Entry:
    """Adds one entry to a tree whose row the caller has locked (`head`).

    `nonce` (32 bytes, used once) is given by whoever changed rows: they are then worked into the head, or
    (`anew`) all tables as they stand.
    """
    index = tree.size
    if remark:
        words = Remark(entry_id=index)
        cells.fill(words, remark.encode())
        words.save(force_insert=True)
    if nonce is not None:
        (rows.take_over if anew else rows.fold)(tree, nonce)
    text = chain.canonical({**body, "state": chain.state(tree.rows)})
    content = chain.commit(salt, text)
    at = datetime.fromisoformat(str(body["at"]))
    entry = Entry.objects.create(
        index=index,
        content=content,
        salt=salt,
        body=text,
        act=str(body["act"]),
        actor=str(body["actor"]),
        subject=str(body.get("subject", "")),
        at=at,
        request=request,
        outcome=outcome,
    )
    tree.moment = at
    _grow(tree, [content])
    return entry


def origin() -> str:
    """The name of this instance's log, as it stands on its checkpoints."""
    return f"obmin/{settings.OBMIN.party.lower()}/journal"


def close(at: datetime | None = None) -> Checkpoint:
    """Closes a stretch: fills it up with leaves that nobody can tell from others, and signs its root."""
    with transaction.atomic():
        tree = head()
        rows.set_apart()
        last = Checkpoint.objects.order_by("-size").first()
        plan = chain.closing(tree.size, last.size if last else 0)
        _fill(tree, plan.fillers)
        root = chain.Frontier().extend(contents(plan.size)).root()
        note = chain.sign_checkpoint(origin(), plan.size, root, secret("journal"))
        made = Checkpoint.objects.create(size=plan.size, note=note, at=at or clock.now())
        _account(tree, f"close/{plan.size}")
        transaction.on_commit(lambda: write_text(_mark(), note))
    return made


def due(last: datetime | None, now: datetime) -> bool:
    """Whether a stretch is to be closed: the first at once, each other when `EVERY` has passed."""
    return last is None or now - last >= EVERY


def close_when_due() -> Checkpoint | None:
    """Closes the stretch of a live home by the clock, whatever was written in it; a story closes its own.

    A sealed instance writes nothing, so it closes nothing: the next stretch is longer.
    """
    if settings.OBMIN.training:
        return None
    last = Checkpoint.objects.order_by("-size").values_list("at", flat=True).first()
    try:
        return close() if due(last, clock.now()) else None
    except Locked:
        return None


def marked() -> list[str]:
    """The checkpoint that was put down beside the database when it was signed; none before the first.

    Whoever owns the database alone cannot bring an older copy of it back unseen.
    """
    return [_mark().read_text(encoding="utf-8")] if _mark().exists() else []


def _mark() -> Path:
    found: Path = settings.OBMIN.home / "journal.mark"
    return found


def _account(tree: Tree, occasion: str) -> None:
    """Works rows that this transaction wrote, without an entry of their own, into the head."""
    rows.fold(tree, settings.OBMIN.derive("account", occasion, str(tree.size)))
    seal(tree)


def contents(size: int) -> Iterator[bytes]:
    """The contents of the first `size` leaves, in order."""
    rows = Entry.objects.filter(index__lt=size).order_by("index").values_list("content", flat=True)
    return (bytes(content) for content in rows.iterator(chunk_size=10_000))


def leaves() -> Iterator[chain.Leaf]:
    """Every leaf, opened where it is an entry, in order."""
    rows = Entry.objects.order_by("index").values_list("content", "salt", "body")
    for content, salt, body in rows.iterator(chunk_size=10_000):
        yield chain.Leaf(bytes(content), bytes(salt) if salt else None, body)


def _fill(tree: Tree, count: int) -> None:
    key = secret("fillers")
    fillers = [chain.filler(key, index) for index in range(tree.size, tree.size + count)]
    Entry.objects.bulk_create(
        [Entry(index=tree.size + i, content=content) for i, content in enumerate(fillers)], batch_size=500
    )
    _grow(tree, fillers)


def _grow(tree: Tree, contents: list[bytes]) -> None:
    grown = chain.Frontier.parse(tree.size, tree.frontier).extend(contents)
    tree.size, tree.frontier = grown.size, grown.text()
    seal(tree)


def seal(tree: Tree) -> None:
    """Seals the head as it is and keeps it."""
    tree.seal = chain.seal(secret("head"), *_sealed(tree))
    tree.save()


def _sealed(tree: Tree) -> tuple[str, ...]:
    moment = tree.moment.astimezone(UTC).isoformat() if tree.moment else ""
    return str(tree.size), tree.frontier, moment, tree.rows


def export(path: Path) -> None:
    """Writes the journal up to its last checkpoint, for anyone to check offline."""
    notes = list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    journal_file.write_export(path, origin(), leaves(), notes, secret("journal"))


def cosign(note: str, of: str, key: bytes, proof: Sequence[bytes] = ()) -> str:
    """The note of another party's journal with our cosignature.

    First its own signature is checked, and that it continues the one that we cosigned last: `proof` is the
    journal's consistency proof between the two (`grown`). Raises `Altered` where it does not: an older
    journal, or another one.
    """
    keys = {of: key}
    found = chain.parse_checkpoint(note, of, keys)
    with transaction.atomic():
        tree = head()
        rows.set_apart()
        last = Cosigned.objects.filter(origin=of).first()
        if last is not None:
            kept = chain.parse_checkpoint(last.note, of, keys)
            chain.verify_consistency(kept.size, found.size, kept.root, found.root, proof)
        Cosigned.objects.update_or_create(origin=of, defaults={"note": note})
        _account(tree, f"cosign/{of}/{found.size}")
    return chain.cosign(note, witness(), secret("witness"), int(clock.now().timestamp()))


def grown(old: int, new: int) -> list[bytes]:
    """The proof that our journal of `new` leaves continues that of `old`, for whoever cosigned the old one."""
    return chain.consistency_proof([chain.leaf_hash(content) for content in contents(new)], old)


def witness() -> str:
    """The name under which this instance cosigns others' checkpoints."""
    return f"obmin/{settings.OBMIN.party.lower()}/witness"


def keep_cosigned(note: str, keys: Mapping[str, bytes]) -> None:
    """Keeps the cosignatures that came back on a checkpoint of ours."""
    found = chain.parse_checkpoint(note, origin(), {**keys, origin(): chain.public_key(secret("journal"))})
    kept = Checkpoint.objects.get(size=found.size)
    if note.split("\n\n", maxsplit=1)[0] != kept.note.split("\n\n")[0]:
        raise Altered("The checkpoint that came back is not the one that was sent.")
    with transaction.atomic():
        tree = head()
        rows.set_apart()
        Checkpoint.objects.filter(pk=kept.pk).update(note=note)
        _account(tree, f"cosigned/{kept.pk}/{hashlib.sha256(note.encode()).hexdigest()}")
