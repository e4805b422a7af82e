"""Home, the exchange's board, and the journal."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from obmin.accounts.door import actor_of, shows
from obmin.audit.models import Entry
from obmin.core.access import Area
from obmin.desk import board, ledger, queues
from obmin.negotiation.models import Exchange


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
    page = Paginator(Entry.objects.exclude(act="").order_by("-index"), 100).get_page(request.GET.get("page"))
    return render(request, "desk/journal.html", ledger.journal(page, actor_of(request)) | {"page": page})
