"""What a page is for: each view names the area that it shows, and who may not read it never reaches it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from obmin.core.access import Actor, Area, decide
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def shows(area: Area | None, *fields: str, act: str = "", second: str = "") -> Callable[[View[P]], View[P]]:
    """Marks a view with the area that it shows, the fields of it that it is all about, the act that it begins.

    `second` is an act that begins with its other person: who asks for it, before somebody else confirms.

    `None` is for whoever is signed in. A view without this mark, and not on the list of open doors, is refused
    to everybody (`middleware.SignedIn`).
    """

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if area is not None and not opens(actor_of(request), area, *fields):
                raise NotAllowed(f"Your duties do not open this part: {area.value}.")
            if act and not actor_of(request).roles & ACTS[act].roles:
                raise NotAllowed(decide(ACTS[act], actor_of(request)).reason)
            if second and not actor_of(request).roles & ACTS[second].second:
                who = ", ".join(sorted(role.value for role in ACTS[second].second))
                raise NotAllowed(f"This is asked by: {who}.")
            return view(request, *args, **kwargs)

        guarded.area = area  # type: ignore[attr-defined]
        return guarded

    return mark


def opens(actor: Actor, area: Area, *fields: str) -> bool:
    """Whether the duties open an area, and every one of these fields."""
    return actor.reads(area) and all(actor.sees(area, field) for field in fields)


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; set by the middleware for everybody who is signed in."""
    actor: Any = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise NotAllowed("Sign in first.", code="not-signed-in")
    return actor
