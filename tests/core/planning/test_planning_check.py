"""Each rule is broken by hand once, and the checker names it."""

from __future__ import annotations

import ast
from pathlib import Path

import polars as pl
import pytest

from obmin.core.planning import check
from obmin.core.planning.resources import Vehicle
from tests.core.planning.reception_cases import ON, crowd, site

PEOPLE = crowd(
    {"id": "A", "fitness": "seated", "group": "G"},
    {"id": "B", "fitness": "seated", "group": "G"},
    {"id": "C", "fitness": "stretcher"},
    {"id": "D", "sex": "2", "fitness": "seated"},
    {"id": "E", "fitness": "intensive"},
)
SITES = [
    site("S1", minutes=30, general=3, surgical=3, women=3, intensive=3),
    site("S2", minutes=100, general=3, women=3, female=0, staff={"doctor": 0}),
    site("S3", minutes=300, general=20, surgical=20, women=20, intensive=20),
]
GOOD = [
    ("A", "S1", "general"),
    ("B", "S1", "general"),
    ("C", "S1", "surgical"),
    ("D", "S1", "women"),
    ("E", "S1", "intensive"),
]


def broken(
    assigned: list[tuple[str, str, str]], *unplaced: str, people: pl.DataFrame = PEOPLE, **claims: object
) -> set[str]:
    found = check.check_places(people, SITES, assigned, unplaced, on=ON, **claims)  # type: ignore[arg-type]
    return {fault.rule for fault in found}


def moved(who: str, *to: str) -> list[tuple[str, str, str]]:
    return [(w, *to) if w == who else (w, s, k) for w, s, k in GOOD]  # type: ignore[misc]


def test_the_good_plan_holds() -> None:
    assert broken(GOOD, apart=(), minutes=150) == set()


@pytest.mark.parametrize(
    ("assigned", "unplaced", "rule"),
    [
        (GOOD[1:], (), "everybody"),
        (GOOD, ("A",), "once"),
        ([*GOOD, ("A", "S3", "general")], (), "once"),
        ([*GOOD, ("X", "S1", "general")], (), "person-known"),
        (moved("A", "S9", "general"), (), "site-known"),
        (moved("A", "S1", "intensive"), (), "place-serves-need"),
        (moved("D", "S1", "general"), (), "place-serves-need"),
        (moved("C", "S1", "general"), (), "place-serves-need"),
        (moved("E", "S3", "intensive"), (), "drive"),
        (moved("C", "S3", "surgical"), (), "drive"),
        (moved("D", "S2", "women"), (), "female-staff"),
        (moved("A", "S2", "general"), (), "staff"),
        (GOOD[1:], ("A",), "idle-place"),
    ],
)
def test_a_planted_violation_is_caught(
    assigned: list[tuple[str, str, str]], unplaced: tuple[str, ...], rule: str
) -> None:
    assert rule in broken(assigned, *unplaced)


def test_too_many_in_one_house_and_too_few_kept_free() -> None:
    people = crowd(*({"id": f"P{i:02d}", "fitness": "seated"} for i in range(25)))
    near = [(f"P{i:02d}", "S1", "general") for i in range(4)]
    far = [(f"P{i:02d}", "S3", "general") for i in range(4, 25)]
    assert {"capacity", "reserve"} <= broken(near + far, people=people)


def test_false_claims_are_caught() -> None:
    assert broken(GOOD, minutes=149) == {"minutes"}
    assert broken(GOOD, apart=("G",)) == {"groups"}
    assert "groups" in broken(moved("A", "S3", "general"), apart=())


RIDERS = [("A", "S1", "seated"), ("B", "S1", "seated"), ("C", "S1", "stretcher"), ("E", "S1", "intensive")]
FLEET = [
    Vehicle("bus", "coach", seats=3),
    Vehicle("spare", "coach", seats=3),
    Vehicle("amb", "ambulance", seats=2, stretchers=1),
    Vehicle("icu", "intensive-ambulance", intensive=1),
]
READY = 2 * 30 + 40
RUNS = [
    ("T1", "bus", "S1", 0, READY, False, ("A", "B")),
    ("T2", "amb", "S1", 0, READY, False, ("C",)),
    ("T3", "icu", "S1", 0, READY, False, ("E",)),
    ("T4", "spare", "S1", 0, READY, True, ()),
]


def ridden(runs: list[tuple[object, ...]], *left: str) -> set[str]:
    found = check.check_transport(RIDERS, SITES, FLEET, runs, left)  # type: ignore[arg-type]
    return {fault.rule for fault in found}


def test_the_good_day_holds() -> None:
    assert ridden(RUNS) == set()


@pytest.mark.parametrize(
    ("runs", "rule"),
    [
        ([*RUNS[:2], RUNS[3]], "everybody"),
        ([*RUNS, ("T5", "bus", "S1", 300, 300 + READY, False, ("A",))], "once"),
        ([("T1", "bus", "S3", 0, 640, False, ("A", "B")), *RUNS[1:]], "destination"),
        ([("T1", "bus", "S9", 0, READY, False, ("A", "B")), *RUNS[1:]], "trip-known"),
        ([("T1", "bus", "S1", 7, 7 + READY, False, ("A", "B")), *RUNS[1:]], "timing"),
        ([("T1", "bus", "S1", 0, READY - 1, False, ("A", "B")), *RUNS[1:]], "timing"),
        ([("T1", "bus", "S1", 0, READY, False, ("A", "B", "C")), RUNS[2], RUNS[3]], "load"),
        ([RUNS[0], ("T2", "amb", "S1", 0, READY, False, ("C", "E")), RUNS[3]], "load"),
        (RUNS[:3], "reserve-vehicle"),
        ([*RUNS[:2], ("T4", "spare", "S1", 0, READY, True, ("E",))], "reserve-vehicle"),
        ([*RUNS, ("T5", "bus", "S1", 0, READY, False, ())], "vehicle-once"),
    ],
)
def test_a_planted_fault_on_the_road_is_caught(runs: list[tuple[object, ...]], rule: str) -> None:
    assert rule in ridden(runs)


def test_a_bus_is_never_full() -> None:
    riders = [(f"P{i}", "S1", "seated") for i in range(3)]
    runs = [("T1", "bus", "S1", 0, READY, False, ("P0", "P1", "P2")), RUNS[3]]
    assert {f.rule for f in check.check_transport(riders, SITES, FLEET, runs, [])} == {"load"}


def test_the_checker_imports_nothing_that_plans() -> None:
    tree = ast.parse(Path(check.__file__).read_text(encoding="utf-8"))
    names = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    names |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    ours = {n for n in names if n.startswith("obmin")}
    assert ours == {"obmin.core.planning.resources"}
    assert "highspy" not in names
