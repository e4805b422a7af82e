"""Forms that wait for a key: what was typed goes to the browser and comes back with the key's answer.

A form waits when its act needs a touch, and when its sender's session ran out while they typed. Its answer goes
to where the form was going; the server keeps nothing meanwhile. What was typed by one person is never sent in
the name of another.
"""

from __future__ import annotations

from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from obmin.accounts import sessions
from obmin.accounts.models import Account

ANSWER: Final = "key-answer"  # the field in which a form brings the key's answer
OWNER: Final = "key-owner"  # the field that says, signed, who typed the form
LEFT_OUT: Final = (ANSWER, OWNER, "csrfmiddlewaretoken")
_SALT: Final = "obmin.accounts.kept"


def bound(request: HttpRequest) -> str:
    """What a touch is bound to: this account in this session."""
    return f"{request.user.pk}/{request.session.session_key}"


def for_touch(request: HttpRequest, wrong: str = "") -> HttpResponse:
    """The page that asks for a touch and holds the form; for htmx a part that leads to it."""
    account = request.user
    keyless = isinstance(account, Account) and not account.keys.filter(ended_at=None).exists()
    return _page(request, "touch", {"wrong": wrong, "keyless": keyless})


def for_sign_in(request: HttpRequest, account: str, wrong: str = "") -> HttpResponse:
    """The page that asks whoever typed the form to sign in again, and holds the form."""
    signed = signing.dumps([account, request.path], salt=_SALT)
    return _page(request, "again", {"wrong": wrong, "owner": signed, "owner_field": OWNER})


def owner(request: HttpRequest) -> str:
    """Who typed this form, if it waited for their signing in again; "" if that cannot be told."""
    try:
        account, path = signing.loads(request.POST.get(OWNER, ""), salt=_SALT, max_age=sessions.LONGEST)
    except (signing.BadSignature, ValueError):
        return ""
    return str(account) if path == request.path else ""


def _page(request: HttpRequest, name: str, more: dict[str, object]) -> HttpResponse:
    fragment = bool(getattr(request, "htmx", False))
    context = more | {
        "kept": [(k, one) for k, values in request.POST.lists() if k not in LEFT_OUT for one in values],
        "files": bool(request.FILES),
        "action": request.get_full_path(),
        "answer": ANSWER,
    }
    part = "_part" if fragment else ""
    response = render(request, f"accounts/{name}{part}.html", context, status=403)
    if fragment:
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:top"
    return response
