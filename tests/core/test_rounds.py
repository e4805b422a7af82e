"""Two sides, packages as data: what is taken in, what is refused, and when the lists are agreed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core import rounds
from obmin.core.chain import canonical
from obmin.core.compose import lot
from obmin.core.errors import Altered, Incomplete, Unreadable
from obmin.core.rounds import Answer, Carries, Code, Fault, Kind, Line, Package

NOW = datetime(2025, 5, 18, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
TERMS = hashlib.sha256(b"terms").hexdigest()
PARTIES = ("UKR", "RUS")


def seal(contents, salt=""):
    digest = hashlib.sha256(canonical(rounds.to_data(contents)).encode()).hexdigest()
    return Package(contents, digest, hashlib.sha256((digest + salt).encode()).hexdigest())


def lines(party, *names, counted=1):
    return [
        Line(
            id=f"{party.lower()}-{n:06d}",
            name=name,
            birth_date="1990-02-03",
            clause="c1",
            phase=1,
            counted=counted,
        )
        for n, name in enumerate(names)
    ]


VALUES = {party: hashlib.sha256(party.encode()).digest() for party in PARTIES}


def carried(state, kind, party):
    """What an honest side's next package carries for the lot."""
    return {
        Carries.NOTHING: "",
        Carries.COMMITMENT: lot.commit("ex-1", party, VALUES[party]).hex(),
        Carries.VALUE: VALUES[party].hex(),
    }[rounds.carries(state, kind, party, state.mark(party) + 1)]


def speak(state, kind, party, **more):
    package = seal(rounds.draft(state, kind, party, LATER, **{"lot": carried(state, kind, party)} | more))
    assert rounds.check_package(state, package, NOW) == []
    return rounds.next_state(state, package), package


def both(state, kind, **more):
    for party in PARTIES:
        state, _ = speak(state, kind, party, **{key: value[party] for key, value in more.items()})
    return state


def fresh():
    return rounds.begin("ex-1", PARTIES, TERMS)


def proposed(*, counted=1):
    offers = {party: lines(party, "Коваль Іван", "Petrov Petr", counted=counted) for party in PARTIES}
    return both(fresh(), Kind.PROPOSAL, lines=offers)


def answers(state, code=Code.ACCEPTED, clause=""):
    other = dict(zip(PARTIES, reversed(PARTIES), strict=True))
    asked = {party: state.package(other[party], state.complete).contents.lines for party in PARTIES}
    return {party: [Answer(line.id, code, clause) for line in asked[party]] for party in PARTIES}


def agreed_state():
    state = proposed()
    return both(state, Kind.REPLY, answers=answers(state))


def faults(state, package, now=NOW):
    return {refusal.fault for refusal in rounds.check_package(state, package, now)}


def test_an_exchange_runs_from_wanted_lists_to_both_signed_hashes():
    state = both(fresh(), Kind.WANTED, lines={party: lines(party, "Коваль Іван") for party in PARTIES})
    state = both(state, Kind.REPLY, answers=answers(state, Code.HELD_CONFIRMED))
    offers = {party: lines(party, "Коваль Іван", "Petrov Petr") for party in PARTIES}
    state = both(state, Kind.PROPOSAL, lines=offers)
    refused = answers(state)
    refused["RUS"][0] = replace(refused["RUS"][0], code=Code.OBJECTED, clause="c1")
    state = both(state, Kind.REPLY, answers=refused)
    with pytest.raises(Incomplete):
        rounds.agreed(state)
    assert [a.line for a in rounds.objections(state)["UKR"]] == ["ukr-000000"]
    offers["UKR"] = [*offers["UKR"][1:], Line(id="ukr-000009", name="Шевчук Олег", clause="c1")]
    old = rounds.last_lists(state)["UKR"]
    state = both(state, Kind.PROPOSAL, lines=offers)
    state = both(state, Kind.REPLY, answers=answers(state))
    change = rounds.diff(old, rounds.last_lists(state)["UKR"])
    assert [n.id for n in change.added] == ["ukr-000009"]
    assert [n.id for n in change.taken_off] == ["ukr-000000"]
    assert [n.id for n in change.same] == ["ukr-000001"]
    state = both(state, Kind.FREEZE)
    assert state.frozen
    assert len({p.contents.agreed for p in state.packages[-2:]}) == 1


def test_the_same_package_again_changes_nothing_and_is_named_a_replay():
    state = proposed()
    first = state.packages[0]
    assert faults(state, first) == {Fault.REPLAYED}
    assert rounds.next_state(state, first) == state


def test_two_signed_versions_of_one_round_are_named_and_never_taken_in():
    state, package = speak(fresh(), Kind.PROPOSAL, "UKR", lines=lines("UKR", "A B"))
    other = seal(replace(package.contents, lines=tuple(lines("UKR", "C D"))))
    assert Fault.TWO_VERSIONS in faults(state, other)
    with pytest.raises(Altered):
        rounds.next_state(state, other)
    same_text_signed_twice = seal(package.contents, salt="again")
    assert Fault.TWO_VERSIONS in faults(state, same_text_signed_twice)


