"""The one place where a refusal becomes a page. What happened, what was kept, what to do, a code to quote."""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obmin.core import errors

TYPED: Final = ("value", "reason")  # fields whose text a refusal gives back to whoever typed it
log = logging.getLogger("obmin.web")


@dataclass(frozen=True, slots=True)
class Telling:
    """How one kind of refusal is told: the answer's number, its heading, what to do next."""

    status: int
    title: Promise
    todo: Promise


FORBIDDEN: Final = Telling(
    403, _("This is not open to your duties"), _("Ask the lead of this stage, or go back.")
)
MISSING: Final = Telling(404, _("Nothing is here"), _("Check the address, or start from Home."))
BROKEN: Final = Telling(
    500,
    _("Something here does not work"),
    _("Try again in a minute. If it stays, tell the administrator the code below."),
)
_STALE = Telling(409, _("Somebody changed this first"), _("Look at what is there now, then decide again."))
_STATE = Telling(409, _("Not from the state it is in"), _("Look at where it stands now."))
_FIRST = Telling(409, _("Something comes first"), _("Do what is named here, then come back."))
_NO_ANSWER = Telling(409, _("No answer fits all of this"), _("Change one of the clauses named here."))
_INPUT = Telling(422, _("This cannot be read as it is"), _("Mend what is named here and give it again."))
_ALTERED = Telling(409, _("A signature does not hold"), _("Do not use this. Tell the administrator."))
_OTHER = Telling(409, _("This was not done"), _("Read the reason, then go back."))

TELLINGS: Final[dict[type[Exception], Telling]] = {
    errors.NotAllowed: FORBIDDEN,
    errors.NotFound: MISSING,
    errors.Stale: _STALE,
    errors.WrongState: _STATE,
    errors.Incomplete: _FIRST,
    errors.Infeasible: _NO_ANSWER,
    errors.Unreadable: _INPUT,
    errors.Altered: _ALTERED,
    errors.Refused: _OTHER,
}


class Refusals:
    """Turns what a page raised into an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, errors.Refused):
            return refused(request, exception)
        return None


def refused(request: HttpRequest, refusal: errors.Refused) -> HttpResponse:
    """The page of a refusal, by the nearest kind above it in the tree."""
    telling = next(TELLINGS[kind] for kind in type(refusal).__mro__ if kind in TELLINGS)
    # A 404 tells nothing more: whoever may not see a row may not learn that it exists.
    message = "" if telling is MISSING else refusal.message
    clashes = refusal.clashes if isinstance(refusal, errors.Infeasible) else ()
    return page(request, telling, message=message, code=refusal.code, clashes=clashes)


# The names of the second arguments below are Django's.
def forbidden(request: HttpRequest, exception: PermissionDenied | None = None) -> HttpResponse:  # noqa: ARG001
    return page(request, FORBIDDEN, code="not-allowed")


def not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:  # noqa: ARG001
    return page(request, MISSING, code="not-found")


def broken(request: HttpRequest) -> HttpResponse:
    """The page of a fault of ours. The code is the fault's own: the same fault always has the same one."""
    code = hashlib.sha256(traceback.format_exc().encode()).hexdigest()[:8].upper()
    log.error("fault %s at %s", code, request.path)
    return page(request, BROKEN, code=code)


def bad_request(request: HttpRequest, exception: SuspiciousOperation) -> HttpResponse:  # noqa: ARG001
    return page(request, Telling(400, _OTHER.title, _OTHER.todo), code="bad-request")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The form's token is missing or old: most often a page left open over a sign-out."""
    telling = Telling(403, _("This form is too old"), _("Go back, load the page again and send it once more."))
    return page(request, telling, code="form-too-old")


def page(
    request: HttpRequest, telling: Telling, *, message: str = "", code: str = "", clashes: tuple[str, ...] = ()
) -> HttpResponse:
    """A whole page, or for htmx the alert alone, put where messages stand so that no typed text is lost."""
    fragment = bool(getattr(request, "htmx", False))
    context = {
        "telling": telling,
        "lines": [line for line in message.split("\n") if line],
        "code": code,
        "clashes": clashes,
        "kept": request.method == "POST",
        "typed": [text for name in TYPED if (text := request.POST.get(name, "").strip())],
    }
    template = "web/parts/refusal.html" if fragment else "web/refusal.html"
    # A fault may lie in what fills the frame, so its page is drawn without one.
    bare = telling.status >= 500
    body = render_to_string(template, context | {"bare": bare}, request=None if bare else request)
    response = HttpResponse(body, status=telling.status)
    if fragment:
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:top"
    return response
