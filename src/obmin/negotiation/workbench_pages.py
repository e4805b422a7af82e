"""What the pages of the lists workbench show, put together from rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from obmin.accounts.fields import only
from obmin.accounts.words import why as why_not
from obmin.audit import reading
from obmin.core.access import Actor, Area, decide
from obmin.core.acts import ACTS
from obmin.negotiation import list_files, lists, orders, terms, words, workbench
from obmin.negotiation.models import Draft, View
from obmin.negotiation.orders_pages import KINDS, ORDERS, told_orders
from obmin.negotiation.pasted import Pasted
from obmin.negotiation.workbench import Ask, Candidate
from obmin.people import records
from obmin.people.models import Person
from obmin.people.pages import named
from obmin.web import parts, say
from obmin.web.labels import label
from obmin.web.states import find

TRACKS: Final[dict[str, Promise]] = {
    "military": gettext_lazy("military"),
    "civilian": gettext_lazy("civilian"),
    "undetermined": gettext_lazy("not determined"),
}
WHY_OUT: Final[dict[str, Promise]] = {
    "out-level": gettext_lazy("others stood before them"),
    "out-protected": gettext_lazy("others stood before them, on a protected ground"),
    "out-lot": gettext_lazy("the lot decided"),
    "out-bound": gettext_lazy("a limit was reached"),
    "out-group": gettext_lazy("no room for the whole group"),
    "out-none": gettext_lazy("no place left"),
    "out-ban": gettext_lazy("kept off by an officer"),
    "out-clause": gettext_lazy("the clause does not reach them"),
    "out-no-clause": gettext_lazy("no clause asks for them"),
    "out-beside": gettext_lazy("beside the agreement"),
    "not-available": gettext_lazy("not available"),
    "not-fit-now": gettext_lazy("not fit now"),
}
KEYS: Final = (
    ("l", gettext_lazy("Put the chosen people on, and keep them there")),
    ("b", gettext_lazy("Keep the chosen people off")),
    ("m", gettext_lazy("Move the chosen people to another day")),
    ("p", gettext_lazy("Paste numbers, keys or names")),
    ("r", gettext_lazy("Compose again, near this draft")),
)
_COUNTED: Final = re.compile(r"(\d+)(?: (=|≠) (\d+)| for (at least |at most |about |)(\d+)(?: to (\d+))?)?")


@dataclass(frozen=True, slots=True)
class Counter:
    """A clause that counts: what it says, how many there are, how many it asks for, whether it holds."""

    clause: str
    says: str
    have: int | None
    need: str
    ok: bool
    rest: str = ""

    @property
    def short(self) -> str:
        return _("kept") if self.ok else _("broken")


def counters(draft: Draft, actor: Actor) -> list[Counter]:
    """The clauses of the terms with what the checker counted; none for who may not see the proof."""
    if not actor.sees(Area.LISTS, "proof"):
        return []
    version = terms.agreement(draft.terms).version(draft.terms.number)
    says = {c.id: c.says.in_language(get_language() or "en") for c in version.clauses}
    days = words.days(version)
    found = []
    for verdict in draft.proof.get("verdicts", ()):
        if verdict["clause"] not in says:
            continue
        first, _semicolon, rest = verdict["arithmetic"].partition("; ")
        have, need = _amounts(first)
        shown = words.with_days(rest if have is not None else verdict["arithmetic"], days)
        found.append(Counter(verdict["clause"], says[verdict["clause"]], have, need, verdict["ok"], shown))
    return found


def _amounts(text: str) -> tuple[int | None, str]:
    """How many there are and how many are asked for, of the checker's first words."""
    found = _COUNTED.fullmatch(text)
    if found is None:
        return None, ""
    have, _sign, exact, side, low, high = found.groups()
    if exact:
        return int(have), say.number(int(exact))
    if low is None:
        return int(have), ""
    numbers = {"low": say.number(int(low)), "high": say.number(int(high or 0))}
    if high:
        return int(have), _("%(low)s to %(high)s") % numbers
    told = {"at least ": _("at least %(low)s"), "at most ": _("at most %(low)s"), "about ": _("about %(low)s")}
    return int(have), told.get(side, "%(low)s") % numbers


