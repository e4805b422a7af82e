"""Bulletins: two others approve, nobody is named, families first, and a figure is given once."""

from __future__ import annotations

import pytest

from obmin.audit import clock
from obmin.bulletins import notices
from obmin.bulletins.models import Bulletin
from obmin.care import cases
from obmin.care.models import Case
from obmin.core import record
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed, Refused, Stale, WrongState
from obmin.handover import musters
from obmin.handover.models import ManifestLine
from obmin.people.models import Identity, Person, TheirLine
from obmin.vault import cells
from obmin.vault.rows import update_sealed
from tests.negotiation.exchange import HANDOVER, NEGOTIATOR, Story, officer

BOTH = Actor.of("press", frozenset({Role.PRESS, Role.APPROVER}), party="UKR", fresh=True)
ONE, TWO = officer(Role.APPROVER, "one"), officer(Role.APPROVER, "two")
FAMILY, CASE = officer(Role.FAMILY), officer(Role.CASE)


@pytest.fixture
def done(story: Story) -> Story:
    """Over, everybody recognised, cases open, families told."""
    story.gone()
    sought = list(Person.objects.filter(register="sought").order_by("pk"))
    for person, line in zip(sought, TheirLine.objects.order_by("line"), strict=False):
        TheirLine.objects.filter(pk=line.pk).update(person=person)
    story.crossed()
    musters.complete(story.exchange, actor=HANDOVER)
    story.again()
    cases.open_cases(story.exchange, "P1", actor=CASE)
    cases.record_round(Case.objects.exclude(person=None), cases.TOLD, actor=FAMILY)
    return story


def drafted(story: Story, text: str = "12 people have come home.") -> Bulletin:
    return notices.draft(
        story.exchange, title_en="Home", title_uk="Вдома", text_en=text, text_uk="12 людей вдома.", actor=BOTH
    )


def approved(story: Story, text: str = "12 people have come home.") -> Bulletin:
    bulletin = drafted(story, text)
    notices.approve(bulletin, actor=ONE)
    notices.approve(bulletin, actor=TWO)
    return bulletin


def test_a_notice_that_two_others_read_is_published_with_the_frozen_figure(done: Story) -> None:
    bulletin = approved(done)
    notices.publish(bulletin, actor=BOTH)
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.figures["total"]) == ("PUBLISHED", 12)
    assert bulletin.published_at == clock.now()
    assert bulletin.approved_by == ["one", "two"]


def test_neither_the_author_nor_the_same_person_twice_approves(done: Story) -> None:
    bulletin = drafted(done)
    with pytest.raises(NotAllowed):
        notices.approve(bulletin, actor=BOTH)
    with pytest.raises(NotAllowed):
        notices.approve(bulletin, actor=NEGOTIATOR)
    notices.approve(bulletin, actor=ONE)
    with pytest.raises(NotAllowed):
        notices.approve(bulletin, actor=ONE)
    with pytest.raises(WrongState):
        notices.publish(bulletin, actor=BOTH)
    with pytest.raises(Stale):
        notices.approve(bulletin, actor=TWO, seen=1)
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.approved_by) == ("APPROVED_ONCE", ["one"])


def test_a_name_in_the_text_is_refused_also_of_whom_nobody_recognised(done: Story) -> None:
    held = Identity.objects.filter(person__register="held").order_by("pk")[0]
    update_sealed(Identity, [(held.pk, record.Identity(name="Вигаданов Пётр"))])  # no digits to give it away
    stranger = TheirLine.objects.filter(person=None).order_by("line")[0]
    cells.fill(stranger, record.Theirs("Іншенко Остап"))
    stranger.save()
    names = ["Вигаданов Пётр", "Іншенко Остап"]
    for name in names:
        bulletin = approved(done, f"12 people have come home, {name} among them.")
        with pytest.raises(Incomplete, match="may not stand"):
            notices.publish(bulletin, actor=BOTH)
    assert not Bulletin.objects.filter(state="PUBLISHED").exists()


def test_nothing_is_published_before_every_family_was_told(done: Story) -> None:
    bulletin = approved(done)
    case = Case.objects.exclude(person=None).order_by("pk")[0]
    Case.objects.filter(pk=case.pk).update(family_told_at=None)
    with pytest.raises(Incomplete, match="Families told: 2 of 3"):
        notices.publish(bulletin, actor=BOTH)


def test_a_second_bulletin_gives_the_same_figure_whatever_has_changed_since(done: Story) -> None:
    notices.publish(approved(done), actor=BOTH)
    notices.publish(second := approved(done), actor=BOTH)
    assert second.figures == Bulletin.objects.get(number=1).figures
    ManifestLine.objects.filter(muster__direction="in", number=1).update(outcome="absent")
    with pytest.raises(Refused) as found:  # the rows no longer add up: rather nothing than another figure
        drafted(done)
    assert found.value.code == "not-a-breakdown"


def test_there_is_no_figure_while_the_exchange_runs(story: Story) -> None:
    story.gone()
    with pytest.raises(Incomplete):
        drafted(story)
    assert not Bulletin.objects.exists()
