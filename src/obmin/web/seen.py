"""Which version of a thing somebody had before their eyes when they decided."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from obmin.core.errors import Stale


def shown_version(request: HttpRequest) -> int:
    """The version that the page showed, from its hidden field `seen`.

    Raises `Stale` where the field is missing or no number: such a page is looked at again, like an old one.
    """
    given = request.POST.get("seen", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Stale(_("This page is old. Open it again, look, and then decide."))
    return int(given)