def bench(draft: Draft, ask: Ask, page: Page[Candidate], actor: Actor) -> dict[str, Any]:
    """The workbench: counters, views, filters with counts, the grid, and what may be done with rows."""
    found = workbench.sums(draft, actor)
    here = reverse("draft", args=[draft.exchange_id, draft.number])
    kept = workbench.views(draft.exchange, actor)
    may = bool(actor.roles & ACTS["lists.lock"].roles)
    newest = draft.exchange.drafts.order_by("-number").values_list("number", flat=True).first()
    return head(draft, actor, "draft") | {
        "page": page,
        "ask": ask,
        "counters": counters(draft, actor),
        "groups": facets(draft, found, ask, here, actor),
        "clear": here if ask.filters else "",
        "grid": grid(draft, list(page), actor, choose="bulk" if may else ""),
        "kept_views": [
            (view, f"{here}?{view.query}", view.query == ask.kept and not ask.q, view.account == actor.id)
            for view in kept
        ],
        "search": parts.Field("q", _("Name, date of birth or number"), ask.q, kind="search"),
        "hidden": [(n, getattr(ask, n)) for n in HIDDEN if getattr(ask, n)],
        "may": may,
        "older": newest != draft.number,
        "acts": [parts.Act(str(KINDS[kind]), name="kind", value=kind) for kind in ("lock", "ban", "move")],
        "everything": _("all %(n)s of this filter") % {"n": say.number(page.paginator.count)}
        if ask.filters and page.paginator.count <= MOST_AT_ONCE
        else "",
        "own_keys": KEYS if may else KEYS[3:4],
        "solve": solve_act(draft, actor),
    }


HIDDEN: Final = ("show", "phase", "track", "clause", "state", "order", "why", "picked", "sort")
MOST_AT_ONCE: Final = 500


def head(draft: Draft, actor: Actor, current: str) -> dict[str, Any]:
    """What stands on top of every page of a draft: itself, its tabs, the orders that it does not obey yet."""
    spots = (
        ("draft", _("Everybody"), True),
        ("list-proof", _("Proof"), actor.sees(Area.LISTS, "proof")),
        ("list-orders", _("Orders"), actor.sees(Area.LISTS, "why")),
        ("left-out", _("Left out, with reason"), actor.sees(Area.LISTS, "left_out")),
        ("list-sign", _("Lock and sign"), actor.sees(Area.LISTS, "state")),
    )
    args = [draft.exchange_id, draft.number]
    return {
        "draft": draft,
        "exchange": draft.exchange,
        "tabs": [
            parts.Link(text, reverse(name, args=args), current=name == current)
            for name, text, open_ in spots
            if open_
        ],
        "newer_orders": lists.newer_orders(draft),
    }


def solve_act(draft: Draft, actor: Actor) -> parts.Act:
    """The button that composes again, near this draft."""
    decision = decide(ACTS["lists.compose"], actor, state=draft.exchange.state)
    reason = why_not(decision, ACTS["lists.compose"], "exchange", draft.exchange.state)
    newest = draft.exchange.drafts.order_by("-number").first()
    if not reason and newest is not None and newest.state in orders.CLOSED:
        reason = _("Draft %(n)s is locked for signing. Open it again first.") % {"n": newest.number}
    return parts.Act(_("Compose again, near this draft"), primary=True, reason=reason)


