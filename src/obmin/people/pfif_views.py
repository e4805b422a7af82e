"""Tracing services on the screen: files asked for, let go by a second person, taken in; notes decided."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.audit import reading
from obmin.core.access import Actor, Area
from obmin.core.errors import Unreadable
from obmin.people import pfif, pfif_in
from obmin.people import pfif_pages as pages
from obmin.people.models import Person, Register
from obmin.people.referrals import Referral, ServiceNote
from obmin.web import parts
from obmin.web.seen import shown_version


@shows(Area.TRACING, act="tracing.pfif-in")
@require_http_methods(["GET", "POST"])
def services_page(request: HttpRequest) -> HttpResponse:
    """What waits, what may be told, what went out; a file that came is taken in here."""
    pfif.domain()
    actor, given, errors = actor_of(request), request.POST.dict(), {}
    if request.method == "POST":
        errors = _missing_in(request) if given.get("act") == "in" else _missing_out(given)
        if not errors:
            try:
                return _taken_in(request, actor) if given.get("act") == "in" else _asked(given, actor)
            except Unreadable as unreadable:
                errors["file"] = " ".join(str(problem) for problem in unreadable.problems[:3])
    fields_in, fields_out = pages.upload(given, errors), pages.questions(given, errors)
    context = {
        "waiting": pages.waiting(actor),
        "whom": pages.whom(),
        "fields_in": fields_in,
        "fields_out": fields_out,
        "wrong": [field for field in (*fields_in, *fields_out) if field.error],
        "files": pages.files(),
    }
    return render(request, "people/pfif.html", context, status=422 if errors else 200)


def _missing_in(request: HttpRequest) -> dict[str, str]:
    errors = {} if request.FILES.get("file") else {"file": _("Choose a file.")}
    return errors | ({} if request.POST.get("why_in", "").strip() else {"why_in": _("Say why.")})


def _missing_out(given: dict[str, str]) -> dict[str, str]:
    errors = {name: _("Fill this in.") for name in ("service", "agreement") if not given.get(name, "").strip()}
    if not given.get("days", "").strip().isdecimal() or not 1 <= int(given["days"]) <= pfif.LONGEST:
        errors["days"] = _("Write a number of days, from 1 to %(n)s.") % {"n": pfif.LONGEST}
    keys = given.get("people", "").split()
    if given.get("whom") not in ("all", "these"):
        errors["whom"] = _("Choose one of the two.")
    elif given["whom"] == "these":
        known = Person.objects.filter(register=Register.SOUGHT, pk__in=keys[:10_000]).values_list(
            "pk", flat=True
        )
        unknown = sorted(set(keys) - set(known))
        if not keys or unknown:
            named = _("“%(key)s” is no record of somebody whom we look for.")
            errors["people"] = named % {"key": unknown[0][:40]} if unknown else _("Name at least one record.")
    return errors | ({} if given.get("why_out", "").strip() else {"why_out": _("Say why.")})


def _taken_in(request: HttpRequest, actor: Actor) -> HttpResponse:
    sent = request.FILES.get("file")
    body, name = (sent.read(), str(sent.name)) if sent is not None else (b"", "")
    came = pfif_in.take_in(body, name, actor=actor, reason=request.POST["why_in"])
    return render(request, "people/pfif_came.html", pages.came(came))


def _asked(given: dict[str, str], actor: Actor) -> HttpResponse:
    people = given.get("people", "").split() if given["whom"] == "these" else ()
    wish = pfif.Asked(given["service"], given["agreement"], int(given["days"]), people)
    referral = pfif.ask(wish, actor=actor, reason=given["why_out"])
    return HttpResponseRedirect(reverse("pfif-file", args=[referral.pk]))


@shows(Area.TRACING, act="tracing.pfif-ask")
@require_http_methods(["GET", "POST"])
def file_page(request: HttpRequest, key: str) -> HttpResponse:
    """One file for a service, for whoever asked: how it stands, and the file itself once it may go out."""
    actor, referral = actor_of(request), get_object_or_404(Referral, pk=key)
    if request.method == "POST":
        pfif.drop(
            referral,
            actor=actor,
            reason=request.POST.get("reason", ""),
            seen=shown_version(request),
        )
        return HttpResponseRedirect(reverse("pfif"))
    if request.GET.get("as") == "xml":
        if referral.state != "RELEASED":
            raise Http404
        reading.record(actor, reading.What.EXPORT, list(referral.of.values_list("person_id", flat=True)))
        answer = HttpResponse(pfif.file(referral), content_type="application/xml")
        answer["Content-Disposition"] = f'attachment; filename="pfif-{referral.pk}.xml"'
        return answer
    return _shown(request, referral, mine=True)


@shows(None, act="tracing.pfif-out")
@require_http_methods(["GET", "POST"])
def release_page(request: HttpRequest, key: str) -> HttpResponse:
    """The same for the second person, who lets it go or puts it away and sees no name."""
    actor, referral = actor_of(request), get_object_or_404(Referral, pk=key)
    if request.method == "POST":
        seen = shown_version(request)
        if request.POST.get("act") == "drop":
            pfif.drop(referral, actor=actor, reason=request.POST.get("reason", ""), seen=seen)
        else:
            pfif.release(referral, actor=actor, seen=seen)
        return HttpResponseRedirect(reverse("pfif-release", args=[key]))
    return _shown(request, referral, mine=False)


def _shown(request: HttpRequest, referral: Referral, *, mine: bool) -> HttpResponse:
    context = {
        "referral": referral,
        "mine": mine,
        "state": pages.STATES[referral.state],
        "facts": pages.facts(referral),
        "reason": parts.Field("reason", _("Reason (kept in the journal)")),
    }
    return render(request, "people/pfif_file.html", context)


@shows(Area.TRACING, act="tracing.take-note")
@require_http_methods(["GET", "POST"])
def note_page(request: HttpRequest, key: str) -> HttpResponse:
    """One note of a service: evidence of the lowest grade, or put aside."""
    actor = actor_of(request)
    note = get_object_or_404(ServiceNote.objects.select_related("person"), pk=key)
    if request.method == "POST":
        seen = shown_version(request)
        if request.POST.get("act") == "aside":
            pfif_in.put_aside(note, actor=actor, reason=request.POST.get("reason", ""), seen=seen)
        else:
            pfif_in.take_note(note, request.POST.get("says", ""), actor=actor, seen=seen)
        following = pfif_in.waiting().first()
        target = reverse("pfif-note", args=[following.pk]) if following else reverse("pfif")
        return HttpResponseRedirect(target)
    return render(request, "people/pfif_note.html", pages.note(note, actor))
