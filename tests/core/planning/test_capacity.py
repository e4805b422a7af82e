from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.capacity import (
    AREAS,
    Area,
    Fact,
    State,
    Stop,
    board,
    go_or_not,
    named_fact,
    places_fact,
    rides_fact,
    staff_fact,
)
from obmin.core.planning.places import plan_places
from obmin.core.planning.resources import Ride, Vehicle
from obmin.core.planning.roster import roster
from obmin.core.planning.rules import read_rules
from obmin.core.planning.transport import Rider, plan_transport
from tests.core.planning.reception_cases import ON, crowd, site

RULES = read_rules()
DONE = {area: Fact(5, 5) for area in Area}

facts = st.builds(
    Fact,
    st.none() | st.integers(0, 5),
    st.none() | st.integers(0, 5),
    waiting=st.integers(0, 3),
    blocked=st.integers(0, 3),
    lacking=st.sampled_from([(), ("somebody",)]),
)


def test_everything_confirmed_means_go() -> None:
    answer = board(DONE)
    assert answer.go.allowed
    assert answer.obstacles == ()
    assert [row.state for row in answer.rows] == [State.READY] * 10


@pytest.mark.parametrize("area", [a for a, d in AREAS.items() if d.stops is not Stop.NOTHING])
def test_one_missing_in_a_binding_area_means_no_go(area: Area) -> None:
    answer = board({**DONE, area: Fact(5, 4)})
    assert not answer.go.allowed
    assert area.value in answer.go.reason
    assert [o.area for o in answer.obstacles] == [area]


@pytest.mark.parametrize("area", [Area.KITS, Area.CONTACTS])
def test_kits_and_contacts_never_stop(area: Area) -> None:
    answer = board({**DONE, area: Fact(5, 0)}, hours_left=-1)
    assert answer.go.allowed
    assert answer.obstacles[0].state is State.RISK


@given(st.dictionaries(st.sampled_from(list(Area)), facts), st.none() | st.floats(-5, 100))
def test_never_go_while_a_binding_area_is_short_or_unknown(
    known: dict[Area, Fact], hours: float | None
) -> None:
    answer = board(known, hours_left=hours)
    safe = all(
        (fact := known.get(area)) is not None
        and fact.needed is not None
        and fact.confirmed is not None
        and fact.confirmed >= fact.needed
        and not fact.lacking
        for area, duty in AREAS.items()
        if duty.stops is not Stop.NOTHING
    )
    assert answer.go.allowed == safe
    assert [row.area for row in answer.rows] == list(AREAS)
    assert {o.area for o in answer.obstacles} == {r.area for r in answer.rows if r.state is not State.READY}
    assert all(o.clears for o in answer.obstacles)


def test_what_is_not_known_is_never_ready() -> None:
    assert {row.state for row in board({}).rows} == {State.UNKNOWN}
    assert board({**DONE, Area.STAFF: Fact(5, None)}).rows[5].state is State.UNKNOWN
    assert not go_or_not(board(DONE).rows[:-2]).allowed  # a board that lost the row of guarantees


def test_states_by_what_is_missing_and_when() -> None:
    def state(fact: Fact, hours: float | None = 100) -> State:
        return board({**DONE, Area.WILL: fact}, hours_left=hours).rows[1].state

    assert state(Fact(5, 3)) is State.RUNNING
    assert state(Fact(5, 3, waiting=2)) is State.WAITING
    assert state(Fact(5, 3, waiting=1)) is State.RUNNING
    assert state(Fact(5, 3, waiting=2), 24) is State.RISK
    assert state(Fact(5, 3), 0) is State.STOPPED
    assert state(Fact(5, 3, blocked=1)) is State.STOPPED


def test_facts_from_the_plans() -> None:
    people = crowd(*({"id": f"P{i}", "fitness": "seated"} for i in range(4)))
    houses = [site("A", general=3, staff={"doctor": 1, "nurse": 0})]
    plan = plan_places(people, houses, RULES, on=ON)
    assert len(plan.unplaced) == 4  # no nurse, so nobody
    assert places_fact(plan) == Fact(4, 0, blocked=4, lacking=("general: 4",))
    duties = roster({"A": 4}, [site("A", staff={"doctor": 1, "nurse": 0})], RULES)
    assert staff_fact(duties).confirmed is None  # psychologists are not recorded
    full = dict.fromkeys(RULES.per_25, 9)
    assert (
        staff_fact(roster({"A": 4}, [site("A", staff={**full, "nurse": 0})], RULES)).lacking[0]
        == "A, day: 1 nurse"
    )
    assert staff_fact(roster({"A": 4}, [site("A", staff=full)], RULES)).lacking == ()


def test_escorts_belong_to_the_seats() -> None:
    fleet = [Vehicle("bus", "coach", seats=9), Vehicle("spare", "coach", seats=9)]
    day = plan_transport([Rider("P", "A", Ride.SEATED)], [site("A")], fleet, RULES)
    assert board({**DONE, Area.RIDES: rides_fact([day], leads=1, medics=1)}).go.allowed
    assert not board({**DONE, Area.RIDES: rides_fact([day], leads=0, medics=1)}).go.allowed
    assert not board({**DONE, Area.RIDES: rides_fact([day], leads=None, medics=1)}).go.allowed


def test_guarantees_are_waited_for_by_name() -> None:
    fact = named_fact(("UKR", "RUS", "host"), ("UKR",))
    assert fact.lacking == ("RUS", "host")
    assert board({**DONE, Area.GUARANTEES: fact}).rows[8].state is State.WAITING
    assert board({**DONE, Area.GUARANTEES: named_fact(("UKR",), ("UKR", "other"))}).go.allowed
