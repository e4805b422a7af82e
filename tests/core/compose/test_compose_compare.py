"""Two policies on one register: the differences are those of the lists, the costs those of the levels."""

from __future__ import annotations

import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.compose import Composition, Policy
from obmin.core.compose.compare import compare, describe, reached
from obmin.core.errors import Refused
from tests.core.compose.compose_cases import ON, SEED, count, crowd, istanbul, person, register, terms

WOMEN = composing.read_policy(
    """
policy: women
version: 2
levels:
  - id: women
    says: {en: "women first", uk: "спершу жінки"}
    points: [{who: {sex: "2"}, points: 1}]
  - id: longest
    says: {en: "then the longest held", uk: "потім найдовше утримувані"}
    days_since: captured_on
    step: 30
  - {id: even, says: {en: "then places", uk: "потім місця"}, even_over: facility}
""",
    file="women.yaml",
)
DEFAULT = composing.default_policy()


def composed(policy: Policy, people: object, agreement: object = None, party: str = "AAA") -> Composition:
    return composing.compose(
        agreement or terms(count("A", "exactly: 2")),  # type: ignore[arg-type]
        people,  # type: ignore[arg-type]
        party=party,
        policy=policy,
        seed=SEED,
        on=ON,
    )


def test_who_gains_who_loses_and_what_it_costs() -> None:
    people = register(
        person("sick", health="sick"),
        person("wounded", health="wounded"),
        person("f1", sex="2"),
        person("f2", sex="2"),
    )
    one, other = composed(DEFAULT, people), composed(WOMEN, people)
    found = compare(one, other, (DEFAULT, WOMEN))
    assert (found.changes.came, found.changes.left) == (("f1", "f2"), ("sick", "wounded"))
    assert found.people["change"].to_list() == ["gains", "gains", "loses", "loses"]
    assert found.people.filter(pl.col("id") == "sick")["reason"].item() == (
        'A: full; the level "women first" decided (0; the last place has 1, and it takes at least that)'
    )
    costs = {(c.policy, c.level): (c.own, c.other, c.lost) for c in found.costs}
    assert costs["default 1", "urgency"] == (4, 0, 4)
    assert costs["default 1", "women"] == (0, 2, -2)
    assert costs["women 2", "women"] == (2, 0, 2)
    text = describe(found)
    assert "2 gain a place, 2 lose theirs" in text
    assert '"the wounded and the sick first": 4 by its own list, 0 by the other\'s: 4 given up' in text
    assert "2 отримують місце, 2 втрачають" in describe(compare(one, other, (DEFAULT, WOMEN), "uk"), "uk")


@pytest.fixture(scope="module")
def both() -> tuple[Composition, Composition]:
    held = crowd(1600, seed=21, clean=True)
    return composed(DEFAULT, held, istanbul(), "UKR"), composed(WOMEN, held, istanbul(), "UKR")


def test_a_list_comes_to_what_its_own_levels_say(both: tuple[Composition, Composition]) -> None:
    """The costs are measured by other code than the solver's, on the list alone."""
    for result in both:
        measured = reached(result.compiled.question, result.answer.chosen)
        assert measured == {level.id: level.value for level in result.answer.levels}


def test_no_list_of_another_policy_beats_the_first_level_at_which_they_differ(
    both: tuple[Composition, Composition],
) -> None:
    found = compare(*both, (DEFAULT, WOMEN))
    assert found.changes.came
    for policy in ("default 1", "women 2"):
        lost = [c.lost for c in found.costs if c.policy == policy]
        assert next(x for x in lost if x) > 0


def test_a_policy_against_itself_changes_nothing(both: tuple[Composition, Composition]) -> None:
    found = compare(both[0], both[0], (DEFAULT, DEFAULT))
    assert found.changes.number == 0
    assert found.people.height == 0
    assert not any(c.lost for c in found.costs)


def test_lists_from_different_people_are_not_compared() -> None:
    few = [person("a"), person("b"), person("c")]
    with pytest.raises(Refused) as no:
        compare(
            composed(DEFAULT, register(*few)), composed(WOMEN, register(*few, person("d"))), (DEFAULT, WOMEN)
        )
    assert no.value.code == "not-comparable"
