"""What pages show of orders, and of two drafts that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.core.paginator import Page
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from obmin.accounts.fields import only
from obmin.accounts.models import Account
from obmin.core.access import Actor, Area, decide
from obmin.core.acts import ACTS
from obmin.negotiation import orders, terms, words
from obmin.negotiation.models import Draft, Exchange, Order
from obmin.negotiation.versions import Change
from obmin.negotiation.wishes import Outcome
from obmin.people import records
from obmin.people.models import Person
from obmin.people.pages import named
from obmin.web import parts, say

KINDS: Final[dict[str, Promise]] = {
    "lock": gettext_lazy("Put on and keep on"),
    "ban": gettext_lazy("Keep off"),
    "move": gettext_lazy("Move to another day"),
    "substitute": gettext_lazy("Somebody else instead"),
}
ORDERS: Final[dict[str, Promise]] = {
    "lock": gettext_lazy("put on"),
    "ban": gettext_lazy("kept off"),
    "move": gettext_lazy("moved"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An order as a page shows it."""

    order: Order
    word: str
    reason: str
    by: str
    day: str
    href: str


def told_orders(found: Sequence[Order], days: Mapping[str, str], actor: Actor) -> list[Told]:
    """Orders with the words of their reasons, for whoever may see why."""
    said = orders.reasons(found) if actor.sees(Area.LISTS, "why") else {}
    latin = get_language() != "uk"
    officers = {
        a.pk: a.name_latin if latin else a.name for a in Account.objects.filter(pk__in={o.by for o in found})
    }
    return [
        Told(
            order,
            str(KINDS[order.kind]),
            said.get(order.pk, ""),
            officers.get(order.by, order.by),
            days.get(order.phase, order.phase),
            reverse("list-order", args=[order.exchange_id, order.pk]),
        )
        for order in found
    ]


def all_orders(exchange: Exchange, found: Sequence[Order], actor: Actor) -> parts.Grid:
    """Orders about this exchange's list, with their reasons."""
    days = words.days(terms.in_force(exchange))
    known = records.shown(actor, [order.person_id for order in found])
    columns = (
        parts.Column(gettext_lazy("Name")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Officer’s order")),
        parts.Column(gettext_lazy("Day"), drop=1),
        parts.Column(gettext_lazy("Reason")),
        parts.Column(gettext_lazy("By"), drop=2),
        parts.Column(gettext_lazy("Since"), drop=1),
    )
    rows = [
        parts.Row(
            (
                named(told.order.person, known[told.order.person_id].identity, told.href),
                parts.Mark("order", told.order.kind if told.order.state == "STANDS" else "LIFTED"),
                told.word,
                told.day,
                told.reason,
                told.by,
                say.moment(told.order.at),
            )
        )
        for told in told_orders(found, days, actor)
    ]
    shown = parts.Grid(_("Orders"), columns, rows)
    return only(shown, actor, Area.LISTS, ("name", "state", "", "place", "why", "", ""))


def outcomes(found: Sequence[Outcome], draft: Draft, actor: Actor, *, done: bool) -> parts.Grid:
    """Each order asked for, one a row: what will happen, or did, and why not."""
    days = words.days(terms.in_force(draft.exchange))
    keys = [key for one in found for key in (one.wish.person, one.wish.other) if key]
    people = Person.objects.in_bulk(keys)
    known = records.shown(actor, list(people))
    columns = (
        parts.Column(gettext_lazy("Name")),
        parts.Column(gettext_lazy("Result") if done else gettext_lazy("What will happen")),
        parts.Column(gettext_lazy("Officer’s order")),
        parts.Column(gettext_lazy("Day"), drop=1),
        parts.Column(gettext_lazy("Instead"), drop=1),
        parts.Column(gettext_lazy("Why not")),
        parts.Column(gettext_lazy("Row"), number=True, drop=2),
    )

    def name(key: str) -> parts.Cell:
        person = people.get(key)
        return named(person, known[key].identity) if person else key

    rows = [
        parts.Row(
            (
                name(one.wish.person),
                parts.Mark("wish", ("DONE" if done else "WILL") if not one.why else "NOT"),
                str(KINDS[one.wish.kind]),
                days.get(one.wish.phase, one.wish.phase),
                name(one.wish.other) if one.wish.other else "",
                one.why,
                one.wish.row or None,
            )
        )
        for one in found
    ]
    return parts.Grid(_("Orders asked for"), columns, rows)


def difference(before: Draft, after: Draft, found: Page[Change], actor: Actor) -> parts.Grid:
    """Who differs between two drafts, each with where they stood and why."""
    days = words.days(terms.agreement(after.terms).version(after.terms.number)) | {
        "": _("left out"),
        "direct": _("beside the count"),
    }
    changes = list(found)
    people = Person.objects.in_bulk([change.person for change in changes])
    known = records.shown(actor, list(people))
    columns = (
        parts.Column(gettext_lazy("Name")),
        parts.Column(gettext_lazy("Change")),
        parts.Column(_("Draft %(n)s") % {"n": before.number}),
        parts.Column(gettext_lazy("Why then"), drop=2),
        parts.Column(_("Draft %(n)s") % {"n": after.number}),
        parts.Column(gettext_lazy("Why now")),
        parts.Column(gettext_lazy("Officer’s order"), drop=1),
    )
    rows = [
        parts.Row(
            (
                named(
                    people[c.person],
                    known[c.person].identity,
                    reverse("candidate", args=[after.exchange_id, after.number, c.person]),
                ),
                parts.Mark("change", c.kind),
                days.get(c.before, c.before),
                words.reason(c.why_before),
                days.get(c.after, c.after),
                words.reason(c.why_after),
                parts.Mark("order", c.order) if c.order else "",
            )
        )
        for c in changes
    ]
    shown = parts.Grid(_("What differs"), columns, rows)
    return only(shown, actor, Area.LISTS, ("name", "state", "place", "why", "place", "why", "why"))


def confirm(
    draft: Draft,
    found: Sequence[Outcome],
    actor: Actor,
    *,
    wrong: Sequence[tuple[int, str]] = (),
    common: str = "",
) -> dict[str, Any]:
    """Orders before anything is done: what will happen, what cannot, and the reason that is still missing."""
    days = words.days(terms.in_force(draft.exchange))
    asks_day = any(one.why == str(orders.WHICH_DAY) for one in found)
    found = [replace(one, why="") if one.why == str(orders.WHICH_DAY) else one for one in found]
    will = [one.wish for one in found if not one.why]
    return {
        "grid": outcomes(found, draft, actor, done=False),
        "wishes": [wish.text() for wish in will],
        "number": len(will),
        "cannot": len(found) - len(will),
        "wrong": wrong,
        "asks_day": asks_day,
        "day": parts.Field("phase", _("Day"), options=[("", "–"), *days.items()], kind="select"),
        "asks_reason": any(not wish.reason for wish in will),
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), common, kind="textarea"),
    }


