from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from obmin.core.errors import Unreadable
from obmin.core.planning import check
from obmin.core.planning.places import SEVEREST_FIRST, Mend, PlacesPlan, heads, kept_free, plan_places
from obmin.core.planning.resources import Place, Site
from obmin.core.planning.rules import needs_of, read_rules
from tests.core.planning.reception_cases import ON, crowd, crowds, houses, site

RULES = read_rules()


def faults(people: pl.DataFrame, sites: list[Site], plan: PlacesPlan) -> tuple[check.Fault, ...]:
    return check.check_places(
        people,
        sites,
        [(a.id, a.site, a.kind.value) for a in plan.assignments],
        [who for who, _ in plan.unplaced],
        on=ON,
        apart=plan.apart,
        minutes=plan.minutes,
    )


@settings(max_examples=60, deadline=None)
@given(crowds(), houses())
def test_every_plan_passes_a_checker_that_shares_no_code_with_it(
    people: pl.DataFrame, sites: list[Site]
) -> None:
    plan = plan_places(people, sites, RULES, on=ON)
    assert faults(people, sites, plan) == ()
    assert plan.optimal
    assert sum(s.people for s in plan.shortages) == len(plan.unplaced)


@settings(max_examples=25, deadline=None)
@given(crowds(14), houses(), st.randoms(use_true_random=False))
def test_order_of_rows_and_sites_changes_nothing(
    people: pl.DataFrame, sites: list[Site], random: object
) -> None:
    mixed = people.sample(fraction=1.0, shuffle=True, seed=3)
    assert plan_places(mixed, sites[::-1], RULES, on=ON) == plan_places(people, sites, RULES, on=ON)


@settings(max_examples=25, deadline=None)
@given(crowds(10), houses())
def test_no_person_by_person_program_finds_a_better_plan(people: pl.DataFrame, sites: list[Site]) -> None:
    """Another solver call on another model: a column for each person and place, no classes, no groups."""
    people = people.with_columns(pl.lit(None, dtype=pl.Utf8).alias("group"))
    plan = plan_places(people, sites, RULES, on=ON)
    needs = needs_of(people, RULES, on=ON).to_list()
    sexes = people["sex"].to_list()
    seats = [
        (i, s, k)
        for i, (need, sex) in enumerate(zip(needs, sexes, strict=True))
        for s, house in enumerate(sites)
        for k in RULES.may_take[Place(need)]
        if house.minutes <= RULES.longest_drive[Place(need)] and (sex != "2" or house.female_staff)
    ]
    if not seats:
        assert len(plan.unplaced) == len(people)
        return
    worth = {need: 11.0 ** (len(SEVEREST_FIRST) - place) for place, need in enumerate(SEVEREST_FIRST)}
    rows, most = [], []

    def limit(terms: list[float], bound: float) -> None:
        rows.append(terms)
        most.append(bound)

    for i in range(len(people)):
        limit([float(a == i) for a, _, _ in seats], 1)
    for (s, house), kind in itertools.product(enumerate(sites), Place):
        limit([float((b, k) == (s, kind)) for _, b, k in seats], house.places.get(kind.value, 0))
    for kind in Place:
        total = sum(h.places.get(kind.value, 0) for h in sites)
        limit([float(k is kind) for _, _, k in seats], total - kept_free(total, RULES.reserve))
    for s, house in enumerate(sites):
        staff = heads(house, RULES)
        limit([float(b == s) for _, b, _ in seats], 1e6 if staff is None else staff)
    gain = np.array([-worth[Place(needs[i])] for i, _, _ in seats])
    found = milp(
        gain,
        integrality=np.ones(len(seats)),
        options={"mip_rel_gap": 0.0},
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), -np.inf, np.array(most)),
    )
    left = [
        need
        for i, need in enumerate(needs)
        if not any(v > 0.5 and seats[c][0] == i for c, v in enumerate(found.x))
    ]
    for need in SEVEREST_FIRST:
        assert sum(n is need for _, n in plan.unplaced) == left.count(need.value)


