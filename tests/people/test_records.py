"""What is opened for somebody's eyes: as far as the duty goes, on record first, and not without end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from obmin.audit import alarms, journal, reading
from obmin.audit.models import Entry, Reading
from obmin.core import record
from obmin.core.access import Actor, Area, Role
from obmin.core.secrecy import NAMES, RECORDS
from obmin.people import records, register
from obmin.people.models import Court, Custody, Family, Identity, Medical, Person, Register, Wish
from obmin.vault import process
from obmin.vault.keeper import BulkStop, Holder

pytestmark = pytest.mark.django_db
CLASSES = (Custody, Family, Medical, Wish, Court)
REGISTRAR = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR")


@pytest.fixture(autouse=True)
def kept() -> Iterator[Holder]:
    """A keeper of this test's own: what others have opened does not count."""
    holder = process.holder(bytes(32))
    process.be(holder)
    yield holder
    process.be_none()


def bring_in(count: int) -> list[str]:
    table = {
        "id": [f"{n:04}" for n in range(count)],
        "surname": [f"Вигаданко{n}" for n in range(count)],
        "given": ["Ілля"] * count,
        "facility": ["Колонія Вигадана 7"] * count,
        "fitness": ["unfit"] * count,
        "will": ["refuses"] * count,
        "judicial": ["convicted"] * count,
        "group": ["g"] * count,
    }
    register.import_list(
        pl.DataFrame(table), actor=REGISTRAR, register=Register.HELD, power="RUS", source="camp"
    )
    return list(Person.objects.order_by("key").values_list("key", flat=True))


@pytest.mark.parametrize("role", list(Role))
def test_a_class_that_the_duty_does_not_open_is_absent(role: Role) -> None:
    key = bring_in(1)[0]
    actor = Actor.of("a", frozenset({role}), party="UKR", places=frozenset({"X"}))
    seen = records.shown(actor, [key], *CLASSES)[key]
    for area, found in ((Area.MEDICAL, seen.medical), (Area.WILL, seen.wish), (Area.COURT, seen.court)):
        assert (found is not None) == actor.reads(area), area


def test_what_was_not_asked_for_is_not_opened(kept: Holder) -> None:
    key = bring_in(1)[0]
    seen = records.shown(REGISTRAR, [key])[key]
    assert seen.identity.name == "Вигаданко0 Ілля"
    assert (seen.custody, seen.family, seen.medical, seen.wish, seen.court) == (None,) * 5
    assert {of for (of, how), rows in kept.opened.items() if how == "shown" and rows} == {"identity"}


