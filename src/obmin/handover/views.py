"""The muster on the screen of the centre."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from obmin.accounts.door import actor_of, shows
from obmin.core.access import Area
from obmin.handover import pages, queries
from obmin.negotiation.models import Exchange
from obmin.web import parts


@shows(Area.HANDOVER)
@require_GET
def handover_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """The days: what we hand over and receive on each, and where each act stands."""
    found = get_object_or_404(Exchange, pk=exchange)
    none = parts.Empty(_("No manifest has been issued"), _("The first is issued after the word to go."))
    grid = pages.days(found, actor_of(request))
    return render(request, "handover/days.html", {"exchange": found, "grid": grid, "none": none})


@shows(Area.HANDOVER)
@require_GET
def muster_page(request: HttpRequest, exchange: str, key: str) -> HttpResponse:
    """One muster: counts from sets, then everybody on the manifest with what the tablets recorded."""
    actor = actor_of(request)
    muster = get_object_or_404(queries.visible_to(actor), exchange=exchange, pk=key)
    page = Paginator(pages.lines(muster, request.GET, actor), 100).get_page(request.GET.get("page"))
    return render(
        request,
        "handover/muster.html",
        pages.muster(muster, actor) | {"page": page, "grid": pages.grid(page, actor)},
    )
