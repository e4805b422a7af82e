"""What the pages of terms, lists and rounds show, put together from rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.accounts.fields import only
from obmin.audit import reading
from obmin.core.access import Actor, Area
from obmin.negotiation import terms as adopted
from obmin.negotiation import words
from obmin.negotiation.models import Exchange, LeftOut, ListLine, Round, TheirOffer
from obmin.people import records
from obmin.people.pages import named
from obmin.web import parts, say
from obmin.web.labels import label


def drafts(exchange: Exchange, actor: Actor) -> parts.Grid:
    """Every draft, newest first."""
    columns = (
        parts.Column(gettext_lazy("Draft")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Counted"), number=True),
        parts.Column(gettext_lazy("Besides, direct cases"), number=True),
        parts.Column(gettext_lazy("Left out"), number=True),
        parts.Column(gettext_lazy("Composed"), drop=1),
    )
    rows = [
        parts.Row(
            (
                parts.Link(_("Draft %(n)s") % {"n": d.number}, reverse("draft", args=[exchange.pk, d.number])),
                parts.Mark("draft", d.state),
                d.lines.filter(direct=False).count(),
                d.lines.filter(direct=True).count(),
                d.left_out.count(),
                say.moment(d.at),
            )
        )
        for d in exchange.drafts.order_by("-number")
    ]
    grid = parts.Grid(_("Drafts"), columns, rows)
    return only(grid, actor, Area.LISTS, ("", "state", "place", "place", "left_out", ""))


def told(state: str, actor: Actor) -> str:
    """The state of a line as a reader may know it: whoever is not to know who is ill sees "not available"."""
    return "REFUSED" if state == "UNFIT" and not actor.sees(Area.LISTS, "fit") else state


def place(line: ListLine, actor: Actor) -> dict[str, Any]:
    """One person's place: why they have it, on which day."""
    days = words.days(adopted.in_force(line.draft.exchange))
    known = records.shown(actor, [line.person_id], what=reading.What.RECORD)[line.person_id]
    return {
        "line": line,
        "exchange": line.draft.exchange,
        "person": named(line.person, known.identity),
        "state": told(line.state, actor),
        "why": words.reason(line.reason) if actor.sees(Area.LISTS, "why") else "",
        "day": days.get(line.phase, ""),
    }


def left_out(page: Page[LeftOut], actor: Actor) -> parts.Grid:
    columns = (
        parts.Column(gettext_lazy("Name")),
        parts.Column(label("birth_date"), drop=1),
        parts.Column(gettext_lazy("Why not")),
    )
    found = list(page)
    known = records.shown(actor, [x.person_id for x in found])
    rows = [
        parts.Row(
            (
                named(x.person, (who := known[x.person_id].identity), reverse("person", args=[x.person_id])),
                say.day(who.birth_date),
                words.reason(x.reason),
            )
        )
        for x in found
    ]
    return parts.Grid(_("People left out"), columns, rows)


KINDS = {
    "wanted": gettext_lazy("Wanted lists"),
    "reply": gettext_lazy("Answers"),
    "proposal": gettext_lazy("Lists offered"),
    "freeze": gettext_lazy("Locking both lists"),
}


def rounds(exchange: Exchange, actor: Actor) -> parts.Grid:
    """Each round, what it was about, and where it stands."""
    columns = (
        parts.Column(gettext_lazy("Round")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("About")),
        parts.Column(gettext_lazy("Our lines"), number=True),
        parts.Column(gettext_lazy("Their lines"), number=True),
        parts.Column(gettext_lazy("Holds until"), drop=1),
    )
    rows = [
        parts.Row(
            (
                parts.Link(_("Round %(n)s") % {"n": r.number}, reverse("round", args=[exchange.pk, r.number])),
                parts.Mark("round", r.state),
                str(KINDS.get(r.kind, r.kind)),
                r.draft.lines.exclude(state="WITHDRAWN").count() if r.draft else None,
                r.theirs.lines.count() if r.theirs and r.kind == "proposal" else None,
                say.moment(r.expires),
            )
        )
        for r in exchange.rounds.select_related("draft", "theirs").order_by("-number")
    ]
    grid = parts.Grid(_("Rounds"), columns, rows)
    return only(grid, actor, Area.ROUNDS, ("", "state", "", "counts", "counts", ""))


def round_head(found: Round, query: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    """A round's packages, and facets over what the terms say of their lines."""
    here = reverse("round", args=[found.exchange_id, found.number])
    fits = dict(found.offers.values_list("fits").annotate(Count("pk")).order_by("fits"))
    return {
        "round": found,
        "exchange": found.exchange,
        "packages": found.packages.order_by("name") if actor.sees(Area.ROUNDS, "packages") else (),
        "facets": [
            parts.Facet(str(word), f"{here}?fits={fit}", fits.get(fit, 0), query.get("fits") == fit)
            for fit, word in FITS.items()
            if actor.sees(Area.ROUNDS, "fits")
        ],
        "clear": here if query.get("fits") else "",
    }


FITS = {
    "satisfies": gettext_lazy("keeps the terms"),
    "breaks": gettext_lazy("breaks a clause"),
    "cannot-tell": gettext_lazy("cannot tell"),
}


def offer_grid(page: Page[TheirOffer], actor: Actor) -> parts.Grid:
    """A page of their list: who it is for us, what the terms say."""
    days = words.days(adopted.in_force(page[0].round.exchange)) if page else {}
    columns = (
        parts.Column(gettext_lazy("As they wrote it")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Our record")),
        parts.Column(gettext_lazy("Day"), drop=1),
        parts.Column(gettext_lazy("The terms say"), drop=2),
    )
    found = list(page)
    known = records.shown(actor, [x.line.person_id for x in found if x.line.person_id])
    theirs = records.their_words_shown(actor, [x.line for x in found])
    rows = [
        parts.Row(
            (
                parts.Person(theirs[x.line_id].name, lang="und"),
                parts.Mark("line", told(x.state, actor)),
                named(x.line.person, known[x.line.person_id].identity)
                if x.line.person_id and x.line.person
                else _("nobody yet"),
                _("besides") if x.direct else days.get(x.phase, x.phase),
                " ".join(filter(None, (str(FITS.get(x.fits, "")), x.why if x.fits != "satisfies" else ""))),
            )
        )
        for x in found
    ]
    grid = parts.Grid(_("Their list"), columns, rows)
    return only(grid, actor, Area.ROUNDS, ("theirs", "state", "record", "place", "fits"))


def offers(found: Round, query: Mapping[str, str], actor: Actor) -> QuerySet[TheirOffer]:
    rows = found.offers.select_related("line__person").order_by("phase", "line__number")
    if (fits := query.get("fits")) and actor.sees(Area.ROUNDS, "fits"):
        rows = rows.filter(fits=fits)
    return rows
