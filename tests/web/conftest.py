"""Each test of the web layer begins in English, with the Ukrainian words compiled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from obmin.web import messages


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    messages.compile_all()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield
