"""How long somebody stays signed in, and when they last touched their key.

A session ends when nothing was asked for a while, after twelve hours, and with every act on its account
(`Account.get_session_auth_hash`). Its key is drawn anew at each sign-in.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest

from obmin.accounts.models import Account
from obmin.core.access import Role

LONGEST: Final = timedelta(hours=12)
IDLE: Final = timedelta(minutes=15)
SHORTER: Final[dict[Role, timedelta]] = {  # screens that must not be left open
    Role.ADMINISTRATOR: timedelta(minutes=10),
    Role.PROTECTION: timedelta(minutes=10),
    Role.INTERVIEWER: timedelta(minutes=10),
    Role.PSYCHOLOGIST: timedelta(minutes=10),
}
FRESH: Final = timedelta(minutes=5)  # how long a touch counts for an act that binds
NOTED: Final = timedelta(minutes=1)  # activity is written down no oftener than this
POLLED: Final = ("/jobs/",)  # pages that ask again by themselves: nobody needs to sit before them

_BEGAN, _SEEN, _TOUCHED = "obmin-began", "obmin-seen", "obmin-touched"


def begin(request: HttpRequest, account: Account, *, touched: bool) -> None:
    """Signs `account` in, in a session with a new key; whatever the visitor's session held is gone."""
    request.session.flush()
    login(request, account, backend="obmin.accounts.backend.Links")
    now = time.time()
    request.session[_BEGAN] = request.session[_SEEN] = now
    if touched:
        request.session[_TOUCHED] = now


def end(request: HttpRequest) -> None:
    logout(request)


def touch(request: HttpRequest) -> None:
    """The key was touched just now, by its verified holder."""
    request.session[_TOUCHED] = time.time()


def touched_at(request: HttpRequest) -> datetime | None:
    """When this session's key was last touched, aware; `None` if it never was."""
    found = request.session.get(_TOUCHED)
    return datetime.fromtimestamp(found, UTC) if isinstance(found, float) else None


def fresh(touched: datetime | None, at: datetime | None = None) -> bool:
    """Whether a touch is recent enough for an act that binds."""
    now = at or datetime.fromtimestamp(time.time(), UTC)
    return touched is not None and timedelta(0) <= now - touched <= FRESH


def idle_limit(roles: Iterable[Role]) -> timedelta:
    """The shortest limit among the duties held."""
    return min((SHORTER.get(role, IDLE) for role in roles), default=IDLE)


def is_over(request: HttpRequest, roles: Iterable[Role]) -> bool:
    """Whether the session has run out. In training homes only the longest limit holds."""
    now = time.time()
    began, seen = request.session.get(_BEGAN), request.session.get(_SEEN)
    if not isinstance(began, float) or not isinstance(seen, float):
        return not settings.OBMIN.training
    if not 0 <= now - began <= LONGEST.total_seconds():
        return True
    return not settings.OBMIN.training and now - seen > idle_limit(roles).total_seconds()


def note(request: HttpRequest) -> None:
    """Writes down that somebody is there; a page that asks again by itself is nobody."""
    now = time.time()
    seen = request.session.get(_SEEN)
    if request.path.startswith(POLLED) or not isinstance(seen, float):
        return
    if now - seen >= NOTED.total_seconds():
        request.session[_SEEN] = now
