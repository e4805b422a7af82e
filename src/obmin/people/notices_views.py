"""What the bureau and the agency must hear, on the screen: by deadline, what was sent, and one sending."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.audit import clock, reading
from obmin.core.access import Actor, Area
from obmin.core.duties import ARTICLE, Kind, Standing, To
from obmin.core.errors import Incomplete
from obmin.people import notices, papers, records
from obmin.people.models import Notice, Sending
from obmin.people.pages import named
from obmin.web import parts, say
from obmin.web.seen import shown_version

A_PAGE: Final = 50
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Final[dict[str, Promise]] = {
    Kind.CAPTURE: gettext_lazy("Taken prisoner"),
    Kind.TRANSFER: gettext_lazy("Moved to another camp"),
    Kind.HOSPITAL: gettext_lazy("Taken to a hospital"),
    Kind.ESCAPE: gettext_lazy("Escaped"),
    Kind.RECAPTURE: gettext_lazy("Taken again after an escape"),
    Kind.NEUTRAL: gettext_lazy("Interned in a neutral country"),
    Kind.RELEASE: gettext_lazy("Released"),
    Kind.REPATRIATION: gettext_lazy("Went home by a signed act"),
    Kind.DEATH: gettext_lazy("Died"),
    Kind.CARD: gettext_lazy("Capture card"),
    Kind.HEALTH: gettext_lazy("Health of somebody in hospital, weekly"),
}
TO: Final[dict[str, Promise]] = {
    To.BUREAU: gettext_lazy("National Information Bureau"),
    To.AGENCY: gettext_lazy("Central Tracing Agency"),
    "": gettext_lazy("Bureau and Agency"),
}
STANDING: Final[dict[Standing, tuple[Promise, str]]] = {
    Standing.GRAVE: (gettext_lazy("three days late"), "stop"),
    Standing.OVERDUE: (gettext_lazy("overdue"), "stop"),
    Standing.TODAY: (gettext_lazy("due today"), "wait"),
    Standing.WEEK: (gettext_lazy("due this week"), "run"),
    Standing.LATER: (gettext_lazy("later"), "off"),
}
STATES: Final[dict[str, Promise]] = {
    "PREPARED": gettext_lazy("put together, not sent"),
    "SENT": gettext_lazy("sent"),
    "ACKNOWLEDGED": gettext_lazy("received"),
    "DROPPED": gettext_lazy("put away unsent"),
}


@shows(Area.HELD, "events", act="register.prepare-notices")
@require_http_methods(["GET", "POST"])
def notices_page(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first, with whom it is about; a button for each of the two recipients."""
    actor, now = actor_of(request), clock.now()
    if request.method == "POST":
        if request.POST.get("to") not in set(To):
            raise Incomplete(_("Choose to whom: the bureau or the agency."))
        sending = notices.prepare(To(request.POST["to"]), actor=actor)
        return HttpResponseRedirect(reverse("sending", args=[sending.pk]))
    kind = request.GET.get("kind", "")
    rows = notices.board(now, kind if kind in set(Kind) else "")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    found = notices.waiting(actor, now)
    context = {
        "sums": [parts.Fact(STANDING[each][0], found[each]) for each in Standing],
        "waiting": _grid(list(page), actor),
        "page": page,
        "to": [(to.value, TO[to]) for to in To],
        "sendings": _sendings(),
        "uninspected": notices.uninspected(now).count(),
        "none": parts.Empty(_("Nothing waits to be sent."), _("Notices stand here as soon as they are owed.")),
    }
    return render(request, "people/notices.html", context)


@shows(Area.HELD, "events", act="register.send-notices")
@require_http_methods(["GET", "POST"])
def sending_page(request: HttpRequest, key: str) -> HttpResponse:
    """One sending: its files, its hash and signature; that it was sent, and that it was received."""
    actor, sending = actor_of(request), get_object_or_404(Sending, pk=key)
    if request.method == "POST":
        given, seen = request.POST, shown_version(request)
        match sending.state, given.get("act"):
            case _state, "drop":
                notices.drop(sending, actor=actor, reason=given.get("reason", ""), seen=seen)
            case "SENT", _act:
                notices.received(sending, given.get("receipt", ""), actor=actor, seen=seen)
            case _other:
                notices.sent(sending, given.get("how", ""), given.get("reference", ""), actor=actor, seen=seen)
        return HttpResponseRedirect(reverse("sending", args=[key]))
    if asked := request.GET.get("as"):
        return _file(sending, asked, actor)
    context = {
        "sending": sending,
        "to": TO[sending.to],
        "state": STATES[sending.state],
        "facts": [
            parts.Fact(_("State"), str(STATES[sending.state])),
            parts.Fact(_("Notices"), sending.notices),
            parts.Fact("SHA-256", sending.sha256),
            parts.Fact(_("Sent by"), sending.how),
            parts.Fact(_("Reference"), sending.reference),
            parts.Fact(_("Their answer"), sending.receipt),
        ],
        "how": parts.Field("how", _("By which way"), hint=_("A courier, the Protecting Power, sealed post")),
        "reference": parts.Field("reference", _("Reference of the covering letter")),
        "receipt": parts.Field("receipt", _("Reference of their answer")),
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
        "cards": sending.to == To.AGENCY,
    }
    return render(request, "people/sending.html", context)


def _file(sending: Sending, asked: str, actor: Actor) -> HttpResponse:
    reading.record(actor, reading.What.EXPORT, list(sending.of.values_list("person_id", flat=True)))
    match asked:
        case "xlsx":
            return _answer(notices.sheet(sending), XLSX, f"notices-{sending.pk}.xlsx")
        case "minisig":
            return _answer(sending.signature.encode(), "text/plain", f"notices-{sending.pk}.xlsx.minisig")
        case "cards":
            return _answer(papers.cards(sending), "application/pdf", f"cards-{sending.pk}.pdf")
    return _answer(papers.cover(sending), "application/pdf", f"notices-{sending.pk}.pdf")


def _answer(body: bytes, media: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _grid(rows: list[tuple[Notice, Standing]], actor: Actor) -> parts.Grid:
    people = {notice.person_id: notice.person for notice, _standing in rows}
    known = records.shown(actor, people)
    heads = (_("Person"), _("What"), _("To whom"), _("Article"), _("Due"), _("Standing"))
    return parts.Grid(
        _("Notices that wait"),
        [parts.Column(text) for text in heads],
        [
            parts.Row(
                (
                    named(people[one.person_id], known[one.person_id].identity,
                          reverse("person", args=[one.person_id])),
                    KINDS[one.kind],
                    TO[one.to],
                    ARTICLE[Kind(one.kind)],
                    say.moment(one.due),
                    STANDING[standing][0],
                ),
                id=str(one.pk),
            )
            for one, standing in rows
        ],
    )  # fmt: skip


def _sendings() -> parts.Grid:
    rows: list[Any] = list(Sending.objects.order_by("-at")[:20])
    heads = (_("Put together"), _("To whom"), _("Notices"), _("State"))
    return parts.Grid(
        _("Sendings"),
        [parts.Column(text) for text in heads],
        [
            parts.Row(
                (parts.Link(say.moment(one.at), reverse("sending", args=[one.pk])), TO[one.to], one.notices,
                 STATES[one.state]),
                id=one.pk,
            )
            for one in rows
        ],
    )  # fmt: skip
