"""Every page but the front door is for people who are signed in; everything not listed is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from obmin.accounts import arrivals, failures, kept, sessions, words
from obmin.accounts.models import Account
from obmin.accounts.people import actor
from obmin.core.errors import NotAllowed, Refused
from obmin.web.refusals import refused

# Views that need no sign-in, by name. Every other view is marked with what it shows (`door.shows`), or refused.
DOORS = frozenset(
    {
        "sign-in",
        "sign-in-options",
        "sign-in-key",
        "sign-in-words",
        "enrol",
        "enter",
        "news",
        "language",
        "theme",
        "living",
        "living-progress",
        "living-refusal",
    }
)
OPEN = ("/sign-in", "/static/", "/news", "/living", "/language", "/theme")


class SignedIn:
    """Puts `request.actor` on each request, or sends the visitor to the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            found = actor(request.user, touched=sessions.touched_at(request))
            if sessions.is_over(request, found.roles):
                request.was = found.id  # type: ignore[attr-defined]
                sessions.end(request)
            else:
                sessions.note(request)
                request.actor = found  # type: ignore[attr-defined]
        outside = not request.user.is_authenticated and not request.path.startswith(OPEN)
        if outside and not waits(request):
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={request.path}")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _named: Any) -> HttpResponse | None:
        """Whatever no table names stays shut, to everybody."""
        match = request.resolver_match
        if hasattr(view, "area") or (match and match.url_name in DOORS):
            return None
        return refused(request, NotAllowed("This page names nobody to whom it opens."))


class Touch:
    """An act that binds is refused until the key was touched; then it is done, with what had been typed.

    In the same way a form is done whose sender was signed out while typing, once they have signed in again.
    Both happen after the form's token was checked, so that nobody else's form is ever made to wait.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _named: Any) -> HttpResponse | None:
        account = request.user
        if request.method != "POST" or request.path.startswith(OPEN):
            return None
        if not isinstance(account, Account):
            return _again(request)
        if kept.ANSWER not in request.POST:
            return None
        try:
            answer, network = request.POST[kept.ANSWER], failures.network_of(request)
            arrivals.touch(account, answer, network, kept.bound(request))
        except Refused as refusal:
            return kept.for_touch(request, words.refusal(refusal))
        sessions.touch(request)
        _let_in(request, account)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed) and exception.code == "touch-missing" and request.method == "POST":
            return kept.for_touch(request)
        return None


def waits(request: HttpRequest) -> bool:
    """Whether this is a form of somebody who was signed out while typing it, or comes back from signing in."""
    return request.method == "POST" and (hasattr(request, "was") or kept.OWNER in request.POST)


def _again(request: HttpRequest) -> HttpResponse | None:
    """A form from outside: it waits, or it comes back with the key of whoever typed it and goes on."""
    account = getattr(request, "was", "") or kept.owner(request)
    if not account:
        return HttpResponseRedirect(settings.LOGIN_URL)
    if kept.ANSWER not in request.POST:
        return kept.for_sign_in(request, account)
    try:
        found = arrivals.by_key(request.POST[kept.ANSWER], failures.network_of(request))
    except Refused as refusal:
        return kept.for_sign_in(request, account, words.refusal(refusal))
    sessions.begin(request, found, touched=True)
    if found.pk != account:
        return HttpResponseRedirect("/")
    _let_in(request, found)
    return None


def _let_in(request: HttpRequest, account: Account) -> None:
    request.actor = actor(account, touched=sessions.touched_at(request))  # type: ignore[attr-defined]
