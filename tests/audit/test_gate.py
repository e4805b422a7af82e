"""Every write passes one gate: what it lets through, what it refuses, what it leaves on record."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import transaction

from obmin.audit import journal
from obmin.audit.models import Checkpoint, Entry, Remark, Tree
from obmin.audit.perform import done, perform
from obmin.core import chain
from obmin.core.access import Actor, Role
from obmin.core.errors import NotAllowed, Refused, Stale, WrongState
from obmin.negotiation.models import Exchange
from obmin.vault import cells
from obmin.vault.keeper import Reader

pytestmark = pytest.mark.django_db

NEGOTIATOR = Actor.of("n", frozenset({Role.NEGOTIATOR}), party="UKR", fresh=True)
LEGAL = Actor.of("l", frozenset({Role.LEGAL}), party="UKR")
GUARD = Actor.of("g", frozenset({Role.GUARD}), party="UKR")


def opened(key: str = "2025-05") -> Exchange:
    with perform("terms.open", actor=NEGOTIATOR, request=f"open/{key}") as gate:
        exchange = Exchange.objects.create(
            key=key, name_en="May", name_uk="Травень", other="RUS", opened_at=gate.now
        )
        gate.subject = exchange
        gate.outcome = key
    return exchange


def test_an_act_writes_its_rows_and_one_entry_that_says_what_who_when() -> None:
    exchange = opened()
    entry = Entry.objects.get()
    body = json.loads(entry.body)
    assert (body["act"], body["actor"], body["subject"]) == (
        "terms.open",
        "n",
        f"negotiation.exchange:{exchange.pk}",
    )
    assert body["after"] == "DRAFT"
    assert entry.at == exchange.opened_at
    assert done("open/2025-05") == "2025-05"
    assert done("open/other") is None


def test_a_state_moves_and_a_version_grows_with_each_act() -> None:
    exchange = opened()
    with perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=LEGAL):
        pass
    exchange.refresh_from_db()
    assert (exchange.state, exchange.version) == ("TERMS_AGREED", 2)


def test_who_may_not_is_refused_and_the_refusal_stands_on_record() -> None:
    exchange = opened()
    with pytest.raises(NotAllowed), perform("terms.adopt", actor=GUARD, subject=exchange, second=LEGAL):
        Exchange.objects.update(name_en="changed")
    refused = json.loads(Entry.objects.latest("index").body)
    assert (refused["act"], refused["actor"], refused["refused"]) == ("terms.adopt", "g", "not-allowed")
    assert Exchange.objects.get().name_en == "May"


@pytest.mark.parametrize("second", [None, NEGOTIATOR, GUARD])
def test_an_act_of_two_needs_another_and_authorised_person(second: Actor | None) -> None:
    exchange = opened()
    with pytest.raises(NotAllowed), perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=second):
        pass


def test_an_act_starts_only_from_its_states() -> None:
    exchange = opened()
    approver = Actor.of("a", frozenset({Role.APPROVER}), party="UKR")
    with pytest.raises(WrongState), perform("reception.go", actor=approver, subject=exchange, second=LEGAL):
        pass


def test_whoever_saw_an_older_version_is_told() -> None:
    exchange = opened()
    with perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=LEGAL, seen=1):
        pass
    with pytest.raises(Stale), perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=LEGAL, seen=1):
        pass
    assert Exchange.objects.get().version == 2


def half_done(exchange: Exchange, error: Exception) -> None:
    with perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=LEGAL):
        Exchange.objects.update(name_en="half")
        raise error


def test_what_a_refused_body_wrote_is_gone() -> None:
    exchange = opened()
    with pytest.raises(Refused):
        half_done(exchange, Refused("not like this"))
    assert Exchange.objects.get().name_en == "May"
    assert Exchange.objects.get().version == 1
    assert json.loads(Entry.objects.latest("index").body)["refused"] == "refused"


def test_a_body_that_breaks_leaves_no_row_and_no_entry() -> None:
    exchange = opened()
    with pytest.raises(ZeroDivisionError):
        half_done(exchange, ZeroDivisionError())
    assert Exchange.objects.get().name_en == "May"
    assert Entry.objects.count() == 1


def test_a_reason_is_bound_by_its_hash_and_can_be_erased() -> None:
    from obmin.people.models import Matching, Pairing, Person, Register, TheirLine, TheirList

    now = opened().opened_at
    person = Person.objects.create(
        key="p", register=Register.SOUGHT, power="UKR", state="OPEN", source_mark="s/1", since=now
    )
    theirs = TheirList.objects.create(key="t", kind="wanted", party="RUS", sha256="", at=now)
    line = TheirLine.objects.create(line="l", list=theirs, number=1)
    run = Matching.objects.create(
        key="m", list=theirs, register="sought", parameters={}, proposed=1, clear=0, at=now
    )
    pair = Pairing.objects.create(person=person, line=line, run=run, millibits=1, ppm=1, clear=False)
    officer = Actor.of("t", frozenset({Role.TRACING}), party="UKR")
    with perform("tracing.judge", actor=officer, subject=pair, reason="Його впізнала сестра"):
        pass
    entry = Entry.objects.latest("index")
    words = Remark.objects.get(entry=entry)
    assert (
        json.loads(entry.body)["reason"]
        == hashlib.sha256(cells.value(words, Reader("a", whole=True))).hexdigest()
    )
    assert "сестра" not in entry.body
    words.delete()
    assert chain.commit(bytes(entry.salt or b""), entry.body) == bytes(entry.content)


def test_an_act_that_needs_a_reason_is_refused_without_one() -> None:
    officer = Actor.of("t", frozenset({Role.TRACING}), party="UKR")
    with pytest.raises(NotAllowed) as refused, perform("tracing.judge", actor=officer, reason="  "):
        pass
    assert refused.value.code == "reason-missing"


def test_the_tree_is_the_tree_of_the_leaves() -> None:
    for number in range(7):
        opened(f"x-{number}")
    tree = Tree.objects.get()
    grown = chain.Frontier.parse(tree.size, tree.frontier)
    leaves = [chain.leaf_hash(content) for content in journal.contents(tree.size)]
    assert grown.root() == chain.tree_root(leaves)
    assert tree.size == 7


def test_closing_fills_up_with_leaves_like_any_other() -> None:
    opened()
    point = journal.close()
    assert point.size == journal.Tree.objects.get().size == chain.INTERVAL
    assert Entry.objects.filter(act="").count() == chain.INTERVAL - 1
    assert all(len(bytes(content)) == 32 for content in Entry.objects.values_list("content", flat=True))
    opened("later")
    again = journal.close()
    assert again.size == 2 * chain.INTERVAL
    assert Checkpoint.objects.count() == 2


def test_time_never_runs_backwards_in_a_training_home() -> None:
    from datetime import timedelta

    first = opened("a").opened_at
    with perform("terms.open", actor=NEGOTIATOR, at=first - timedelta(days=9)) as gate:
        assert gate.now > first
    with perform("terms.open", actor=NEGOTIATOR, at=first + timedelta(days=9)) as gate:
        assert gate.now == first + timedelta(days=9)


def test_the_same_act_of_the_same_story_draws_the_same_ids() -> None:
    def drawn() -> list[str]:
        with perform("terms.open", actor=NEGOTIATOR, request="story/x") as gate:
            return [gate.new_id() for _ in range(3)]

    with transaction.atomic():
        first = drawn()
        transaction.set_rollback(True)
    second = drawn()
    assert first == second
    assert len(set(first)) == 3


def test_an_attempt_that_was_done_is_not_done_twice() -> None:
    opened("a")
    with pytest.raises(WrongState) as refused:
        opened("a")
    assert refused.value.code == "done-before"
    assert Exchange.objects.count() == 1
    assert json.loads(Entry.objects.latest("index").body)["refused"] == "done-before"
