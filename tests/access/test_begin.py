"""Duties that are kept apart are kept apart from the first moment of an instance."""

from __future__ import annotations

import pytest

from obmin.core.access import Role
from obmin.core.errors import NotAllowed


@pytest.mark.django_db
def test_an_instance_does_not_begin_with_duties_that_are_kept_apart() -> None:
    from obmin.accounts import people
    from obmin.accounts.models import Account

    both = people.Officer("both", "Особа", "Osoba", "HQ", (Role.NEGOTIATOR, Role.MEDICAL))
    with pytest.raises(NotAllowed) as refusal:
        people.begin(agencies=[people.AgencyName("HQ", "HQ", "Штаб")], leads={}, officers=[both])
    assert refusal.value.code == "duties-clash"
    assert not Account.objects.exists()
