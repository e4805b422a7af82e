"""The report on who was passed over, for whoever watches the series."""

from __future__ import annotations

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.accounts.words import why
from obmin.core.access import Area, decide
from obmin.core.acts import ACTS
from obmin.core.compose.wording import say as told
from obmin.core.errors import NotAllowed
from obmin.files.workbooks import with_source
from obmin.jobs import work
from obmin.negotiation.models import Fairness
from obmin.negotiation.workbench_views import as_file
from obmin.web import parts, say


@shows(Area.FAIRNESS, "report")
@require_http_methods(["GET", "POST"])
def report_page(request: HttpRequest) -> HttpResponse:
    """The last report as tables, as a workbook, or made anew by the worker."""
    actor = actor_of(request)
    decision = decide(ACTS["lists.report"], actor)
    if request.method == "POST":
        if not decision.allowed:
            raise NotAllowed(decision.reason, code=decision.code)
        return HttpResponseRedirect(reverse("job", args=[work.ask("fairness", actor.id, {}).pk]))
    found = Fairness.objects.order_by("-pk").first()
    language = "uk" if get_language() == "uk" else "en"
    if request.GET.get("as") == "xlsx":
        if found is None:
            raise Http404
        names = [told(f"fair-{key}", language) for key in ("question", "cell", "times", "people")]
        frame = pl.DataFrame(found.tables[language], schema=dict.fromkeys(names, pl.String), orient="row")
        facts = {"made": say.moment(found.at), "exchanges": str(found.exchanges), "by": actor.id}
        return as_file(with_source("Report", frame, facts), f"passed-over-{found.pk}.xlsx")
    reason = why(decision, ACTS["lists.report"], "exchange", "")
    context = {
        "found": found,
        "grids": _grids(found.tables[language]) if found else (),
        "dropped": [told(f"fair-by-{name}", language) for name in found.dropped] if found else (),
        "act": parts.Act(_("Make the report"), primary=True, reason=reason),
    }
    return render(request, "negotiation/fairness.html", context)


def _grids(rows: list[list[str]]) -> list[parts.Grid]:
    """One table for each question."""
    columns = (
        parts.Column(gettext_lazy("Value")),
        parts.Column(gettext_lazy("Times passed over"), number=True),
        parts.Column(gettext_lazy("People"), number=True),
    )
    questions = dict.fromkeys(row[0] for row in rows)
    return [
        parts.Grid(
            question,
            columns,
            [
                parts.Row((value or question, times, people))
                for name, value, times, people in rows
                if name == question
            ],
            hide_caption=False,
        )
        for question in questions
    ]
