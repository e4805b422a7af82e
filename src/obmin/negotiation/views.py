"""Terms, lists and rounds on the screen."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from obmin.accounts.door import actor_of, shows
from obmin.accounts.words import why
from obmin.core.access import Area, decide
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed
from obmin.jobs import work
from obmin.negotiation import lists, lots, pages, terms
from obmin.negotiation.models import Draft, Exchange, ListLine, Round
from obmin.web import parts
from obmin.web.seen import shown_version


@shows(Area.LISTS)
@require_GET
def lists_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Every draft of our list, newest first."""
    found = get_object_or_404(Exchange, pk=exchange)
    decision = decide(ACTS["lists.compose"], actor_of(request), state=found.state)
    reason = why(decision, ACTS["lists.compose"], "exchange", found.state)
    act = parts.Act(_("Compose again"), primary=True, reason=reason or lots.wanting(found))
    context = {"exchange": found, "grid": pages.drafts(found, actor_of(request)), "act": act}
    return render(request, "negotiation/lists.html", context)


@shows(Area.LISTS)
@require_POST
def compose_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Asks for the next draft; it is composed by the worker."""
    found = get_object_or_404(Exchange, pk=exchange)
    actor = actor_of(request)
    decision = decide(ACTS["lists.compose"], actor, state=found.state)
    if not decision.allowed:
        raise NotAllowed(decision.reason, code=decision.code)
    day = terms.offer(found, settings.OBMIN.party).judged_on
    job = work.ask("compose", actor.id, {"exchange": exchange, "on": day.isoformat()})
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


@shows(Area.LISTS, "left_out")
@require_GET
def left_out_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """Everybody who is not on the draft, with the reason that may be shown."""
    draft = get_object_or_404(Draft, exchange=exchange, number=number)
    rows = draft.left_out.select_related("person").order_by("person")
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    grid = pages.left_out(page, actor_of(request))
    context = {"draft": draft, "exchange": draft.exchange, "page": page, "grid": grid}
    return render(request, "negotiation/left_out.html", context)


@shows(Area.LISTS)
@require_http_methods(["GET", "POST"])
def line_page(request: HttpRequest, key: str) -> HttpResponse:
    """One person's place on the list: why, and taking them off."""
    line = get_object_or_404(ListLine.objects.select_related("person", "draft__exchange"), pk=key)
    actor = actor_of(request)
    if request.method == "POST":
        lists.take_off(line, actor=actor, reason=request.POST.get("reason", ""), seen=shown_version(request))
        return HttpResponseRedirect(reverse("draft", args=[line.draft.exchange_id, line.draft.number]))
    may = bool(actor.roles & ACTS["lists.take-off"].roles) and line.draft.state == "COMPOSED"
    reason = parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea")
    context = pages.place(line, actor) | {"may": may, "reason": reason}
    return render(request, "negotiation/line.html", context)


@shows(Area.ROUNDS)
@require_GET
def rounds_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Every round: what we sent, what they sent, until when."""
    found = get_object_or_404(Exchange, pk=exchange)
    return render(
        request, "negotiation/rounds.html", {"exchange": found, "grid": pages.rounds(found, actor_of(request))}
    )


@shows(Area.ROUNDS)
@require_GET
def round_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """One round: their lines against ours and our answer to each."""
    found = get_object_or_404(Round.objects.select_related("draft", "theirs"), exchange=exchange, number=number)
    actor = actor_of(request)
    offers = pages.offers(found, request.GET, actor)
    page = Paginator(offers, 100).get_page(request.GET.get("page"))
    grid = pages.offer_grid(page, actor)
    context = pages.round_head(found, request.GET, actor) | {"page": page, "grid": grid}
    return render(request, "negotiation/round.html", context)
