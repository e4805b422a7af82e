"""Somebody looks at an instance whole: what was altered is named, whatever it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from obmin.audit import alarms, answers, journal, reading, start, triggers
from obmin.audit.inspection import inspect
from obmin.audit.models import Checkpoint, Entry, Reading, Tree
from obmin.audit.perform import perform
from obmin.core import chain
from obmin.core.access import Actor, Role
from obmin.core.errors import Altered, NotAllowed, NotFound
from obmin.negotiation.models import Exchange

pytestmark = pytest.mark.django_db

NEGOTIATOR = Actor.of("n", frozenset({Role.NEGOTIATOR}), party="UKR")
Callbacks = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def lets_tests_put_rows() -> None:
    """Here they do not."""


@pytest.fixture
def busy(django_capture_on_commit_callbacks: Callbacks) -> Iterator[None]:
    """A journal with acts, a reading, two checkpoints, and acts that no checkpoint covers yet."""
    with django_capture_on_commit_callbacks(execute=True):
        for stretch in range(2):
            for number in range(3):
                opened(f"{stretch}-{number}")
            reading.record(NEGOTIATOR, reading.What.PAGE, ["b", "a"])
            journal.close()
    opened("after")
    yield
    (settings.OBMIN.home / "journal.mark").unlink(missing_ok=True)


def opened(key: str) -> None:
    with perform("terms.open", actor=NEGOTIATOR, request=f"open/{key}", reason="because") as gate:
        Exchange.objects.create(key=key, name_en="May", name_uk="Травень", other="RUS", opened_at=gate.now)


def past(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("busy")
def test_what_was_not_altered_holds() -> None:
    found = inspect()
    assert found.problems == ()
    assert (found.entries, found.checkpoints) == (2 * chain.INTERVAL + 1, 2)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE audit_entry SET body = replace(body, '"n"', '"m"') WHERE "index" = 1""",
        """UPDATE audit_entry SET actor = 'm' WHERE "index" = 1""",
        """UPDATE audit_entry SET act = '', actor = '', subject = '' WHERE "index" = 1""",
        """UPDATE audit_entry SET outcome = 'm' WHERE "index" = 1""",
        """UPDATE audit_entry SET request = NULL WHERE "index" = 1""",
        """UPDATE audit_entry SET request = 'other' WHERE "index" = 1""",
        """UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE "index" = 1""",
        """UPDATE audit_entry SET salt = NULL, body = '' WHERE "index" = 1""",
        """UPDATE audit_entry SET salt = NULL, body = '', act = '', actor = '', subject = '', at = NULL,"""
        """ request = NULL WHERE "index" = 1""",
        """UPDATE audit_entry SET content = zeroblob(32) WHERE "index" = 900""",
        """UPDATE audit_entry SET body = 'x' WHERE "index" = 900""",
        """DELETE FROM audit_entry WHERE "index" = 900""",
        """DELETE FROM audit_entry WHERE "index" = 2048""",
        """DELETE FROM audit_entry""",
        """INSERT INTO audit_entry SELECT 2049, content, salt, body, act, actor, subject, at, NULL, outcome"""
        """ FROM audit_entry WHERE "index" = 1""",
        """UPDATE audit_tree SET size = size - 1""",
        """UPDATE audit_tree SET frontier = ''""",
        """UPDATE audit_tree SET moment = '2020-01-01 00:00:00'""",
        """UPDATE audit_tree SET rows = ''""",
        """DELETE FROM audit_tree""",
        """DELETE FROM audit_checkpoint WHERE size = 1024""",
        """UPDATE audit_checkpoint SET at = '2020-01-01 00:00:00' WHERE size = 1024""",
        """UPDATE audit_checkpoint SET note = replace(note, '1024', '1023') WHERE size = 1024""",
        """DELETE FROM audit_reading WHERE key = 'a'""",
        """UPDATE audit_reading SET key = 'c' WHERE key = 'a'""",
        """DELETE FROM audit_remark WHERE entry_id = 1""",
    ],
)
def test_whatever_was_altered_is_told(statement: str) -> None:
    before = transaction.savepoint()
    triggers.remove()
    past(statement)
    triggers.install()
    found = inspect()
    transaction.savepoint_rollback(before)
    assert found.problems


