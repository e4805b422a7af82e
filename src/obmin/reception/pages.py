"""What the pages of the reception plan show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.core.paginator import Page
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from obmin.accounts.fields import only
from obmin.core.access import Actor, Area
from obmin.negotiation import terms, words
from obmin.negotiation.models import Exchange
from obmin.people.pages import who
from obmin.reception.models import Assignment, Plan, Site
from obmin.reception.queries import visible_to
from obmin.web import charts, parts, say

PLACES: Final[dict[str, Promise]] = {
    "intensive": gettext_lazy("Intensive care"),
    "surgical": gettext_lazy("Surgical"),
    "isolation": gettext_lazy("Isolation"),
    "psychiatric": gettext_lazy("Psychiatric"),
    "women": gettext_lazy("Women"),
    "general": gettext_lazy("General"),
}


def newest(exchange: Exchange) -> Plan | None:
    return exchange.plans.order_by("-number").first()


def plan(exchange: Exchange, actor: Actor) -> dict[str, Any]:
    """Places had and needed by kind; each site with what it will hold of what it has; the trips."""
    found = newest(exchange)
    if found is None:
        why = _("It is planned from the list that both sides have locked.")
        return {"exchange": exchange, "plan": None, "none": parts.Empty(_("There is no plan yet"), why)}
    mine = set(visible_to(actor).values_list("code", flat=True))
    if not actor.sees(Area.RECEPTION, "sites"):
        return {"exchange": exchange, "plan": found, "own": _own(exchange, mine), **_trips_of(found, actor)}
    used = Counter(found.assignments.values_list("site_id", "kind"))
    sites = list(Site.objects.order_by("minutes", "code"))
    have = {kind: sum(site.places.get(kind, 0) for site in sites) for kind in PLACES}
    need = {kind: sum(count for (_site, k), count in used.items() if k == kind) for kind in PLACES}
    short = [kind for kind in PLACES if need[kind] > have[kind]]
    title = _("Every kind of place is there") if not short else _("Places are short")
    return {
        "exchange": exchange,
        "plan": found,
        "people": sum(used.values()),
        "shows_sums": actor.sees(Area.RECEPTION, "sums"),
        "chart": charts.PairedBars(
            title, [(str(word), have[kind], need[kind]) for kind, word in PLACES.items()], _("Have"), _("Need")
        ),
        "facts": _facts(exchange, found),
        "grid": _sites(exchange, sites, used, mine),
        **_trips_of(found, actor),
    }


def _own(exchange: Exchange, mine: set[str]) -> list[parts.Link]:
    """The reader's own sites: all of the plan that a site's manager sees."""
    own = Site.objects.filter(code__in=sorted(mine)).order_by("code")
    return [parts.Link(_name(s), reverse("site", args=[exchange.pk, s.pk])) for s in own]


def _trips_of(found: Plan, actor: Actor) -> dict[str, Any]:
    if not actor.sees(Area.RECEPTION, "trips"):
        return {}
    return {"trips": _trips(found, {s.code: _name(s) for s in Site.objects.all()})}


def site(exchange: Exchange, code: str, actor: Actor) -> dict[str, Any]:
    """One site and everybody planned for it."""
    found = get_object_or_404(visible_to(actor), pk=code)
    planned = newest(exchange)
    people = Assignment.objects.none() if planned is None else planned.assignments.filter(site=found)
    return {
        "exchange": exchange,
        "site": found,
        "name": _name(found),
        "people": people.select_related("offer__line__person").order_by("offer__phase", "trip", "pk"),
    }


def guests(page: Page[Assignment], actor: Actor) -> parts.Grid:
    """A page of those who come to a site."""
    columns = (
        parts.Column(gettext_lazy("Name")),
        parts.Column(gettext_lazy("Place")),
        parts.Column(gettext_lazy("Day")),
        parts.Column(gettext_lazy("Trip"), drop=1),
    )
    rows = []
    days = words.days(terms.in_force(page[0].plan.exchange)) if page else {}
    found = list(page)
    names = who(actor, [(one.offer.line.person, one.offer.line, "") for one in found])
    for one, name in zip(found, names, strict=True):
        day = days.get(one.offer.phase, one.offer.phase)
        rows.append(parts.Row((name, str(PLACES.get(one.kind, one.kind)), day, one.trip.partition("-")[2])))
    grid = parts.Grid(_("Who comes here"), columns, rows)
    return only(grid, actor, Area.RECEPTION, ("name", "kind", "day", "trip"))


def _facts(exchange: Exchange, found: Plan) -> list[parts.Fact]:
    proof = found.proof
    promised = ", ".join(exchange.guarantees.order_by("at").values_list("giver", flat=True))
    return [
        parts.Fact(_("Without a place"), proof["unplaced"]),
        parts.Fact(_("Proven best"), _("yes") if proof["optimal"] else _("no")),
        parts.Fact(_("Trips"), len(proof["trips"])),
        parts.Fact(_("Escort leads at once"), proof["leads"]),
        parts.Fact(_("Medics at once"), proof["medics"]),
        parts.Fact(_("Safety guaranteed by"), promised, why="" if promised else _("nobody yet")),
    ]


def _sites(exchange: Exchange, sites: list[Site], used: Counter[tuple[str, str]], mine: set[str]) -> parts.Grid:
    columns = (
        parts.Column(gettext_lazy("Site")),
        parts.Column(gettext_lazy("People"), number=True),
        *(parts.Column(word, number=True, drop=1) for word in PLACES.values()),
        parts.Column(gettext_lazy("Minutes"), number=True, drop=2),
    )
    rows = [
        parts.Row(
            (
                parts.Link(_name(s), reverse("site", args=[exchange.pk, s.pk])) if s.code in mine else _name(s),
                sum(used[(s.code, kind)] for kind in PLACES),
                *(f"{used[(s.code, kind)]} / {s.places.get(kind, 0)}" for kind in PLACES),
                s.minutes,
            )
        )
        for s in sites
    ]
    return parts.Grid(_("Sites: people planned of places there"), columns, rows)


def _trips(found: Plan, sites: Mapping[str, str]) -> parts.Grid:
    days = words.days(terms.in_force(found.exchange))
    columns = (
        parts.Column(gettext_lazy("Trip")),
        parts.Column(gettext_lazy("Day")),
        parts.Column(gettext_lazy("Vehicle"), drop=2),
        parts.Column(gettext_lazy("Site")),
        parts.Column(gettext_lazy("Leaves after"), number=True, drop=1),
        parts.Column(gettext_lazy("People"), number=True),
    )
    rows = [
        parts.Row(
            (
                t["trip"],
                days.get(t["phase"], t["phase"]),
                t["vehicle"],
                sites.get(t["site"], t["site"]),
                _("%(n)s min") % {"n": say.number(t["departs"])},
                t["people"],
            )
        )
        for t in found.proof["trips"]
    ]
    return parts.Grid(_("Trips"), columns, rows)


def _name(found: Site) -> str:
    name: str = found.name_uk if get_language() == "uk" else found.name_en
    return name
