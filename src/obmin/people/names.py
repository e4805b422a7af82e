"""What the keeper knows people by: the source of the names that it holds in memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from obmin.core import record
from obmin.people.models import Identity
from obmin.people.records import SYSTEM
from obmin.vault import cells
from obmin.vault.names import Change, Named

STRETCH = 5_000
_Row = tuple[str, str, int, Any, Any]  # register, key, edition, wrapped, sealed


def changes(since: int) -> Iterator[Change]:
    """Identities written after an edition, in order of edition; the erased without a name."""
    found = Identity.objects.filter(edition__gt=since).order_by("edition", "pk")
    rows = iter(
        found.values_list("person__register", "pk", "edition", "wrapped", "sealed").iterator(chunk_size=STRETCH)
    )
    while stretch := list(islice(rows, STRETCH)):
        yield from _named(stretch)


def _named(stretch: list[_Row]) -> Iterator[Change]:
    sealed = [(key, wrapped, cell) for _, key, _, wrapped, cell in stretch if wrapped]
    texts = iter(cells.opened_cells(Identity, sealed, SYSTEM))
    for register, key, edition, wrapped, _ in stretch:
        if not wrapped:
            yield Change(register, key, edition, None)
            continue
        who: record.Identity = cells.decode(Identity, next(texts))
        named = Named(who.name, who.romanised, who.surname, who.birth_date, who.service_number, who.unit)
        yield Change(register, key, edition, named)