def test_a_round_of_an_earlier_day_cannot_come_back_as_the_next():
    state = agreed_state()
    old = state.packages[0]
    moved = seal(replace(old.contents, round=3))
    assert Fault.BROKEN_LINK in faults(state, moved)
    skipped = seal(replace(old.contents, round=7))
    assert faults(state, skipped) == {Fault.OUT_OF_TURN}


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("part", ["contents", "signature"])
def test_a_round_that_binds_any_other_package_of_the_round_before_is_refused(party, part):
    state = proposed()
    contents = rounds.draft(state, Kind.REPLY, "UKR", LATER, answers=answers(state)["UKR"])
    link = replace(contents.previous[party], **{part: "0" * 64})
    mixed = seal(replace(contents, previous={**contents.previous, party: link}))
    assert Fault.BROKEN_LINK in faults(state, mixed)


def test_nobody_speaks_twice_before_the_other_has_answered():
    state, _ = speak(fresh(), Kind.PROPOSAL, "UKR", lines=lines("UKR", "A B"))
    with pytest.raises(Incomplete):
        rounds.draft(state, Kind.REPLY, "UKR", LATER)


def test_expired_foreign_and_wrongly_addressed_packages_are_refused():
    state = fresh()
    good = rounds.draft(state, Kind.PROPOSAL, "UKR", LATER, lines=lines("UKR", "A B"))
    assert faults(state, seal(good), LATER) == {Fault.EXPIRED}
    assert faults(state, seal(replace(good, exchange="ex-2"))) == {Fault.WRONG_EXCHANGE}
    assert faults(state, seal(replace(good, receiver="BLR"))) == {Fault.WRONG_PARTIES}
    assert faults(state, seal(replace(good, receiver="UKR"))) == {Fault.WRONG_PARTIES}
    assert faults(state, seal(replace(good, terms="0" * 64))) == {Fault.WRONG_TERMS}
    assert faults(state, seal(replace(good, agreed="0" * 64))) == {Fault.NOT_AGREED}


def test_lists_are_sorted_without_doubles_and_lines_belong_to_who_drew_them():
    state, _ = speak(fresh(), Kind.PROPOSAL, "RUS", lines=lines("RUS", "A B"))
    good = rounds.draft(state, Kind.PROPOSAL, "UKR", LATER, lines=lines("UKR", "A B", "C D"))
    first, second = good.lines
    assert faults(state, seal(replace(good, lines=(second, first)))) == {Fault.LINES}
    assert faults(state, seal(replace(good, lines=(first, first)))) == {Fault.LINES}
    assert faults(state, seal(replace(good, lines=tuple(lines("RUS", "X Y"))))) == {Fault.LINES}
    assert faults(state, seal(replace(good, lines=(replace(first, clause=""),)))) == {Fault.LINES}


def test_every_line_is_answered_once_with_a_code_that_fits():
    state = proposed()
    good = rounds.draft(state, Kind.REPLY, "UKR", LATER, answers=answers(state)["UKR"])
    first, second = good.answers
    for wrong in [
        (first,),
        (first, first),
        (second, first),
        (first, second, Answer("rus-000099", Code.ACCEPTED)),
        (first, replace(second, code=Code.HELD_CONFIRMED)),
        (first, replace(second, code=Code.OBJECTED)),
        (first, replace(second, clause="c1")),
    ]:
        assert faults(state, seal(replace(good, answers=wrong))) == {Fault.ANSWERS}, wrong


def test_nothing_can_be_asked_for_a_direct_case():
    state = proposed(counted=0)
    demand = answers(state, Code.OBJECTED, "c1")["UKR"]
    package = seal(rounds.draft(state, Kind.REPLY, "UKR", LATER, answers=demand))
    assert faults(state, package) == {Fault.ANSWERS}


def test_only_agreed_lists_can_be_locked_and_only_those():
    state = agreed_state()
    good = rounds.draft(state, Kind.FREEZE, "UKR", LATER)
    assert faults(state, seal(good)) == set()
    assert faults(state, seal(replace(good, agreed="0" * 64))) == {Fault.NOT_AGREED}
    assert Fault.NOT_AGREED in faults(proposed(), seal(replace(good, round=2, previous=proposed().links(1))))
    state = both(state, Kind.FREEZE)
    late = rounds.draft(state, Kind.PROPOSAL, "UKR", LATER, lines=lines("UKR", "A B"))
    assert faults(state, seal(late)) == {Fault.WRONG_KIND}


def test_the_freeze_hash_says_each_line_and_not_their_order():
    lists = {party: lines(party, "A B", "C D") for party in PARTIES}
    whole = rounds.agreed_hash("ex-1", TERMS, lists)
    assert (
        rounds.agreed_hash("ex-1", TERMS, {p: list(reversed(v)) for p, v in reversed(lists.items())}) == whole
    )
    changed = {**lists, "UKR": [replace(lists["UKR"][0], phase=2), lists["UKR"][1]]}
    assert rounds.agreed_hash("ex-1", TERMS, changed) != whole
    assert rounds.agreed_hash("ex-2", TERMS, lists) != whole


