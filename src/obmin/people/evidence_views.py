"""Evidence of somebody sought, on the screen: what stands, what it comes to, one more, one withdrawn."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from obmin.accounts.door import actor_of, shows
from obmin.audit import reading
from obmin.core.access import Area
from obmin.core.errors import Incomplete
from obmin.people import evidence, evidence_pages, queries, records
from obmin.people.models import Register, Testimony
from obmin.people.pages import named
from obmin.web import parts
from obmin.web.seen import shown_version


@shows(Area.TRACING, act="tracing.testify")
@require_http_methods(["GET", "POST"])
def evidence_page(request: HttpRequest, key: str) -> HttpResponse:
    """All that was heard of somebody, graded; and the form for one more."""
    actor = actor_of(request)
    person = get_object_or_404(queries.visible_to(actor, Register.SOUGHT), pk=key)
    given, error = {name: request.POST.get(name, "") for name in evidence.FIELDS}, ""
    if request.method == "POST":
        try:
            evidence.add(person, given, actor=actor, seen=shown_version(request))
            return HttpResponseRedirect(reverse("evidence", args=[key]))
        except Incomplete as lacking:
            error = str(_(lacking.message))
            person.refresh_from_db()
    known = records.shown(actor, [key], what=reading.What.RECORD)[key].identity
    context = evidence_pages.page(person) | {
        "person": person,
        "name": named(person, known),
        "questions": evidence_pages.questions(given),
        "error": error,
        "reason": parts.Field("reason", _("Reason (kept in the journal)")),
    }
    return render(request, "people/evidence.html", context)


@shows(Area.TRACING, act="tracing.withdraw")
@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Withdraws one piece of evidence."""
    actor = actor_of(request)
    known = Testimony.objects.filter(person__in=queries.seen_by(actor))
    testimony = get_object_or_404(known.select_related("person", "person__into"), pk=key)
    evidence.withdraw(testimony, actor=actor, reason=request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("evidence", args=[testimony.person.into_id or testimony.person_id]))
