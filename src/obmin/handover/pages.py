"""What the pages of the handover show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.accounts.fields import only
from obmin.core.access import Actor, Area
from obmin.handover.models import ManifestLine, Muster, TransferAct
from obmin.handover.queries import visible_to
from obmin.negotiation.models import Exchange
from obmin.people.models import Person, TheirLine
from obmin.people.pages import who
from obmin.web import parts, say


def days(exchange: Exchange, actor: Actor) -> parts.Grid:
    """Each muster in the order of the days."""
    columns = (
        parts.Column(gettext_lazy("Day")),
        parts.Column(gettext_lazy("Direction")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("On the manifest"), number=True),
        parts.Column(gettext_lazy("Here"), number=True),
        parts.Column(gettext_lazy("Crossing"), drop=1),
    )
    musters = (
        visible_to(actor)
        .filter(exchange=exchange)
        .annotate(people=Count("lines"), here=Count("lines", filter=Q(lines__outcome="here")))
    )
    rows = [
        parts.Row(
            (
                parts.Link(say.day(m.on), reverse("muster", args=[exchange.pk, m.pk])),
                _("We hand over") if m.direction == "out" else _("We receive"),
                parts.Mark("muster", m.state),
                m.people,
                m.here,
                m.crossing,
            )
        )
        for m in musters.order_by("on", "direction")
    ]
    grid = parts.Grid(_("Days"), columns, rows)
    return only(grid, actor, Area.HANDOVER, ("", "", "", "counts", "counts", ""))


def muster(found: Muster, actor: Actor) -> dict[str, Any]:
    """Counts from sets of lines, the tablets, and the act."""
    sees = partial(actor.sees, Area.HANDOVER)
    outcomes = dict(found.lines.values_list("outcome").annotate(people=Count("pk")).order_by("outcome"))
    here, awaited, every = outcomes.get("here", 0), outcomes.get("", 0), sum(outcomes.values())
    return {
        "muster": found,
        "exchange": found.exchange,
        "counts": [
            parts.Count(here, _("here")),
            parts.Count(awaited, _("awaited")),
            parts.Count(every - here - awaited, _("otherwise")),
            parts.Count(every, _("on the manifest")),
        ]
        if sees("counts")
        else [],
        "devices": list(found.events.values("chain").annotate(events=Count("pk")).order_by("chain"))
        if sees("devices")
        else [],
        "act": TransferAct.objects.filter(muster=found).first() if sees("act") else None,
    }


def lines(found: Muster, query: Mapping[str, str], actor: Actor) -> QuerySet[ManifestLine]:
    rows = found.lines.select_related("ours__person", "theirs__line__person").order_by("number")
    if (outcome := query.get("outcome")) and actor.sees(Area.HANDOVER, "fit"):
        rows = rows.filter(outcome="" if outcome == "awaited" else outcome)
    return rows


def grid(page: Page[ManifestLine], actor: Actor) -> parts.Grid:
    """A page of a manifest."""
    columns = (
        parts.Column(gettext_lazy("No."), number=True),
        parts.Column(gettext_lazy("Name")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Card")),
        parts.Column(gettext_lazy("Trip"), drop=1),
    )
    found = list(page)
    names = who(actor, [_whom(x) for x in found])
    rows = [
        parts.Row((x.number, name, parts.Mark("outcome", told(x.outcome, actor)), x.code, x.vehicle))
        for x, name in zip(found, names, strict=True)
    ]
    grid = parts.Grid(_("Manifest"), columns, rows)
    return only(grid, actor, Area.HANDOVER, ("number", "name", "outcome", "code", "vehicle"))


def told(outcome: str, actor: Actor) -> str:
    """An outcome as a reader may know it: a refusal is "not available" to all, an illness to most (I-18)."""
    hidden = ("declined",) if actor.sees(Area.HANDOVER, "fit") else ("declined", "unfit")
    return "refused" if outcome in hidden else outcome


def _whom(line: ManifestLine) -> tuple[Person | None, TheirLine | None, str]:
    if line.ours is not None:
        return line.ours.person, None, ""
    assert line.theirs is not None
    return line.theirs.line.person, line.theirs.line, ""