@pytest.mark.usefixtures("busy")
def test_a_last_stretch_made_again_by_whoever_owns_the_database_is_told() -> None:
    """Nothing has signed what came after the last checkpoint; the head's seal has."""
    last = Entry.objects.latest("index")
    body = last.body.replace('"n"', '"m"')
    content = chain.commit(bytes(last.salt or b""), body)
    Entry.objects.filter(pk=last.pk).update(body=body, content=content, actor="m")
    tree = Tree.objects.get()
    frontier = chain.Frontier().extend(journal.contents(tree.size)).text()
    Tree.objects.update(frontier=frontier)
    assert any("head" in problem for problem in inspect().problems)


@pytest.mark.usefixtures("busy")
def test_an_older_copy_is_told_by_what_others_kept_and_by_what_lies_beside_it() -> None:
    first, last = Checkpoint.objects.order_by("size")
    assert inspect([first.note, last.note]).problems == ()
    signing = settings.OBMIN.secret("journal")
    newer = chain.sign_checkpoint(journal.origin(), 9 * chain.INTERVAL, bytes(32), signing)
    assert inspect([newer]).problems == (
        f"This is an older copy: others hold a checkpoint of {9 * chain.INTERVAL} leaves; here are 2049.",
    )
    other = chain.sign_checkpoint(journal.origin(), 1000, bytes(32), signing)
    assert "Another journal" in inspect([other]).problems[0]
    assert inspect([first.note.replace("1024", "1025")]).problems
    (settings.OBMIN.home / "journal.mark").write_text(newer, encoding="utf-8")
    assert "older copy" in inspect().problems[0]
    start.after_upgrade()
    assert [alarm.kind for alarm in alarms.open_alarms()] == [alarms.Kind.OLDER_COPY]


def test_a_reading_is_on_record_and_a_record_knows_who_read_it() -> None:
    reading.record(NEGOTIATOR, "record", ["b"])
    reading.record(NEGOTIATOR, reading.What.SEARCH, ["c", "b", "b"])
    one, two = Entry.objects.order_by("index")
    assert (one.act, one.actor, one.subject) == ("read.record", "n", "b")
    assert (two.act, two.subject) == ("read.search", "")
    assert reading.digest(["b", "c"]) in two.body
    assert [r.what for r in reading.of("b")] == [reading.What.SEARCH, reading.What.RECORD]
    assert [r.actor for r in reading.of("c")] == ["n"]
    assert Reading.objects.count() == 3
    assert inspect().problems == ()
    with pytest.raises(ValueError, match="gossip"):
        reading.record(NEGOTIATOR, "gossip", ["b"])


def test_nothing_is_shown_once_the_journal_was_altered() -> None:
    opened("a")
    Tree.objects.update(frontier="")
    with pytest.raises(Altered):
        reading.record(NEGOTIATOR, "record", ["b"])


@pytest.mark.usefixtures("busy")
def test_two_officers_forget_an_entry_and_the_tree_stays() -> None:
    protection = Actor("d", frozenset({Role.PROTECTION}), "UKR", fresh=True)
    approver = Actor("p", frozenset({Role.APPROVER}), "UKR", fresh=True)
    for second in (protection, NEGOTIATOR):
        with pytest.raises(NotAllowed):
            answers.forget(3, actor=protection, second=second, reason="It names somebody")
    for index in (1, 3):
        answers.forget(index, actor=protection, second=approver, reason="It names somebody")
    assert inspect().problems == ()
    gone = Entry.objects.get(index=3)
    assert (gone.salt, gone.body, gone.act, gone.actor) == (None, "", "", "")
    assert reading.of("a") == reading.of("b")[:1]
    assert len(bytes(gone.content)) == 32
    for closed in (3, 900, 99_999):
        with pytest.raises(NotFound):
            answers.forget(closed, actor=protection, second=approver, reason="Again")
    past("""UPDATE audit_entry SET salt = NULL, body = '' WHERE "index" = 2""")
    assert inspect().problems
