"""Attempts to sign in, counted before they are tried, so that many at once count too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from obmin.accounts import lockout
from obmin.accounts.models import Account, Failures
from obmin.accounts.people import SYSTEM
from obmin.audit import alarms
from obmin.audit.perform import perform
from obmin.core.access import Actor
from obmin.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: by key, words or code; for which account (as typed, "" if none is named); from where."""

    way: str
    account: str
    network: str


class TooMany(NotAllowed):
    """Not now. `seconds` until the next attempt may be made; 0: an administrator must unlock the account."""

    code = "too-many-attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Too many attempts. Wait {seconds} s, then try again."
            if seconds
            else "Too many attempts: this account is locked for your network. An administrator can unlock it.",
            code=self.code if seconds else "locked",
        )
        self.seconds = seconds


def network_of(request: HttpRequest) -> str:
    """The visitor's network. Behind a proxy: of the address that our own proxy wrote down last."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.OBMIN_PROXY:
        address = str(request.headers.get("X-Forwarded-For", address)).split(",")[-1]
    return lockout.network(address)


def begin(attempt: Attempt, *, at: datetime | None = None) -> None:
    """Counts the attempt as failed until `succeeded` says otherwise; refused while it has to wait."""
    now = at or timezone.now()
    _forget(now)
    with transaction.atomic():
        whole = _row(attempt.way, "", attempt.network, now)
        pair = _row(attempt.way, attempt.account, attempt.network, now) if attempt.account else None
        slow = lockout.network_wait(_count(whole), now)
        pause = lockout.wait(_count(pair), now) if pair else timedelta(0)
        if pause is None:
            raise TooMany(0)
        if longest := max(slow, pause):
            raise TooMany(math.ceil(longest.total_seconds()))
        _add(whole, now, lockout.NETWORK_FORGOTTEN)
        if pair:
            _add(pair, now, lockout.FORGOTTEN)


def succeeded(attempt: Attempt) -> None:
    """The pair begins anew; the network takes back this attempt only, so that nobody can wash it clean."""
    with transaction.atomic():  # the network's row before the pair's, as `begin` locks them
        whole = Failures.objects.select_for_update().filter(
            way=attempt.way, account="", network=attempt.network
        )
        for row in whole:
            row.count = max(0, row.count - 1)
            row.save(update_fields=["count"])
        Failures.objects.filter(way=attempt.way, account=attempt.account, network=attempt.network).exclude(
            account=""
        ).delete()


def failed(attempt: Attempt) -> None:
    """Locks the pair if that was its last attempt; the lock is an act of its own in the journal."""
    row = Failures.objects.filter(way=attempt.way, account=attempt.account, network=attempt.network).first()
    if not attempt.account or row is None or row.count < lockout.LOCKS or row.locked_at is not None:
        return
    with perform("accounts.lock", actor=SYSTEM) as gate:
        Failures.objects.filter(pk=row.pk, locked_at=None).update(locked_at=gate.now)
        known = Account.objects.filter(pk=attempt.account).exists()
        gate.fact("account", attempt.account if known else "unknown")
        gate.fact("network", attempt.network)
    alarms.raise_(alarms.Kind.LOCK_OUT, attempt.account if known else "unknown")


def unlock(pk: int, *, actor: Actor, reason: str) -> None:
    """Lets a locked pair try again."""
    with perform("accounts.unlock", actor=actor, reason=reason) as gate:
        row = Failures.objects.filter(pk=pk, locked_at__isnull=False).first()
        if row is None:
            raise NotAllowed("This is not locked any more.", code="not-locked")
        known = Account.objects.filter(pk=row.account).exists()
        gate.fact("account", row.account if known else "unknown")
        gate.fact("network", row.network)
        row.delete()


def _forget(now: datetime) -> None:
    """Rows of long ago go; one that somebody else holds just now stays for the next time."""
    old = Failures.objects.filter(locked_at=None, last_at__lt=now - lockout.FORGOTTEN)
    with transaction.atomic():
        keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Failures.objects.filter(pk__in=keys).delete()


def _row(way: str, account: str, network: str, now: datetime) -> Failures:
    row, _made = Failures.objects.select_for_update().get_or_create(
        way=way, account=account[:40], network=network, defaults={"last_at": now}
    )
    return row


def _count(row: Failures) -> lockout.Count:
    return lockout.Count(row.count, row.last_at, row.locked_at is not None)


def _add(row: Failures, now: datetime, forgotten: timedelta) -> None:
    row.count = lockout.remembered(_count(row), now, forgotten) + 1
    row.last_at = now
    row.save(update_fields=["count", "last_at"])
