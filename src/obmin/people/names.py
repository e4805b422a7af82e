"""What the keeper knows people by: the source of the names that it holds in memory."""

from __future__ import annotations

from collections.abc import Iterator

from obmin.people.models import Identity
from obmin.people.records import SYSTEM
from obmin.vault import cells
from obmin.vault.names import Change, Named

STRETCH = 5_000


def changes(since: int) -> Iterator[Change]:
    """Identities written after an edition, in order of edition; the erased without a name."""
    found = Identity.objects.filter(edition__gt=since).order_by("edition", "pk").select_related("person")
    stretch: list[Identity] = []
    for row in found.iterator(chunk_size=STRETCH):
        stretch.append(row)
        if len(stretch) == STRETCH:
            yield from _named(stretch)
            stretch = []
    yield from _named(stretch)


def _named(stretch: list[Identity]) -> Iterator[Change]:
    for row, held in zip(stretch, cells.opened(stretch, SYSTEM), strict=True):
        named = held and Named(held.name, held.romanised, held.surname, held.birth_date, held.service_number)
        yield Change(row.person.register, row.pk, row.edition, named)