def done(draft: Draft, found: Sequence[Outcome], actor: Actor) -> dict[str, Any]:
    """What became of each order."""
    given = sum(1 for one in found if not one.why)
    return {
        "grid": outcomes(found, draft, actor, done=True),
        "number": given,
        "cannot": len(found) - given,
    }


def one(order: Order, actor: Actor) -> dict[str, Any]:
    """One order, and lifting it."""
    days = words.days(terms.in_force(order.exchange))
    known = records.shown(actor, [order.person_id])[order.person_id].identity
    other = Order.objects.filter(pk=order.pair).select_related("person").first() if order.pair else None
    decision = decide(ACTS["lists.lift"], actor, state=order.state, reason="-")
    return {
        "exchange": order.exchange,
        "order": order,
        "told": told_orders([order], days, actor)[0],
        "person": named(order.person, known),
        "pair": reverse("list-order", args=[order.exchange_id, other.pk]) if other else "",
        "draft": order.exchange.drafts.order_by("-number").first(),
        "may": decision.allowed,
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
    }


def compared(
    before: Draft,
    after: Draft,
    changes: Sequence[Change],
    page: Page[Change],
    actor: Actor,
    numbers: Sequence[int],
) -> dict[str, Any]:
    """Two drafts side by side: sums, then who differs and why."""
    options = [(str(n), _("Draft %(n)s") % {"n": n}) for n in numbers]
    kinds = {kind: sum(1 for change in changes if change.kind == kind) for kind in ("came", "left", "moved")}
    return {
        "exchange": after.exchange,
        "before": before,
        "after": after,
        "fields": (
            parts.Field("from", _("From"), str(before.number), options=options, kind="select"),
            parts.Field("to", _("To"), str(after.number), options=options, kind="select"),
        ),
        "counts": [
            parts.Count(kinds["came"], _("came onto the list")),
            parts.Count(kinds["left"], _("left it")),
            parts.Count(kinds["moved"], _("go on another day")),
        ],
        "page": page,
        "grid": difference(before, after, page, actor),
    }