def test_the_journal_has_the_reading_before_anything_is_opened(
    kept: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = bring_in(3)
    order: list[str] = []
    opens, records_it = Holder.open, reading.record

    def opening(self: Holder, *given: Any) -> Any:
        order.append(f"open after {Reading.objects.count()} rows")
        return opens(self, *given)

    monkeypatch.setattr(Holder, "open", opening)
    records.shown(REGISTRAR, keys, Custody)
    assert set(order) == {"open after 3 rows"}
    entry = Entry.objects.filter(act="read.page").get()
    assert json.loads(entry.body)["keys"] == reading.digest(keys)
    assert records_it is reading.record


def test_where_the_journal_cannot_be_written_nothing_is_opened(
    kept: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = bring_in(3)
    before = dict(kept.opened)

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(journal, "append", broken)
    with pytest.raises(OSError, match="full"):
        records.shown(REGISTRAR, keys, Custody)
    assert dict(kept.opened) == before


def test_the_fifty_first_record_is_stopped_and_somebody_is_told(kept: Holder) -> None:
    keys = bring_in(RECORDS.people + 2)
    moment = 0.0
    kept.clock = lambda: moment
    for key in keys[: RECORDS.people]:
        records.shown(REGISTRAR, [key], Custody, what=reading.What.RECORD)
    assert not alarms.open_alarms()
    with pytest.raises(BulkStop):
        records.shown(REGISTRAR, [keys[-1]], Custody, what=reading.What.RECORD)
    (alarm,) = alarms.open_alarms()
    assert (alarm.kind, alarm.actor) == (alarms.Kind.BULK_READING, "r")
    # The attempt is on record, too; those seen already stay open; a colleague is not stopped.
    assert [read.actor for read in reading.of(keys[-1])] == ["r"]
    records.shown(REGISTRAR, [keys[0]], Custody)
    records.shown(Actor.of("other", frozenset({Role.REGISTRAR}), party="UKR"), [keys[-1]], Custody)
    with pytest.raises(BulkStop):
        records.shown(REGISTRAR, [keys[-1]], Custody)
    assert len(alarms.open_alarms()) == 1
    moment = RECORDS.seconds + 1
    records.shown(REGISTRAR, [keys[-1]], Custody)


def test_one_cannot_open_fifty_of_each_class(kept: Holder) -> None:
    keys = bring_in(RECORDS.people + 1)
    for key in keys[:30]:
        records.shown(REGISTRAR, [key], Custody)
    for key in keys[30 : RECORDS.people]:
        records.shown(REGISTRAR, [key], Family)
    with pytest.raises(BulkStop):
        records.shown(REGISTRAR, [keys[-1]], Family)


def test_names_on_lists_have_a_wider_limit(kept: Holder) -> None:
    keys = [f"{n:016x}" for n in range(NAMES.people + 1)]
    real = bring_in(120)
    kept.clock = lambda: 0.0
    for at in range(0, 120, 40):
        records.shown(REGISTRAR, real[at : at + 40])
    assert len(keys) > NAMES.people
    window = kept._windows["r", NAMES]
    assert window.admits(keys[: NAMES.people - 120], 0.0)
    with pytest.raises(BulkStop):
        records.shown(Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR"), [bring_one_more()])


def bring_one_more() -> str:
    table = pl.DataFrame({"id": ["more"], "surname": ["Додатко"], "given": ["Ілля"]})
    known = set(Person.objects.values_list("key", flat=True))
    register.import_list(table, actor=REGISTRAR, register=Register.HELD, power="RUS", source="more")
    return next(iter(set(Person.objects.values_list("key", flat=True)) - known))


def test_acts_and_jobs_are_not_limited(kept: Holder) -> None:
    keys = bring_in(RECORDS.people + 20)
    assert len(records.opened(Custody, keys)) == len(keys)
    assert records.frame(Wish, "held").height == len(keys)
    assert len(records.identities(keys)) == len(keys)
    assert not alarms.open_alarms()


def test_a_frame_holds_what_opening_one_by_one_gives() -> None:
    keys = bring_in(7)
    for model in (Identity, *CLASSES):
        held = records.opened(model, keys)
        rows = {row.pop("key"): row for row in records.frame(model, "held").to_dicts()}
        assert set(rows) == set(keys)
        for key, value in held.items():
            told = {name: getattr(value, name) for name in records.record_fields(model)}
            empty = model.HOLDS()
            # What is empty is not stored: absent in the table, the field's own word for it in the value.
            assert {n: v for n, v in rows[key].items() if v is not None} == {
                n: v for n, v in told.items() if rows[key][n] is not None
            }
            assert all(told[n] == getattr(empty, n) for n, v in rows[key].items() if v is None)


def test_two_registers_do_not_mix() -> None:
    bring_in(2)
    table = pl.DataFrame({"id": ["s"], "surname": ["Шуканий"], "given": ["Олег"]})
    register.import_list(table, actor=REGISTRAR, register=Register.SOUGHT, power="RUS", source="kin")
    assert records.frame(Identity, "sought")["surname"].to_list() == ["Шуканий"]
    assert records.frame(Identity, "held").height == 2


@pytest.mark.parametrize(
    "value",
    [
        record.Identity(name="Ім'я", sex=""),
        record.Medical(health="", fitness=""),
        record.Wish(will=""),
        record.Court(judicial="", dp_consent="", own_consent="", basis=""),
        record.Theirs("Х", {"a": "", "b": "ü"}),
        record.Claims({}),
    ],
)
def test_a_value_comes_back_as_it_was_even_where_it_is_empty(value: Any) -> None:
    from obmin.vault import cells

    class Model:
        HOLDS = type(value)

    assert cells.decode(Model, cells.encode(value)) == value  # type: ignore[arg-type]
