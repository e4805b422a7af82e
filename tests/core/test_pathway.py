"""A returnee's way: due in time, at their pace, and never back to the front against the law."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core import pathway
from obmin.core.access import Role
from obmin.core.errors import Unreadable
from obmin.core.pathway import Basis, Case, Hostilities, Intake, Mark, Risk, Service, Span, StepState

WAY = pathway.read_pathway()
ARRIVAL = datetime(2025, 5, 25, 14, tzinfo=UTC)
SOLDIER = {"category": "military"}
FREE = Service(Basis.AGREEMENT, Hostilities.ACTIVE, "decision-7")
# 10.5 of the field's order of states, written down here by hand
STATES = {
    "EXPECTED", "RECEIVED", "STABILISED", "MAIN_PHASE", "BOARD", "ADDITIONAL_CARE", "LEAVE", "DISCHARGED",
    "NON_COMBAT_DUTY", "DUTY", "FOLLOW_UP", "CLOSED",
}  # fmt: skip


def done(*codes):
    return {code: Mark(StepState.DONE, ARRIVAL) for code in codes}


def case(state="RECEIVED", **more):
    return Case(state, {"received": ARRIVAL}, SOLDIER, **more)


def codes(found):
    return [one.step.code for one in found]


def test_within_hours_come_triage_food_kit_identity_and_a_call_by_own_choice():
    due = {step.code: (step, when - ARRIVAL) for step, when in pathway.open_case(WAY, ARRIVAL, SOLDIER)}
    for code in ("triage", "refeeding", "identity", "kit", "call-home"):
        assert due[code][1] <= timedelta(hours=6), code
    assert due["call-home"][0].choice
    assert due["refeeding"][1] < due["kit"][1]


def test_a_year_is_followed_at_1_3_6_and_12_months_from_going_home():
    home = datetime(2025, 8, 31, 10, tzinfo=UTC)
    due = {s.code: when for s, when in pathway.due_times(WAY, {"received": ARRIVAL, "home": home}, SOLDIER)}
    assert due["follow-up-1"] == datetime(2025, 9, 30, 10, tzinfo=UTC)
    assert due["follow-up-3"] == datetime(2025, 11, 30, 10, tzinfo=UTC)
    assert due["follow-up-6"] == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert due["follow-up-12"] == datetime(2026, 8, 31, 10, tzinfo=UTC)


def test_civilians_see_no_board():
    assert "board-decision" in codes_of(SOLDIER)
    assert not {"board-decision", "own-statement"} & codes_of({"category": "civilian"})
    civilian = Case(
        "MAIN_PHASE", {"received": ARRIVAL}, {"category": "civilian"}, done("plan", "full-examination")
    )
    assert pathway.may_move(WAY, civilian, "BOARD", FREE).code == "no-such-move"
    assert pathway.may_move(WAY, civilian, "FOLLOW_UP", FREE).allowed


def codes_of(facts):
    return {step.code for step, _ in pathway.open_case(WAY, ARRIVAL, facts)}


def test_every_state_of_the_case_is_there_and_leads_to_its_close():
    assert set(WAY.states) == STATES
    reached = {"CLOSED"}
    while more := {m.start for m in WAY.moves if m.end in reached} - reached:
        reached |= more
    assert reached == STATES


def test_every_role_of_a_step_is_a_role_of_the_house():
    assert {step.role for step in WAY.steps} <= {role.value for role in Role}


def test_not_now_needs_no_reason_and_is_asked_again_later():
    asked = ARRIVAL + timedelta(hours=1)
    shy = case(marks={"call-home": Mark(StepState.NOT_NOW, asked)})
    (call,) = [one for one in pathway.next_steps(WAY, shy, ARRIVAL) if one.step.code == "call-home"]
    assert call.due == asked + timedelta(hours=6)
    assert not call.overdue


def test_nothing_but_done_takes_a_step_away():
    now = ARRIVAL + timedelta(days=400)
    everything = codes(pathway.next_steps(WAY, case(), now))
    put_off = case(marks={code: Mark(StepState.NOT_NOW, ARRIVAL) for code in everything})
    assert sorted(codes(pathway.next_steps(WAY, put_off, now))) == sorted(everything)
    assert pathway.next_steps(WAY, case(marks=done(*everything)), now) == ()


def test_no_debrief_before_doctor_and_psychologist():
    for had in ((), ("full-examination",), ("psychologist",)):
        (debrief,) = [
            one
            for one in pathway.next_steps(WAY, case(marks=done(*had)), ARRIVAL)
            if one.step.code == "debrief"
        ]
        assert set(debrief.waits_for) == {"full-examination", "psychologist"} - set(had)
        assert debrief.step.choice
    put_off = {**done("full-examination"), "psychologist": Mark(StepState.NOT_NOW, ARRIVAL)}
    waits = {one.step.code: one.waits_for for one in pathway.next_steps(WAY, case(marks=put_off), ARRIVAL)}
    assert waits["debrief"] == ("psychologist",)


def test_a_missed_follow_up_raises_outreach_and_only_that():
    late = pathway.next_steps(WAY, case("FOLLOW_UP"), ARRIVAL + timedelta(days=500))
    assert {one.step.code for one in late if one.outreach} == {f"follow-up-{n}" for n in (1, 3, 6, 12)}
    assert not any(one.outreach for one in pathway.next_steps(WAY, case(), ARRIVAL))


@given(st.sets(st.sampled_from([s.code for s in WAY.steps])), st.integers(0, 500))
def test_what_is_ready_stands_before_what_waits_and_time_orders_both(had, days):
    found = pathway.next_steps(WAY, case(marks=done(*had)), ARRIVAL + timedelta(days=days))
    keys = [(bool(one.waits_for), one.due) for one in found]
    assert keys == sorted(keys)
    assert set(codes(found)) == codes_of(SOLDIER) - had


def test_a_case_moves_by_what_was_done():
    fresh = case()
    assert pathway.may_move(WAY, fresh, "STABILISED", FREE).code == "missing"
    ready = replace(fresh, marks=done("triage", "refeeding", "identity", "first-examination"))
    assert pathway.may_move(WAY, ready, "STABILISED", FREE).allowed
    assert pathway.may_move(WAY, ready, "DUTY", FREE).code == "no-such-move"


@pytest.mark.parametrize(
    ("basis", "hostilities", "decision", "duty", "non_combat"),
    [
        (Basis.DIRECT, Hostilities.ACTIVE, "", "art-117", "legal-decision"),
        (Basis.DIRECT, Hostilities.ACTIVE, "d-1", "art-117", "ok"),
        (Basis.NEUTRAL, Hostilities.ACTIVE, "d-1", "art-117", "ok"),
        (Basis.LONG_CAPTIVITY, Hostilities.ACTIVE, "d-1", "art-117", "ok"),
        (Basis.AGREEMENT, Hostilities.ACTIVE, "", "legal-decision", "ok"),
        (Basis.AGREEMENT, Hostilities.ACTIVE, "d-1", "ok", "ok"),
        (Basis.UNKNOWN, Hostilities.ACTIVE, "", "legal-decision", "legal-decision"),
        (Basis.DIRECT, Hostilities.CEASED, "", "ok", "ok"),
        (Basis.UNKNOWN, Hostilities.CEASED, "", "ok", "ok"),
    ],
)
def test_article_117_stands_before_service(basis, hostilities, decision, duty, non_combat):
    board = case("BOARD", marks=done("board-decision", "own-statement"))
    law = Service(basis, hostilities, decision)
    assert pathway.may_move(WAY, board, "DUTY", law).code == duty
    assert pathway.may_move(WAY, board, "NON_COMBAT_DUTY", law).code == non_combat
    assert pathway.may_move(WAY, board, "DISCHARGED", law).allowed


def test_duty_needs_the_board_and_their_own_word():
    for marks in (done("board-decision"), done("own-statement")):
        assert pathway.may_move(WAY, case("BOARD", marks=marks), "DUTY", FREE).code == "missing"


def test_a_case_closes_by_the_returnees_word_or_documented_attempts():
    assert pathway.may_move(WAY, case("FOLLOW_UP", attempts=2), "CLOSED", FREE).code == "own-word"
    assert pathway.may_move(WAY, case("FOLLOW_UP", attempts=3), "CLOSED", FREE).allowed
    assert pathway.may_move(WAY, case("FOLLOW_UP", own_word=True), "CLOSED", FREE).allowed


@pytest.mark.parametrize(
    ("intake", "risk", "start"),
    [
        (Intake(), Risk.UNKNOWN, 10),
        (Intake(bmi=13.9), Risk.EXTREME, 5),
        (Intake(days=16), Risk.EXTREME, 5),
        (Intake(bmi=15.9), Risk.HIGH, 10),
        (Intake(loss=15.1), Risk.HIGH, 10),
        (Intake(days=11), Risk.HIGH, 10),
        (Intake(low_minerals=True), Risk.HIGH, 10),
        (Intake(bmi=18.4, loss=10.1), Risk.HIGH, 10),
        (Intake(days=6, risk_drugs=True), Risk.HIGH, 10),
        (Intake(18.4, 0, 0, False, False), Risk.NONE_FOUND, 0),
        (Intake(22, 0, 0, False, None), Risk.UNKNOWN, 10),
        (Intake(22, 0, 0, False, False), Risk.NONE_FOUND, 0),
    ],
)
def test_refeeding_risk_follows_the_criteria_and_unknown_is_no_clearance(intake, risk, start):
    found = pathway.refeeding_risk(intake)
    assert (found.risk, found.start) == (risk, start)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(1, 48))
def test_months_later_is_the_same_day_or_the_months_last(moment, months):
    later = Span(months=months).after(moment)
    assert (later.year * 12 + later.month) - (moment.year * 12 + moment.month) == months
    assert later.day == moment.day or (later + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 0"),
        ("after: [triage]", "after: [nothing]"),
        ("needs: [plan, full-examination]", "needs: [planning]"),
        ("{code: triage,", "{code: identity,"),
        ("due: {after: main, days: 2}", "due: {after: noon, days: 2}"),
        ("board: {after: main, days: 21}", "board: {after: home, days: 21}"),
        ("label: {en:", "label: {de:"),
        ("gate: closing", "gate: shut"),
        ("code: returnee", "code: ["),
    ],
)
def test_a_pathway_with_a_loose_end_is_refused(old, new):
    from importlib import resources

    text = resources.files("obmin.core.pathway").joinpath("returnee.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(Unreadable):
        pathway.read_pathway(text.replace(old, new))
