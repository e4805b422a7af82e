"""The door: signing in by key, by passphrase and code, or (training homes) by link; registering with a code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from obmin.accounts import arrivals, codes, failures, forms, keyring, keys, memory, people, sessions, words
from obmin.accounts.door import shows
from obmin.accounts.failures import TooMany
from obmin.accounts.models import Account
from obmin.core.access import Role
from obmin.core.errors import NotFound, Refused


@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. A training home lists whose link to ask for; it never prints the links themselves."""
    return _door(request)


@require_GET
def options(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """What a visitor's key is asked; asking writes nothing."""
    return HttpResponse(keys.request_options(keys.Purpose.SIGN_IN), content_type="application/json")


@require_POST
def by_key(request: HttpRequest) -> HttpResponse:
    network = failures.network_of(request)
    return _try(request, lambda: arrivals.by_key(request.POST.get("answer", ""), network), touched=True)


@require_POST
def by_words(request: HttpRequest) -> HttpResponse:
    posted, network = request.POST, failures.network_of(request)
    return _try(
        request,
        lambda: arrivals.by_words(
            posted.get("account", ""), posted.get("passphrase", ""), posted.get("figures", ""), network
        ),
        touched=False,
    )


def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows a button, so that a link preview cannot use the link up; the POST signs in."""
    if not settings.OBMIN.training:
        raise NotFound("One-time links exist in training homes only.")
    if request.method != "POST":
        return render(request, "accounts/enter.html", {"token": token})
    sessions.begin(request, arrivals.by_link(token), touched=False)
    return HttpResponseRedirect("/")


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """With a one-time code: the first key, or a passphrase and a changing code for those who only read.

    The code travels from page to page in the form; nothing is kept until the key has answered.
    """
    if request.method != "POST":
        return render(request, "accounts/enrol.html", {"field": forms.code()})
    posted, code = request.POST, request.POST.get("code", "")
    attempt = failures.Attempt("code", "", failures.network_of(request))
    try:
        failures.begin(attempt)
        account = codes.holder(code)
        secret = memory.proposed(code)
        if "answer" in posted:
            keyring.enrol_key(code, posted["answer"], posted.get("name", ""))
        elif "passphrase" in posted:
            keyring.enrol_memory(code, posted["passphrase"], posted.get("figures", ""), secret)
        else:
            failures.succeeded(attempt)
            return _register_page(request, account, code, secret)
    except Refused as refusal:
        if "answer" in posted or "passphrase" in posted:
            return _again(request, code, refusal)
        context = {"field": forms.code(words.refusal(refusal))}
        return render(request, "accounts/enrol.html", context, status=_status(refusal))
    failures.succeeded(attempt)
    return _door(request, done=True)


@shows(None)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    sessions.end(request)
    return HttpResponseRedirect("/sign-in")


def _try(request: HttpRequest, arrive: Callable[[], Account], *, touched: bool) -> HttpResponse:
    try:
        account = arrive()
    except Refused as refusal:
        return _door(request, refusal)
    sessions.begin(request, account, touched=touched)
    return HttpResponseRedirect(_onward(request))


def _door(request: HttpRequest, refusal: Refused | None = None, *, done: bool = False) -> HttpResponse:
    training = settings.OBMIN.training
    context = {
        "accounts": _listed() if training else [],
        "training": training,
        "next": _onward(request),
        "wrong": words.refusal(refusal) if refusal else "",
        "by_words": request.path.endswith("/words"),
        "done": done,
        "fields": forms.words(request.POST.get("account", "")),
    }
    status = _status(refusal) if refusal else 200
    response = render(request, "accounts/sign_in.html", context, status=status)
    if isinstance(refusal, TooMany) and refusal.seconds:
        response["Retry-After"] = str(refusal.seconds)
    return response


def _register_page(
    request: HttpRequest, account: Account, code: str, secret: bytes, refusal: Refused | None = None
) -> HttpResponse:
    """Which key, under which name; for those who only read, the other way beside it."""
    reads = memory.only_reads(people.actor(account).roles)
    context: dict[str, Any] = {
        "account": account,
        "code": code,
        "options": keys.creation_options(account, keys.Purpose.ENROL, codes.digest(code)),
        "name": forms.key_name(),
        "wrong": words.refusal(refusal) if refusal else "",
        "drawing": memory.drawing(account, secret) if reads else "",
        "letters": memory.letters(secret) if reads else "",
        "fields": forms.new_words() if reads else (),
    }
    status = _status(refusal) if refusal else 200
    return render(request, "accounts/register.html", context, status=status)


def _again(request: HttpRequest, code: str, refusal: Refused) -> HttpResponse:
    try:
        account = codes.holder(code)
    except Refused as gone:
        context = {"field": forms.code(words.refusal(gone))}
        return render(request, "accounts/enrol.html", context, status=_status(gone))
    return _register_page(request, account, code, memory.proposed(code), refusal)


def _listed() -> list[dict[str, str]]:
    ukrainian = get_language() == "uk"
    accounts = Account.objects.filter(is_active=True).select_related("agency").prefetch_related("appointments")
    return [
        {
            "name": one.name,
            "name_latin": one.name_latin,
            "duties": words.roles(Role(held.role) for held in one.appointments.all()),
            "agency_name": one.agency.name_uk if ukrainian else one.agency.name_en,
        }
        for one in accounts
    ]


def _onward(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe and not target.startswith("/sign-in") else "/"


def _status(refusal: Refused) -> int:
    return 429 if isinstance(refusal, TooMany) else 403
