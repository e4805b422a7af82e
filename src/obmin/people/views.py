"""Register and tracing on the screen."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.core.validators import slug_re
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.audit import reading
from obmin.core.access import Area
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed
from obmin.people import pages, pfif, queries, record_pages, records, register, tracing, tracing_pages
from obmin.people.models import Register
from obmin.web import parts
from obmin.web.labels import label
from obmin.web.seen import shown_version


@shows(Area.REGISTER)
@require_GET
def register_page(request: HttpRequest, which: str = "held") -> HttpResponse:
    """A register: search on top, a hundred people a page."""
    if which not in Register.values:
        raise Http404
    actor, found = actor_of(request), Register(which)
    if not actor.reads(Area(which)):
        raise NotAllowed("Your duties do not open this register.")
    none = parts.Empty(
        _("Nobody is here by this name"), _("Try fewer words, another spelling, or the year alone.")
    )
    page, why, people = None, None, []
    if request.GET.get("q", "").strip():
        hits = pages.hits(found, request.GET, actor)
        known = queries.visible_among(actor, found, [hit.person for hit in hits])
        why = {hit.person: hit.why for hit in hits}
        people = [known[hit.person] for hit in hits if hit.person in known]
    elif actor.sees(Area(which), "count"):
        page = Paginator(pages.Found(found, request.GET, actor), 100).get_page(request.GET.get("page"))
        people = list(page)
    else:
        none = parts.Empty(_("Search for somebody"), _("Your duties open one record at a time."))
    may_judge = bool(actor.roles & ACTS["register.judge"].roles)
    beside = _beside(request, found) if may_judge and why is not None else ""
    people = [person for person in people if person.pk != beside]
    context = {
        "which": which,
        "beside": beside,
        "walls": [wall.value for wall in queries.walls(actor)],
        "page": page,
        "grid": pages.people(people, found, actor, why, beside),
        "query": request.GET,
        "none": none,
        "searched": why is not None,
        "ticket": pages.ticket(found, request.GET["q"], people, actor)
        if why is not None and not beside
        else "",
        "may_judge": may_judge,
    }
    return render(request, "people/register.html", context)


def _beside(request: HttpRequest, register: Register) -> str:
    """The key of the record with which others are compared, from the address; a made-up one leads nowhere."""
    key = request.GET.get("beside", "")
    if key and not (
        slug_re.fullmatch(key) and queries.seen_by(actor_of(request)).filter(pk=key, register=register).exists()
    ):
        raise Http404
    return key


@shows(Area.REGISTER)
@require_GET
def person_page(request: HttpRequest, key: str) -> HttpResponse:
    """One record: what may be seen of it, and since when."""
    actor = actor_of(request)
    person = get_object_or_404(queries.seen_by(actor), pk=key)
    if person.into_id is not None:
        return HttpResponseRedirect(reverse("person", args=[person.into_id]))
    return render(request, "people/person.html", record_pages.one(person, actor))


@shows(Area.REGISTER, act="register.correct")
@require_http_methods(["GET", "POST"])
def correct_page(request: HttpRequest, key: str, field: str) -> HttpResponse:
    """Correcting one field, with the reason."""
    actor = actor_of(request)
    person = get_object_or_404(queries.seen_by(actor), pk=key)
    if field not in (*register.IDENTITY, "name") or not actor.sees(
        Area(person.register), pages.FIELD.get(field, field)
    ):
        raise Http404
    if request.method == "POST":
        register.correct(
            person,
            field,
            request.POST.get("value", "").strip(),
            actor=actor,
            reason=request.POST.get("reason", ""),
            seen=shown_version(request),
        )
        return HttpResponseRedirect(reverse("person", args=[key]))
    known = records.shown(actor, [key], what=reading.What.RECORD)[key].identity
    fields = (
        parts.Field("value", label(field), getattr(known, field)),
        parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
    )
    return render(request, "people/correct.html", {"person": person, "known": known, "fields": fields})


@shows(Area.TRACING)
@require_GET
def tracing_page(request: HttpRequest) -> HttpResponse:
    """Pairs that wait for a judgement, the doubtful first."""
    actor = actor_of(request)
    pairs = queries.open_pairs(actor)
    page = Paginator(pairs, 100).get_page(request.GET.get("page"))
    none = parts.Empty(_("No pair waits for you"), _("When a list comes in, what is in doubt stands here."))
    context = {
        "page": page,
        "grid": pages.pairs(page, actor),
        "none": none,
        "runs": queries.clear_runs(actor),
        "services": pfif.switched_on(),
    }
    return render(request, "people/tracing.html", context)


@shows(Area.TRACING)
@require_http_methods(["GET", "POST"])
def pair_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Is this the same person? Field by field, both scripts; three answers of equal size."""
    actor = actor_of(request)
    pair = get_object_or_404(queries.pairs_seen(actor), pk=pk)
    given, error = request.POST, ""
    if request.method == "POST":
        compared = tracing_pages.compared_fields(pair)
        try:
            tracing.judge(
                pair,
                given.get("judgement", ""),
                actor=actor,
                reason=given.get("reason", ""),
                grounds=given.getlist("grounds"),
                rests_on=[name for name in compared if name in given.getlist("rests")],
                seen=shown_version(request),
            )
        except NotAllowed as refused:
            if refused.code != "reason-missing":
                raise
            error = _("Say what your answer rests on: choose a reason, or write one.")
        else:
            following = tracing_pages.place(pair, actor).after
            target = reverse("pair", args=[following.pk]) if following else reverse("tracing")
            return HttpResponseRedirect(target)
    context = tracing_pages.comparison(pair, actor, given)
    return render(request, "people/pair.html", context | {"error": error})
