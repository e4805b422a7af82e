"""Locking and signing a draft, and letting a list with names go out: two people, on a page of their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.accounts.models import Account
from obmin.accounts.words import why
from obmin.audit.models import Entry
from obmin.audit.perform import named
from obmin.core.access import Actor, Area, decide
from obmin.core.acts import ACTS
from obmin.core.errors import NotFound
from obmin.negotiation import list_files, lists, orders, orders_pages, terms, words
from obmin.negotiation import workbench_pages as pages
from obmin.negotiation.models import Draft, Handout
from obmin.negotiation.workbench import Ask
from obmin.negotiation.workbench_views import as_file, facts_of
from obmin.web import parts, say
from obmin.web.seen import shown_version


@shows(Area.LISTS, "state")
@require_http_methods(["GET", "POST"])
def sign_page(request: HttpRequest, exchange: str, number: int) -> HttpResponse:
    """What is being signed, in one page; locking, signing, opening again."""
    draft = get_object_or_404(
        Draft.objects.select_related("exchange", "terms"), exchange=exchange, number=number
    )
    actor = actor_of(request)
    if request.method == "POST":
        seen, reason = shown_version(request), request.POST.get("reason", "")
        match request.POST.get("act", ""):
            case "close":
                lists.close(draft, actor=actor, seen=seen)
            case "sign":
                lists.sign(draft, actor=actor, seen=seen)
            case "reopen":
                lists.reopen(draft, actor=actor, seen=seen, reason=reason)
            case "ask-names":
                list_files.ask_names(draft, Ask(), actor=actor, reason=reason)
            case "hand-out":
                found = get_object_or_404(Handout, pk=request.POST.get("handout", ""), draft=draft)
                list_files.hand_out(found, actor=actor, seen=seen)
            case other:
                raise NotFound(f"There is no act {other}.")
        return HttpResponseRedirect(reverse("list-sign", args=[exchange, number]))
    return render(request, "negotiation/workbench_sign.html", _summary(draft, actor))


@shows(Area.LISTS)
@require_GET
def names_page(request: HttpRequest, exchange: str, key: str) -> HttpResponse:
    """The workbook with names, for whoever asked, once it was let go."""
    handout = get_object_or_404(
        Handout.objects.select_related("draft__exchange"), pk=key, draft__exchange=exchange
    )
    body = list_files.with_names(handout, actor_of(request), facts_of(request, handout.query or "-"))
    return as_file(body, f"{exchange}-draft-{handout.draft.number}-names.xlsx")


def _summary(draft: Draft, actor: Actor) -> dict[str, Any]:
    """What is being signed: people by day and track, clauses, orders obeyed, what changed since it was sent."""
    version = terms.agreement(draft.terms).version(draft.terms.number)
    days = words.days(version)
    rows = draft.lines.exclude(state="WITHDRAWN")
    by_day = {day: rows.filter(direct=False, phase=phase).count() for phase, day in days.items()}
    obeyed = list(draft.exchange.orders.filter(pk__in=draft.proof.get("orders", ())).order_by("at", "pk"))
    sent = draft.exchange.drafts.filter(state__in=("SENT", "REPLACED")).order_by("-number").first()
    locked, signed = (_by(draft, act) for act in ("lists.close", "lists.sign"))
    return pages.head(draft, actor, "list-sign") | {
        "counts": [
            parts.Count(rows.filter(direct=False).count(), _("counted")),
            *(parts.Count(count, _("on %(day)s") % {"day": day}) for day, count in by_day.items()),
            parts.Count(rows.filter(direct=True).count(), _("direct cases besides, outside every count")),
        ],
        "counters": pages.counters(draft, actor),
        "obeyed": orders_pages.told_orders(obeyed, days, actor),
        "sees_why": actor.sees(Area.LISTS, "why"),
        "unready": lists.not_ready(draft) if draft.state in ("COMPOSED", *orders.CLOSED) else [],
        "sent": sent if sent is not None and sent != draft else None,
        "fingerprint": " ".join(draft.sha256[n : n + 4] for n in range(0, 32, 4)).upper(),
        "locked": locked if draft.state in orders.CLOSED else "",
        "signed": signed if draft.state == "SIGNED" else "",
        "acts": _acts(draft, actor),
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
        "may_reopen": decide(ACTS["lists.reopen"], actor, state=draft.state, reason="-").allowed,
        "handouts": [_handout(one, actor) for one in draft.handouts.order_by("-at")],
        "may_ask": decide(ACTS["lists.ask-names"], actor, reason="-").allowed,
        "names_reason": parts.Field("reason", _("Why names have to go out"), kind="textarea"),
    }


def _acts(draft: Draft, actor: Actor) -> list[parts.Act]:
    """Lock, then sign: whichever comes next, greyed with its reason where it is not this reader's."""
    name = "lists.sign" if draft.state == "LOCKED" else "lists.close"
    if draft.state not in ("COMPOSED", "LOCKED"):
        return []
    decision = decide(ACTS[name], actor, state=draft.state)
    locker = lists.closed_by(draft)
    reason = ""
    if decision.code not in ("ok", "second-missing"):
        reason = why(decision, ACTS[name], "draft", draft.state)
    elif name == "lists.sign" and locker == actor.id:
        reason = _("The second person is somebody else.")
    elif unready := lists.not_ready(draft):
        reason = " ".join(unready)
    text = _("Sign this draft") if name == "lists.sign" else _("Lock this draft for signing")
    return [parts.Act(text, primary=True, reason=reason, name="act", value=name.removeprefix("lists."))]


def _by(draft: Draft, act: str) -> str:
    """Who did this act last, and when."""
    entry = Entry.objects.filter(subject=named(draft), act=act).order_by("-index").first()
    if entry is None:
        return ""
    return f"{_name(entry.actor)}, {say.moment(entry.at)}"


def _handout(found: Handout, actor: Actor) -> tuple[Handout, str, bool, str]:
    """A list with names: who asked, whether this reader may let it go, and where it lies for them."""
    may = decide(ACTS["lists.hand-out"], actor, state=found.state).code in (
        "ok",
        "second-missing",
        "touch-missing",
    )
    ready = found.state == "GRANTED" and found.by == actor.id
    href = reverse("list-names", args=[found.draft.exchange_id, found.pk]) if ready else ""
    return found, f"{_name(found.by)}, {say.moment(found.at)}", may and found.by != actor.id, href


def _name(account: str) -> str:
    found = Account.objects.filter(pk=account).first()
    return account if found is None else found.name if get_language() == "uk" else found.name_latin
