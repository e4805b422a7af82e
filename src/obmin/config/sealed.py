"""A live instance shows nothing until it is unsealed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from obmin.config.ready import bring_up
from obmin.core.errors import Refused
from obmin.vault import process
from obmin.web.refusals import Telling, page

SEALED: Final = Telling(
    503,
    _("This instance is sealed"),
    _("Two officers unseal it with the command “obmin unseal”. Then load this page again."),
)
CLOSED: Final = Telling(
    503, _("This instance stays closed"), _("Do not use it. The administrator reads what is named here.")
)


class Unsealed:
    """Answers every request with 503 for as long as nobody has given the keeper its root.

    The first request after that finds the tables brought up to date.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._up = settings.OBMIN.training
        self._one = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            if settings.OBMIN.training or (is_open() and self._ready()):
                return self.get_response(request)
        except Refused as refusal:  # what was restored or upgraded is not what it should be: it stays closed
            return page(request, CLOSED, message=refusal.message, code=refusal.code)
        response = page(request, SEALED, code="sealed")
        response["Retry-After"] = "30"
        return response

    def _ready(self) -> bool:
        with self._one:
            if not self._up:
                bring_up()
                self._up = True
        return True


def is_open() -> bool:
    """Whether the keeper of this instance runs and has its root."""
    remote = process.remote()
    try:
        return remote is None or bool(remote.ask("status")["open"])
    except Refused:
        return False
