"""The small instance of these tests: built once a module, undone at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.access.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    from django.db import transaction

    from obmin.audit import rows
    from tests.access.world import build  # Django is not set up when this file is read

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(rows, "admit", lambda: None)
        yield build()
        transaction.set_rollback(True)
