"""What evidence comes to: who confirms, what ends a search, and that neither order nor hearsay decides."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.evidence import COMPUTED, Heard, Kind, Says, Why, may_move, settle


def heard(says: Says, kind: Kind, grade: str = "C3", origin: str = "one", on: str = "2025-03-01") -> Heard:
    return Heard(says, kind, grade[0], grade[1], origin, on)


@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.PARTY, Kind.CONTACT])
def test_one_of_these_confirms_however_it_is_graded(kind: Kind) -> None:
    assert settle([heard(Says.HELD, kind, "F6")]).state == "CAPTIVE_CONFIRMED"


@pytest.mark.parametrize("kind", [Kind.RETURNEE, Kind.FAMILY, Kind.IMAGE, Kind.OPEN])
def test_one_of_these_alone_does_not(kind: Kind) -> None:
    found = settle([heard(Says.HELD, kind, "A1")])
    assert (found.state, found.why) == ("CAPTIVE_UNCONFIRMED", Why.ONE)


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [
        (("C3", "Іван П."), ("B2", "Олег К."), "CAPTIVE_CONFIRMED"),
        (("A1", "Іван П."), ("A1", " іван  п. "), "CAPTIVE_UNCONFIRMED"),  # one source under two spellings
        (("A1", "Іван П."), ("D2", "Олег К."), "CAPTIVE_UNCONFIRMED"),  # not usually reliable
        (("A1", "Іван П."), ("A4", "Олег К."), "CAPTIVE_UNCONFIRMED"),  # doubtful
    ],
)
def test_two_confirm_if_each_is_worth_it_and_neither_has_it_from_the_other(
    one: tuple[str, str], other: tuple[str, str], state: str
) -> None:
    told = [heard(Says.HELD, Kind.RETURNEE, *one), heard(Says.HELD, Kind.RETURNEE, *other)]
    assert settle(told).state == state


def test_a_reported_death_ends_no_search_and_what_ends_it_can_be_taken_back() -> None:
    held = heard(Says.HELD, Kind.PARTY)
    rumour = heard(Says.DEAD, Kind.PARTY, "A1", on="2025-04-01")
    assert settle([held, rumour]).state == "DEATH_REPORTED"
    alive = heard(Says.HELD, Kind.CONTACT, on="2025-04-02")
    assert settle([held, rumour, alive]).state == "CAPTIVE_CONFIRMED"
    seen_free = heard(Says.FREE, Kind.OPEN, "F6", on="2025-05-01")  # later, but it confirms nothing
    assert settle([rumour, seen_free]).state == "DEATH_REPORTED"
    remains, court = heard(Says.DEAD, Kind.REMAINS), heard(Says.DEAD, Kind.COURT)
    assert settle([held, rumour, alive, remains]).state == "REMAINS_IDENTIFIED"
    assert settle([held, court]).state == "CLOSED_BY_FAMILY_OR_COURT"
    assert settle([held]).state == "CAPTIVE_CONFIRMED"


@pytest.mark.parametrize("state", ["REPATRIATED", "REPORTED_MISSING", "HELD", ""])
def test_evidence_moves_nobody_before_their_search_is_open_or_after_they_are_home(state: str) -> None:
    assert not may_move(state)
    assert all(map(may_move, ("OPEN", "CAPTIVE_CONFIRMED", "DEATH_REPORTED")))


def test_what_they_say_of_our_line_says_nothing_of_the_person() -> None:
    for says in (Says.NOT_HELD, Says.UNKNOWN, Says.REPEATED, Says.INVENTED):
        assert settle([heard(says, Kind.PARTY, "A1")]).state == "OPEN"
        assert settle([heard(says, Kind.PARTY, "A1", on="2026-01-01"), heard(Says.HELD, Kind.PARTY)]).state == (
            "CAPTIVE_CONFIRMED"
        )


def test_of_two_that_are_confirmed_the_later_counts_and_on_one_day_the_search_goes_on() -> None:
    held, free = heard(Says.HELD, Kind.PARTY), heard(Says.FREE, Kind.CONTACT)
    assert settle([held, free]).state == "CAPTIVE_CONFIRMED"
    assert settle([held, heard(Says.FREE, Kind.CONTACT, on="2025-03-02")]).state == "LOCATED_FREE"


PIECES = st.builds(
    Heard,
    st.sampled_from(Says),
    st.sampled_from(Kind),
    st.sampled_from("ABCDEF"),
    st.sampled_from("123456"),
    st.sampled_from(["Іван", "Олег", "RUS"]),
    st.sampled_from(["2025", "2025-03", "2025-03-01", "2025-04-01"]),
)


@given(st.lists(PIECES, max_size=4))
def test_neither_order_nor_repetition_decides(pieces: list[Heard]) -> None:
    states = {settle(order).state for order in itertools.permutations(pieces)}
    assert len(states) == 1
    assert settle(pieces * 2).state in states
    assert states <= set(COMPUTED)


@given(st.lists(PIECES, max_size=6))
def test_no_search_ends_but_by_identification_a_court_or_a_confirmed_sight(pieces: list[Heard]) -> None:
    found = settle(pieces)
    if found.state == "REMAINS_IDENTIFIED":
        assert any(one.kind is Kind.REMAINS for one in found.rests_on)
    if found.state == "CLOSED_BY_FAMILY_OR_COURT":
        assert any(one.kind is Kind.COURT for one in found.rests_on)
    if found.state in ("CAPTIVE_CONFIRMED", "LOCATED_FREE"):
        strong = {Kind.AGENCY, Kind.PARTY, Kind.CONTACT}
        assert (
            any(one.kind in strong for one in found.rests_on) or len({one.origin for one in found.rests_on}) > 1
        )
