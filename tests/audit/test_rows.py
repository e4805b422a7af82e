"""The tables hold what the gate left in them, or it is seen: which table, whoever changed it, however."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.db import connection

from obmin.accounts.models import Agency
from obmin.audit import alarms, answers, rows, start, triggers
from obmin.audit.models import Entry, Tree
from obmin.audit.perform import perform
from obmin.core import chain
from obmin.core.access import Actor, Role
from obmin.core.errors import Altered, Refused
from obmin.negotiation.models import Exchange, Terms

pytestmark = pytest.mark.django_db

NEGOTIATOR = Actor.of("n", frozenset({Role.NEGOTIATOR}), party="UKR", fresh=True)
KEEPER = Actor("a", frozenset({Role.ADMINISTRATOR}), "UKR", fresh=True)
PROTECTION = Actor("d", frozenset({Role.PROTECTION}), "UKR", fresh=True)


@pytest.fixture
def lets_tests_put_rows() -> None:
    """Here they do not: a row put straight into a table is what these tests are about."""


def opened(key: str = "2025-05") -> Exchange:
    with perform("terms.open", actor=NEGOTIATOR, request=f"open/{key}") as gate:
        exchange = Exchange.objects.create(
            key=key, name_en="May", name_uk="Травень", other="RUS", opened_at=gate.now
        )
        gate.subject = exchange
    return exchange


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def unseen(statement: str) -> None:
    """As whoever owns the database would: without the triggers, and with them back in place."""
    triggers.remove()
    sql(statement)
    triggers.install()


def test_every_table_of_ours_is_watched_or_said_why_not() -> None:
    ours = {
        model
        for config in apps.get_app_configs()
        if config.name.startswith("obmin.")
        for model in config.get_models(include_auto_created=True)
    }
    watched = {w.table for w in triggers.watched()}
    assert {m._meta.db_table for m in ours if not triggers.apart(m)} == watched
    assert {"people_person", "negotiation_listline", "accounts_account", "audit_remark"} <= watched
    assert {m._meta.app_label for m in ours if triggers.apart(m)} <= {"audit", "jobs", "accounts"}


def test_what_the_gate_leaves_comes_to_its_sums() -> None:
    assert rows.check().sound
    exchange = opened()
    with perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=legal()):
        Exchange.objects.filter(pk=exchange.pk).update(name_en="Of May")
    found = rows.check()
    assert found.sound
    assert found.rows == 1
    with pytest.raises(Refused):
        half_done(exchange)
    assert rows.check().sound


def half_done(exchange: Exchange) -> None:
    with perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=legal()):
        exchange.delete()
        raise Refused("not like this")


def legal() -> Actor:
    return Actor.of("l", frozenset({Role.LEGAL}), party="UKR")


def test_one_act_may_touch_a_row_again_and_again() -> None:
    with perform("terms.open", actor=NEGOTIATOR) as gate:
        made = Exchange.objects.create(key="a", name_en="", name_uk="", other="RUS", opened_at=gate.now)
        Exchange.objects.update(name_en="b")
        made.delete()
        Exchange.objects.create(key="a", name_en="c", name_uk="", other="RUS", opened_at=gate.now)
        Exchange.objects.bulk_create(
            [Exchange(key="a", name_en="d", name_uk="", other="RUS", opened_at=gate.now)],
            update_conflicts=True,
            update_fields=["name_en"],
            unique_fields=["key"],
        )
    assert Exchange.objects.get().name_en == "d"
    assert rows.check().sound


@pytest.mark.parametrize("change", [sql, unseen])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE negotiation_exchange SET name_en = 'other' WHERE key = 'a'",
        "UPDATE negotiation_exchange SET name_en = name_en || char(0) || 'x' WHERE key = 'a'",
        "UPDATE negotiation_exchange SET version = '1' || char(0) || 'x' WHERE key = 'a'",
        "UPDATE negotiation_exchange SET name_en = CAST(name_en AS BLOB) WHERE key = 'a'",
        "UPDATE negotiation_exchange SET name_en = x'ff00' WHERE key = 'a'",
        "DELETE FROM negotiation_exchange WHERE key = 'a'",
        "DELETE FROM negotiation_exchange",
        "INSERT INTO negotiation_exchange SELECT version, 'c', name_en, name_uk, other, state, opened_at FROM "
        "negotiation_exchange WHERE key = 'a'",
        "UPDATE negotiation_exchange SET name_en = (SELECT e.name_en FROM negotiation_exchange e "
        "WHERE e.key <> negotiation_exchange.key)",
    ],
)
def test_a_change_past_the_gate_is_seen(statement: str, change) -> None:  # type: ignore[no-untyped-def]
    for key in ("a", "b"):
        opened(key)
        with perform("terms.adopt", actor=NEGOTIATOR, subject=Exchange.objects.get(key=key), second=legal()):
            Exchange.objects.filter(key=key).update(name_en=key)
    change(statement)
    found = rows.check()
    assert found.differing == ("negotiation_exchange",)
    assert found.pending == (change is sql)


def test_an_older_row_put_back_is_seen() -> None:
    exchange = opened()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE kept AS SELECT * FROM negotiation_exchange")
    with perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=legal()):
        pass
    unseen("DELETE FROM negotiation_exchange")
    unseen("INSERT INTO negotiation_exchange SELECT * FROM kept")
    assert rows.check().differing == ("negotiation_exchange",)


def test_with_its_old_head_put_back_too_the_journal_itself_does_not_hold() -> None:
    exchange = opened()
    old = Tree.objects.values().get()
    with perform("terms.adopt", actor=NEGOTIATOR, subject=exchange, second=legal()):
        pass
    Tree.objects.update(rows=old["rows"])
    with pytest.raises(Altered) as refused:
        opened("later")
    assert refused.value.code == "head-altered"
    Tree.objects.all().delete()
    with pytest.raises(Altered):
        opened("later")


def test_nothing_is_written_after_a_change_past_the_gate_and_an_alarm_stands() -> None:
    opened()
    sql("UPDATE negotiation_exchange SET name_en = 'other'")
    for _ in range(2):
        with pytest.raises(Altered) as refused:
            opened("later")
        assert refused.value.code == "past-the-gate"
    assert Exchange.objects.count() == 1
    (alarm,) = alarms.open_alarms()
    assert alarm.kind is alarms.Kind.PAST_THE_GATE
    assert json.loads(Entry.objects.get(index=alarm.index - 1).body)["refused"] == "past-the-gate"


def test_two_officers_keep_what_they_looked_at_and_work_goes_on() -> None:
    opened()
    sql("UPDATE negotiation_exchange SET name_en = 'other'")
    unseen("DELETE FROM audit_change")
    with pytest.raises(Refused):
        answers.keep_rows(actor=KEEPER, second=KEEPER, reason="Repaired by hand")
    kept = answers.keep_rows(actor=KEEPER, second=PROTECTION, reason="Repaired by hand")
    assert kept == ("negotiation_exchange",)
    assert rows.check().sound
    assert "negotiation_exchange" in Entry.objects.filter(act="rows.keep").latest("index").body
    opened("later")
    assert rows.check().sound


def test_who_comes_in_to_look_does_not_hide_what_was_changed() -> None:
    opened()
    sql("UPDATE negotiation_exchange SET name_en = 'other'")
    with perform("instance.sign-in", actor=KEEPER):
        Agency.objects.create(code="X", name_en="X", name_uk="Х")
    with pytest.raises(Altered):
        opened("later")
    assert rows.check().differing == ("negotiation_exchange",)


def test_an_alarm_is_open_until_somebody_says_why_it_is_not() -> None:
    alarms.raise_(alarms.Kind.BULK_READING, "people", NEGOTIATOR)
    alarms.raise_(alarms.Kind.BULK_READING, "people", NEGOTIATOR)
    alarms.raise_(alarms.Kind.LOCK_OUT)
    first, second = alarms.open_alarms()
    assert (first.kind, first.about, first.actor) == (alarms.Kind.BULK_READING, "people", "n")
    with pytest.raises(Refused):
        answers.acknowledge(first.index, actor=NEGOTIATOR, reason="It was me")
    answers.acknowledge(first.index, actor=PROTECTION, reason="A drill")
    assert alarms.open_alarms() == [second]
    for index in (first.index, 999):
        with pytest.raises(Refused):
            answers.acknowledge(index, actor=PROTECTION, reason="Again")


def test_triggers_that_were_taken_away_are_put_back_with_an_alarm() -> None:
    opened()
    sql("DROP TRIGGER obmin_update_negotiation_exchange")
    assert not rows.check().triggers
    sql("UPDATE negotiation_exchange SET name_en = 'other'")
    start.after_upgrade()
    assert triggers.in_place()
    assert [(a.kind.value, a.about) for a in alarms.open_alarms()] == [
        ("triggers", ""),
        ("rows-differ", "negotiation_exchange"),
    ]


def test_an_upgrade_starts_from_tables_that_match() -> None:
    opened()
    start.before_upgrade()
    start.after_upgrade()
    assert rows.check().sound
    unseen("UPDATE negotiation_exchange SET name_en = 'other'")
    with pytest.raises(Altered):
        start.before_upgrade()


def test_a_new_layout_is_taken_over_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    opened()
    kept = triggers.watched
    less = tuple(
        triggers.Watched(w.table, w.columns[:-1], w.text, w.key, w.key_type) if "exchange" in w.table else w
        for w in kept()
    )
    monkeypatch.setattr(triggers, "watched", lambda: less)
    triggers.install()
    start.after_upgrade()
    assert rows.check().sound
    assert Entry.objects.filter(act=start.TAKEN_OVER).count() == 1
    assert [a.kind for a in alarms.open_alarms()] == [alarms.Kind.TAKEN_OVER]


def test_what_is_kept_of_the_sums_never_stands_twice_and_binds_each_act() -> None:
    kept = []
    for number in range(3):
        opened(f"x-{number}")
        tree = Tree.objects.get()
        kept.append(json.loads(tree.rows)["sums"]["negotiation_exchange"])
        body = json.loads(Entry.objects.latest("index").body)
        assert body["state"] == chain.state(tree.rows)
    assert len(set(kept)) == 3
    assert Terms.objects.count() == 0
