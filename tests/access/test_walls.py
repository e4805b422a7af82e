"""Whoever may not see a person learns nothing by any key that leads to them: it is as if there were none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from obmin.core import access
from obmin.core.access import DUTIES, Area, Role
from tests.access import table
from tests.access.test_two_worlds import DRAWN

pytestmark = pytest.mark.django_db

TO = {
    Area.HELD: ("person-held", "correct-held", "event", "compare", "judgement", "pair", "clear-pairs"),
    Area.SOUGHT: ("person-sought", "correct-sought", "confirm", "ask", "tell", "evidence", "withdraw-evidence"),
}
KEY = re.compile(r"[0-9a-f]{16}|run-0001|(?<=/)\d+(?=/|$)")


@pytest.mark.parametrize("wall", TO)
@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.TRACING])
def test_by_the_other_register_a_record_is_as_good_as_absent(
    world: Any, wall: Area, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A duty that opens one register only: this table grants no such one, an instance of its own may."""
    duty = replace(DUTIES[role], fields={at: names for at, names in DUTIES[role].fields.items() if at != wall})
    monkeypatch.setattr(access, "DUTIES", {**DUTIES, role: duty})
    monkeypatch.setattr(access, "READS", {**access.READS, role: duty.areas})
    client = world.clients[role.value]
    short = next(name for name, whole in table.ROLES.items() if whole == role.value)
    tried = 0
    for name in TO[wall]:
        address = world.address(name)
        nowhere = KEY.sub(lambda found: "0" * 16 if len(found[0]) == 16 else "999999", address)
        assert nowhere != address
        for verb, who in table.ADDRESSES[name].items():
            if short in who:
                said = []
                for at in (address, nowhere):
                    told = getattr(client, verb)(at, table.POSTS.get(name, {}))
                    said.append((told.status_code, DRAWN.sub(b"", told.content).replace(at.encode(), b"")))
                assert said[0] == said[1], (name, verb)
                assert said[0][0] == 404, (name, verb)
                tried += 1
    assert tried
