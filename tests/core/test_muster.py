"""The muster's fold: order and repetition cannot matter, loss and contradiction cannot look finished."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core import muster
from obmin.core.errors import NotAllowed, NotFound, Unreadable
from obmin.core.muster import Kind, Level, Manifest, Place, Rule, Simultaneity

LINES = ("p1", "p2", "p3")
MANIFEST = Manifest("m1", tuple(Place(line) for line in LINES), ("A", "B"))


def chain(name, *said, key="m1"):
    """Events of one tablet: `("here", "p1")`, `("undo", -1)` for the event one back, `("close",)`."""
    events = []
    for number, (kind, *about) in enumerate(said):
        more = {}
        if kind == "undo":
            more["target"] = muster.digest(events[about[0]])
        elif about:
            more["line"] = about[0]
        last = events[-1] if events else None
        events.append(
            muster.follow(last, id=f"{name}{number}", kind=Kind(kind), muster=key, chain=name, **more)
        )
    return events


def whole(*more_a, b=(("close",),)):
    here = [("here", line) for line in LINES]
    return chain("A", *here, *more_a, ("close",)) + chain("B", *b)


def test_all_here_and_both_tablets_closed_is_final():
    state = muster.fold(MANIFEST, whole())
    assert state.final, state.reasons()
    assert state.counts() == {
        "here": 3, "absent": 0, "declined": 0, "unfit": 0, "died": 0, "not_on_list": 0,
        "open": 0, "conflict": 0, "all": 3,
    }  # fmt: skip


def test_two_tablets_that_differ_leave_a_conflict_until_two_people_decide():
    events = whole(b=(("declined", "p1"), ("close",)))
    state = muster.fold(MANIFEST, events)
    assert state.conflicts == ("p1",)
    assert state.lines(Kind.HERE) == {"p2", "p3"}
    assert not state.final
    with pytest.raises(NotAllowed):
        muster.resolve(state, "p1", Kind.DECLINED, id="r1", signers=["anna", "anna"])
    with pytest.raises(NotAllowed):
        muster.resolve(state, "p1", Kind.CLOSE, id="r1", signers=["anna", "borys"])
    with pytest.raises(NotFound):
        muster.resolve(state, "p9", Kind.HERE, id="r1", signers=["anna", "borys"])
    decided = muster.resolve(state, "p1", Kind.DECLINED, id="r1", signers=["anna", "borys"])
    assert muster.fold(MANIFEST, events, [replace(decided, signers=("anna",))]).conflicts == ("p1",)
    state = muster.fold(MANIFEST, events, [decided])
    assert state.outcomes["p1"].verdict is Kind.DECLINED
    assert state.final


def test_a_claim_that_was_not_looked_at_opens_a_resolved_line_again():
    events = whole(b=(("declined", "p1"),))
    decided = muster.resolve(muster.fold(MANIFEST, events), "p1", Kind.HERE, id="r1", signers=["anna", "borys"])
    later = [*events, muster.follow(events[-1], id="B9", kind=Kind.UNFIT, line="p1")]
    assert muster.fold(MANIFEST, later, [decided]).conflicts == ("p1",)


def test_of_two_resolutions_the_one_that_looked_at_the_other_holds():
    events = whole(b=(("declined", "p1"), ("close",)))
    first = muster.resolve(muster.fold(MANIFEST, events), "p1", Kind.HERE, id="r1", signers=["a", "b"])
    rival = replace(first, id="r2", verdict=Kind.DECLINED)
    assert muster.fold(MANIFEST, events, [first, rival]).conflicts == ("p1",)
    last = muster.resolve(
        muster.fold(MANIFEST, events, [first, rival]), "p1", Kind.DECLINED, id="r3", signers=["a", "c"]
    )
    for order in itertools.permutations([first, rival, last]):
        state = muster.fold(MANIFEST, events, order)
        assert state.outcomes["p1"].verdict is Kind.DECLINED
        assert state.final


def test_an_undo_takes_back_only_a_mark_of_its_own_tablet():
    state = muster.fold(MANIFEST, whole(("here", "p9"), ("undo", -1)))
    assert state.final
    other = chain("A", ("here", "p1"))
    b = chain("B", ("note",))
    foreign_undo = muster.follow(b[0], id="B1", kind=Kind.UNDO, target=muster.digest(other[0]))
    state = muster.fold(MANIFEST, [*other, *b, foreign_undo])
    assert state.outcomes["p1"].verdict is Kind.HERE
    assert state.bad_undos == (muster.digest(foreign_undo),)


def test_an_undo_brings_back_what_the_tablet_said_before():
    state = muster.fold(MANIFEST, chain("A", ("absent", "p1"), ("here", "p1"), ("undo", -1)))
    assert state.outcomes["p1"].verdict is Kind.ABSENT


def test_someone_on_no_list_keeps_the_muster_open_until_turned_back():
    events = whole(("not_on_list", "x-7"))
    state = muster.fold(MANIFEST, events)
    assert state.conflicts == ("x-7",)
    turned = muster.resolve(state, "x-7", Kind.ABSENT, id="r", signers=["a", "b"])
    assert muster.fold(MANIFEST, events, [turned]).final
    assert muster.fold(MANIFEST, events, [turned]).counts()["here"] == 3


def test_two_versions_of_one_event_are_named_and_both_heard():
    events = whole()
    forged = replace(events[0], kind=Kind.ABSENT)
    state = muster.fold(MANIFEST, [*events, forged])
    assert state.chains["A"].forked == (1,)
    assert state.conflicts == ("p1",)
    assert not state.final


def test_an_altered_event_breaks_the_link_of_the_next():
    events = whole()
    events[1] = replace(events[1], kind=Kind.DECLINED)
    assert muster.fold(MANIFEST, events).chains["A"].broken == (3,)


def test_an_event_after_a_close_reopens_even_behind_a_second_close():
    events = whole()
    b = [e for e in events if e.chain == "B"]
    b.append(muster.follow(b[-1], id="B8", kind=Kind.NOTE, code="late"))
    b.append(muster.follow(b[-1], id="B9", kind=Kind.CLOSE))
    state = muster.fold(MANIFEST, [*events, *b])
    assert state.chains["B"].after_close == (2, 3)
    assert not state.final


def test_a_lost_tablet_is_answered_for_by_two_people_and_reopened_by_what_turns_up():
    events = chain("A", *[("here", line) for line in LINES], ("close",)) + chain("B", ("here", "p1"))
    state = muster.fold(MANIFEST, events)
    assert state.reasons() == ["Tablet B has not closed."]
    answered = muster.settle_chain(state, "B", id="s1", signers=["a", "b"])
    assert muster.fold(MANIFEST, events, [answered]).final
    found = muster.follow(events[-1], id="B1", kind=Kind.HERE, line="p2")
    assert not muster.fold(MANIFEST, [*events, found], [answered]).final


def test_events_of_another_day_count_for_nothing_and_of_an_unnamed_tablet_keep_it_open():
    events = whole()
    state = muster.fold(MANIFEST, events + chain("A", ("declined", "p1"), key="m0"))
    assert state.final
    assert len(state.foreign) == 1
    assert not muster.fold(MANIFEST, events + chain("C", ("here", "p1"))).final


def test_an_event_comes_back_from_its_data_and_nothing_else_passes():
    event = whole()[1]
    assert muster.event_from_data(muster.to_data(event)) == event
    for key, value in [("kind", "gone"), ("sequence", 0), ("sequence", True), ("line", "a b"), ("name", "x")]:
        with pytest.raises(Unreadable):
            muster.event_from_data({**muster.to_data(event), key: value})


# --- what is true of any events

said = st.lists(
    st.tuples(st.sampled_from(["here", "absent", "declined", "unfit"]), st.sampled_from([*LINES, "x"])),
    max_size=5,
)


@st.composite
def stories(draw):
    events = []
    for name in ("A", "B"):
        told = draw(said)
        steps = [part for step in told for part in ([step, ("undo", -1)] if draw(st.booleans()) else [step])]
        events += chain(name, *steps, *([("close",)] if draw(st.booleans()) else []))
    return events


@given(stories(), st.data())
def test_order_and_repetition_do_not_matter(events, data):
    state = muster.fold(MANIFEST, events)
    shuffled = data.draw(st.permutations(events))
    again = data.draw(st.lists(st.sampled_from(events), max_size=6)) if events else []
    assert muster.fold(MANIFEST, [*again, *shuffled, *again]) == state


@given(stories(), st.data())
def test_whatever_is_lost_a_final_muster_was_whole(events, data):
    kept = [event for event in events if data.draw(st.booleans())]
    state = muster.fold(MANIFEST, kept)
    if state.final:
        assert len(kept) == len(events)
        assert state.lines(Kind.HERE) == muster.fold(MANIFEST, events).lines(Kind.HERE)


@given(stories())
def test_a_person_counts_once_and_all_are_accounted_for(events):
    counts = muster.fold(MANIFEST, events).counts()
    everyone = counts.pop("all")
    assert sum(counts.values()) == everyone == len(LINES)


# --- every small case: two tablets, one person, up to three things said, and every loss

SAYINGS = [("here", "p1"), ("declined", "p1"), ("undo", -1), ("close",)]


def small_chains(name):
    for length in range(4):
        for steps in itertools.product(SAYINGS, repeat=length):
            if all(step[0] != "undo" or n for n, step in enumerate(steps)):
                yield chain(name, *steps)


def expected(kept, full):
    """The rules again, in the slow and plain way: (verdict or None, whether final)."""
    words, sound = set(), True
    for name in ("A", "B"):
        mine = [e for e in kept if e.chain == name]
        known = {muster.digest(e): e for e in mine}
        marks = [e for e in mine if e.kind in (Kind.HERE, Kind.DECLINED)]
        undos = [e for e in mine if e.kind is Kind.UNDO]
        good = [u for u in undos if u.target in known and known[u.target].kind in (Kind.HERE, Kind.DECLINED)]
        marks = [e for e in marks if muster.digest(e) not in {u.target for u in good}]
        words |= {e.kind for e in marks[-1:]}
        closes = [e for e in mine if e.kind is Kind.CLOSE]
        everything = [e for e in full if e.chain == name]
        sound &= (
            mine == everything[: len(mine)] and len(closes) == 1 and mine[-1] is closes[0] and good == undos
        )
    verdict = next(iter(words)) if len(words) == 1 else None
    return verdict, sound and verdict is not None


def test_every_small_case_and_every_loss_gives_what_the_rules_say():
    manifest = Manifest("m1", (Place("p1"),), ("A", "B"))
    cases = 0
    for a, b in itertools.product(small_chains("A"), list(small_chains("B"))[:22]):
        full = [*a, *b]
        for mask in range(1 << len(full)):
            kept = [event for n, event in enumerate(full) if mask >> n & 1]
            state = muster.fold(manifest, reversed(kept))
            verdict, final = expected(kept, full)
            assert (state.outcomes["p1"].verdict, state.final) == (verdict, final), [e.kind for e in kept]
            cases += 1
    assert cases > 20_000


# --- two directions


def side(key, *said, chain_name="A", places=None):
    places = places or tuple(Place(f"{key}{n}") for n in range(3))
    manifest = Manifest(key, places, (chain_name,))
    steps = [(kind, place.line) for kind, place in zip(said, places, strict=False) if kind]
    return muster.fold(manifest, chain(chain_name, *steps, ("close",), key=key))


TOGETHER = Rule(Simultaneity.TOGETHER, parity=True)


def test_all_cross_together_once_everybody_is_settled_and_level():
    out, inward = side("o", "here", "here", "here"), side("i", "here", "here", "here")
    assert muster.crossing(out, inward, TOGETHER).allowed
    waiting = muster.crossing(out, side("i", "here", "here", None), TOGETHER)
    assert not waiting.allowed
    assert waiting.out == ()


def test_a_shortfall_by_will_or_health_is_excused_and_by_absence_is_not():
    out = side("o", "here", "here", "here")
    for kind, level in [("declined", Level.EXCUSED), ("unfit", Level.EXCUSED), ("absent", Level.SHORT)]:
        inward = side("i", "here", "here", kind)
        assert muster.parity(out, inward)[0].level is level
        assert muster.crossing(out, inward, TOGETHER).allowed is (level is not Level.SHORT)
        assert muster.crossing(out, inward, Rule(Simultaneity.TOGETHER)).allowed


def test_one_excuse_does_not_cover_two_people():
    assert (
        muster.parity(side("o", "here", "here", "here"), side("i", "here", "unfit", "absent"))[0].level
        is Level.SHORT
    )


def test_direct_cases_wait_for_nobody_and_stand_in_no_balance():
    places = (Place("o0", counted=0), Place("o1"), Place("o2"))
    out = side("o", "here", "here", "here", places=places)
    blocked = muster.crossing(out, side("i", "absent", "absent", "absent"), TOGETHER)
    assert not blocked.allowed
    assert blocked.out == ("o0",)
    assert muster.parity(out, side("i", "here", "here", "here"))[0].out == 2


def test_tracks_never_stand_in_for_each_other():
    civil = tuple(Place(f"o{n}", track="civilian") for n in range(3))
    balance = muster.parity(side("o", "here", "here", "here", places=civil), side("i", "here", "here", "here"))
    assert [(b.track, b.out, b.inward, b.level) for b in balance] == [
        ("civilian", 3, 0, Level.SHORT),
        ("military", 0, 3, Level.SHORT),
    ]


def test_batches_cross_in_turn_and_only_when_level():
    def places(key):
        return tuple(Place(f"{key}{n}", batch=n // 2) for n in range(4))

    rule = Rule(Simultaneity.BATCHES, parity=True)
    out = side("o", "here", "here", "here", "here", places=places("o"))
    inward = side("i", "here", "here", "absent", "here", places=places("i"))
    first = muster.crossing(out, inward, rule)
    assert (first.allowed, first.batch, first.out, first.inward) == (True, 0, ("o0", "o1"), ("i0", "i1"))
    second = muster.crossing(out, inward, rule, crossed=[*first.out, *first.inward])
    assert (second.allowed, second.batch) == (False, 1)


def test_a_receipt_agrees_when_both_saw_the_same_people():
    sent, received = (
        side("o", "here", "here", "declined"),
        side("o", "here", "here", "declined", chain_name="R"),
    )
    receipt = muster.compare(sent, received)
    assert receipt.agrees
    assert receipt.crossed == ("o0", "o1")
    other = muster.compare(sent, side("o", "here", "absent", "here"))
    assert (other.only_sent, other.only_received, other.agrees) == (("o1",), ("o2",), False)
