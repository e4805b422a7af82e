"""The small instance of these tests: built once a module, undone at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.access.world import World


@contextmanager
def built(blocker: Any, more: int = 0) -> Iterator[World]:
    """A world for as long as the block lasts; the same each time, but for how many are held besides."""
    from django.conf import settings
    from django.db import transaction

    from obmin.audit import rows
    from obmin.vault import process
    from tests.access.world import build  # Django is not set up when this file is read

    with blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(rows, "admit", lambda: None)
        patch.setattr(settings, "OBMIN", replace(settings.OBMIN, pfif="tracing.example.org"))
        process.training.cache_clear()
        yield build(more)
        transaction.set_rollback(True)
    process.training.cache_clear()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with built(django_db_blocker) as found:
        yield found
