"""The exchange's page: what is ready, what stands in the way."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from obmin.accounts.words import roles, why
from obmin.core.access import Actor, decide
from obmin.core.access import Area as Reading
from obmin.core.acts import ACTS
from obmin.core.capacity import Area, Board, Stop, clears, without_grounds
from obmin.negotiation import terms
from obmin.negotiation.models import Exchange
from obmin.reception import readiness
from obmin.web.parts import Act, Link, Obstacle, Readiness
from obmin.web.states import find

AREA_WORDS: Final[dict[Area, tuple[Promise, str]]] = {
    Area.LISTS: (gettext_lazy("Lists locked and signed"), "rounds"),
    Area.WILL: (gettext_lazy("Will confirmed in private"), "lists"),
    Area.FITNESS: (gettext_lazy("Fit to travel"), "lists"),
    Area.COURT: (gettext_lazy("Court consent"), "lists"),
    Area.TRAVEL: (gettext_lazy("Everybody may travel"), "lists"),
    Area.PLACES: (gettext_lazy("Beds by need"), "reception"),
    Area.STAFF: (gettext_lazy("Staff on shift"), "reception"),
    Area.RIDES: (gettext_lazy("Seats and stretchers"), "reception"),
    Area.KITS: (gettext_lazy("Kits"), "reception"),
    Area.GUARANTEES: (gettext_lazy("Safety guarantees"), "reception"),
    Area.CONTACTS: (gettext_lazy("Families’ contacts"), "care"),
}
STOPS: Final[dict[Stop, Promise]] = {
    Stop.GO: gettext_lazy("Stops the word to go."),
    Stop.BOARDING: gettext_lazy("Stops boarding."),
    Stop.NOTHING: gettext_lazy("Stops nothing; it will be felt."),
}


def of(exchange: Exchange, actor: Actor) -> dict[str, Any]:
    """Readiness row by row, obstacles, the answer, and the sums that the terms state."""
    found = readiness.of(exchange)
    context = {"exchange": exchange, "days": _days(exchange), "go_act": _go(exchange, found, actor)}
    if not actor.sees(Reading.BOARD, "missing"):
        return context
    if not actor.sees(Reading.BOARD, "grounds"):
        found = without_grounds(found)
    return context | {
        "rows": [_row(exchange, row, actor) for row in found.rows],
        "obstacles": _obstacles(exchange, found, actor),
    }


def _go(exchange: Exchange, found: Board, actor: Actor) -> Act:
    """The word to go: greyed with the reason where it cannot be given."""
    given = exchange.state in ("GO", "RUNNING", "COMPLETED", "RECONCILED", "CLOSED")
    if given:
        return Act(_("Go / no-go"), reason=_("The word to go has been given."))
    decision = found.go
    if decision.allowed:
        act = ACTS["reception.go"]
        decision = decide(act, actor, state=exchange.state)
        return Act(
            _("Go / no-go"),
            primary=True,
            reason=why(decision, ACTS["reception.go"], "exchange", exchange.state),
        )
    return Act(_("Go / no-go"), primary=True, reason=_("Clear what stands in the way first."))


def _row(exchange: Exchange, row: Any, actor: Actor) -> Readiness:
    who = roles(clears(row.area))
    word, href = AREA_WORDS[row.area][0], _opens(exchange, row.area, actor)
    return Readiness(word, href, row.needed or 0, row.confirmed, who, "", row.state.value.replace(" ", "-"))


def _opens(exchange: Exchange, area: Area, actor: Actor) -> str:
    """The page that a line of the board leads to, if it is open to the reader."""
    page = AREA_WORDS[area][1]
    return reverse(page, args=[exchange.pk]) if any(one.value == page for one in actor.areas) else ""


def _obstacles(exchange: Exchange, found: Board, actor: Actor) -> list[Obstacle]:
    if exchange.state in ("RUNNING", "COMPLETED", "RECONCILED", "CLOSED"):
        return []
    return [
        Obstacle(
            find("readiness", item.state.value.replace(" ", "-")).tone.value,
            _title(item.area, item.missing),
            f"{STOPS[item.stops]} {', '.join(item.lacking)}".strip(),
            Link(_("Open"), href) if (href := _opens(exchange, item.area, actor)) else None,
        )
        for item in found.obstacles
    ]


def _title(area: Area, missing: int | None) -> str:
    word = str(AREA_WORDS[area][0])
    if missing is None:
        return _("%(area)s: cannot tell") % {"area": word}
    text = ngettext("%(area)s: %(n)s missing", "%(area)s: %(n)s missing", missing)
    return text % {"area": word, "n": missing}


def _days(exchange: Exchange) -> list[Any]:
    if not exchange.terms.exists():
        return []
    return [phase.day for phase in terms.in_force(exchange).phases if phase.day]
