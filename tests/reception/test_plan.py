"""Reception: what the doctors told, where everybody goes, and when the word to go may be given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from obmin.core.capacity import Area
from obmin.core.errors import Incomplete, NotAllowed, Unreadable, WrongState
from obmin.core.rounds import Kind
from obmin.negotiation.models import ListLine
from obmin.people import records, register
from obmin.people.models import Person
from obmin.reception import plan, readiness
from obmin.reception.models import Plan, Site, Summary, Vehicle
from obmin.vault import cells
from tests.negotiation.exchange import APPROVER, DOCTOR, INTERVIEWER, LAWYER, PLANNER, Story, resources


@pytest.fixture
def locked(story: Story) -> Story:
    story.frozen()
    return story


def test_everybody_has_a_place_and_a_seat_and_the_proof_says_so(locked: Story) -> None:
    found = locked.prepared()
    assert found.assignments.count() == 12
    assert not found.assignments.filter(trip="").exists()
    assert (found.proof["unplaced"], found.proof["optimal"]) == (0, True)
    plan.confirm(found, actor=PLANNER, second=DOCTOR)
    found.refresh_from_db()
    assert found.state == "CONFIRMED"


def test_too_few_places_are_shown_with_remedies_and_not_confirmed(locked: Story) -> None:
    found = locked.prepared(resources(places=5))
    assert found.proof["unplaced"] > 0
    assert found.proof["shortages"][0]["remedies"]
    with pytest.raises(Incomplete, match="have no place"):
        plan.confirm(found, actor=PLANNER, second=DOCTOR)
    assert Plan.objects.get().state == "DRAFT"


@pytest.mark.parametrize("second", [PLANNER, APPROVER])
def test_a_plan_is_confirmed_by_planner_and_doctor(locked: Story, second: object) -> None:
    found = locked.prepared()
    with pytest.raises(NotAllowed):
        plan.confirm(found, actor=PLANNER, second=second)  # type: ignore[arg-type]


def test_a_plan_of_an_earlier_list_places_nobody(story: Story) -> None:
    story.both_proposed()
    plan.record_resources(resources(), actor=PLANNER)
    early = plan.plan(story.exchange, actor=PLANNER)
    story.answer()
    story.they_answer()
    story.compose()
    story.propose()
    lines = tuple(replace(line, name=line.name + "ко") for line in story.rival.lines)
    story.take(story.rival.sends(story.rival.writes(Kind.PROPOSAL, lines=lines)))
    with pytest.raises(Incomplete, match="another list"):
        plan.confirm(early, actor=PLANNER, second=DOCTOR)
    Plan.objects.update(state="CONFIRMED")
    row = next(row for row in readiness.of(story.exchange).rows if row.area is Area.PLACES)
    assert (row.needed, row.confirmed) == (12, 0)


def test_what_is_no_longer_reported_receives_nobody(locked: Story) -> None:
    locked.prepared()
    moved = replace(
        resources(), sites=(replace(resources().sites[0], code="H2"),), vehicles=resources().vehicles[:2]
    )
    plan.record_resources(moved, actor=PLANNER)
    assert Vehicle.objects.count() == 2
    again = plan.plan(locked.exchange, actor=PLANNER)
    assert set(again.assignments.values_list("site_id", flat=True)) == {"H2"}
    assert Site.objects.get(pk="H").places == {}


def test_the_newest_word_of_their_doctors_holds(locked: Story) -> None:
    told = locked.told()
    plan.take_summaries(locked.exchange, told, actor=DOCTOR)
    told[0]["fitness"] = "stretcher"
    plan.take_summaries(locked.exchange, told, actor=DOCTOR)
    assert Summary.objects.count() == 12
    carried = [s for s in Summary.objects.all() if cells.value(s, records.SYSTEM).fitness == "stretcher"]
    assert [s.offer.line.line for s in carried] == [told[0]["line"]]


def test_summaries_of_strangers_or_in_unknown_codes_are_refused(locked: Story) -> None:
    told = locked.told()
    with pytest.raises(Incomplete):
        plan.take_summaries(locked.exchange, [{**told[0], "line": "nobody"}], actor=DOCTOR)
    with pytest.raises(Unreadable, match="on foot"):
        plan.take_summaries(locked.exchange, [{**told[0], "fitness": "on foot"}, *told[1:]], actor=DOCTOR)
    with pytest.raises(NotAllowed):
        plan.take_summaries(locked.exchange, told, actor=PLANNER)
    assert Summary.objects.count() == 0


def test_no_go_before_everything_is_there_and_then_by_two_keys(locked: Story) -> None:
    found = locked.prepared()
    with pytest.raises(Incomplete):
        plan.declare_ready(locked.exchange, actor=PLANNER)
    plan.confirm(found, actor=PLANNER, second=DOCTOR)
    for giver in ("UKR", "RUS"):
        plan.record_guarantee(locked.exchange, giver, actor=PLANNER)
    with pytest.raises(Incomplete, match="guarantees"):
        plan.declare_ready(locked.exchange, actor=PLANNER)
    plan.record_guarantee(locked.exchange, "NTR", actor=PLANNER)
    with pytest.raises(WrongState):
        plan.go(locked.exchange, actor=APPROVER, second=LAWYER)
    plan.declare_ready(locked.exchange, actor=PLANNER)
    for second in (APPROVER, PLANNER):
        with pytest.raises(NotAllowed):
            plan.go(locked.exchange, actor=APPROVER, second=second)
    plan.go(locked.exchange, actor=APPROVER, second=LAWYER)
    assert locked.again().state == "GO"


def test_one_who_says_no_after_the_lock_holds_nobody_else_back(locked: Story) -> None:
    lines = ListLine.objects.filter(state="FROZEN", direct=False).order_by("line")
    register.record_interviews([(lines[0].person_id, "refuses", "2025-05-22")], actor=INTERVIEWER)
    Person.objects.filter(pk=lines[1].person_id).update(state="DEAD")
    rows = {row.area: row for row in readiness.of(locked.exchange).rows}
    assert (rows[Area.WILL].needed, rows[Area.WILL].missing) == (11, 0)
    register.record_interviews([(lines[2].person_id, "undecided", "2025-05-22")], actor=INTERVIEWER)
    rows = {row.area: row for row in readiness.of(locked.exchange).rows}
    assert rows[Area.WILL].missing == 1
