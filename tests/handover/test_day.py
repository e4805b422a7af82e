"""A day at the crossing: who boards, what tablets say, which act is signed, and who has gone home by it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from obmin.core import muster as crossing
from obmin.core.errors import Altered, Incomplete, NotAllowed, Refused, Unreadable, WrongState
from obmin.files import packages
from obmin.handover import musters
from obmin.handover.models import Event, ManifestLine, Muster, TransferAct
from obmin.negotiation.models import ListLine, TheirOffer
from obmin.people import register
from obmin.people.models import Person, TheirLine
from tests.negotiation.exchange import (
    APPROVER,
    DOCTOR,
    HANDOVER,
    INTERVIEWER,
    LAWYER,
    NEGOTIATOR,
    Rival,
    Story,
    examine,
    recorded,
)


@pytest.fixture
def going(story: Story) -> Story:
    story.gone()
    return story


def says_no(line: ListLine, on: str = "2025-05-23") -> None:
    register.record_interviews([(line.person_id, "refuses", on)], actor=INTERVIEWER)


def merge(muster: Muster, events: list[dict[str, Any]]) -> int:
    return musters.merge(muster, events, actor=HANDOVER)


def issued(story: Story, direction: str = "in") -> Muster:
    story.clear()
    return story.issue(direction)


# --- who boards ---------------------------------------------------------------------------------------------


def test_nobody_stands_on_a_manifest_who_was_not_cleared(going: Story) -> None:
    with pytest.raises(Incomplete) as found:
        going.issue("out")
    assert found.value.code == "not-cleared"
    assert not Muster.objects.exists()


def test_whoever_says_no_after_clearing_is_asked_again_and_stays(going: Story) -> None:
    assert going.clear() == 13
    line = ListLine.objects.filter(state="CLEARED", direct=False).order_by("line")[0]
    says_no(line)
    with pytest.raises(Incomplete):
        going.issue("out")
    assert going.clear() == 12
    out = going.issue("out")
    assert out.lines.count() == 12
    assert not out.lines.filter(line=line.line).exists()


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("dead", "WITHDRAWN"),
        ("unfit", "UNFIT"),
        ("expired", "UNFIT"),
        ("court", "WITHDRAWN"),
        ("no", "REFUSED"),
    ],
)
def test_each_ground_leaves_one_person_behind(going: Story, what: str, state: str) -> None:
    line = ListLine.objects.filter(state="FROZEN", direct=False).order_by("line")[0]
    key = line.person_id
    match what:
        case "dead":
            Person.objects.filter(pk=key).update(state="DEAD")
        case "unfit":
            examine([key], "sick", "unfit")
        case "expired":  # a day before the crossing, whenever the question is asked
            examine([key], "none", "seated", until="2025-05-22")
        case "court":
            register.record_court_decisions([(key, "pending", "none", "none")], actor=LAWYER)
        case "no":
            says_no(line)
    assert going.clear() == 12
    line.refresh_from_db()
    assert line.state == state
    assert going.issue("out").lines.count() == 12


def test_an_old_interview_clears_nobody_and_leaves_nobody_behind(going: Story) -> None:
    line = ListLine.objects.filter(state="FROZEN").order_by("line")[0]
    register.record_interviews([(line.person_id, "consents", "2025-05-15")], actor=INTERVIEWER)
    assert going.clear() == 12
    with pytest.raises(Incomplete):
        going.issue("out")
    register.record_interviews([(line.person_id, "consents", "2025-05-16")], actor=INTERVIEWER)
    assert going.clear() == 13
    assert going.issue("out").lines.count() == 13


def test_clearing_takes_two_and_ends_with_the_manifest(going: Story) -> None:
    with pytest.raises(NotAllowed):
        musters.clear(going.exchange, "P1", actor=HANDOVER, second=HANDOVER)
    with pytest.raises(NotAllowed):
        musters.clear(going.exchange, "P1", actor=HANDOVER, second=APPROVER)
    issued(going, "out")
    with pytest.raises(WrongState):
        going.clear()


def test_a_manifest_is_issued_once_and_frozen(going: Story) -> None:
    out = issued(going, "out")
    shown = crossing.manifest_digest(musters.manifest(out))
    with pytest.raises(WrongState):
        going.issue("out")
    says_no(ListLine.objects.filter(state="CLEARED").order_by("line")[0])
    assert crossing.manifest_digest(musters.manifest(out)) == shown
    with pytest.raises(Incomplete):
        going.issue("sideways")
    assert len(set(ManifestLine.objects.values_list("code", flat=True))) == 13


# --- what tablets say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_events_in_any_order_and_repeated_come_to_the_same(going: Story, seed: int) -> None:
    inward = issued(going)
    events = recorded(inward)
    draw = random.Random(seed)
    mixed = [*events, *draw.sample(events, 5)]
    draw.shuffle(mixed)
    new = sum(merge(inward, mixed[n : n + 5]) for n in range(0, len(mixed), 5))
    assert new == len(events) == Event.objects.count()
    assert inward.lines.filter(outcome="here").count() == 12
    going.close(inward)


def test_a_day_is_not_closed_while_an_event_is_missing(going: Story) -> None:
    inward = issued(going)
    events = recorded(inward)
    merge(inward, events[:1] + events[2:])
    with pytest.raises(Incomplete):
        going.close(inward)
    inward.refresh_from_db()
    assert inward.state == "ISSUED"
    merge(inward, events[1:2])
    going.close(inward)


def test_somebody_on_no_list_and_two_words_on_one_person_keep_the_day_open(going: Story) -> None:
    inward = issued(going)
    events = recorded(inward)
    chain = [crossing.event_from_data(e) for e in events if e["chain"] == "tablet-1"]
    stranger = crossing.follow(chain[-2], id="s", kind=crossing.Kind.NOT_ON_LIST, line="stranger-1")
    closed = crossing.follow(stranger, id="c", kind=crossing.Kind.CLOSE)
    others = [e for e in events if e["chain"] != "tablet-1"] + [crossing.to_data(e) for e in chain[:-1]]
    merge(inward, [*others, crossing.to_data(stranger), crossing.to_data(closed)])
    with pytest.raises(Incomplete, match="on no list"):
        going.close(inward)


def test_events_of_another_muster_are_refused_and_can_still_be_told_to_their_own(going: Story) -> None:
    inward = issued(going)
    out = going.issue("out")
    events = recorded(out)
    with pytest.raises(Incomplete) as found:
        merge(inward, events)
    assert found.value.code == "other-muster"
    assert merge(out, events) == len(events)


def test_an_event_that_is_none_is_refused_whole(going: Story) -> None:
    inward = issued(going)
    events = recorded(inward)
    with pytest.raises(Unreadable):
        merge(inward, [*events, {**events[0], "kind": "gone"}])
    assert Event.objects.count() == 0


def test_a_repeat_after_the_close_opens_nothing_and_news_opens_the_day_again(going: Story) -> None:
    out = issued(going, "out")
    events = recorded(out)
    merge(out, events)
    going.close(out)
    assert merge(out, events) == 0
    out.refresh_from_db()
    assert out.state == "CLOSED"
    first = bytes(musters.act_of(out).body)
    last = crossing.event_from_data(events[-1])
    late = crossing.follow(last, id="late", kind=crossing.Kind.NOTE, code="bag")
    merge(out, [crossing.to_data(late)])
    out.refresh_from_db()
    assert out.state == "ISSUED"
    with pytest.raises(Incomplete, match="after its close"):
        going.close(out)
    assert bytes(TransferAct.objects.get().body) == first


# --- the act ------------------------------------------------------------------------------------------------


def test_the_act_tells_refusal_absence_and_court_not_apart(going: Story) -> None:
    away = list(ListLine.objects.filter(state="FROZEN", direct=False).order_by("line")[:3])
    says_no(away[0])
    out = issued(going, "out")
    merge(out, recorded(out, absent=[away[1].line], marks={away[2].line: "declined"}))
    going.close(out)
    told = json.loads(bytes(musters.act_of(out).body))
    assert told["exceptions"] == {line.line: "not_available" for line in away}
    assert len(told["here"]) == 10
    assert "declined" not in str(told)


def test_a_person_less_on_their_side_is_absent_here_and_all_acts_agree(going: Story) -> None:
    gone = going.rival.lines[4].id
    says_no(ListLine.objects.filter(state="FROZEN", direct=False).order_by("line")[0])
    out, inward = going.crossed(absent=[gone])
    assert (out.lines.count(), inward.lines.filter(outcome="here").count()) == (12, 11)
    musters.complete(going.exchange, actor=HANDOVER)
    musters.reconcile(going.exchange, actor=HANDOVER, second=APPROVER)
    assert going.again().state == "RECONCILED"
    assert TheirOffer.objects.get(line__line=gone).state == "FROZEN"
    assert Person.objects.filter(state="REPATRIATED").count() == 12


def differing(story: Story, inward: Muster) -> list[dict[str, Any]]:
    here = sorted(inward.lines.values_list("line", flat=True))
    return [
        {"here": here[1:]},
        {"here": here[1:], "exceptions": {here[0]: "not_available"}},
        {"here": [*here, "f" * 16]},
        {"exceptions": {"f" * 16: "not_available"}},
        {"exchange": "x-2"},
        {"phase": "P2"},
        {"on": "2025-05-24"},
        {"from": "UKR", "to": "RUS"},
        {"format": "obmin-act/2"},
        {"here": "everybody"},
        {"here": [[here[0]], *here[1:]]},
    ]


def test_an_act_that_differs_in_anything_is_not_signed(going: Story) -> None:
    inward = issued(going)
    merge(inward, recorded(inward))
    going.close(inward)
    for change in differing(going, inward):
        with pytest.raises(Altered):
            musters.countersign(inward, *going.their_act(inward, **change), actor=HANDOVER, second=APPROVER)
    body, signature = going.their_act(inward)
    with pytest.raises(Refused):
        musters.countersign(inward, body + b" ", signature, actor=HANDOVER, second=APPROVER)
    other = packages.sign(body, Rival.key("rounds"), comment="rival")
    with pytest.raises(Refused):
        musters.countersign(inward, body, other, actor=HANDOVER, second=APPROVER)
    assert not TransferAct.objects.exists()
    assert not TheirOffer.objects.filter(state="RECEIVED").exists()
    musters.countersign(inward, body, signature, actor=HANDOVER, second=APPROVER)


def test_people_have_come_home_by_the_countersigned_act_and_only_then(going: Story) -> None:
    sought = Person.objects.filter(register="sought").order_by("pk")[0]
    TheirLine.objects.filter(line=going.rival.lines[0].id).update(person=sought)
    inward = issued(going)
    merge(inward, recorded(inward))
    going.close(inward)
    sought.refresh_from_db()
    assert sought.state == "OPEN"
    body, signature = going.their_act(inward)
    musters.countersign(inward, body, signature, actor=HANDOVER, second=APPROVER)
    sought.refresh_from_db()
    assert (sought.state, sought.version) == ("RETURNED", 2)


def test_people_have_gone_home_by_their_signature_and_only_then(going: Story) -> None:
    out = issued(going, "out")
    merge(out, recorded(out))
    going.close(out)
    act = musters.act_of(out)
    own = act.sender_signature
    with pytest.raises(Refused):
        musters.take_countersignature(out, own, actor=HANDOVER, second=APPROVER)
    assert not Person.objects.filter(state="REPATRIATED").exists()
    under = packages.sign(bytes(act.body), Rival.key("acts"), comment="rival")
    with pytest.raises(NotAllowed):
        musters.take_countersignature(out, under, actor=HANDOVER, second=HANDOVER)
    musters.take_countersignature(out, under, actor=HANDOVER, second=APPROVER)
    assert Person.objects.filter(state="REPATRIATED").count() == 13


def test_each_direction_has_its_own_way_of_signing(going: Story) -> None:
    inward = issued(going)
    out = going.issue("out")
    for muster in (inward, out):
        merge(muster, recorded(muster))
        going.close(muster)
    body, signature = going.their_act(inward)
    with pytest.raises(WrongState):
        musters.countersign(out, body, signature, actor=HANDOVER, second=APPROVER)
    with pytest.raises(WrongState):
        musters.take_countersignature(inward, signature, actor=HANDOVER, second=APPROVER)


def test_the_exchange_is_over_when_every_act_is_signed(going: Story) -> None:
    issued(going)
    with pytest.raises(Incomplete):
        musters.complete(going.exchange, actor=HANDOVER)
    with pytest.raises(NotAllowed):
        musters.issue(going.exchange, "P1", "out", crossing="B", actor=NEGOTIATOR)
    with pytest.raises(NotAllowed):
        musters.complete(going.exchange, actor=DOCTOR)


def test_a_line_of_the_list_that_no_act_speaks_of_is_not_reconciled(going: Story) -> None:
    out, _ = going.crossed()
    musters.complete(going.exchange, actor=HANDOVER)
    TransferAct.objects.filter(muster=out).update(
        body=packages.canonical(json.loads(bytes(musters.act_of(out).body)) | {"here": []})
    )
    out.lines.update(outcome="")
    with pytest.raises(Incomplete):
        musters.reconcile(going.exchange, actor=HANDOVER, second=APPROVER)
