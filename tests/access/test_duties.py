"""The table of duties as data, and what stays shut when nobody has thought of it."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.access import DUTIES, READS, TABLE, Actor, Area, Place, Reach, Role, clash, read_duties
from obmin.core.errors import Unreadable

if TYPE_CHECKING:
    from tests.access.world import World

TEXT = resources.files("obmin.core.access").joinpath("duties.yaml").read_text(encoding="utf-8")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/planted", "/news-planted"])
def test_a_view_that_nobody_marked_is_refused_to_everybody(world: World, settings: object, path: str) -> None:
    settings.ROOT_URLCONF = "tests.access.planted"  # type: ignore[attr-defined]
    for role, client in world.clients.items():
        for answer in (client.get(path), client.post(path), client.get(path, HTTP_HX_REQUEST="true")):
            assert answer.status_code == (302 if not role and path == "/planted" else 403), role
            assert b"everything" not in answer.content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n  observer:\n", "\n  watcher:\n"),
        ("    board: [stages]\n    terms: [text]\n\n", "    board: [stages, secrets]\n\n"),
        (
            "  guard:\n    place: crossing\n    handover: [number,",
            "  guard:\n    place: sea\n    handover: [number,",
        ),
        ("handover: [number, name, code, outcome]", "handover: [number, name, code, outcome, fit]"),
        ('[press-officer, "*", ', "[press-officer, [registrar], "),
        ('[negotiator, "*", ', "[negotiator, [negotiator], "),
        ("\nnever:", "\nsometimes:"),
        ("\nareas:", "\nareas: ["),
    ],
)
def test_a_table_that_breaks_its_own_rules_is_not_read(before: str, after: str) -> None:
    assert before in TEXT
    with pytest.raises(Unreadable):
        read_duties(TEXT.replace(before, after, 1))


def test_the_table_is_frozen() -> None:
    with pytest.raises(TypeError):
        TABLE.duties[Role.GUARD] = DUTIES[Role.REGISTRAR]  # type: ignore[index]
    with pytest.raises(TypeError):
        DUTIES[Role.GUARD].fields[Area.HELD] = frozenset({"name"})  # type: ignore[index]


def test_whoever_holds_nothing_sees_nothing() -> None:
    nobody = Actor.of("x", frozenset(), party="UKR")
    assert not nobody.fresh
    assert not any(nobody.reads(area) or nobody.reach(area) for area in Area)
    assert not any(nobody.sees(area, name) for area, names in TABLE.areas.items() for name in names)


def test_a_field_that_no_table_has_is_a_mistake_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        Actor.of("x", frozenset({Role.REGISTRAR}), party="UKR").sees(Area.HELD, "shoe_size")


@given(st.sets(st.sampled_from(list(Role))), st.sets(st.sampled_from(list(Role))))
def test_more_duties_see_no_less_and_clash_no_less(one: set[Role], more: set[Role]) -> None:
    fewer, all_ = (Actor.of("x", frozenset(roles), party="UKR") for roles in (one, one | more))
    assert fewer.fields <= all_.fields
    assert clash(one) is None or clash(one | more) is not None
    found = clash(one)
    assert found is None or (set(found) <= one and frozenset(found) in TABLE.apart)


@given(st.sets(st.sampled_from(["U-1", "U-2", "U-3"])), st.sampled_from(list(Role)))
def test_a_duty_reaches_its_own_places_and_no_further(places: set[str], role: Role) -> None:
    actor = Actor.of("x", frozenset({role}), party="UKR", agency="MOH", places=frozenset(places))
    for area in READS[role]:
        (reach,) = actor.reach(area)
        bound = DUTIES[role].place is not None
        assert reach.places == (frozenset(places) if bound else None)
        assert reach.agency == ("MOH" if DUTIES[role].agency else None)


def test_places_of_one_duty_are_not_lent_to_another() -> None:
    posts = frozenset({(Role.SITE, "U-1"), (Role.CASE, "U-2")})
    actor = Actor.of("x", frozenset({Role.SITE, Role.CASE}), party="UKR", agency="MOH", posts=posts)
    assert actor.reach(Area.RECEPTION) == {Reach(frozenset({"U-1"}), "MOH")}
    assert actor.reach(Area.CARE) == {Reach(frozenset({"U-2"}), None)}
    assert actor.places == {"U-1", "U-2"}
    assert {DUTIES[role].place for role, _at in posts} == {Place.SITE}


def test_the_invented_officers_hold_what_may_be_held() -> None:
    from obmin.demo import world

    for side in ("UKR", "RUS"):
        found = world.officers(side)
        assert {officer.role for officer in found} == set(Role)
        for officer in found:
            assert bool(officer.places) == (DUTIES[officer.role].place is not None), officer
