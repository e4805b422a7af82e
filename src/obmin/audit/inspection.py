"""Looking at an instance whole: the journal, its head, its checkpoints, and the tables that it accounts for.

What is found is told in sentences, all of it, so that one look says everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from obmin.audit import journal, rows
from obmin.audit.models import Checkpoint, Entry, Tree
from obmin.core import chain
from obmin.core.errors import Altered, Refused
from obmin.vault.secrets import secret


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a look brought. `problems` is empty where everything holds."""

    entries: int
    checkpoints: int
    tables: int
    rows: int
    problems: tuple[str, ...]


def inspect(known: Sequence[str] = ()) -> Inspection:
    """Looks at everything under the writers' lock. `known` are checkpoints of this journal that others kept.

    The one that the instance itself put down beside the database, at its last checkpoint, is known too.
    """
    with transaction.atomic():
        tree = Tree.objects.select_for_update().filter(pk=1).first() or Tree()
        walk = _Walk(sorted({size for size, _ in _notes()}))
        problems = [*_head(tree), *walk.problems(), *_checkpoints(walk, tree, [*known, *journal.marked()])]
        found = rows.check()
    problems += [f"The table {table} does not hold what its acts left in it." for table in found.differing]
    if found.pending:
        problems.append("Rows were changed past the gate, and no officer has said that they may stay.")
    if not found.triggers:
        problems.append("What watches the tables is not in its place.")
    return Inspection(tree.size, len(walk.roots), found.tables, found.rows, tuple(problems))


def _head(tree: Tree) -> Iterator[str]:
    if not tree.size and not tree.seal:
        return
    try:
        journal.check_head(tree)
        chain.Sums.read(tree.rows, secret("rows"))
    except Altered as altered:
        yield f"The journal's head: {altered.message}."


class _Walk:
    """One pass over all entries: what is wrong with each, and the root at each size that is asked for."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = set(sizes)
        self.roots: dict[int, bytes] = {}
        self.frontier = chain.Frontier()

    def problems(self) -> Iterator[str]:
        closed = _Closed(secret("fillers"), _forgotten())
        for entry in Entry.objects.order_by("index").iterator(chunk_size=5_000):
            if self.frontier.size in self.sizes:
                self.roots[self.frontier.size] = self.frontier.root()
            if entry.index != self.frontier.size:
                yield f"The journal has no entry {self.frontier.size}."
                return
            try:
                self.frontier = self.frontier.append(bytes(entry.content))
                _check_entry(entry, closed)
            except (Refused, ValueError, TypeError, KeyError) as wrong:
                yield f"Entry {entry.index}: {wrong}."
                if self.frontier.size == entry.index:
                    return
        if self.frontier.size in self.sizes:
            self.roots[self.frontier.size] = self.frontier.root()

    def root_at(self, size: int) -> bytes:
        if size not in self.roots:
            self.roots[size] = chain.Frontier().extend(journal.contents(size)).root()
        return self.roots[size]


@dataclass(frozen=True, slots=True)
class _Closed:
    """Which leaves may be closed: fillers, and entries that an act says were forgotten."""

    key: bytes
    forgotten: frozenset[int]

    def rightly(self, index: int, content: bytes) -> bool:
        return index in self.forgotten or content == chain.filler(self.key, index)


def _forgotten() -> frozenset[int]:
    bodies = Entry.objects.filter(act="journal.forget").values_list("body", flat=True)
    return frozenset(facts["entry"] for body in bodies if (facts := chain.read_canonical(body).get("facts")))


def _check_entry(entry: Entry, closed: _Closed) -> None:
    content = bytes(entry.content)
    told = (entry.act, entry.actor, entry.subject, entry.outcome, entry.at, entry.request)
    if entry.salt is None:
        if not closed.rightly(entry.index, content) or entry.body or told != ("", "", "", "", None, None):
            raise Altered("what opened it is gone")
        return
    chain.leaf_content(bytes(entry.salt), entry.body, content)
    body = chain.read_canonical(entry.body)
    if told != _told(body, f"{entry.act}/{entry.index}"):
        raise Altered("the columns beside it say something else")


def _told(body: dict[str, Any], unnamed: str) -> tuple[Any, ...]:
    """What the columns beside an entry must say; an attempt that nobody named has no request there."""
    request = body.get("request")
    return (
        body["act"],
        body["actor"],
        body.get("subject", ""),
        body.get("outcome", ""),
        datetime.fromisoformat(body["at"]),
        None if request == unnamed else request,
    )


def _notes() -> list[tuple[int, str]]:
    return list(Checkpoint.objects.order_by("size").values_list("size", "note"))


def _checkpoints(walk: _Walk, tree: Tree, known: Sequence[str]) -> Iterator[str]:
    keys = {journal.origin(): chain.public_key(secret("journal"))}
    if (walk.frontier.size, walk.frontier.text()) != (tree.size, tree.frontier):
        yield f"The journal's head speaks of {tree.size} entries that are not these {walk.frontier.size}."
    for size, note in _notes():
        try:
            point = chain.parse_checkpoint(note, journal.origin(), keys)
            if point.size != size or size > walk.frontier.size or walk.root_at(size) != point.root:
                raise Altered("the entries are not those that were signed")
        except Altered as altered:
            yield f"The checkpoint of {size} leaves: {altered.message}."
    for note in known:
        try:
            point = chain.parse_checkpoint(note, journal.origin(), keys)
            chain.continues([point], walk.frontier.size, walk.root_at)
        except Altered as altered:
            yield altered.message
