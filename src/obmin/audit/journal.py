"""Appending to the journal, closing stretches of it, and handing it out for others to check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from obmin.audit import clock
from obmin.audit.models import Checkpoint, Entry, Remark, Tree
from obmin.core import chain

INTERVAL = chain.INTERVAL


def append(
    tree: Tree, salt: bytes, body: Mapping[str, object], *, outcome: str = "", request: str | None = None, remark: str = ""
) -> None:
    """Adds one entry to a tree whose row the caller has locked."""
    text = chain.canonical(body)
    content = chain.commit(salt, text)
    at = datetime.fromisoformat(str(body["at"]))
    Entry.objects.create(
        index=tree.size,
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
    if remark:
        Remark.objects.create(entry_id=tree.size, text=remark)
    _grow(tree, [content])
    tree.moment = at
    tree.save()


def _grow(tree: Tree, contents: list[bytes]) -> None:
    frontier = chain.Frontier.parse(tree.size, tree.frontier)
    for content in contents:
        frontier = frontier.append(content)
    tree.size, tree.frontier = frontier.size, frontier.text()
