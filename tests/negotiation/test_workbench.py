"""Orders about single people: what a list then does, what cannot be ordered, what stands on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from obmin.core.access import Role
from obmin.core.errors import Incomplete, NotAllowed, Refused, Stale, WrongState
from tests.negotiation.exchange import NEGOTIATOR, Story, examine, officer

if TYPE_CHECKING:
    from obmin.negotiation.models import Draft

ON = date(2025, 5, 23)
LISTS = officer(Role.LISTS)


def again(story: Story, near: Draft) -> Draft:
    from obmin.negotiation import lists

    return lists.compose(story.exchange, actor=LISTS, on=ON, kept=lists.kept(near))


def on_list(draft: Draft) -> set[str]:
    return set(draft.lines.filter(direct=False).values_list("person_id", flat=True))


@pytest.fixture
def draft(story: Story) -> Draft:
    return story.compose()


@pytest.fixture
def listed(draft: Draft) -> Callable[[int], object]:
    return lambda n: draft.lines.filter(direct=False).select_related("person").order_by("position")[n].person


@pytest.fixture
def left(draft: Draft) -> Callable[[int], object]:
    return lambda n: draft.left_out.select_related("person").order_by("person")[n].person


def test_one_person_kept_off_brings_one_other_and_moves_nobody(story: Story, draft: Draft, listed) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import orders
    from obmin.negotiation.versions import compare

    gone = listed(3)
    orders.ban(story.exchange, gone, actor=LISTS, reason="a witness in court")
    after = again(story, draft)
    changes = compare(draft, after)
    assert [(c.kind, c.person) for c in changes if c.kind == "left"] == [("left", gone.pk)]
    assert [c.kind for c in changes] == ["came", "left"]
    told = next(c for c in changes if c.kind == "left")
    assert told.order == "ban"
    assert told.why_after == "taken off by an officer"
    assert told.why_before


def test_whoever_is_put_on_is_on_and_the_list_stays_proven(story: Story, draft: Draft, left) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import orders
    from obmin.negotiation.versions import compare

    wanted = left(0)
    order = orders.lock(story.exchange, wanted, actor=LISTS, reason="their father is dying")
    after = again(story, draft)
    assert wanted.pk in on_list(after)
    assert after.proof["kept"]
    assert after.proof["optimal"]
    assert len(on_list(after)) == 12
    assert after.proof["orders"] == [order.pk]
    assert [c.kind for c in compare(draft, after)] == ["came", "left"]


def test_an_order_stands_until_it_is_lifted(story: Story, draft: Draft, left) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import orders

    wanted = left(0)
    order = orders.lock(story.exchange, wanted, actor=LISTS, reason="their father is dying")
    second = again(story, draft)
    third = again(story, draft)
    assert wanted.pk in on_list(second) & on_list(third)
    orders.lift(order, actor=LISTS, reason="he came home by himself")
    fourth = again(story, draft)
    assert on_list(fourth) == on_list(draft)
    order.refresh_from_db()
    assert order.state == "LIFTED"
    with pytest.raises(WrongState):
        orders.lift(order, actor=LISTS, reason="again")


def test_a_substitution_is_two_orders_that_are_lifted_together(
    story: Story, draft: Draft, listed, left
) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import orders

    off, on = listed(5), left(1)
    first, second = orders.substitute(story.exchange, off, on, actor=LISTS, reason="brothers, agreed by both")
    assert (first.pair, second.pair) == (second.pk, first.pk)
    after = again(story, draft)
    assert on_list(after) == on_list(draft) - {off.pk} | {on.pk}
    orders.lift(second, actor=LISTS, reason="they changed their minds")
    assert orders.standing(story.exchange) == []
    assert on_list(again(story, after)) == on_list(after), "nothing has to change back by itself"


def test_the_reason_stands_on_record_sealed_and_is_told(story: Story, draft: Draft, listed) -> None:  # type: ignore[no-untyped-def]
    from django.db import connection

    from obmin.audit.models import Entry
    from obmin.negotiation import orders

    order = orders.ban(story.exchange, listed(0), actor=LISTS, reason="a witness in court")
    assert orders.reasons([order]) == {order.pk: "a witness in court"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM negotiation_order")
        assert "witness" not in str(cursor.fetchall())
    entry = Entry.objects.get(act="lists.ban")
    assert entry.subject == f"negotiation.order:{order.pk}"
    assert entry.actor == LISTS.id
    assert "witness" not in entry.body


def test_nobody_is_ordered_about_without_a_reason_or_by_another_duty(
    story: Story, draft: Draft, listed
) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import orders
    from obmin.negotiation.models import Order

    with pytest.raises(NotAllowed) as refused:
        orders.ban(story.exchange, listed(0), actor=LISTS, reason="  ")
    assert refused.value.code == "reason-missing"
    with pytest.raises(NotAllowed):
        orders.ban(story.exchange, listed(0), actor=NEGOTIATOR, reason="because")
    assert not Order.objects.exists()


def test_what_no_officer_can_order(story: Story) -> None:
    from obmin.negotiation import orders
    from obmin.negotiation.models import Order
    from obmin.people import register
    from obmin.people.models import Person
    from tests.negotiation.exchange import INTERVIEWER

    ids = list(Person.objects.filter(register="held").order_by("key").values_list("pk", flat=True))
    unwilling = Person.objects.get(pk=ids[-1])
    register.record_interviews([(unwilling.pk, "refuses", "2025-05-21")], actor=INTERVIEWER)
    draft = story.compose()
    direct = draft.lines.get(direct=True).person
    one = draft.lines.filter(direct=False).first().person
    out = draft.left_out.exclude(person=unwilling).first().person
    told = {
        "unwilling": lambda: orders.lock(story.exchange, unwilling, actor=LISTS, reason="r"),
        "direct off": lambda: orders.ban(story.exchange, direct, actor=LISTS, reason="r"),
        "no such day": lambda: orders.lock(story.exchange, out, "P9", actor=LISTS, reason="r"),
        "same day": lambda: orders.move(story.exchange, one, "P1", actor=LISTS, reason="r"),
        "moved although out": lambda: orders.move(story.exchange, out, "P1", actor=LISTS, reason="r"),
        "two who are out": lambda: orders.substitute(story.exchange, out, out, actor=LISTS, reason="r"),
    }
    for what, order in told.items():
        with pytest.raises(Refused) as refused:
            order()
        assert refused.value.code == "not-ordered", what
        assert "refuse" not in refused.value.message.lower(), (
            "why somebody is not available is nobody's to know"
        )
    assert not Order.objects.exists()
    orders.lock(story.exchange, out, actor=LISTS, reason="r")
    with pytest.raises(Refused, match="Lift it first"):
        orders.ban(story.exchange, out, actor=LISTS, reason="r")


def test_what_was_ordered_since_holds_a_list_back_from_being_sent(story: Story, draft: Draft, listed) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import orders

    orders.ban(story.exchange, listed(0), actor=LISTS, reason="r")
    with pytest.raises(Incomplete, match="compose again"):
        story.propose()
    story.compose()
    story.propose()


def test_taking_off_at_once_is_an_order_too(story: Story, draft: Draft, listed) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import lists, orders

    line = draft.lines.get(person=listed(2))
    lists.take_off(line, actor=LISTS, reason="gone to hospital")
    assert [(o.person_id, o.kind) for o in orders.standing(story.exchange)] == [(line.person_id, "ban")]
    assert line.person_id not in on_list(again(story, draft))


# -- locking and signing


@pytest.fixture
def officers(story: Story) -> None:
    from obmin.accounts import people as accounts

    roles = (Role.LISTS, Role.NEGOTIATOR, Role.APPROVER)
    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "Headquarters", "Штаб")],
        leads={},
        officers=[accounts.Officer(r.value, "Вигадана Особа", "Vyhadana Osoba", "HQ", (r,)) for r in roles],
    )


def test_two_people_lock_and_sign_a_draft_and_meanwhile_nothing_changes(
    story: Story,
    draft: Draft,
    listed,
    officers: None,  # type: ignore[no-untyped-def]
) -> None:
    from obmin.negotiation import lists, orders

    approver = officer(Role.APPROVER)
    with pytest.raises(WrongState):
        lists.sign(draft, actor=approver)
    lists.close(draft, actor=LISTS)
    with pytest.raises(Refused, match="locked for signing"):
        orders.ban(story.exchange, listed(0), actor=LISTS, reason="r")
    with pytest.raises(WrongState, match="locked for signing"):
        story.compose()
    with pytest.raises(WrongState, match="locked for signing"):
        lists.take_off(draft.lines.first(), actor=LISTS, reason="r")
    with pytest.raises(NotAllowed):
        lists.sign(draft, actor=LISTS)
    with pytest.raises(Stale):
        lists.sign(draft, actor=approver, seen=draft.version - 1)
    lists.sign(draft, actor=approver)
    draft.refresh_from_db()
    assert draft.state == "SIGNED"
    story.propose()


def test_opened_again_a_signature_is_void(story: Story, draft: Draft, listed, officers: None) -> None:  # type: ignore[no-untyped-def]
    from obmin.negotiation import lists, orders

    lists.close(draft, actor=LISTS)
    lists.sign(draft, actor=officer(Role.APPROVER))
    lists.reopen(draft, actor=LISTS, reason="somebody fell ill")
    draft.refresh_from_db()
    assert draft.state == "COMPOSED"
    orders.ban(story.exchange, listed(0), actor=LISTS, reason="ill")


def test_nothing_is_locked_that_is_not_the_newest_or_not_up_to_date(
    story: Story,
    draft: Draft,
    listed,
    officers: None,  # type: ignore[no-untyped-def]
) -> None:
    from obmin.negotiation import lists, orders

    newer = story.compose()
    with pytest.raises(Incomplete, match="newer draft"):
        lists.close(draft, actor=LISTS)
    order = orders.ban(story.exchange, listed(0), actor=LISTS, reason="r")
    with pytest.raises(Incomplete, match="order was given"):
        lists.close(newer, actor=LISTS)
    orders.lift(order, actor=LISTS, reason="r")
    examine([newer.lines.filter(direct=False).first().person_id], "sick", "assisted")
    with pytest.raises(Incomplete, match="record has changed"):
        lists.close(newer, actor=LISTS)
