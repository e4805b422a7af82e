"""Clear pairs confirmed together: a drawn sample is read one by one, and one doubt stops the run for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.core.access import Actor, Area
from obmin.core.errors import Incomplete, NotAllowed
from obmin.core.tracing.batch import Answer, Run
from obmin.people import pages, queries, records, tracing
from obmin.people.models import Matching, Pairing
from obmin.web import parts, say
from obmin.web.labels import label
from obmin.web.seen import shown_version

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
    """The sample of one run of the engine and its answers; afterwards, what they made of the run."""
    actor = actor_of(request)
    seen = Matching.objects.filter(register__in=queries.walls(actor))
    matching = get_object_or_404(seen.select_related("list"), pk=key)
    asked = tracing.sample(matching)
    given = {
        pair.pk: answer for pair in asked if (answer := request.POST.get(f"pair-{pair.pk}")) in set(Answer)
    }
    reason, error = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            tracing.judge_clear(matching, given, actor=actor, reason=reason, seen=shown_version(request))
            return HttpResponseRedirect(reverse("clear-pairs", args=[key]))
        except Incomplete:
            error = _("Pairs of the sample that you have not answered: %(n)s.") % {"n": len(asked) - len(given)}
        except NotAllowed as refused:
            if refused.code != "reason-missing":
                raise
            error = _("Say why. Your answers are kept on this page, and nowhere else yet.")
    pairs = matching.pairings
    context = {
        "matching": matching,
        "number": queries.clear_pairs(matching).count(),
        "drawn": _drawn(asked, given, actor) if matching.state == Run.OPEN else [],
        "answered": pairs.filter(drawn=True).exclude(state="OPEN").count(),
        "joined": pairs.filter(clear=True, state="SAME").count(),
        "waiting": queries.open_pairs(actor).filter(run=matching).count(),
        "error": error,
        "reason": parts.Field(
            "reason",
            _("Reason (kept in the journal)"),
            reason,
            kind="textarea",
            hint=_("It stands with every pair of the sample: name nobody in it."),
        ),
    }
    return render(request, "people/clear.html", context)


def _drawn(drawn: Sequence[Pairing], given: Mapping[int, str], actor: Actor) -> list[Drawn]:
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
