"""What a page is for: each view names the area that it shows, and who may not read it never reaches it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from obmin.core.access import Actor, Area
from obmin.core.errors import NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def shows(area: Area | None) -> Callable[[View[P]], View[P]]:
    """Marks a view with the area that it shows; `None` is for whoever is signed in."""

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if area is not None and not actor_of(request).reads(area):
                raise NotAllowed(f"Your duties do not open this part: {area.value}.")
            return view(request, *args, **kwargs)

        guarded.area = area  # type: ignore[attr-defined]
        return guarded

    return mark


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; set by the middleware for everybody who is signed in."""
    actor: Any = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise NotAllowed("Sign in first.", code="not-signed-in")
    return actor