def wanted_state():
    return both(fresh(), Kind.WANTED, lines={party: [] for party in PARTIES})


def test_a_wanted_list_of_round_1_commits_its_reply_shows_and_nothing_else_carries():
    state = both(wanted_state(), Kind.REPLY, answers={party: [] for party in PARTIES})
    assert [bool(p.contents.lot) for p in state.packages] == [True] * 4
    state = both(state, Kind.WANTED, lines={party: [] for party in PARTIES})  # a second wanted list
    state = both(state, Kind.REPLY, answers={party: [] for party in PARTIES})
    state = both(state, Kind.PROPOSAL, lines={party: lines(party, "A B") for party in PARTIES})
    state = both(state, Kind.REPLY, answers=answers(state))
    state = both(state, Kind.FREEZE)
    assert [bool(p.contents.lot) for p in state.packages] == [True] * 4 + [False] * 10
    assert not any(p.contents.lot for p in agreed_state().packages)  # where nobody had bound anybody


def test_what_is_carried_where_nothing_is_due_is_refused():
    state = proposed()
    for kind, more in ((Kind.REPLY, {"answers": answers(state)["UKR"]}), (Kind.PROPOSAL, {})):
        at = state if kind is Kind.REPLY else fresh()
        good = rounds.draft(at, kind, "UKR", LATER, **more)
        assert faults(at, seal(good)) == set()
        assert faults(at, seal(replace(good, lot="0" * 64))) == {Fault.LOT}


@pytest.mark.parametrize("other", ["", "00", "0" * 62, "0" * 66, "G" * 64, "AB" * 32, "ab " * 32])
def test_a_commitment_or_value_that_is_missing_or_malformed_is_refused(other):
    wanted = rounds.draft(fresh(), Kind.WANTED, "UKR", LATER, lot=other)
    assert faults(fresh(), seal(wanted)) == {Fault.LOT}
    state = wanted_state()
    assert faults(state, seal(rounds.draft(state, Kind.REPLY, "UKR", LATER, lot=other))) == {Fault.LOT}
    if other:
        with pytest.raises(Unreadable):
            rounds.from_data(rounds.to_data(wanted))


def test_whoever_shows_shows_what_they_had_committed_to_and_nobody_copies():
    state, first = speak(fresh(), Kind.WANTED, "UKR")
    copied = rounds.draft(state, Kind.WANTED, "RUS", LATER, lot=first.contents.lot)
    assert faults(state, seal(copied)) == {Fault.LOT}
    state = wanted_state()
    for value in (bytes(32), VALUES["RUS"], bytes.fromhex(first.contents.lot)):
        shown = rounds.draft(state, Kind.REPLY, "UKR", LATER, lot=value.hex())
        assert faults(state, seal(shown)) == {Fault.LOT}
    same = {party: lot.commit("ex-1", party, bytes(32)).hex() for party in PARTIES}  # one value for both
    state = both(fresh(), Kind.WANTED, lot=same)
    state, _ = speak(state, Kind.REPLY, "UKR", lot=bytes(32).hex())
    assert faults(state, seal(rounds.draft(state, Kind.REPLY, "RUS", LATER, lot=bytes(32).hex()))) == {
        Fault.LOT
    }


def test_contents_come_back_from_their_signed_text_as_they_were():
    for package in (*agreed_state().packages, *wanted_state().packages):
        text = canonical(rounds.to_data(package.contents))
        assert rounds.from_data(json.loads(text)) == package.contents


def test_a_line_has_room_for_identity_and_for_nothing_else():
    data = rounds.to_data(proposed().packages[0].contents)
    for secret in ("health", "will", "judicial", "id_internal", "facility"):
        data["lines"][0][secret] = "x"
        with pytest.raises(Unreadable) as caught:
            rounds.from_data(data)
        assert caught.value.problems[0].column == f"lines[0].{secret}"
        del data["lines"][0][secret]
    rounds.from_data(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted(rounds.to_data(fresh_contents := rounds.draft(fresh(), Kind.WANTED, "UKR", LATER)))),
    json_values,
)
def test_any_other_value_in_any_place_is_a_named_problem_or_still_well_formed(key, value):
    data = {**rounds.to_data(fresh_contents), key: value}
    try:
        read = rounds.from_data(data)
    except Unreadable as error:
        read = None
        named = error.problems
    assert named if read is None else canonical(rounds.to_data(read)) == canonical(data)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.text(max_size=3)), max_size=12),
    st.lists(st.tuples(st.integers(0, 30), st.text(max_size=3)), max_size=12),
)
def test_a_difference_leads_from_the_old_list_to_the_new(old, new):
    before = [Line(id=str(n), name=t) for n, t in dict(old).items()]
    after = [Line(id=str(n), name=t) for n, t in dict(new).items()]
    change = rounds.diff(before, after)
    rebuilt = {line.id: line for line in before}
    for line in change.taken_off:
        del rebuilt[line.id]
    for was, now in change.changed:
        assert rebuilt[was.id] == was
        rebuilt[was.id] = now
    for line in change.added:
        assert line.id not in rebuilt
        rebuilt[line.id] = line
    assert rebuilt == {line.id: line for line in after}
