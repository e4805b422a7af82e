"""The lists workbench on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from obmin.accounts.door import actor_of, shows
from obmin.core.access import Area, decide
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed, Problem, Unreadable, WrongState
from obmin.files import scratch
from obmin.jobs import work
from obmin.negotiation import list_files, orders, orders_pages, pasted, terms, wishes, workbench
from obmin.negotiation import workbench_pages as pages
from obmin.negotiation.models import Draft, Exchange, Order, View
from obmin.negotiation.versions import compare
from obmin.negotiation.wishes import Wish
from obmin.negotiation.workbench import Ask, Candidates
from obmin.web.seen import shown_version

A_PAGE: Final = 100
LARGEST: Final = 20 * 1024 * 1024  # bytes of a sheet that comes back
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _draft(exchange: str, number: int) -> Draft:
    found = Draft.objects.select_related("exchange", "terms")
    return get_object_or_404(found, exchange=exchange, number=number)


@shows(Area.LISTS)
@require_GET
def draft_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """The workbench: everybody of a draft, on it and left out."""
    draft, actor = _draft(exchange, number), actor_of(request)
    ask = Ask.of(request.GET.dict())
    page = Paginator(Candidates(draft, ask, actor), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "negotiation/workbench.html", pages.bench(draft, ask, page, actor))


@shows(Area.LISTS, "proof")
@require_GET
def proof_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """The proof: each level with its value, each clause and rule as it was checked."""
    draft, actor = _draft(exchange, number), actor_of(request)
    context = pages.head(draft, actor, "list-proof") | pages.proof(draft)
    return render(request, "negotiation/workbench_proof.html", context)


@shows(Area.LISTS)
@require_GET
def candidate_page(request: HttpRequest, exchange: str, number: int, key: str) -> HttpResponse:
    """One person in a draft; beside the grid the same without its frame."""
    draft, actor = _draft(exchange, number), actor_of(request)
    found = workbench.with_places(draft, [key])
    if not found or (found[0].line is None and not actor.sees(Area.LISTS, "left_out")):
        raise Http404
    template = "workbench_person.html" if request.headers.get("HX-Request") else "workbench_candidate.html"
    return render(request, f"negotiation/{template}", pages.candidate(draft, found[0], actor))


# -- orders


@shows(Area.LISTS)
@require_POST
def wish_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """Orders asked for: what will happen and what cannot, then a reason; then what was done, row by row."""
    draft, actor = _draft(exchange, number), actor_of(request)
    _may_order(request, draft)
    asked = _wishes(request, draft)
    reason = request.POST.get("reason", "")
    if request.POST.get("confirmed") and asked:
        done = wishes.carry_out(draft.exchange, asked, actor=actor, reason=reason)
        context = pages.head(draft, actor, "") | orders_pages.done(draft, done, actor)
        context |= {"solve": pages.solve_act(draft, actor)}
        return render(request, "negotiation/workbench_done.html", context)
    found = wishes.checked(draft.exchange, asked)
    context = pages.head(draft, actor, "") | orders_pages.confirm(draft, found, actor, common=reason)
    return render(request, "negotiation/workbench_confirm.html", context)


def _wishes(request: HttpRequest, draft: Draft) -> list[Wish]:
    """What a form asks for: wishes that were shown already, or chosen rows and what to do with them."""
    if shown := request.POST.getlist("wish"):
        phase = request.POST.get("phase", "")
        found = [Wish.read(text) for text in shown]
        return [w if w.phase or w.kind != "move" else replace(w, phase=phase) for w in found]
    kind = request.POST.get("kind", "")
    if kind not in orders_pages.KINDS:
        raise Unreadable(Problem(_("form"), None, "kind", kind, _("an order")))
    people = request.POST.getlist("row")
    if request.POST.get("all"):
        ask = Ask.of(QueryDict(request.POST.get("query", "")).dict())
        people = Candidates(draft, ask, actor_of(request)).keys(0, wishes.MOST + 1)
    other = ""
    if kind == wishes.SUBSTITUTE:
        found_other = pasted.resolve(draft, request.POST.get("other", ""))
        if len(found_other.found) != 1:
            expected = _("one person of this draft: a number, a key or a whole name")
            raise Unreadable(
                Problem(_("form"), None, _("who goes instead"), request.POST.get("other", ""), expected)
            )
        other = found_other.found[0][1]
    return [Wish(key, kind, request.POST.get("phase", ""), other=other) for key in dict.fromkeys(people)]


def _may_order(request: HttpRequest, draft: Draft) -> None:
    decision = decide(ACTS["lists.lock"], actor_of(request), state=draft.exchange.state, reason="-")
    if not decision.allowed:
        raise NotAllowed(decision.reason, code=decision.code)


@shows(Area.LISTS, "why")
@require_GET
def orders_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """Every order ever given about this list, with its reason."""
    draft, actor = _draft(exchange, number), actor_of(request)
    rows = draft.exchange.orders.select_related("person").order_by("-state", "-at", "pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = pages.head(draft, actor, "list-orders") | {
        "page": page,
        "grid": orders_pages.all_orders(draft.exchange, list(page), actor),
        "solve": pages.solve_act(draft, actor),
    }
    return render(request, "negotiation/workbench_orders.html", context)


@shows(Area.LISTS, "why")
@require_http_methods(["GET", "POST"])
def order_page(request: HttpRequest, exchange: str, key: str) -> HttpResponse:
    """One order; lifting it, with a reason."""
    order = get_object_or_404(Order.objects.select_related("person", "exchange"), pk=key, exchange=exchange)
    actor = actor_of(request)
    if request.method == "POST":
        reason, seen = request.POST.get("reason", ""), shown_version(request)
        orders.lift(order, actor=actor, reason=reason, seen=seen)
        return HttpResponseRedirect(reverse("list-order", args=[exchange, key]))
    return render(request, "negotiation/workbench_order.html", orders_pages.one(order, actor))


@shows(Area.LISTS, act="lists.compose")
@require_POST
def solve_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """Asks for the next draft, as near to this one as the orders that stand allow."""
    draft, actor = _draft(exchange, number), actor_of(request)
    act = pages.solve_act(draft, actor)
    if act.reason:
        raise WrongState(str(act.reason))
    day = terms.offer(draft.exchange, settings.OBMIN.party).judged_on
    job = work.ask("compose", actor.id, {"exchange": exchange, "on": day.isoformat(), "near": number})
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


# -- pasted ids, kept views


@shows(Area.LISTS)
@require_http_methods(["GET", "POST"])
def paste_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """Numbers, keys or names, one a line: who was found, who was not, and who might be several."""
    draft, actor = _draft(exchange, number), actor_of(request)
    text = request.POST.get("lines", "")
    found = pasted.resolve(draft, text) if request.method == "POST" and text.strip() else None
    if found is not None:
        found = pasted.shown_to(found, draft, actor)
    kept = None
    if found is not None and found.found:
        kept = workbench.keep_view(draft.exchange, actor=actor, people=found.people)
    return render(request, "negotiation/workbench_paste.html", pages.paste(draft, text, found, kept, actor))


@shows(Area.LISTS)
@require_POST
def view_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """Keeps the filters of the page under a name, or drops a kept view."""
    draft, actor = _draft(exchange, number), actor_of(request)
    here = reverse("draft", args=[exchange, number])
    if key := request.POST.get("drop"):
        workbench.drop_view(get_object_or_404(View, pk=key, exchange=exchange), actor=actor)
        return HttpResponseRedirect(here)
    name = request.POST.get("name", "").strip()
    query = Ask.of(QueryDict(request.POST.get("query", "")).dict()).kept
    if not name:
        raise Unreadable(Problem(_("form"), None, _("name"), "", _("a name for this view")))
    shared = bool(request.POST.get("shared"))
    workbench.keep_view(draft.exchange, actor=actor, name=name, query=query, shared=shared)
    return HttpResponseRedirect(f"{here}?{query}")


# -- two versions


@shows(Area.LISTS)
@require_GET
def compare_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Two drafts: who came, who left, who moved, each with why; as a page or a workbook."""
    found, actor = get_object_or_404(Exchange, pk=exchange), actor_of(request)
    numbers = list(found.drafts.order_by("-number").values_list("number", flat=True))
    if len(numbers) < 2:
        raise Http404
    one = _number(request.GET.get("from"), numbers, numbers[1])
    two = _number(request.GET.get("to"), numbers, numbers[0])
    before, after = _draft(exchange, one), _draft(exchange, two)
    changes = compare(before, after)
    if not actor.sees(Area.LISTS, "left_out"):
        changes = [change for change in changes if change.after]
    if request.GET.get("as") == "xlsx":
        body = list_files.difference(before, after, changes, actor, facts_of(request, f"{one} → {two}"))
        return as_file(body, f"{exchange}-drafts-{one}-{two}.xlsx")
    page = Paginator(changes, A_PAGE).get_page(request.GET.get("page"))
    context = orders_pages.compared(before, after, changes, page, actor, numbers)
    return render(request, "negotiation/workbench_compare.html", context)


