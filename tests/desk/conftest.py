from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.negotiation.exchange import Story


@pytest.fixture
def story(db: None) -> Story:
    """Twelve for twelve, terms adopted, nothing composed yet."""
    from tests.negotiation.exchange import begin  # Django is not set up when this file is read

    return begin()
