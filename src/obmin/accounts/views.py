"""Signing in and out. In a training home: a one-time link for each role."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from obmin.accounts import people, words
from obmin.accounts.door import shows
from obmin.accounts.models import Account
from obmin.core.access import Role


@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. A training home lists whose link to ask for; it never prints the links themselves."""
    accounts = (
        Account.objects.select_related("agency").prefetch_related("appointments")
        if settings.OBMIN.training
        else []
    )
    ukrainian = get_language() == "uk"
    listed = [
        {
            "name": one.name,
            "name_latin": one.name_latin,
            "duties": words.roles(Role(held.role) for held in one.appointments.all()),
            "agency_name": one.agency.name_uk if ukrainian else one.agency.name_en,
        }
        for one in accounts
    ]
    return render(request, "accounts/sign_in.html", {"accounts": listed, "training": settings.OBMIN.training})


def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows a button, so that a link preview cannot use the link up; the POST signs in."""
    if request.method != "POST":
        return render(request, "accounts/enter.html", {"token": token})
    account = people.redeem(token)
    login(request, account, backend="obmin.accounts.backend.Links")
    return HttpResponseRedirect("/")


@shows(None)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/sign-in")
