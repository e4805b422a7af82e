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
    assert "A: 5 → 3" in found.message
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


def test_in_ukrainian() -> None:
    people = register(person("a"))
    assert "несумісні" in refusal(terms(count("A", "exactly: 5")), people, language="uk").message


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
