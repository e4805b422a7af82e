"""What each duty may open and do, cell by cell against a table written by hand (`expected.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from obmin.core.access import Actor, Role, clash, decide
from obmin.core.acts import ACTS as PROGRAM
from tests.access import table

if TYPE_CHECKING:
    from tests.access.world import World

pytestmark = pytest.mark.django_db

# Refusals that say "not you"; every other says "not now", "not so", which is for those who may.
NOT_YOU = frozenset({"not-allowed", "not-signed-in", "second-same", "second-not-allowed"})
VARIANTS = {"register", "person", "correct"}  # addresses that stand in the table once for each wall
OTHERS = {"site-other", "muster-other", "case-other"}  # rows at a place of somebody else


def patterns() -> Iterator[URLPattern]:
    def walk(found: list[Any]) -> Iterator[URLPattern]:
        for one in found:
            inner = getattr(one, "url_patterns", None)
            if inner is None:
                yield one
            else:
                yield from walk(inner)

    return walk(get_resolver().url_patterns)


def test_every_address_of_the_program_stands_in_the_table() -> None:
    named = {str(one.name) for one in patterns()}
    walls = {name for name in table.ADDRESSES if name.rpartition("-")[0] in VARIANTS}
    assert named - VARIANTS == set(table.ADDRESSES) - walls - OTHERS
    assert walls == {f"{name}-{wall}" for name in VARIANTS for wall in ("held", "sought")}


def asked(client: Client, verb: str, address: str, data: dict[str, str]) -> bool:
    """Whether the program takes it up. Whatever it wrote is undone, and so is the visitor's own session."""
    cookies = client.cookies.output()
    with transaction.atomic():
        found = client.get(address) if verb == "get" else client.post(address, data)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    if found.status_code in (404, 405):
        return False
    if found.status_code == 302 and found["Location"].startswith("/sign-in?next="):
        return False
    refusal = any(one.name in ("web/refusal.html", "web/parts/refusal.html") for one in found.templates)
    if found.status_code == 403 and refusal:
        return str(found.context["code"]) not in NOT_YOU
    assert found.status_code < 500, (address, found.status_code)
    return True


@pytest.mark.parametrize("short", table.ROLES)
def test_each_address_opens_to_those_whom_the_table_names(
    world: World, short: str, record_property: Any
) -> None:
    client, wrong = world.clients[table.ROLES[short]], []
    cells = 0
    for name, verbs in table.ADDRESSES.items():
        address = world.address(name).replace("own-0", f"{table.ROLES[short]}-0")
        for verb, who in verbs.items():
            cells += 1
            found = asked(client, verb, address, table.POSTS.get(name, {}))
            if found != (short in who):
                wrong.append(f"{name} {verb}: {'opens' if found else 'is refused'}")
    record_property("cells", cells)
    assert wrong == []


def test_every_act_of_the_program_stands_in_the_table() -> None:
    assert set(PROGRAM) == set(table.ACTS)


@pytest.mark.parametrize("name", table.ACTS)
def test_each_act_is_open_to_those_whom_the_table_names(name: str) -> None:
    act, row = PROGRAM[name], table.ACTS[name]
    state = next(iter(sorted(act.starts)), None)

    def one(short: str, who: str, *, fresh: bool = True) -> Actor:
        return Actor.of(who, frozenset({Role(table.ROLES[short])}), party="UKR", fresh=fresh)

    seconds = [one(short, "other") for short in sorted(row.seconds)] or [None]
    for short in table.EVERY:
        found = decide(act, one(short, "me"), state=state, second=seconds[0], reason="because")
        assert found.allowed == (short in row.does), (short, found)
    for first in sorted(row.does):
        me = one(first, "me")
        for short in table.EVERY:
            found = decide(act, me, state=state, second=one(short, "other"), reason="because")
            assert found.allowed == (not row.seconds or short in row.seconds), (first, short)
            assert (
                not row.seconds or not decide(act, me, state=state, second=one(short, "me"), reason="x").allowed
            )
        assert decide(act, me, state=state, second=None, reason="because").allowed == (not row.seconds)
        assert decide(act, me, state=state, second=seconds[0], reason=" ").allowed == (not row.reason)
        cold = decide(act, one(first, "me", fresh=False), state=state, second=seconds[0], reason="because")
        assert (cold.code == "touch-missing") == row.touch, first


def test_duties_are_joined_only_where_the_table_lets_them() -> None:
    for one, other in combinations(sorted(table.EVERY), 2):
        found = clash({Role(table.ROLES[one]), Role(table.ROLES[other])})
        assert (found is not None) == (frozenset({one, other}) in table.APART), (one, other)


def test_nobody_who_seconds_an_act_could_hold_the_duty_that_does_it() -> None:
    for name, row in table.ACTS.items():
        for one in row.does:
            for other in row.seconds - {one}:
                assert frozenset({one, other}) in table.APART, (name, one, other)
