"""How much one person may open in a while, held against counting by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from obmin.core.secrecy import NAMES, RECORDS, Limit, Window

asks = st.lists(
    st.tuples(st.floats(0, 40), st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=5)), max_size=30
)


@given(asks, st.integers(1, 6))
def test_a_window_admits_as_many_as_counting_by_hand_would(
    steps: list[tuple[float, set[str]]], people: int
) -> None:
    limit = Limit(people, 60)
    window, moment = Window(limit), 0.0
    opened: list[tuple[float, str]] = []
    for wait, keys in steps:
        moment += wait
        late = {key for at, key in opened if at > moment - limit.seconds}
        expected = len(late | keys) <= people
        assert window.admits(keys, moment) is expected
        if expected:
            opened += [(moment, key) for key in keys]


def test_the_fifty_first_person_is_refused_and_the_first_fifty_stay_open() -> None:
    window = Window(RECORDS)
    assert all(window.admits([str(n)], float(n)) for n in range(50))
    assert not window.admits(["50"], 50.0)
    assert all(window.admits([str(n)], 51.0) for n in range(50))
    assert window.admits(["50"], 51.0 + RECORDS.seconds)


def test_the_limits_are_those_that_were_chosen() -> None:
    assert (RECORDS.people, RECORDS.seconds) == (50, 600)
    assert NAMES.people > RECORDS.people