def facets(
    draft: Draft, found: workbench.Sums, ask: Ask, here: str, actor: Actor
) -> list[tuple[str, list[parts.Facet]]]:
    """Filters by group, each with how many people it would leave."""
    days = words.days(terms.agreement(draft.terms).version(draft.terms.number))

    def group(name: str, counts: Mapping[str, int], told: Mapping[str, Any]) -> list[parts.Facet]:
        now = getattr(ask, name)
        return [
            parts.Facet(
                str(told.get(value, value)),
                f"{here}?{ask.address(**{name: '' if now == value else value})}",
                count,
                now == value,
            )
            for value, count in sorted(counts.items(), key=lambda pair: str(pair[0]))
        ]

    show = {"on": found.on, "out": found.out, "direct": found.direct}
    shown = {"on": _("on the list"), "out": _("left out"), "direct": _("beside the count")}
    groups = [("", group("show", show, shown)), (_("Day"), group("phase", found.phases, days))]
    groups.append((_("Track"), group("track", found.tracks, TRACKS)))
    if actor.sees(Area.LISTS, "why"):
        groups.append((_("Clause"), group("clause", found.clauses, {})))
        groups.append((_("Orders"), group("order", found.orders, ORDERS)))
    if actor.sees(Area.LISTS, "state") and len(found.states) > 1:
        told = {code: _state_word(code) for code in found.states}
        groups.append((_("State"), group("state", found.states, told)))
    if found.out and (ask.show == "out" or ask.why):
        groups.append((_("Why left out"), group("why", found.why, WHY_OUT)))
    return [(name, some) for name, some in groups if any(one.count or one.on for one in some)]


def _state_word(code: str) -> str:
    return str(find("line", code).word)


def grid(draft: Draft, rows: Sequence[Candidate], actor: Actor, choose: str = "") -> parts.Grid:
    """A page of the workbench."""
    days = words.days(terms.agreement(draft.terms).version(draft.terms.number))
    known = records.shown(actor, [row.person.pk for row in rows])
    columns = (
        parts.Column(gettext_lazy("Name"), sort="name"),
        parts.Column(gettext_lazy("State"), sort="state"),
        parts.Column(gettext_lazy("Day"), sort="place"),
        parts.Column(gettext_lazy("Place"), number=True),
        parts.Column(gettext_lazy("Track"), drop=2),
        parts.Column(label("birth_date"), drop=2),
        parts.Column(label("rank"), drop=1),
        parts.Column(label("unit"), drop=1),
        parts.Column(gettext_lazy("Clause"), sort="clause", drop=2),
        parts.Column(gettext_lazy("Officer’s order")),
        parts.Column(gettext_lazy("Why"), drop=1),
    )
    found = []
    for row in rows:
        who, line = known[row.person.pk].identity, row.line
        cells: tuple[parts.Cell, ...] = (
            named(row.person, who, reverse("candidate", args=[draft.exchange_id, draft.number, row.person.pk])),
            parts.Mark("line", _told(line.state, actor)) if line else parts.Mark("candidate", "OUT"),
            _day(row, days),
            line.position if line else None,
            str(TRACKS.get(row.person.category, row.person.category)),
            say.day(who.birth_date),
            who.rank,
            who.unit if actor.sees(Area.HELD, "unit") else "",
            line.clause if line else "",
            parts.Mark("order", row.order.kind) if row.order else "",
            words.reason(row.reason),
        )
        found.append(parts.Row(cells, id=row.person.pk, name=who.name))
    shown = parts.Grid(_("People of this draft"), columns, found, choose=choose)
    fields = ("name", "state", "place", "place", "", "birth_date", "rank", "rank", "why", "why", "why")
    return only(shown, actor, Area.LISTS, fields)


def _told(state: str, actor: Actor) -> str:
    return "REFUSED" if state == "UNFIT" and not actor.sees(Area.LISTS, "fit") else state


def _day(row: Candidate, days: Mapping[str, str]) -> str:
    if row.line is None:
        return ""
    return _("beside the count") if row.line.direct else days.get(row.line.phase, row.line.phase)


