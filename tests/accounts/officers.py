"""Officers with keys, as tests need them."""

from __future__ import annotations

from dataclasses import replace

from obmin.accounts import codes, keyring, keys, people, staff
from obmin.accounts.models import Account
from obmin.core.access import Actor, Role
from tests.accounts.authenticator import SoftKey


def fresh(account: str) -> Actor:
    """Somebody who has just touched their key."""
    return replace(people.actor(account), fresh=True)


def with_key(account: str, **how: object) -> SoftKey:
    """A key of an account, registered before the instance had any other."""
    found = Account.objects.get(pk=account)
    code = codes.first(found)
    key = SoftKey(**how)  # type: ignore[arg-type]
    options = keys.creation_options(found, keys.Purpose.ENROL, codes.digest(code))
    keyring.enrol_key(code, key.create(options), "test")
    return key


def appoint(account: str, role: Role) -> None:
    """One administrator asks, the other confirms."""
    wish = staff.Wish(staff.Kind.APPOINT, account, "needed", roles=(role,))
    asked, _none = staff.ask(wish, actor=fresh("o-administrator"))
    staff.confirm(asked, actor=fresh("o-second"))
