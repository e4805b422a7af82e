"""The reception plan on the screen."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from obmin.accounts.door import actor_of, shows
from obmin.core.access import Area, decide
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed
from obmin.jobs import work
from obmin.negotiation.models import Exchange
from obmin.reception import pages
from obmin.web import parts


@shows(Area.RECEPTION)
@require_GET
def plan_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Places we have and need by kind, each site, and what is short."""
    found = get_object_or_404(Exchange, pk=exchange)
    actor = actor_of(request)
    decision = decide(ACTS["reception.plan"], actor)
    act = parts.Act(_("Plan again"), reason=decision.reason)
    return render(request, "reception/plan.html", pages.plan(found, actor) | {"act": act})


@shows(Area.RECEPTION)
@require_POST
def replan_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Asks for a new plan; it is made by the worker."""
    get_object_or_404(Exchange, pk=exchange)
    actor = actor_of(request)
    decision = decide(ACTS["reception.plan"], actor)
    if not decision.allowed:
        raise NotAllowed(decision.reason, code=decision.code)
    job = work.ask("plan", actor.id, {"exchange": exchange})
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


@shows(Area.RECEPTION)
@require_GET
def site_page(request: HttpRequest, exchange: str, code: str) -> HttpResponse:
    """Who comes to one site, by kind of place and trip."""
    found = get_object_or_404(Exchange, pk=exchange)
    context = pages.site(found, code, actor_of(request))
    page = Paginator(context.pop("people"), 100).get_page(request.GET.get("page"))
    return render(
        request, "reception/site.html", context | {"page": page, "grid": pages.guests(page, actor_of(request))}
    )
