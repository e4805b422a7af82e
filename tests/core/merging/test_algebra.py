"""Same is an equivalence, not-the-same forbids, and what is taken back was never said."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from obmin.core import record
from obmin.core.merging import Answer, Said, clash, groups, partition, strictest

PEOPLE = "abcdefg"


@st.composite
def judgements(draw: st.DrawFn) -> list[Said]:
    """Judgements as they come in: each is taken up only where nothing stands against it."""
    standing: list[Said] = []
    for number in range(draw(st.integers(0, 14))):
        one, other = draw(st.permutations(PEOPLE))[:2]
        said = Said(f"{number:02}", one, other, draw(st.sampled_from(Answer)))
        if not clash(standing, said):
            standing.append(said)
    return standing


def joined(standing: Sequence[Said], one: str, other: str) -> bool:
    return other in groups(standing).get(one, {one})


def age(key: str) -> int:
    return -ord(key)  # the later letter is the older record


@given(judgements(), st.randoms())
def test_the_order_of_judgements_does_not_matter(standing: list[Said], chance: object) -> None:
    shuffled = sorted(standing, key=lambda _: chance.random())  # type: ignore[attr-defined]
    turned = [Said(s.key, s.other, s.one, s.answer) for s in shuffled]
    assert partition(turned, age) == partition(standing, age)
    assert groups(turned) == groups(standing)


@given(judgements())
def test_same_is_an_equivalence(standing: list[Said]) -> None:
    for one in PEOPLE:
        assert joined(standing, one, one)
        for other in PEOPLE:
            assert joined(standing, one, other) == joined(standing, other, one)
            for third in PEOPLE:
                if joined(standing, one, other) and joined(standing, other, third):
                    assert joined(standing, one, third)
    for said in standing:
        assert said.answer is not Answer.SAME or joined(standing, said.one, said.other)


@given(judgements())
def test_no_two_whom_somebody_told_apart_are_ever_one(standing: list[Said]) -> None:
    for said in standing:
        assert said.answer is not Answer.NOT_SAME or not joined(standing, said.one, said.other)


@given(judgements(), st.permutations(PEOPLE), st.sampled_from([Answer.SAME, Answer.NOT_SAME]))
def test_a_judgement_is_refused_only_with_a_chain_that_causes_it(
    standing: list[Said], order: list[str], answer: Answer
) -> None:
    new = Said("new", order[0], order[1], answer)
    chain = clash(standing, new)
    here = new.one
    for said in chain:  # each link stands, and leads on
        assert said in standing
        assert here in said.pair
        (here,) = said.pair - {here}
    apart = [said.answer for said in chain].count(Answer.NOT_SAME)
    if chain:
        assert here == new.other
        assert apart == (answer is Answer.SAME)
        without = [said for said in standing if said is not chain[0]]
        assert chain not in (clash(without, new),)
    elif answer is Answer.SAME:
        grown = [*standing, new]
        assert all(not joined(grown, s.one, s.other) for s in standing if s.answer is Answer.NOT_SAME)
    else:
        assert not joined(standing, *order[:2])


@given(judgements(), st.integers(0, 99))
def test_what_is_taken_back_was_never_said(standing: list[Said], at: int) -> None:
    if not standing:
        return
    taken = standing[at % len(standing)]
    left = [said for said in standing if said is not taken]
    assert partition([*left, taken], age) == partition(standing, age)
    for said in left:  # what is left stands in itself, whatever came after what was taken
        assert not clash([other for other in left if other is not said], said)
    if taken.answer is not Answer.SAME:
        assert partition(left, age) == partition(standing, age)


@given(judgements())
def test_everybody_leads_in_one_step_to_the_oldest_of_their_group(standing: list[Said]) -> None:
    into = partition(standing, age)
    whole = groups(standing)
    for who in PEOPLE:
        assert into.get(who, who) == max(whole.get(who, {who}))
    equals = partition(standing, lambda _: 0)
    for who in PEOPLE:  # of equals the first by key stays, whatever was said first
        assert equals.get(who, who) == min(whole.get(who, {who}))


@given(judgements(), st.sampled_from(Answer))
def test_nobody_is_judged_against_themselves(standing: list[Said], answer: Answer) -> None:
    own = Said("own", "a", "a", answer)
    assert clash(standing, own) == (() if answer is Answer.UNSURE else (own,))


def test_a_refusal_in_either_record_is_not_lost_and_a_later_interview_speaks() -> None:
    wish = record.Wish
    refused, consents = wish("refuses", "2025-03-01", "act"), wish("consents", "2025-02-01", "act")
    claimed = wish("consents", "2026-01-01")

    def off(answer: record.Wish) -> bool:
        return answer.will == "refuses"

    assert strictest([consents, claimed, refused], off) is refused
    later = wish("consents", "2025-04-01", "act")
    assert strictest([refused, later], off) is later
    assert strictest([claimed, wish("refuses")], off).will == "refuses"
    assert strictest([consents, wish("refuses", consents.on, "act")], off).will == "refuses"
