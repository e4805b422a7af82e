"""Cases on the screen."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.audit import clock
from obmin.care import cases, pages, queries
from obmin.core.access import Area
from obmin.negotiation.models import Exchange
from obmin.web import parts
from obmin.web.seen import shown_version


@shows(Area.CARE)
@require_GET
def cases_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Everybody who came home, those with the earliest open step first."""
    found = get_object_or_404(Exchange, pk=exchange)
    actor = actor_of(request)
    page = Paginator(cases.of(found, queries.visible_to(actor)), 100).get_page(request.GET.get("page"))
    none = parts.Empty(
        _("Nobody has come home yet"), _("Cases open when both sides have signed the day’s act.")
    )
    return render(
        request,
        "care/cases.html",
        {"exchange": found, "page": page, "grid": pages.cases(page, actor), "none": none},
    )


@shows(Area.CARE)
@require_http_methods(["GET", "POST"])
def case_page(request: HttpRequest, key: str) -> HttpResponse:
    """One person's case: what is next, what was done, what is "not now"."""
    actor = actor_of(request)
    cases_seen = queries.visible_to(actor).select_related("person", "offer__line__person", "exchange")
    case = get_object_or_404(cases_seen, pk=key)
    if request.method == "POST":
        cases.record_step(
            case,
            request.POST.get("code", ""),
            request.POST.get("answer", ""),
            actor=actor,
            seen=shown_version(request),
        )
        return HttpResponseRedirect(reverse("case", args=[key]))
    return render(request, "care/case.html", pages.case(case, actor, clock.now()))
