"""Long work on the reception plan, for the worker."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.jobs.work import Tell
from obmin.negotiation.models import Exchange
from obmin.reception import plan as reception


def plan(account: str, *, tell: Tell, request: str, exchange: str) -> str:
    """Plans the reception anew; returns the plan's address."""
    found = Exchange.objects.get(pk=exchange)
    tell(_("Placing people and planning trips"), 1, 3)
    if done(request) is None:
        reception.plan(found, actor=accounts.actor(account), request=request)
    return reverse("reception", args=[exchange])
