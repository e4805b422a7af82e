"""A form that does not say which version of a thing its page showed changes nothing, and is no fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

import obmin
from tests.access import table

pytestmark = pytest.mark.django_db

ASKED = sorted(name for name, given in table.POSTS.items() if "seen" in given and table.ADDRESSES[name]["post"])
BROKEN = (None, "", "x", "1.5", "-1", "²", "9" * 5000)
BESIDES = ("audit", "sessions")  # a refusal stands in the journal


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the instance."""
    models = [model for model in apps.get_models() if model._meta.app_label not in BESIDES]
    return {model._meta.label: sorted(model._default_manager.values_list(), key=str) for model in models}


@pytest.mark.parametrize("name", ASKED)
def test_a_broken_version_changes_nothing(world: Any, name: str) -> None:
    role = table.ROLES[min(table.ADDRESSES[name]["post"])]
    client, address = world.clients[role], world.address(name)
    given = table.POSTS[name]
    with transaction.atomic():
        before = rows()
        for broken in BROKEN:
            said = {key: value for key, value in given.items() if key != "seen"}
            told = client.post(address, said if broken is None else said | {"seen": broken})
            assert 400 <= told.status_code < 500, (name, broken, told.status_code)
        assert rows() == before
        transaction.set_rollback(True)


def test_no_page_reads_it_another_way() -> None:
    root = Path(obmin.__file__).parent
    reads = re.compile(r"int\(\s*request\.POST|(POST|given)(\[|\.get\()\"seen\"")
    found = [path.name for path in root.rglob("*.py") if reads.search(path.read_text("utf-8"))]
    assert found == ["seen.py"]
