"""When no list exists: the smallest clash, true amounts, and what would make a list possible."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from obmin.core import compose as composing
from obmin.core.compose.clash import NoListPossible, clashes
from obmin.core.compose.compile import Compiled
from obmin.core.compose.problem import GROUPS, Question
from obmin.core.compose.solve import NoList, solve
from obmin.core.terms.model import Agreement
from tests.core.compose.compose_cases import ON, SEED, count, crowd, istanbul, person, register, terms
from tests.core.compose.test_compose_exact import random_question


def refusal(agreement: Agreement, people: object, **more: object) -> NoListPossible:
    with pytest.raises(NoListPossible) as none:
        composing.compose(
            agreement, people, policy=composing.default_policy(), seed=SEED, on=ON, **{"party": "AAA"} | more
        )  # type: ignore[arg-type]
    return none.value


def test_too_few_people_is_said_with_the_number_there_are() -> None:
    people = register(*(person(f"p{i}") for i in range(3)))
    found = refusal(terms(count("A", "exactly: 5")), people)
    assert found.clashes == ("A",)
    assert [(r.clause, r.asked, r.possible) for way in found.alone for r in way] == [("A", 5, 3)]
    assert "A: at least 5 asked, 3 possible" in found.message
    assert found.code == "infeasible"


def test_two_clauses_that_cannot_hold_together() -> None:
    clauses = "\n".join(
        [
            count("A", "at_least: 4"),
            count("B", "at_most: 2", more=", who: {rank_code: OR-2}"),
            count("C", "at_least: 1", track="civilian"),
        ]
    )
    people = register(*(person(f"p{i}") for i in range(6)), person("c", category="civilian"))
    found = refusal(terms(clauses), people)
    assert found.clashes == ("A", "B")
    assert {(r.clause, r.asked, r.possible) for way in found.alone for r in way} == {("A", 4, 2), ("B", 2, 4)}


def test_a_vehicle_too_small_clashes_with_the_day() -> None:
    agreement = terms(count("A", "exactly: 4", more=", phases: {P1: 3, P2: 1}"), phases=2)
    people = register(*(person(f"p{i}") for i in range(6)))
    found = refusal(agreement, people, caps=[composing.Cap(2, phase="P1", id="bus")])
    assert set(found.clashes) == {"A", "bus"}
    assert ("bus", "P1", 2, 3) in {(r.clause, r.note, r.asked, r.possible) for w in found.alone for r in w}


def test_only_the_group_stands_in_the_way() -> None:
    people = register(*(person(f"p{i}", group="g") for i in range(3)))
    found = refusal(terms(count("A", "exactly: 2")), people)
    assert set(found.clashes) == {"A", GROUPS}


def test_the_real_terms_with_too_few_civilians() -> None:
    found = refusal(istanbul(), crowd(1400, seed=3), party="UKR")
    assert len(found.clashes) == 1
    assert found.minimal
    assert "T2-" in found.clashes[0]


def test_the_ways_out_are_ranked_and_said_in_both_languages() -> None:
    """One more place in each of two hubs, or two people fewer."""
    people = register(*(person(f"p{i}", facility=f"F{i % 2}") for i in range(9)))
    agreement, caps = terms(count("A", "at_least: 6")), [composing.Cap(2, "facility", id="hub")]
    english = refusal(agreement, people, caps=caps)
    assert english.message.splitlines() == [
        "no list keeps every clause of invented; these cannot hold together:",
        "  A: x",
        "  hub: the limit of a place or a vehicle",
        "a list exists if one of these gives way:",
        "  hub: at most 2 allowed, 3 needed",
        "  A: at least 6 asked, 4 possible",
    ]
    assert refusal(agreement, people, caps=caps, language="uk").message.splitlines()[1:] == [
        "  A: x",
        "  hub: межа місця або транспортного засобу",
        "список можливий, якщо поступиться одне з цього:",
        "  hub: дозволено щонайбільше 2, потрібно 3",
        "  A: потрібно щонайменше 6, можливо 4",
    ]


def test_groups_that_may_be_divided_are_a_way_out() -> None:
    people = register(*(person(f"p{i}", group="g") for i in range(3)))
    assert "groups may be divided" in refusal(terms(count("A", "exactly: 2")), people).message
    found = refusal(terms(count("A", "exactly: 2")), people, language="uk")
    assert "групи можна розділити" in found.message
    short = refusal(terms(count("A", "exactly: 5")), people)
    assert "divided" not in short.message


def test_a_lock_that_clashes_is_said_to_be_an_officers() -> None:
    people = register(person("a"), person("b"))
    found = refusal(terms(count("A", "exactly: 1")), people, locks=["a", "b"])
    assert set(found.clashes) == {"A", "lock a", "lock b"}
    assert "  lock a: kept on the list by an officer" in found.message
    assert "A: at most 1 allowed, 2 needed" in found.message


def _only(question: Question, names: set[str]) -> Question:
    return replace(question, rows=tuple(r for r in question.rows if r.clause in names), levels=())


def _possible(question: Question, *, together: bool) -> bool:
    try:
        solve(question, together=together)
    except NoList:
        return False
    return True


def planted() -> Iterator[Question]:
    """Random questions with floors raised until something clashes."""
    for seed in range(300, 400):
        q = random_question(seed, 60)
        rows = []
        for n, r in enumerate(q.rows):
            low = None if r.low is None else r.low + 12 * (n % 2)
            high = r.high if r.high is None or low is None else max(r.high, low)
            rows.append(replace(r, clause=f"{r.clause} {n}", low=low, high=high))
        q = replace(q, rows=tuple(rows))
        if not _possible(q, together=True):
            yield q


@pytest.mark.parametrize("q", list(itertools.islice(planted(), 30)), ids=range(30))
def test_planted_clashes_are_found_and_smallest(q: Question) -> None:
    """Each clause of the set can be left out and then the rest of the set holds; the whole set cannot."""
    compiled = Compiled(q, crowd(1), crowd(1), {}, {}, {})
    found = clashes(compiled, istanbul(), language="en")
    names = set(found.clashes)
    together = GROUPS in names
    assert found.minimal
    assert not _possible(_only(q, names), together=together)
    for name in names - {GROUPS}:
        assert _possible(_only(q, names - {name}), together=together), name
    for way in found.alone:
        assert _possible(_given_way(q, way), together=together)


def _given_way(question: Question, way: tuple[object, ...]) -> Question:
    """The question with these bounds where the way puts them."""
    changes = {(r.clause, r.low): r.possible for r in way}  # type: ignore[attr-defined]
    rows = [
        replace(r, low=changes.get((r.clause, True), r.low), high=changes.get((r.clause, False), r.high))
        for r in question.rows
    ]
    return replace(question, rows=tuple(rows), levels=())
