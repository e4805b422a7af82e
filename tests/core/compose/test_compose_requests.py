"""Requests ask for people whom the other side holds; an exchange of all for all goes in both directions."""

from __future__ import annotations

import pytest

from obmin.core import compose as composing
from obmin.core.compose import Composition, check
from obmin.core.compose.clash import NoListPossible
from tests.core.compose.compose_cases import ON, SEED, count, person, register, terms

# the other side has asked and examined nobody whom we know of
UNKNOWN: dict[str, str | None] = {"will": None, "fitness": None, "dp_consent": None, "own_consent": None}


def compose(clauses: str, *people: dict[str, str | None], party: str = "AAA", **more: object) -> Composition:
    given = {"party": party, "policy": composing.default_policy(), "seed": SEED, "on": ON} | more
    extra = str(given.pop("extra", ""))
    return composing.compose(terms(clauses, extra=extra), register(*people), **given)  # type: ignore[arg-type]


def test_what_is_unknown_is_left_to_the_holder() -> None:
    people = [person(f"p{i}", **UNKNOWN) for i in range(3)]
    asked = compose(count("A", "exactly: 2"), *people, request=True)
    assert asked.lines.height == 2
    assert asked.proven
    assert asked.proof["kind"] == "request"
    with pytest.raises(NoListPossible):
        compose(count("A", "exactly: 2"), *people)


@pytest.mark.parametrize(
    ("cells", "asked_for"),
    [
        ({}, True),
        ({"fitness_until": "2020-01-01"}, True),
        ({"judicial": "pending"}, True),
        ({"judicial": "convicted", "dp_consent": "given"}, True),
        ({"will": "refuses"}, False),
        ({"will": "undecided"}, False),
        ({"fitness": "unfit"}, False),
        ({"fitness": "exam-refused"}, False),
        ({"judicial": "pending", "dp_consent": "refused"}, False),
        ({"judicial": "convicted", "own_consent": "refused"}, False),
    ],
)
def test_only_what_is_known_keeps_somebody_off_a_request(cells: dict[str, str | None], asked_for: bool) -> None:
    one = person("one", **UNKNOWN | cells)
    asked = compose(count("A", "at_most: 1"), one, request=True)
    assert asked.lines["id"].to_list() == (["one"] if asked_for else [])
    found = check(terms(count("A", "at_most: 1")), register(one), [("one", "")], [], "AAA", ON, request=True)
    assert all(v.ok for v in found) == asked_for
    offered = check(terms(count("A", "at_most: 1")), register(one), [("one", "")], [], "AAA", ON)
    assert [v.clause for v in offered if not v.ok][:1] == ["I-1"]


def test_direct_cases_are_asked_for_outside_every_count() -> None:
    people = [person("d", **UNKNOWN, health="direct"), person("p", **UNKNOWN)]
    asked = compose(count("A", "exactly: 1"), *people, request=True)
    assert (asked.lines["id"].to_list(), asked.direct["id"].to_list()) == (["p"], ["d"])
    assert asked.proven


WOMEN = "track: military, who: {sex: '2'}, as_of: 2025-05-16"
POPULATIONS = f"populations: {{ours: {{held_by: [AAA], {WOMEN}}}, theirs: {{held_by: [BBB], {WOMEN}}}}}\n"
BOTH = "\n".join(
    f"- {{id: {clause}, says: {{en: x}}, count: {{from: {giver}, to: {taker}, track: military, "
    f"who: {{sex: '2'}}, all: {of}}}}}"
    for clause, giver, taker, of in (("A", "AAA", "BBB", "ours"), ("B", "BBB", "AAA", "theirs"))
)


@pytest.mark.parametrize(("party", "clause", "number"), [("AAA", "A", 3), ("BBB", "B", 5)])
@pytest.mark.parametrize("request_", [False, True])
def test_all_for_all_of_a_class_goes_in_both_directions(
    party: str, clause: str, number: int, request_: bool
) -> None:
    """Numbers need not match: each side gives all that it has of the class, and nobody else."""
    more = UNKNOWN if request_ else {}
    held = [person(f"w{i}", sex="2", **more) for i in range(number)]
    found = compose(
        BOTH,
        *held,
        person("man", **more),
        person("no", sex="2", will="refuses"),
        party=party,
        extra=POPULATIONS,
        request=request_,
    )
    assert sorted(found.lines["id"]) == [f"w{i}" for i in range(number)]
    assert set(found.lines["clause"]) == {clause}
    assert found.proven
    short = [(who, "") for who in found.lines["id"].to_list()[1:]]
    told = check(terms(BOTH, extra=POPULATIONS), register(*held), short, [], party, ON, request=request_)
    assert [v.clause for v in told if not v.ok] == [clause]
