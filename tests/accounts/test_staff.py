"""Nobody opens, appoints or lets in alone; the two who do it cannot come in themselves; ending takes one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from obmin.accounts import arrivals, codes, keyring, keys, people, staff
from obmin.accounts.models import Account, Code, Key, Proposal
from obmin.accounts.staff import Kind, Wish
from obmin.audit.models import Entry
from obmin.core.access import TABLE, Role
from obmin.core.acts import ACTS
from obmin.core.errors import Incomplete, NotAllowed, NotFound, WrongState
from tests.accounts.authenticator import SoftKey
from tests.accounts.officers import appoint, fresh, with_key

NET = "192.0.2.0/24"
NEW = Wish(Kind.CREATE, "n.kovalenko", "new shift", "Коваленко Ніна", "Kovalenko Nina", "HQ", (Role.REGISTRAR,))
LOST = Wish(Kind.RECOVER, "o-registrar", "lost on the train")
pytestmark = pytest.mark.usefixtures("live")


def two(wish: Wish, second: str = "o-second") -> str:
    """Asked and confirmed: the whole code, of both halves."""
    asked, first = staff.ask(wish, actor=fresh("o-administrator"))
    return first + staff.confirm(asked, actor=fresh(second))


def enrol(code: str) -> SoftKey:
    key = SoftKey()
    account = codes.holder(code)
    keyring.enrol_key(
        code, key.create(keys.creation_options(account, keys.Purpose.ENROL, codes.digest(code))), "1"
    )
    return key


def enter(key: SoftKey) -> Account:
    return arrivals.by_key(key.get(keys.request_options(keys.Purpose.SIGN_IN)), NET)


def test_two_people_open_an_account_and_its_owner_registers_a_key() -> None:
    assert enter(enrol(two(NEW))).pk == NEW.account
    assert people.actor(NEW.account).roles == {Role.REGISTRAR}
    acts = list(
        Entry.objects.filter(act__startswith="accounts.").order_by("index").values_list("act", flat=True)
    )
    assert acts == ["accounts.ask", "accounts.create", "accounts.enrol"]
    opened = json.loads(Entry.objects.get(act="accounts.create").body)
    assert (opened["actor"], opened["second"]) == ("o-second", "o-administrator")


def test_neither_half_of_a_code_is_worth_anything_alone() -> None:
    asked, first = staff.ask(NEW, actor=fresh("o-administrator"))
    second = staff.confirm(asked, actor=fresh("o-second"))
    for half in (first, second, first + first, second + first, second + second):
        with pytest.raises(NotAllowed, match="unknown"):
            codes.holder(half)
    assert codes.holder(f" {first.lower()}\n{second} ").pk == NEW.account


def test_no_half_is_kept_anywhere() -> None:
    asked, first = staff.ask(NEW, actor=fresh("o-administrator"))
    second = staff.confirm(asked, actor=fresh("o-second"))
    kept = (
        str(list(Proposal.objects.values()))
        + str(list(Code.objects.values()))
        + str(list(Entry.objects.values()))
    )
    for half in (first, second):
        assert half not in kept
        assert codes.plain(half) not in kept


@pytest.mark.parametrize(
    "wish",
    [NEW, replace(LOST), Wish(Kind.APPOINT, "o-escort-lead", "shift", roles=(Role.SITE,), places=("S1",))],
)
def test_who_asked_does_not_confirm(wish: Wish) -> None:
    asked, _half = staff.ask(wish, actor=fresh("o-administrator"))
    with pytest.raises(NotAllowed):
        staff.confirm(asked, actor=fresh("o-administrator"))


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_administrators_ask_and_for_a_lost_key_the_data_protection_officer_too(role: Role) -> None:
    with pytest.raises(NotAllowed):
        staff.ask(NEW, actor=fresh(f"o-{role.value}"))
    lost = replace(LOST, account="o-second")
    if role is Role.PROTECTION:
        staff.ask(lost, actor=fresh(f"o-{role.value}"))
    else:
        with pytest.raises(NotAllowed):
            staff.ask(lost, actor=fresh(f"o-{role.value}"))


def test_the_only_administrator_is_let_in_by_the_two_others() -> None:
    staff.end(Account.objects.get(pk="o-second"), actor=fresh("o-administrator"), reason="left")
    lost = replace(LOST, account="o-administrator")
    asked, first = staff.ask(lost, actor=fresh("o-data-protection-officer"))
    assert enter(enrol(first + staff.confirm(asked, actor=fresh("o-approver")))).pk == "o-administrator"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("role", list(Role))
def test_only_those_whom_the_table_names_confirm(role: Role, kind: Kind) -> None:
    wishes = {
        Kind.CREATE: NEW,
        Kind.RECOVER: LOST,
        Kind.APPOINT: Wish(Kind.APPOINT, "o-escort-lead", "x", roles=(Role.SITE,), places=("S1",)),
    }
    asked, _half = staff.ask(wishes[kind], actor=fresh("o-second"))
    confirmer = fresh(f"o-{role.value}")
    allowed = {
        Kind.CREATE: {Role.ADMINISTRATOR, Role.PROTECTION},
        Kind.APPOINT: {Role.ADMINISTRATOR, Role.PROTECTION},
        Kind.RECOVER: {Role.PROTECTION, Role.APPROVER},
    }
    if role in allowed[kind]:
        staff.confirm(asked, actor=confirmer)
    else:
        with pytest.raises(NotAllowed):
            staff.confirm(asked, actor=confirmer)
        assert Proposal.objects.get(pk=asked.pk).state == "ASKED"


@pytest.mark.parametrize(
    "name", ["accounts.ask", "accounts.create", "accounts.recover", "accounts.end", "accounts.unlock"]
)
def test_each_act_on_others_needs_a_touch(name: str) -> None:
    assert ACTS[name].touch


def test_asking_and_confirming_each_need_a_touch() -> None:
    with pytest.raises(NotAllowed) as caught:
        staff.ask(NEW, actor=people.actor("o-administrator"))
    assert caught.value.code == "touch-missing"
    asked, _half = staff.ask(NEW, actor=fresh("o-administrator"))
    with pytest.raises(NotAllowed) as caught:
        staff.confirm(asked, actor=people.actor("o-second"))
    assert caught.value.code == "touch-missing"


def test_what_was_asked_for_may_be_confirmed_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(hours=24) == staff.STANDS
    asked, _half = staff.ask(NEW, actor=fresh("o-administrator"))
    monkeypatch.setattr(staff, "STANDS", timedelta(seconds=-1))
    with pytest.raises(WrongState):
        staff.confirm(asked, actor=fresh("o-second"))
    assert not Account.objects.filter(pk=NEW.account).exists()


def test_two_who_confirm_at_once_do_it_once() -> None:
    asked, _half = staff.ask(NEW, actor=fresh("o-administrator"))
    stale = Proposal.objects.get(pk=asked.pk)
    staff.confirm(asked, actor=fresh("o-second"))
    with pytest.raises(WrongState):
        staff.confirm(stale, actor=fresh("o-data-protection-officer"))
    dropped, _half = staff.ask(LOST, actor=fresh("o-administrator"))
    staff.drop(dropped, actor=fresh("o-data-protection-officer"))
    with pytest.raises(WrongState):
        staff.confirm(Proposal.objects.get(pk=dropped.pk), actor=fresh("o-data-protection-officer"))


def test_recovery_ends_the_old_keys_and_sessions() -> None:
    old = with_key("o-registrar")
    client = Client()
    client.post("/sign-in/key", {"answer": old.get(keys.request_options(keys.Purpose.SIGN_IN))})
    assert client.get("/").status_code == 200
    code = two(LOST, "o-approver")
    assert client.get("/").status_code == 302
    with pytest.raises(NotAllowed):
        enter(old)
    assert enter(enrol(code)).pk == "o-registrar"
    assert Key.objects.get(ended_at=None).account_id == "o-registrar"


def test_nobody_takes_part_in_letting_themselves_in() -> None:
    with pytest.raises(NotAllowed):
        staff.ask(replace(LOST, account="o-administrator"), actor=fresh("o-administrator"))
    asked, _half = staff.ask(replace(LOST, account="o-approver"), actor=fresh("o-administrator"))
    with pytest.raises(NotAllowed):
        staff.confirm(asked, actor=fresh("o-approver"))
    staff.confirm(asked, actor=fresh("o-data-protection-officer"))


def test_a_code_works_once_for_an_hour_and_a_new_one_replaces_it() -> None:
    first = two(NEW)
    second = two(replace(LOST, account=NEW.account), "o-approver")
    with pytest.raises(NotAllowed, match="replaced"):
        codes.holder(first)
    enrol(second)
    with pytest.raises(NotAllowed, match="used"):
        enrol(second)
    third = two(replace(LOST, account=NEW.account), "o-approver")
    row = Code.objects.get(digest=codes.digest(third))
    assert row.expires_at - row.issued_at == codes.LIFE
    Code.objects.filter(pk=row.pk).update(expires_at=row.issued_at)
    with pytest.raises(NotAllowed, match="too old"):
        codes.holder(third)


def test_the_first_officers_get_whole_codes_only_until_a_key_is_registered() -> None:
    with_key("o-administrator")
    with pytest.raises(WrongState):
        codes.first(Account.objects.get(pk="o-registrar"))


def test_one_person_ends_a_duty_or_an_account_and_says_why() -> None:
    appoint("o-registrar", Role.TRACING)
    account = Account.objects.get(pk="o-registrar")
    with pytest.raises(NotAllowed):
        staff.end(account, actor=fresh("o-administrator"), reason=" ")
    staff.end(account, actor=fresh("o-administrator"), reason="shift over", role=Role.TRACING)
    assert people.actor("o-registrar").roles == {Role.REGISTRAR}
    staff.end(account, actor=fresh("o-data-protection-officer"), reason="left")
    with pytest.raises(NotFound):
        people.actor("o-registrar")


def test_the_last_of_a_duty_that_must_be_held_stays() -> None:
    officer = Account.objects.get(pk="o-data-protection-officer")
    with pytest.raises(Incomplete):
        staff.end(officer, actor=fresh("o-administrator"), reason="left")
    staff.end(Account.objects.get(pk="o-second"), actor=fresh("o-administrator"), reason="left")
    with pytest.raises(Incomplete):
        staff.end(Account.objects.get(pk="o-administrator"), actor=fresh("o-administrator"), reason="left")


def test_an_appointment_may_end_by_itself() -> None:
    from obmin.audit import clock

    until = clock.now() + timedelta(days=2)
    asked, half = staff.ask(
        Wish(Kind.APPOINT, "o-escort-lead", "one day", roles=(Role.SITE,), places=("S1", "S2"), until=until),
        actor=fresh("o-administrator"),
    )
    assert half == ""
    staff.confirm(asked, actor=fresh("o-second"))
    assert people.actor("o-escort-lead").roles == {Role.ESCORT, Role.SITE}
    assert people.actor("o-escort-lead").posts == {(Role.SITE, "S1"), (Role.SITE, "S2")}
    assert people.actor("o-escort-lead", at=until).roles == {Role.ESCORT}


def test_a_duty_of_a_place_names_its_place() -> None:
    with pytest.raises(Incomplete):
        staff.ask(
            Wish(Kind.APPOINT, "o-escort-lead", "shift", roles=(Role.SITE,)), actor=fresh("o-administrator")
        )


@pytest.mark.parametrize("pair", list(TABLE.apart), ids=lambda pair: "+".join(sorted(pair)))
def test_duties_that_are_kept_apart_are_never_joined(pair: frozenset[Role]) -> None:
    one, other = sorted(pair)
    wish = Wish(Kind.CREATE, "n.kovalenko", "x", "Коваленко", "Kovalenko", "HQ", (one, other), ("S1",))
    with pytest.raises(NotAllowed) as caught:
        staff.ask(wish, actor=fresh("o-administrator"))
    assert caught.value.code == "duties-clash"


def test_nor_when_the_other_duty_came_in_between() -> None:
    """Asked for while it was lawful, confirmed when it is not any more."""
    asked, _none = staff.ask(
        Wish(Kind.APPOINT, "o-registrar", "x", roles=(Role.LISTS,)), actor=fresh("o-administrator")
    )
    staff.confirm(asked, actor=fresh("o-second"))
    later, _none = staff.ask(
        Wish(Kind.APPOINT, "o-tracing-officer", "x", roles=(Role.LISTS,)), actor=fresh("o-administrator")
    )
    other, _none = staff.ask(
        Wish(Kind.APPOINT, "o-tracing-officer", "x", roles=(Role.MEDICAL,)), actor=fresh("o-administrator")
    )
    staff.confirm(other, actor=fresh("o-second"))
    with pytest.raises(NotAllowed):
        staff.confirm(later, actor=fresh("o-second"))
