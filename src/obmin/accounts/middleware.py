"""Every page but the front door is for people who are signed in; everything not listed is refused."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from obmin.accounts.people import actor

OPEN = ("/sign-in", "/static/", "/news", "/living", "/language", "/theme")


class SignedIn:
    """Puts `request.actor` on each request, or sends the visitor to the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            request.actor = actor(request.user)  # type: ignore[attr-defined]
        elif not request.path.startswith(OPEN):
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={request.path}")
        return self.get_response(request)
