"""One's own keys: which there are, another one, one fewer; and what a key is asked for a touch."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from obmin.accounts import forms, kept, keyring, keys, words
from obmin.accounts.door import actor_of, shows
from obmin.accounts.models import Account, Key
from obmin.core.errors import NotAllowed


@shows(None)
@require_http_methods(["GET", "POST"])
def keys_page(request: HttpRequest) -> HttpResponse:
    """The reader's keys; a POST registers another one."""
    account = _own(request)
    wrong = ""
    if request.method == "POST":
        try:
            keyring.add_key(
                account, request.POST.get("answer", ""), request.POST.get("name", ""), actor=actor_of(request)
            )
            return HttpResponseRedirect(reverse("keys"))
        except NotAllowed as refusal:
            if refusal.code == "touch-missing":
                raise
            wrong = words.refusal(refusal)
    context = {"keys": keys.standing(account), "field": forms.key_name(), "wrong": wrong}
    return render(request, "accounts/keys.html", context, status=403 if wrong else 200)


@shows(None)
@require_GET
def creation(request: HttpRequest) -> HttpResponse:
    """What the browser is asked for another key."""
    account = _own(request)
    found = keys.creation_options(account, keys.Purpose.ADD, account.pk)
    return HttpResponse(found, content_type="application/json")


@shows(None)
@require_GET
def touch(request: HttpRequest) -> HttpResponse:
    """What the reader's own keys are asked for a touch."""
    account = _own(request)
    found = keys.request_options(keys.Purpose.TOUCH, kept.bound(request), keys.standing(account))
    return HttpResponse(found, content_type="application/json")


@shows(None)
@require_POST
def drop(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(Key, pk=key, account=_own(request), ended_at=None)
    keyring.drop_key(found, actor=actor_of(request))
    update_session_auth_hash(request, Account.objects.get(pk=found.account_id))  # this session alone stays
    return HttpResponseRedirect(reverse("keys"))


def _own(request: HttpRequest) -> Account:
    account = request.user
    if not isinstance(account, Account):
        raise NotAllowed("Sign in first.", code="not-signed-in")
    return account