def candidate(draft: Draft, row: Candidate, actor: Actor) -> dict[str, Any]:
    """One person in a draft: where they stand and why, the order about them, and what may be ordered."""
    key = row.person.pk
    days = words.days(terms.agreement(draft.terms).version(draft.terms.number))
    who = records.shown(actor, [key], what=reading.What.RECORD)[key].identity
    facts = [
        ("birth_date", parts.Fact(label("birth_date"), say.day(who.birth_date))),
        ("rank", parts.Fact(label("rank"), who.rank)),
        ("place", parts.Fact(_("Day"), _day(row, days))),
        ("place", parts.Fact(_("Place"), row.line.position if row.line else None)),
    ]
    shown = [fact for field, fact in facts if actor.sees(Area.LISTS, field)]
    if actor.sees(Area.LISTS, "why") and row.line and row.line.clause:
        shown.append(parts.Fact(_("Clause"), row.line.clause))
    now = orders.Now.of(draft.exchange, [key])
    may = bool(actor.roles & ACTS["lists.lock"].roles)
    kinds = (orders.Kind.LOCK, orders.Kind.BAN)
    return head(draft, actor, "") | {
        "person": named(row.person, who),
        "key": key,
        "row": row,
        "state": _told(row.line.state, actor) if row.line else "",
        "facts": shown,
        "why": words.reason(row.reason) if actor.sees(Area.LISTS, "why") else "",
        "stale": bool(
            row.line and row.line.record_version != row.person.version and actor.sees(Area.LISTS, "why")
        ),
        "order": told_orders([row.order], days, actor)[0] if row.order else None,
        "at_once": reverse("line", args=[row.line.pk])
        if may and row.line and row.line.state == "CHECKED" and draft.state == "COMPOSED" and row.order is None
        else "",
        "record": reverse("person", args=[key]) if actor.reads(Area.HELD) else "",
        "acts": [
            parts.Act(str(KINDS[kind]), name="kind", value=kind.value, reason=orders.obstacle(now, key, kind))
            for kind in kinds
        ]
        if may and row.order is None
        else (),
        "moves": may and row.order is None and row.line is not None and not row.line.direct,
        "day": parts.Field("phase", _("Day"), options=[("", "–"), *days.items()], kind="select"),
        "other": parts.Field("other", _("Who goes instead: number, key or name")),
    }


def proof(draft: Draft) -> dict[str, Any]:
    """The levels of the proof, and the checker's verdicts."""
    days = words.days(terms.agreement(draft.terms).version(draft.terms.number))
    return {
        "levels": [(words.level(x["id"]), x["value"], x["proven"]) for x in draft.proof.get("levels", ())],
        "verdicts": [
            (v["ok"], words.rule(v["clause"]), words.arithmetic(v["clause"], v["arithmetic"], days))
            for v in draft.proof.get("verdicts", ())
        ],
    }


def paste(draft: Draft, text: str, found: Pasted | None, kept: View | None, actor: Actor) -> dict[str, Any]:
    """What became of pasted lines."""
    here = reverse("draft", args=[draft.exchange_id, draft.number])
    several = found.ambiguous if found else ()
    known = records.shown(actor, [key for _line, keys in several for key in keys])
    people = Person.objects.in_bulk([key for _line, keys in several for key in keys])
    return head(draft, actor, "") | {
        "lines": parts.Field(
            "lines", _("Numbers, keys or names, one a line"), text, _("At most 500 lines."), kind="textarea"
        ),
        "found": found,
        "filter": f"{here}?picked={kept.pk}" if kept else "",
        "ambiguous": [
            (
                line,
                [
                    named(
                        people[key],
                        known[key].identity,
                        reverse("candidate", args=[draft.exchange_id, draft.number, key]),
                    )
                    for key in keys
                ],
            )
            for line, keys in several
        ],
    }


def sheet(draft: Draft, actor: Actor) -> dict[str, Any]:
    """The form for a sheet that comes back, and what may go out."""
    return head(draft, actor, "") | {
        "file": parts.Field("file", _("The workbook"), kind="file"),
        "columns": list_files.WRITTEN,
        "may": bool(actor.roles & ACTS["lists.lock"].roles),
    }