def test_a_heavier_place_is_taken_before_anybody_stays_without() -> None:
    people = crowd(*({"id": f"P{i}", "fitness": "seated"} for i in range(9)))
    plan = plan_places(people, [site("S1", general=6, surgical=10)], RULES, on=ON)
    assert [a.kind for a in plan.assignments].count(Place.GENERAL) == 5  # one of six is kept free
    assert sum(a.heavier for a in plan.assignments) == 4


def test_the_worst_need_comes_first() -> None:
    people = crowd(
        *({"id": f"A{i}", "fitness": "seated"} for i in range(5)), {"id": "Z", "fitness": "stretcher"}
    )
    plan = plan_places(people, [site("S1", general=0, surgical=2)], RULES, on=ON)
    assert [a.id for a in plan.assignments] == ["Z"]


def test_a_group_goes_under_one_roof_even_if_that_is_further() -> None:
    people = crowd(*({"id": f"P{i}", "fitness": "seated", "group": "G" if i < 3 else None} for i in range(4)))
    sites = [site("NEAR", minutes=10, general=3), site("FAR", minutes=200, general=6)]
    plan = plan_places(people, sites, RULES, on=ON)
    assert plan.apart == ()
    assert len({a.site for a in plan.assignments if a.id in ("P0", "P1", "P2")}) == 1


def test_a_group_that_fits_nowhere_is_named() -> None:
    people = crowd(*({"id": f"P{i}", "fitness": "seated", "group": "G"} for i in range(4)))
    plan = plan_places(people, [site("A", general=3), site("B", general=3)], RULES, on=ON)
    assert plan.apart == ("G",)
    assert not plan.unplaced


def test_a_shortage_says_what_would_mend_it() -> None:
    people = crowd(*({"id": f"P{i}", "fitness": "intensive"} for i in range(4)))
    sites = [site("NEAR", minutes=100, intensive=2), site("FAR", minutes=130, intensive=2)]
    (shortage,) = plan_places(people, sites, RULES, on=ON).shortages
    assert (shortage.need, shortage.people) == (Place.INTENSIVE, 2)
    mends = {r.mend: r for r in shortage.remedies}
    assert (mends[Mend.DRIVE].site, mends[Mend.DRIVE].minutes, mends[Mend.DRIVE].people) == ("FAR", 10, 1)
    assert Mend.STAFF not in mends
    assert mends[Mend.PLACES].people == 2


def test_staff_limits_a_house_that_has_places() -> None:
    people = crowd(*({"id": f"P{i:02d}", "fitness": "seated"} for i in range(40)))
    (shortage,) = plan_places(people, [site("A", general=60, staff={"doctor": 1})], RULES, on=ON).shortages
    assert shortage.people == 15
    assert shortage.remedies[0].mend is Mend.STAFF
    assert shortage.remedies[0].people == 15


@pytest.mark.parametrize(
    ("row", "need"),
    [
        ({"fitness": "intensive", "finding": "isolation"}, "intensive"),
        ({"fitness": "stretcher", "finding": "isolation", "sex": "2"}, "isolation"),
        ({"fitness": "stretcher", "sex": "2"}, "surgical"),
        ({"fitness": "assisted", "health": "direct"}, "surgical"),
        ({"fitness": "assisted", "health": "sick", "birth_date": "1960-05-23"}, "surgical"),
        ({"fitness": "assisted", "health": "sick", "birth_date": "1960-05-24"}, "general"),
        ({"fitness": "assisted", "health": "sick", "birth_date": "1960"}, "general"),
        ({"fitness": "assisted", "health": "sick"}, "general"),
        ({"sex": "2"}, "women"),
        ({}, "general"),
    ],
)
def test_the_decision_table(row: dict[str, str], need: str) -> None:
    people = crowd({"id": "P", **row})
    assert needs_of(people, RULES, on=ON).to_list() == [need]
    assert check.need_of(people.to_dicts()[0], check.rules_as_written(), ON) == need


def test_rules_that_leave_somebody_without_a_need_are_refused() -> None:
    text = "version: 1\nneeds: [{need: general, when: {sex: ['1']}}]\n"
    with pytest.raises(Unreadable):
        read_rules(text)


def test_two_rows_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="share an id"):
        plan_places(crowd({"id": "P"}, {"id": "P"}), [site("A", general=9)], RULES, on=ON)
