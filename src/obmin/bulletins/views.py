"""Bulletins on the screen, and the public page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.bulletins import notices, pages
from obmin.bulletins.models import Bulletin
from obmin.core.access import Area
from obmin.negotiation.models import Exchange
from obmin.web import parts
from obmin.web.seen import shown_version


@shows(Area.BULLETINS)
@require_GET
def bulletins_page(request: HttpRequest, exchange: str) -> HttpResponse:
    found = get_object_or_404(Exchange, pk=exchange)
    none = parts.Empty(
        _("Nothing has been drafted"), _("A bulletin follows when everybody is received and every family told.")
    )
    return render(
        request, "bulletins/bulletins.html", {"exchange": found, "grid": pages.bulletins(found), "none": none}
    )


@shows(Area.BULLETINS)
@require_http_methods(["GET", "POST"])
def bulletin_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """A bulletin as the public will see it, what was left out, and the two approvals."""
    bulletin = get_object_or_404(Bulletin.objects.select_related("exchange"), exchange=exchange, number=number)
    actor = actor_of(request)
    if request.method == "POST":
        act = notices.publish if request.POST.get("act") == "publish" else notices.approve
        act(bulletin, actor=actor, seen=shown_version(request))
        return HttpResponseRedirect(reverse("bulletin", args=[exchange, number]))
    return render(request, "bulletins/bulletin.html", pages.bulletin(bulletin, actor))


@require_GET
def news_page(request: HttpRequest) -> HttpResponse:
    """What the public sees: published bulletins, newest first. No script, no cookie."""
    published = Bulletin.objects.filter(state="PUBLISHED").order_by("-number")
    return render(request, "bulletins/news.html", {"bulletins": published})
