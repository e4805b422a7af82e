"""The reception plan on the screen."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from obmin.accounts.door import shows
from obmin.core.access import Area
from obmin.negotiation.models import Exchange
from obmin.reception import pages


@shows(Area.RECEPTION)
@require_GET
def plan_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Places we have and need by kind, each site, and what is short."""
    found = get_object_or_404(Exchange, pk=exchange)
    return render(request, "reception/plan.html", pages.plan(found))


@shows(Area.RECEPTION)
@require_GET
def site_page(request: HttpRequest, exchange: str, code: str) -> HttpResponse:
    """Who comes to one site, by kind of place and trip."""
    found = get_object_or_404(Exchange, pk=exchange)
    context = pages.site(found, code)
    page = Paginator(context.pop("people"), 100).get_page(request.GET.get("page"))
    return render(request, "reception/site.html", context | {"page": page, "grid": pages.guests(page)})
