"""What the pages of care show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from obmin.accounts.fields import only
from obmin.care.cases import way
from obmin.care.models import Case
from obmin.core.access import Actor, Area
from obmin.core.acts import ACTS
from obmin.people.pages import who
from obmin.reception.models import Site
from obmin.web import parts, say

GROUPS = {
    "health": gettext_lazy("Health"),
    "psychology": gettext_lazy("Psychology"),
    "papers": gettext_lazy("Papers and pay"),
    "family": gettext_lazy("Family"),
    "plan": gettext_lazy("Plan"),
    "sealed": gettext_lazy("Sealed"),
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a case as its page shows it. `mine`: the reader's duty records it."""

    code: str
    label: str
    state: str
    due: datetime
    at: datetime | None
    choice: bool
    mine: bool


def cases(page: Page[Case], actor: Actor) -> parts.Grid:
    """A page of cases."""
    columns = (
        parts.Column(gettext_lazy("Name")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Next step due")),
        parts.Column(gettext_lazy("Home since"), drop=1),
        parts.Column(gettext_lazy("Site"), drop=2),
    )
    rows = []
    sites = dict(Site.objects.values_list("code", "name_uk" if get_language() == "uk" else "name_en"))
    found = list(page)
    names = who(actor, [(c.person, c.offer.line, reverse("case", args=[c.pk])) for c in found])
    for case, name in zip(found, names, strict=True):
        due = say.moment(getattr(case, "next_due", None))
        rows.append(
            parts.Row(
                (
                    name,
                    parts.Mark("case", case.state),
                    due,
                    say.moment(case.opened_at),
                    sites.get(case.site, case.site),
                )
            )
        )
    grid = parts.Grid(_("Returnees"), columns, rows)
    return only(grid, actor, Area.CARE, ("name", "state", "due", "", "site"))


def case(found: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    """A case's steps in the groups of its readers, the returnee's own order of time within each."""
    language = get_language() or "en"
    groups: dict[str, list[StepLine]] = {}
    roles = {role.value for role in actor.roles & ACTS["care.step"].roles}
    for step in found.steps.order_by("due", "pk"):
        known = way().step(step.code)
        if known is None or not actor.sees(Area.CARE, known.reads):
            continue
        words = known.label.get(language) or known.label["en"]
        line = StepLine(step.code, words, step.state, step.due, step.at, known.choice, known.role in roles)
        groups.setdefault(known.reads, []).append(line)
    ordered = [(str(word), groups[key]) for key, word in GROUPS.items() if key in groups]
    name = who(actor, [(found.person, found.offer.line, "")])[0]
    return {
        "case": found,
        "exchange": found.exchange,
        "groups": ordered,
        "now": now,
        "name": name,
        "shows_state": actor.sees(Area.CARE, "state"),
        "shows_family": actor.sees(Area.CARE, "family"),
    }
