"""Nobody shops for a list: the seed binds both sides before either knows what it will draw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core import compose as composing
from obmin.core.compose import lot
from obmin.core.errors import Altered, Incomplete, Refused
from tests.core.compose.compose_cases import ON, count, crowd, person, register, terms

OURS, THEIRS = b"ours" * 8, b"theirs" * 6
BOUND = {"AAA": lot.commit("E1", "AAA", OURS), "BBB": lot.commit("E1", "BBB", THEIRS)}
SHOWN = {"AAA": OURS, "BBB": THEIRS}
FROZEN = b"\x07" * 32
values = st.binary(min_size=lot.VALUE, max_size=40)


@given(values, values)
def test_a_commitment_opens_with_its_value_alone(one: bytes, other: bytes) -> None:
    bound = lot.commit("E1", "AAA", one)
    assert lot.opens("E1", "AAA", one, bound)
    assert lot.opens("E1", "AAA", other, bound) == (one == other)
    assert not lot.opens("E2", "AAA", one, bound)
    assert not lot.opens("E1", "BBB", one, bound)


def test_parts_cannot_be_shifted_between_fields() -> None:
    value = b"v" * 16
    assert lot.commit("E1", "AAAB", value) != lot.commit("E1A", "AAB", value)
    assert lot.commit("E1", "AAA", b"X" + value) != lot.commit("E1", "AAAX", value)


def test_each_part_moves_the_seed_and_the_order_of_parties_does_not() -> None:
    seed = lot.draw("E1", FROZEN, BOUND, SHOWN)
    again = lot.draw("E1", FROZEN, dict(reversed(BOUND.items())), dict(reversed(SHOWN.items())))
    assert again == seed
    other = b"another value of ours"
    moved = [
        lot.draw("E1", b"\x08" * 32, BOUND, SHOWN),
        lot.draw("E1", FROZEN, BOUND | {"AAA": lot.commit("E1", "AAA", other)}, SHOWN | {"AAA": other}),
        lot.draw("E1", FROZEN, BOUND | {"BBB": lot.commit("E1", "BBB", other)}, SHOWN | {"BBB": other}),
        lot.draw("E2", FROZEN, {p: lot.commit("E2", p, v) for p, v in SHOWN.items()}, SHOWN),
    ]
    assert len({seed.key, *(s.key for s in moved)}) == 5


def test_another_value_than_the_one_committed_to_is_refused() -> None:
    with pytest.raises(Altered, match="BBB shows another value") as no:
        lot.draw("E1", FROZEN, BOUND, SHOWN | {"BBB": b"what would suit us better"})
    assert no.value.code == "lot-altered"


@pytest.mark.parametrize(
    ("bound", "shown"),
    [(BOUND, {"AAA": OURS}), ({"AAA": BOUND["AAA"]}, SHOWN), ({"AAA": BOUND["AAA"]}, {"AAA": OURS}), ({}, {})],
)
def test_one_side_alone_draws_nothing(bound: dict[str, bytes], shown: dict[str, bytes]) -> None:
    with pytest.raises(Incomplete) as no:
        lot.draw("E1", FROZEN, bound, shown)
    assert no.value.code == "lot-incomplete"


def test_a_value_copied_from_the_other_side_is_refused() -> None:
    bound = {p: lot.commit("E1", p, OURS) for p in ("AAA", "BBB")}
    with pytest.raises(Refused) as no:
        lot.draw("E1", FROZEN, bound, {"AAA": OURS, "BBB": OURS})
    assert no.value.code == "lot-same"


def test_a_value_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(Refused) as no:
        lot.commit("E1", "AAA", b"7")
    assert no.value.code == "value-short"


def test_a_seed_is_typed_in_training_only() -> None:
    assert lot.typed(b"1", training=True).key == b"1"
    for value, training in ((b"1", False), (b"", True), (b"x" * 65, True)):
        with pytest.raises(Refused) as no:
            lot.typed(value, training=training)
        assert no.value.code == "seed-typed"


@pytest.mark.parametrize(
    "data", [None, [], {}, {"exchange": "E", "commitments": {"A": "zz"}, "values": {}}, {"commitments": 1}]
)
def test_a_record_of_another_shape_is_refused(data: object) -> None:
    with pytest.raises(Refused) as no:
        lot.read(data, FROZEN)
    assert no.value.code == "lot-unreadable"


def test_the_proof_says_how_the_seed_came_about_and_draws_it_again() -> None:
    people = register(*(person(f"p{i}") for i in range(6)))
    seed = lot.draw("E1", lot.register_hash(people), BOUND, SHOWN)
    result = composing.compose(
        terms(count("A", "exactly: 2")),
        people,
        party="AAA",
        policy=composing.default_policy(),
        seed=seed,
        on=ON,
    )
    told = result.proof["lot"]
    assert told["source"] == "committed"
    assert lot.read(told, bytes.fromhex(told["register"])).key.hex() == result.proof["seed"]


def test_the_hash_of_a_register_does_not_see_the_order_of_its_rows() -> None:
    people = crowd(40)
    assert lot.register_hash(people.sample(fraction=1.0, shuffle=True, seed=3)) == lot.register_hash(people)
    assert lot.register_hash(people.head(39)) != lot.register_hash(people)
