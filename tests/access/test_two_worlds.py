"""How many are held shows nowhere to those who may not know it (I-17).

Two instances differ in one thing: in the second 37 more people stand in the register of those in our hands,
on no list. Whatever a duty without the right to the sum can fetch is the same, byte for byte.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from obmin.core.access import DUTIES, Area, Role
from tests.access import table
from tests.access.conftest import built

pytestmark = pytest.mark.django_db

MORE = 37
Answer = tuple[int, dict[str, str], bytes]  # status, headers, bytes
FILTERS = ("?page=2", "?q=Виг", "?state=REGISTERED")
# Drawn anew for each answer, in every world: the form's token, and what a key is asked.
DRAWN = re.compile(rb'csrfmiddlewaretoken" value="[^"]+"|"challenge": ?"[^"]+"')

MADE = re.compile(rb"\d\d\.\d\d\.\d{4} \d\d:\d\d")  # in a workbook, by the clock of the machine


def counts(role: Role) -> bool:
    """Whether a duty may know how many are held: by the register, or by the auditor's sums."""
    fields = DUTIES[role].fields
    return "count" in fields.get(Area.HELD, ()) or "sums" in fields.get(Area.JOURNAL, ())


WITHOUT = [role for role in Role if not counts(role)]


def test_the_right_to_the_sum_is_held_by_few() -> None:
    having = {role for role in Role if counts(role)}
    assert having == {Role.REGISTRAR, Role.TRACING, Role.LISTS, Role.AUDITOR}


def fetched(world: Any) -> dict[tuple[str, str], Answer]:
    """Every page, part and download of every such duty, and of a visitor: status, headers, bytes."""
    found = {}
    for role in ("", *(role.value for role in WITHOUT)):
        client = world.clients[role]
        for name, verbs in table.ADDRESSES.items():
            if not verbs["get"]:
                continue
            address = world.address(name).replace("own-0", f"{role or 'x'}-0")
            answer = _told(client, address)
            found[(role, name)] = answer
            if answer[0] == 200 and b"<table" in answer[2]:
                found[(role, f"{name}+")] = _told(client, address, HTTP_HX_REQUEST="true")
                for query in FILTERS:
                    found[(role, name + query)] = _told(client, address + query)
    return found


def _told(client: Any, address: str, **more: str) -> Answer:
    answer = client.get(address, **more)
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    if DRAWN.search(answer.content):
        headers.pop("Content-Length", None)
    if answer.headers.get("Content-Type", "").endswith("sheet"):
        return answer.status_code, headers, _sheets(answer.content, headers)
    return answer.status_code, headers, DRAWN.sub(b"", answer.content)


def _sheets(body: bytes, headers: dict[str, str]) -> bytes:
    """A workbook's parts without the moment at which it was made."""
    headers.pop("Content-Length", None)
    with ZipFile(BytesIO(body)) as book:
        parts = [(name, book.read(name)) for name in sorted(book.namelist()) if name != "docProps/core.xml"]
    return MADE.sub(b"", b"".join(name.encode() + text for name, text in parts))


def leaving() -> dict[str, Any]:
    """What is handed to others: the packages of the rounds, and the checkpoints without their hashes."""
    from obmin.audit.models import Checkpoint
    from obmin.negotiation import rounds
    from obmin.negotiation.models import Package

    found: dict[str, Any] = {f"package {p.name}": rounds.body_of(p) for p in Package.objects.order_by("name")}
    for checkpoint in Checkpoint.objects.order_by("size"):
        lines = checkpoint.note.split("\n")
        found[f"checkpoint {checkpoint.size}"] = (lines[:2], [len(line) for line in lines])
    return found


def test_how_many_are_held_shows_nowhere(django_db_blocker: Any, record_property: Any) -> None:
    worlds = []
    for more in (0, MORE):
        with built(django_db_blocker, more) as world:
            worlds.append((fetched(world), leaving()))
    (few, sent), (many, sent_of_many) = worlds
    assert few.keys() == many.keys()
    differing = [key for key in few if few[key] != many[key]]
    assert [shown(key, few[key], many[key]) for key in differing[:5]] == []
    assert sent == sent_of_many
    record_property("answers", len(few))


def shown(key: Any, one: Any, other: Any) -> Any:
    """Where two answers part."""
    if one[:2] != other[:2]:
        return key, one[:2], other[:2]
    at = next((i for i, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b), -1)
    parts = (text[2][max(0, at - 80) : at + 80].decode(errors="replace") for text in (one, other))
    return key, *parts


def test_this_test_sees_a_sum(django_db_blocker: Any) -> None:
    """Whoever may know the sum sees it change: so the test above would see it, too."""
    told = []
    for more in (0, MORE):
        with built(django_db_blocker, more) as world:
            answer = world.clients["registrar"].get("/register/held")
            told.append(DRAWN.sub(b"", answer.content))
    assert told[0] != told[1]
