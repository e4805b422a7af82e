"""Long work on lists, for the worker."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.jobs.work import Tell
from obmin.negotiation import lists
from obmin.negotiation.models import Exchange


def compose(account: str, *, tell: Tell, request: str, exchange: str, on: str) -> str:
    """Composes the next draft, without those taken off by hand; returns the draft's address."""
    tell(_("Reading the register"), 0, 3)
    found = Exchange.objects.get(pk=exchange)
    bans = lists.withdrawn(found)
    tell(_("Composing and proving"), 1, 3)
    if (earlier := done(request)) is None:
        actor = accounts.actor(account)
        draft = lists.compose(found, actor=actor, on=date.fromisoformat(on), bans=bans, request=request)
    else:
        draft = found.drafts.get(pk=earlier)
    return reverse("draft", args=[exchange, draft.number])
