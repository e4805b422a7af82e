"""Rounds between two who trust nobody: what is refused, what is never signed, and when lists are locked."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from obmin.audit.models import Entry
from obmin.core.access import Role
from obmin.core.errors import Incomplete, NotAllowed, Refused, WrongState
from obmin.core.rounds import Answer, Code, Kind
from obmin.negotiation import fitting, lists, rounds, terms
from obmin.negotiation.models import Draft, ListLine, Package, Round, TheirOffer, WantedLine
from obmin.people import register
from obmin.people.models import Person
from tests.negotiation.exchange import (
    INTERVIEWER,
    LAWYER,
    NEGOTIATOR,
    YAML,
    Story,
    examine,
    lie,
    officer,
)

FAR = datetime(2025, 5, 1, tzinfo=UTC)


def refused_as(story: Story, letter: tuple[bytes, str]) -> str:
    """How a package is refused; nothing of it may stay, and the journal must say so."""
    before = Package.objects.count(), Round.objects.count(), TheirOffer.objects.count()
    with pytest.raises(Refused) as found:
        story.take(letter)
    assert (Package.objects.count(), Round.objects.count(), TheirOffer.objects.count()) == before
    assert json.loads(Entry.objects.latest("index").body)["refused"] == found.value.code
    return str(found.value.code)


def test_two_lists_are_locked_by_two_signatures_and_not_by_one(story: Story) -> None:
    story.answered()
    story.send(Kind.FREEZE)
    assert story.again().state == "LISTS_OPEN"
    assert not Draft.objects.filter(state="FROZEN").exists()
    story.take(story.rival.sends(story.rival.writes(Kind.FREEZE)))
    assert story.again().state == "LISTS_FROZEN"
    assert Draft.objects.get(state="FROZEN").lines.filter(state="FROZEN").count() == 13  # twelve and one direct
    assert set(TheirOffer.objects.values_list("state", flat=True)) == {"FROZEN"}


def test_lists_are_locked_as_well_where_they_sign_first(story: Story) -> None:
    story.answered()
    story.take(story.rival.sends(story.rival.writes(Kind.FREEZE)))
    assert story.again().state == "LISTS_OPEN"
    story.send(Kind.FREEZE)
    assert story.again().state == "LISTS_FROZEN"
    assert Draft.objects.filter(state="FROZEN").count() == 1


def test_their_key_never_speaks_for_us(story: Story) -> None:
    story.answered()
    theirs = story.rival.writes(Kind.FREEZE)
    forged = lie(theirs, sender="UKR", receiver="RUS")
    assert refused_as(story, story.rival.signs(forged)) == "wrong-parties"
    story.take(story.rival.sends(theirs))
    assert story.again().state == "LISTS_OPEN"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exchange": "x-2"}, "wrong-exchange"),
        ({"receiver": "BLR"}, "wrong-parties"),
        ({"terms": "0" * 64}, "wrong-terms"),
        ({"expires": FAR}, "expired"),
        ({"round": 2}, "out-of-turn"),
        ({"kind": Kind.REPLY, "lines": ()}, "wrong-kind"),
    ],
)
def test_a_package_that_does_not_fit_is_refused(story: Story, changes: dict[str, object], code: str) -> None:
    story.compose()
    contents = story.rival.writes(Kind.PROPOSAL, lines=story.rival.lines)
    if code == "wrong-kind":
        story.propose()
    assert refused_as(story, story.rival.signs(lie(contents, **changes))) == code


def test_a_package_altered_by_one_byte_or_signed_by_another_key_is_refused(story: Story) -> None:
    story.compose()
    contents = story.rival.writes(Kind.PROPOSAL, lines=story.rival.lines)
    body, signature = story.rival.signs(contents)
    other = body.replace(b"r000000000000003", b"r000000000000009", 1)
    assert other != body
    refused_as(story, (other, signature))
    refused_as(story, story.rival.signs(contents, "acts"))
    story.take((body, signature))


def test_the_same_package_again_and_another_version_of_it_are_refused(story: Story) -> None:
    story.both_proposed()
    sent = Package.objects.get(sender="RUS")
    assert refused_as(story, (rounds.body_of(sent), sent.signature)) == "replayed"
    two = story.rival.state.package("RUS", 1)
    assert two is not None
    shorter = lie(two.contents, lines=two.contents.lines[1:])
    assert refused_as(story, story.rival.signs(shorter)) == "two-versions"


def test_what_they_would_refuse_is_never_signed(story: Story) -> None:
    story.both_proposed()
    fitting.fit(story.exchange.rounds.get(), actor=NEGOTIATOR)
    answers = rounds.answer(story.offers())
    before = Package.objects.count()
    for wrong in (
        answers[1:],
        [Answer(answers[0].line, Code.OBJECTED), *answers[1:]],
        [Answer(answers[0].line, Code.UNKNOWN), *answers[1:]],
    ):
        with pytest.raises(Incomplete):
            story.send(Kind.REPLY, answers=wrong)
    with pytest.raises(Incomplete) as found:
        story.send(Kind.REPLY, answers=answers, expires=FAR)
    assert found.value.code == "expired"
    with pytest.raises(Incomplete):
        story.propose()  # a reply is due
    assert Package.objects.count() == before
    story.send(Kind.REPLY, answers=answers)


def test_a_list_that_nobody_held_against_the_terms_is_not_accepted(story: Story) -> None:
    story.both_proposed()
    with pytest.raises(Incomplete):
        rounds.answer(story.offers())


def test_our_answers_stand_on_their_lines(story: Story) -> None:
    story.both_proposed()
    assert TheirOffer.objects.filter(answer="").count() == 12
    story.answer()
    assert set(TheirOffer.objects.values_list("answer", flat=True)) == {"ACCEPTED"}


def test_an_objected_line_stands_on_our_list_and_blocks_the_freeze(story: Story) -> None:
    story.both_proposed()
    story.answer()
    story.they_answer(Code.OBJECTED, "T2")
    assert ListLine.objects.filter(state="OBJECTED").count() == 1
    with pytest.raises(Incomplete, match="objected"):
        story.send(Kind.FREEZE)
    assert story.again().state == "LISTS_OPEN"


def test_nothing_goes_out_on_a_record_that_changed(story: Story) -> None:
    draft = story.compose()
    who = draft.lines.filter(direct=False).order_by("line")[0].person_id
    register.record_interviews([(who, "refuses", "2025-05-21")], actor=INTERVIEWER)
    with pytest.raises(Incomplete, match="changed"):
        story.propose()
    assert story.compose().lines.filter(person=who).count() == 0
    story.propose()


def test_the_lists_that_were_sent_are_held_against_the_records_not_a_newer_draft(story: Story) -> None:
    story.answered()
    who = ListLine.objects.filter(direct=False).order_by("line")[0].person_id
    examine([who], "sick", "assisted")
    story.compose()  # fresh, and never sent
    with pytest.raises(Incomplete, match="changed"):
        story.send(Kind.FREEZE)


def test_only_the_newest_draft_is_sent(story: Story) -> None:
    old = story.compose()
    story.compose()
    with pytest.raises(Incomplete):
        story.send(Kind.PROPOSAL, lines=rounds.offered_lines, draft=old)


def test_a_list_is_not_locked_under_terms_that_it_was_not_composed_on(story: Story) -> None:
    story.answered()
    second = YAML + YAML[YAML.index("  - version: 1") :].replace("version: 1", "version: 2")
    second = second.replace("agreed: 2025-05-16\n    basis", "agreed: 2025-05-17\n    basis")
    day = datetime(2025, 5, 17, 12, tzinfo=UTC)
    terms.adopt(story.exchange, second, 2, actor=NEGOTIATOR, second=LAWYER, at=day)
    assert story.again().state == "TERMS_AGREED"
    story.compose()
    with pytest.raises(Incomplete, match="earlier terms"):
        story.send(Kind.FREEZE)


def test_terms_only_go_forward_and_not_past_a_signature(story: Story) -> None:
    with pytest.raises(WrongState):
        terms.adopt(story.exchange, YAML, 1, actor=NEGOTIATOR, second=LAWYER)
    story.answered()
    story.send(Kind.FREEZE)
    second = YAML + YAML[YAML.index("  - version: 1") :].replace("version: 1", "version: 2")
    with pytest.raises(WrongState):
        terms.adopt(story.exchange, second, 2, actor=NEGOTIATOR, second=LAWYER)


def test_what_is_sent_says_nothing_of_health_will_or_court(story: Story) -> None:
    story.compose()
    body = json.loads(rounds.body_of(story.propose()))
    known = {"birth_date", "category", "clause", "counted", "id", "name", "phase", "rank", "service_number"}
    assert {name for line in body["lines"] for name in line} == known
    keys = set(Person.objects.values_list("pk", flat=True))
    assert not keys & {line["id"] for line in body["lines"]}


def test_a_person_keeps_a_line_through_the_drafts_of_an_exchange(story: Story) -> None:
    first = dict(story.compose().lines.values_list("person_id", "line"))
    second = dict(story.compose().lines.values_list("person_id", "line"))
    both = first.keys() & second.keys()
    assert both
    assert all(first[key] == second[key] for key in both)


def test_whom_we_look_for_keeps_a_line_and_a_written_word_confirms_them(story: Story) -> None:
    tracer = officer(Role.TRACING)
    package = story.send(Kind.WANTED, actor=tracer, lines=rounds.wanted_lines)
    story.take(story.rival.sends(story.rival.writes(Kind.WANTED)))
    lines = [line["id"] for line in json.loads(rounds.body_of(package))["lines"]]
    answers = [Answer(x, Code.HELD_CONFIRMED if n == 0 else Code.UNKNOWN) for n, x in enumerate(sorted(lines))]
    story.send(Kind.REPLY, answers=[])
    story.take(story.rival.sends(story.rival.writes(Kind.REPLY, answers=answers)))
    found = Person.objects.get(state="CAPTIVE_CONFIRMED")
    assert (found.version, WantedLine.objects.get(person=found).line) == (2, sorted(lines)[0])
    again = story.send(Kind.WANTED, actor=tracer, lines=rounds.wanted_lines)
    assert [line["id"] for line in json.loads(rounds.body_of(again))["lines"]] == lines
    assert WantedLine.objects.count() == 3


@pytest.mark.parametrize("second", [NEGOTIATOR, INTERVIEWER])
def test_a_list_is_sent_by_two(story: Story, second: object) -> None:
    story.compose()
    with pytest.raises(NotAllowed):
        story.send(Kind.PROPOSAL, second=second, lines=rounds.offered_lines, draft=lists.latest(story.exchange))
    assert Package.objects.count() == 0
