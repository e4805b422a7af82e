"""Long work on lists, for the worker."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.engines.solver import Composer
from obmin.jobs.work import Tell
from obmin.negotiation import fairness as passed_over
from obmin.negotiation import lists
from obmin.negotiation.models import Exchange

COMPOSER: Final = Composer()  # of this worker; it starts with the first list


def compose(account: str, *, tell: Tell, request: str, exchange: str, on: str, near: int = 0) -> str:
    """Composes the next draft, under the orders that stand.

    With `near` it stays as close to the draft of that number as it can, and what differs is shown. Returns
    the address of the result. The composing is done in a process of its own: where that dies or does not end,
    this job fails, and nothing else.
    """
    tell(_("Reading the register"), 0, 3)
    found = Exchange.objects.get(pk=exchange)
    kept = lists.kept(found.drafts.get(number=near)) if near else None
    tell(_("Composing and proving"), 1, 3)
    if (earlier := done(request)) is None:
        actor = accounts.actor(account)
        by = partial(COMPOSER.compose, exchange)
        draft = lists.compose(found, actor=actor, on=date.fromisoformat(on), kept=kept, request=request, by=by)
    else:
        draft = found.drafts.get(pk=earlier)
    if near:
        return f"{reverse('lists-compare', args=[exchange])}?from={near}&to={draft.number}"
    return reverse("draft", args=[exchange, draft.number])


def fairness(account: str, *, tell: Tell, request: str) -> str:
    """Reports who was passed over; returns the report's address."""
    tell(_("Reading the register"), 0, 1)
    if done(request) is None:
        passed_over.report(actor=accounts.actor(account), request=request)
    return reverse("fairness")