def _number(text: str | None, known: Sequence[int], otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) in known else otherwise


# -- workbooks


@shows(Area.LISTS)
@require_GET
def file_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """The people of the page's filters as a workbook, without names."""
    draft, actor = _draft(exchange, number), actor_of(request)
    ask = Ask.of(request.GET.dict())
    body = list_files.workbook(draft, ask, actor, facts_of(request, ask.kept or "-"))
    return as_file(body, f"{exchange}-draft-{number}.xlsx")


@shows(Area.LISTS, act="lists.lock")
@require_http_methods(["GET", "POST"])
def sheet_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """The sheet back: what is written into it, before anything is done."""
    draft, actor = _draft(exchange, number), actor_of(request)
    if request.method == "GET":
        return render(request, "negotiation/workbench_sheet.html", pages.sheet(draft, actor))
    _may_order(request, draft)
    sent = request.FILES.get("file")
    if sent is None or (sent.size or 0) > LARGEST:
        raise Unreadable(Problem(_("form"), None, _("file"), "", _("a workbook of at most 20 MB")))
    with scratch.folder() as folder:
        path = folder / "sheet.xlsx"
        path.write_bytes(sent.read())
        asked, wrong = list_files.read(path, draft)
    found = wishes.checked(draft.exchange, asked)
    context = pages.head(draft, actor, "") | orders_pages.confirm(draft, found, actor, wrong=wrong)
    return render(request, "negotiation/workbench_confirm.html", context)


def facts_of(request: HttpRequest, query: str) -> dict[str, str]:
    """What a workbook says of itself: when it was made, by whom, for which filter."""
    actor = actor_of(request)
    return {"made": timezone.localtime().strftime("%d.%m.%Y %H:%M"), "by": actor.id, "filter": query}


def as_file(body: bytes, name: str) -> HttpResponse:
    """A workbook as something to keep."""
    answer = HttpResponse(body, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
