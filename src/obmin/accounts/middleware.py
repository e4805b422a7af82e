"""Every page but the front door is for people who are signed in; everything not listed is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from obmin.accounts import arrivals, failures, sessions
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
ANSWER = "touch-answer"  # the field in which a form brings the proof of a touch
LEFT_OUT = (ANSWER, "csrfmiddlewaretoken")


class SignedIn:
    """Puts `request.actor` on each request, or sends the visitor to the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            found = actor(request.user, touched=sessions.touched_at(request))
            if sessions.is_over(request, found.roles):
                sessions.end(request)
            else:
                sessions.note(request)
                request.actor = found  # type: ignore[attr-defined]
        if not request.user.is_authenticated and not request.path.startswith(OPEN):
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

    The refusal becomes a page that holds the whole form. Its answer goes to where the form was going, with the
    proof of a touch beside it: nothing of the form is kept on the server meanwhile.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _named: Any) -> HttpResponse | None:
        account = request.user
        if request.method != "POST" or ANSWER not in request.POST or not isinstance(account, Account):
            return None
        try:
            arrivals.touch(account, request.POST[ANSWER], failures.network_of(request), bound(request))
        except Refused as refusal:
            return page(request, refusal.message)
        sessions.touch(request)
        request.actor = actor(account, touched=sessions.touched_at(request))  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed) and exception.code == "touch-missing" and request.method == "POST":
            return page(request)
        return None


def bound(request: HttpRequest) -> str:
    """What a touch is bound to: this account in this session."""
    return f"{request.user.pk}/{request.session.session_key}"


def page(request: HttpRequest, wrong: str = "") -> HttpResponse:
    """The page that asks for a touch and holds the form; for htmx a part that leads to it."""
    fragment = bool(getattr(request, "htmx", False))
    account = request.user
    context = {
        "wrong": wrong,
        "kept": [(k, one) for k, values in request.POST.lists() if k not in LEFT_OUT for one in values],
        "files": bool(request.FILES),
        "action": request.get_full_path(),
        "answer": ANSWER,
        "keyless": isinstance(account, Account) and not account.keys.filter(ended_at=None).exists(),
    }
    template = "accounts/touch_part.html" if fragment else "accounts/touch.html"
    response = render(request, template, context, status=403)
    if fragment:
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:top"
    return response
