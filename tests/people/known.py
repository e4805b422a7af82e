"""Whom a test knows: keys by the number that the source gave."""

from __future__ import annotations

from obmin.people import records
from obmin.people.models import Person


def numbered() -> dict[str, str]:
    """Every person's key by source and number, in the order of these."""
    who = records.identities(Person.objects.values_list("key", flat=True))
    return {identity.number: key for key, identity in sorted(who.items(), key=lambda each: each[1].number)}
