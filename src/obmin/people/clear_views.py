"""Clear pairs confirmed together: a drawn sample is read one by one, and one doubt in it stops the batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.core.access import Actor, Area
from obmin.core.errors import Incomplete, WrongState
from obmin.people import pages, queries, records, tracing
from obmin.people.models import Matching, Pairing
from obmin.web import parts, say
from obmin.web.labels import label

READ = ("birth_date", "service_number", "rank")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One pair of the sample: the two as a reader needs them, and what the reader has said."""

    pk: int
    ours: parts.Person
    theirs: parts.Person
    rows: list[tuple[str, str, str]]
    answer: str


@shows(Area.TRACING, act="tracing.judge-batch")
@require_http_methods(["GET", "POST"])
def clear_page(request: HttpRequest, key: str) -> HttpResponse:
    """The sample of one run of the engine, and the confirmation of the rest."""
    actor = actor_of(request)
    matching = get_object_or_404(Matching.objects.select_related("list"), pk=key)
    drawn = tracing.sample(matching)
    given = {pair.pk: answer for pair in drawn if (answer := request.POST.get(f"pair-{pair.pk}", ""))}
    error = ""
    if request.method == "POST":
        try:
            tracing.judge_clear(matching, given, actor=actor, reason=request.POST.get("reason", ""))
            return HttpResponseRedirect(reverse("tracing"))
        except (Incomplete, WrongState) as refused:
            error = _said(refused, drawn, given)
    context = {
        "matching": matching,
        "number": queries.clear_pairs(matching).count(),
        "drawn": _drawn(drawn, given, actor),
        "error": error,
        "reason": parts.Field(
            "reason", _("Reason (kept in the journal)"), request.POST.get("reason", ""), kind="textarea"
        ),
    }
    return render(request, "people/clear.html", context)


def _said(refused: Incomplete | WrongState, drawn: list[Pairing], given: Mapping[int, str]) -> str:
    if unread := len(drawn) - len(given):
        return _("Pairs of the sample that you have not answered: %(n)s.") % {"n": unread}
    if any(answer != "SAME" for answer in given.values()):
        return _("The sample holds a pair that is not clear. The rest is judged one by one, and so is this.")
    return refused.message


def _drawn(drawn: list[Pairing], given: Mapping[int, str], actor: Actor) -> list[Drawn]:
    known = records.shown(actor, [pair.person_id for pair in drawn])
    theirs = records.their_words_shown(actor, [pair.line for pair in drawn])
    return [
        Drawn(
            pair.pk,
            pages.named(pair.person, known[pair.person_id].identity, reverse("pair", args=[pair.pk])),
            parts.Person(theirs[pair.line_id].name, lang="und"),
            [
                (
                    label(name),
                    pages.shown_value(name, getattr(known[pair.person_id].identity, name)) or say.NONE,
                    pages.shown_value(name, str(theirs[pair.line_id].fields.get(name) or "")) or say.NONE,
                )
                for name in READ
            ],
            given.get(pair.pk, ""),
        )
        for pair in drawn
    ]
