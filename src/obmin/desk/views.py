"""Home, the exchange's board, and the journal."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.audit.answers import acknowledge
from obmin.core.access import Area
from obmin.core.errors import NotAllowed
from obmin.desk import alarmed, board, ledger, queues
from obmin.negotiation.models import Exchange
from obmin.web import parts


@shows(None)
@require_GET
def home_page(request: HttpRequest) -> HttpResponse:
    """What waits for me, what waits for others, what is overdue."""
    return render(request, "desk/home.html", queues.home(actor_of(request)))


@shows(Area.BOARD)
@require_GET
def board_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """The exchange: nine stages, readiness, obstacles."""
    found = get_object_or_404(Exchange, pk=exchange)
    return render(request, "desk/board.html", board.of(found, actor_of(request)))


@shows(Area.JOURNAL)
@require_GET
def journal_page(request: HttpRequest) -> HttpResponse:
    """What was done, by whom, newest first; and the checkpoints that bind it."""
    actor, about = actor_of(request), request.GET.get("about", "").strip()
    page = Paginator(ledger.entries(about, actor), 100).get_page(request.GET.get("page"))
    find = {"about": about, "finds": actor.sees(Area.JOURNAL, "subject")}
    shown = ledger.journal(page, actor) | {"page": page, "alarms": alarmed.shown(actor)} | find
    return render(request, "desk/journal.html", shown)


@shows(Area.JOURNAL)
@require_http_methods(["GET", "POST"])
def alarm_page(request: HttpRequest, index: int) -> HttpResponse:
    """One open alarm, and the reason for which it needs nothing more."""
    actor = actor_of(request)
    if not alarmed.answers(actor):
        raise NotAllowed("Your duties do not answer alarms.")
    if request.method == "POST":
        acknowledge(index, actor=actor, reason=request.POST.get("reason", ""))
        return HttpResponseRedirect(reverse("journal"))
    found = alarmed.one(index)
    if found is None:
        raise Http404
    field = parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea")
    return render(request, "desk/alarm.html", {"alarm": found, "field": field})
