"""What levels, weights and the assignment promise."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.matching import relatives
from obmin.core.matching.assign import assign, margin
from obmin.core.matching.levels import DATE_LEVELS, NAME_LEVELS, date_levels
from obmin.core.matching.people import birth_number, service_digits
from obmin.core.matching.weights import Field, learn, random_chances, total, true_chance


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("1987-05-14", "1987-05-14", 7), ("1987-05-04", "1987-04-05", 6), ("1987-05-14", "1987-05-24", 6),
        ("1987-05-14", "1997-05-14", 6), ("1987-05-14", "1987-05", 5), ("1987", "1987-05-14", 4),
        ("1987-05-14", "1987-11-30", 3), ("1987-05-14", "1988-11-30", 1), ("1987-05-14", "1960-12-30", 0),
        (None, "1987", -1),
    ],
)  # fmt: skip
def test_dates(left: str | None, right: str, level: int) -> None:
    one, other = np.asarray([birth_number(left)]), np.asarray([birth_number(right)])
    assert date_levels(one, other)[0] == date_levels(other, one)[0] == level


def test_what_is_no_date_or_number_is_unknown() -> None:
    assert [birth_number(text) for text in (None, "", "soon", "87-01-01", "1987-x")] == [0] * 5
    assert service_digits("ЇЖ-6626161") == service_digits("YZH 662 6161") == "6626161"
    assert service_digits("12") is None


EDGES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 40)),
    max_size=12,
    unique_by=lambda edge: edge[:2],
)


@given(EDGES)
def test_the_assignment_is_the_best_of_all(edges: list[tuple[int, int, int]]) -> None:
    i, j, gain = (np.asarray([edge[k] for edge in edges], dtype=np.int64) for k in range(3))
    taken = assign(i, j, gain.astype(float), (4, 4))
    assert len(set(i[taken])) == len(set(j[taken])) == taken.sum()
    table = np.zeros((4, 4))
    table[i, j] = gain
    assert gain[taken].sum() == max(
        sum(table[row, order[row]] for row in range(4)) for order in permutations(range(4))
    )


@given(EDGES)
def test_the_margin_is_to_the_best_rival_of_either(edges: list[tuple[int, int, int]]) -> None:
    i, j, weight = (np.asarray([edge[k] for edge in edges], dtype=np.int64) for k in range(3))
    found = margin(i, j, weight.astype(float), (4, 4))
    for k, (a, b, own) in enumerate(edges):
        rivals = [w for n, (x, y, w) in enumerate(edges) if n != k and (x == a or y == b)]
        assert found[k] == (own - max(rivals) if rivals else np.inf)


def test_people_who_look_alike_share_one_chance() -> None:
    i, j = np.asarray([0, 0, 1]), np.asarray([0, 1, 2])
    chance = true_chance(np.asarray([30.0, 30.0, 30.0]), (i, j), (10, 10), 5.0)
    assert chance[0] == chance[1] < 0.5 < chance[2]


FIELD = Field("colour", ("other", "same"), (0.3, 0.7), (0.9, 0.1))


def _lists(people: int) -> tuple[dict[str, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Everybody's own counterpart, nine in ten of the same colour, and one stranger each of another."""
    who = np.arange(people)
    i, j = np.concatenate([who, who]), np.concatenate([who, (who + 1) % people])
    level = np.concatenate([np.where(who % 10 == 0, 0, 1), np.zeros(people, dtype=int)]).astype(np.int8)
    return {"colour": level}, (i, j)


def test_weights_are_learned_without_labels() -> None:
    levels, pairs = _lists(600)
    extra = np.where(np.arange(1200) < 600, 20.0, -20.0)  # other evidence tells who is who
    u = {"colour": random_chances(FIELD, np.zeros(100_000, dtype=np.int8))}
    model = learn([FIELD], levels, u, {"others": extra}, pairs, (600, 600))
    assert model.learned
    assert model.expected == pytest.approx(600, rel=0.02)
    m_same = u["colour"][1] * 2 ** model.bits["colour"][1]
    assert m_same == pytest.approx(0.9, abs=0.02)


def test_a_short_list_is_judged_by_the_shipped_weights() -> None:
    levels, pairs = _lists(12)
    u = {"colour": np.asarray([0.9, 0.1])}
    model = learn([FIELD], levels, u, {"others": np.full(24, 8.0)}, pairs, (12, 12))
    assert not model.learned
    assert model.bits["colour"][1] == pytest.approx(np.log2(7.0))


_U = (0.9, 0.05, 0.01, 0.01, 0.01, 0.01, 0.01)
NAMES = tuple(Field(name, NAME_LEVELS, (*(0.02,) * 6, 0.88), _U) for name in ("surname", "given", "patronymic"))
BORN = Field("birth date", DATE_LEVELS, (*(0.01,) * 7, 0.93), (0.93, *(0.01,) * 6, 0.0001))


@pytest.mark.parametrize(
    ("differ", "agree"), [(("given",), "birth date"), (("birth date",), "given")], ids=["twins", "namesakes"]
)
@pytest.mark.parametrize(("met", "taken_for_one"), [(0, True), (60, False)])
def test_how_many_relatives_are_met_decides_what_a_lone_pair_is(
    met: int, taken_for_one: bool, differ: tuple[str], agree: str
) -> None:
    """So many families have two on either list; ten pairs more differ in one field alone, without a rival."""
    who = np.arange(600)
    one, other = np.arange(0, 2 * met, 2), np.arange(1, 2 * met, 2)
    lone = np.arange(600, 610)
    i, j = np.concatenate([who, one, other, lone]), np.concatenate([who, other, one, lone])
    levels = {name: np.full(len(i), 6, dtype=np.int8) for name in ("surname", "given", "patronymic")}
    levels["birth date"] = np.full(len(i), 7, dtype=np.int8)
    for name in differ:
        levels[name][600:] = 0
    fields, size = (*NAMES, BORN), (1500, 1500)
    u = {field.name: np.asarray(field.u) / sum(field.u) for field in fields}
    model = learn(fields, levels, u, {}, (i, j), size)
    odds = relatives.odds(levels, model.bits, u, {}, size, model.relatives)
    weight = total(fields, levels, model.bits, {}, len(i)) - odds.bits
    chance = true_chance(weight, (i, j), size, model.expected)
    assert chance[:600].min() > 0.95  # whoever agrees in everything is no relative
    assert (chance[-10:].min() > 0.5) == taken_for_one
    found = model.relatives
    assert (found.siblings if agree == "birth date" else found.namesakes) > met


def test_relatives_are_not_thought_of_where_lists_do_not_know_families() -> None:
    levels, size = _lists(12)[0], (12, 12)
    found = relatives.odds(levels, {"colour": np.zeros(2)}, {}, {}, size, relatives.usual(size))
    assert not found.bits.any()
