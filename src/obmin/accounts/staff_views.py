"""Accounts on the screen: who works here, asking for a change, confirming it, ending, unlocking."""

from __future__ import annotations

import re
from datetime import datetime, time

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obmin.accounts import failures, forms, staff, staff_pages, words
from obmin.accounts.door import actor_of, shows
from obmin.accounts.models import Account, Failures, Proposal
from obmin.accounts.staff import Kind, Wish
from obmin.audit import clock
from obmin.core.access import Area, Role
from obmin.core.errors import Problem, Unreadable
from obmin.web.seen import shown_version

_KEY = re.compile(r"[a-z0-9][a-z0-9.-]{2,39}")


@shows(Area.ACCOUNTS)
@require_GET
def accounts_page(request: HttpRequest) -> HttpResponse:
    """Everybody who works here."""
    return render(request, "accounts/accounts.html", staff_pages.accounts(actor_of(request), clock.now()))


@shows(Area.ACCOUNTS)
@require_GET
def account_page(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(Account.objects.select_related("agency"), pk=key)
    return render(request, "accounts/account.html", staff_pages.account(found, actor_of(request), clock.now()))


@shows(Area.ACCOUNTS, second="accounts.create")
@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    """Asking for a new account."""
    posted = request.POST
    if request.method != "POST":
        return _form(request, _("Open an account"), forms.new_account({}), duties=frozenset())
    key = posted.get("account", "").strip()
    if not _KEY.fullmatch(key):
        expected = _("3 to 40 small letters, figures, dots or dashes")
        raise Unreadable(Problem(_("form"), None, _("Account"), key or "—", expected))
    wish = Wish(
        Kind.CREATE,
        key,
        posted.get("reason", ""),
        posted.get("name", "").strip(),
        posted.get("name_latin", "").strip(),
        posted.get("agency", ""),
        _roles(request),
        _places(request),
        _until(request),
    )
    return _asked(request, wish)


@shows(Area.ACCOUNTS, second="accounts.appoint")
@require_http_methods(["GET", "POST"])
def appoint_page(request: HttpRequest, key: str) -> HttpResponse:
    """Asking for a duty."""
    found = get_object_or_404(Account, pk=key, is_active=True)
    if request.method != "POST":
        return _form(request, _("Appoint to a duty"), (), found, duties=frozenset())
    wish = Wish(
        Kind.APPOINT,
        key,
        request.POST.get("reason", ""),
        roles=_roles(request),
        places=_places(request),
        until=_until(request),
    )
    return _asked(request, wish)


@shows(Area.ACCOUNTS, second="accounts.recover")
@require_http_methods(["GET", "POST"])
def recover_page(request: HttpRequest, key: str) -> HttpResponse:
    """Asking that somebody whose key is lost is let in again."""
    found = get_object_or_404(Account, pk=key, is_active=True)
    if request.method != "POST":
        note = _("All keys and sessions of this account end as soon as a second person confirms.")
        return _form(request, _("Key lost: let in again"), (), found, note=note)
    return _asked(request, Wish(Kind.RECOVER, key, request.POST.get("reason", "")))


@shows(Area.ACCOUNTS, act="accounts.end")
@require_http_methods(["GET", "POST"])
def end_page(request: HttpRequest, key: str) -> HttpResponse:
    """Ending a duty or the account, from now on."""
    found = get_object_or_404(Account, pk=key, is_active=True)
    if request.method == "POST":
        what = request.POST.get("what", "")
        role = None if what == "account" else Role(what) if what in set(Role) else None
        if role is None and what != "account":
            raise Unreadable(Problem(_("form"), None, _("What ends"), "—", _("a duty, or the account")))
        staff.end(found, actor=actor_of(request), reason=request.POST.get("reason", ""), role=role)
        return HttpResponseRedirect(reverse("account", args=[key]))
    ways = staff_pages.endings(found, clock.now())
    return _form(request, _("End a duty or the account"), (ways,), found)


@shows(Area.ACCOUNTS, "asked")
@require_http_methods(["GET", "POST"])
def asked_page(request: HttpRequest, key: str) -> HttpResponse:
    """What was asked for, for the second person to confirm or drop."""
    found = get_object_or_404(Proposal, pk=key)
    actor = actor_of(request)
    if request.method == "POST":
        if request.POST.get("act") == "drop":
            staff.drop(found, actor=actor)
            return HttpResponseRedirect(reverse("accounts"))
        half = staff.confirm(found, actor=actor, seen=shown_version(request))
        if half:
            return render(
                request, "accounts/half.html", {"half": half, "first": False, "account": found.account}
            )
        return HttpResponseRedirect(reverse("account", args=[found.account]))
    return render(request, "accounts/asked.html", staff_pages.proposal(found, actor))


@shows(Area.ACCOUNTS, "locked", act="accounts.unlock")
@require_http_methods(["GET", "POST"])
def locked_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Unlocking an account for a network."""
    found = get_object_or_404(Failures, pk=pk, locked_at__isnull=False)
    if request.method == "POST":
        failures.unlock(pk, actor=actor_of(request), reason=request.POST.get("reason", ""))
        return HttpResponseRedirect(reverse("accounts"))
    note = _("Ask the person, by voice, whether the attempts were theirs. Network: %(network)s") % {
        "network": found.network
    }
    known = Account.objects.filter(pk=found.account).first()
    return _form(request, _("Unlock"), (), known, note=note)


def _asked(request: HttpRequest, wish: Wish) -> HttpResponse:
    found, half = staff.ask(wish, actor=actor_of(request))
    if half:
        return render(request, "accounts/half.html", {"half": half, "first": True, "account": wish.account})
    return HttpResponseRedirect(reverse("account-asked", args=[found.pk]))


def _form(
    request: HttpRequest,
    title: str,
    fields: tuple[object, ...],
    account: Account | None = None,
    *,
    duties: frozenset[Role] | None = None,
    note: str = "",
) -> HttpResponse:
    context = {
        "title": title,
        "account": account,
        "note": note,
        "fields": (*fields, *((forms.places(), forms.until()) if duties is not None else ()), forms.reason()),
        "duties": [(role.value, word) for role, word in words.ROLE_WORDS.items()] if duties is not None else (),
    }
    return render(request, "accounts/form.html", context)


def _roles(request: HttpRequest) -> tuple[Role, ...]:
    known = set(Role)
    return tuple(Role(role) for role in request.POST.getlist("role") if role in known)


def _places(request: HttpRequest) -> tuple[str, ...]:
    return tuple(one for text in request.POST.get("places", "").split(",") if (one := text.strip()))


def _until(request: HttpRequest) -> datetime | None:
    text = request.POST.get("until", "").strip()
    if not text:
        return None
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
        return timezone.make_aware(datetime.combine(found.date(), time(23, 59, 59)))
    raise Unreadable(Problem(_("form"), None, _("Until"), text, _("a date such as 31.12.2026")))
