"""What the journal's page shows."""

from __future__ import annotations

import json
from typing import Any, Final

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from obmin.accounts.fields import only
from obmin.accounts.models import Account
from obmin.audit import alarms
from obmin.audit.models import Checkpoint, Entry
from obmin.care.cases import way
from obmin.core.access import Actor, Area
from obmin.core.acts import ACTS
from obmin.desk.alarmed import TITLES
from obmin.web import parts, say

SUBJECTS: Final[dict[str, Promise]] = {
    "accounts.account": gettext_lazy("account"),
    "accounts.key": gettext_lazy("security key"),
    "accounts.proposal": gettext_lazy("what was asked for"),
    "bulletins.bulletin": gettext_lazy("bulletin"),
    "care.case": gettext_lazy("case"),
    "handover.muster": gettext_lazy("muster"),
    "negotiation.draft": gettext_lazy("draft"),
    "negotiation.exchange": gettext_lazy("exchange"),
    "negotiation.listline": gettext_lazy("place on a list"),
    "negotiation.round": gettext_lazy("round"),
    "people.pairing": gettext_lazy("pair"),
    "people.person": gettext_lazy("person"),
    "reception.plan": gettext_lazy("plan"),
}
FACTS: Final[dict[str, Promise]] = {
    "account": gettext_lazy("account"),
    "act": gettext_lazy("act"),
    "acts": gettext_lazy("acts"),
    "breaks": gettext_lazy("against the terms"),
    "cannot-tell": gettext_lazy("cannot tell"),
    "cases": gettext_lazy("cases"),
    "challenge": gettext_lazy("question to the key"),
    "changed": gettext_lazy("changed"),
    "clear": gettext_lazy("clear"),
    "cleared": gettext_lazy("cleared"),
    "draft": gettext_lazy("draft"),
    "duties": gettext_lazy("duties ended"),
    "field": gettext_lazy("field"),
    "guarantees": gettext_lazy("guarantees"),
    "here": gettext_lazy("here"),
    "judgement": gettext_lazy("answer"),
    "key": gettext_lazy("security key"),
    "keys": gettext_lazy("keys ended"),
    "kind": gettext_lazy("kind"),
    "left-behind": gettext_lazy("stay for now"),
    "lines": gettext_lazy("lines"),
    "manifest": gettext_lazy("on the manifest"),
    "network": gettext_lazy("network"),
    "new": gettext_lazy("new"),
    "number": gettext_lazy("number"),
    "officers": gettext_lazy("officers"),
    "pairs": gettext_lazy("pairs"),
    "people": gettext_lazy("people"),
    "reason": gettext_lazy("reason"),
    "roles": gettext_lazy("duties"),
    "register": gettext_lazy("register"),
    "round": gettext_lazy("round"),
    "rows": gettext_lazy("rows"),
    "sample": gettext_lazy("sample"),
    "satisfies": gettext_lazy("keeps the terms"),
    "sha256": gettext_lazy("fingerprint"),
    "sites": gettext_lazy("sites"),
    "step": gettext_lazy("step"),
    "unplaced": gettext_lazy("without a place"),
    "vehicles": gettext_lazy("vehicles"),
    "version": gettext_lazy("version"),
    "way": gettext_lazy("way in"),
}
OTHER: Final[dict[str, Promise]] = {  # entries that are no acts
    "alarm.raised": gettext_lazy("Alarm"),
    "read.export": gettext_lazy("Reading: a file that leaves"),
    "read.job": gettext_lazy("Reading: long work"),
    "read.page": gettext_lazy("Reading: a page of a table"),
    "read.record": gettext_lazy("Reading: a record"),
    "read.sealed": gettext_lazy("Reading: a sealed field"),
    "read.search": gettext_lazy("Reading: what a search found"),
    "rows.taken-over": gettext_lazy("Tables taken over as they stood"),
}
PLAIN: Final = frozenset(  # facts that count nobody and say nothing of one person
    {
        "account",
        "act",
        "alarm",
        "draft",
        "duties",
        "keys",
        "kind",
        "number",
        "roles",
        "round",
        "tables",
        "version",
    }
)


def entries(about: str, actor: Actor) -> QuerySet[Entry]:
    """All entries, newest first; or those about one record, by its key, and whoever read it."""
    found = Entry.objects.exclude(act="").order_by("-index")
    if not about or not actor.sees(Area.JOURNAL, "subject"):
        return found
    read = Entry.objects.filter(readings__key=about).values("index")
    return found.filter(Q(subject=about) | Q(subject__endswith=f":{about}") | Q(index__in=read))


def journal(page: Page[Entry], actor: Actor) -> dict[str, Any]:
    """A page of entries, newest first, and the last checkpoints with their roots."""
    columns = (
        parts.Column(gettext_lazy("When")),
        parts.Column(gettext_lazy("What")),
        parts.Column(gettext_lazy("Who")),
        parts.Column(gettext_lazy("About"), drop=2),
        parts.Column(gettext_lazy("On record"), drop=1),
    )
    names = _names({entry.actor for entry in page})
    rows = [
        parts.Row((say.moment(e.at), _what(e), names.get(e.actor, e.actor), _about(e), _facts(e, actor)))
        for e in page
    ]
    roots = actor.sees(Area.JOURNAL, "roots")
    checkpoints = [
        {"at": c.at, "size": c.size, "root": c.note.split("\n")[2] if roots else ""}
        for c in Checkpoint.objects.order_by("-size")[:10]
    ]
    grid = parts.Grid(_("Entries"), columns, rows)
    return {
        "grid": only(grid, actor, Area.JOURNAL, ("act", "act", "who", "subject", "facts")),
        "checkpoints": checkpoints if actor.sees(Area.JOURNAL, "checkpoints") else [],
    }


def _what(entry: Entry) -> str:
    label = _(ACTS[entry.act].label) if entry.act in ACTS else str(OTHER.get(entry.act, entry.act))
    body = json.loads(entry.body)
    if entry.act == alarms.RAISED:
        return f"{label}: {TITLES[alarms.Kind(body['kind'])]}"
    refused = body.get("refused")
    return f"{label} ({_('refused')}: {refused})" if refused else label


def _facts(entry: Entry, actor: Actor) -> str:
    """What an act put on record; sums, fingerprints and what was done for one person only for whoever may."""
    facts: dict[str, object] = json.loads(entry.body).get("facts", {})
    if not actor.sees(Area.JOURNAL, "sums"):
        facts = {name: value for name, value in facts.items() if name in PLAIN}
    return ", ".join(f"{FACTS.get(name, name)}: {_value(name, value)}" for name, value in sorted(facts.items()))


def _value(name: str, value: object) -> str:
    if name == "act" and str(value) in ACTS:
        return _(ACTS[str(value)].label)
    if name == "step" and (known := way().step(str(value))):
        return known.label.get(get_language() or "en") or known.label["en"]
    return say.number(value) if isinstance(value, int) else str(value)[:16]


def _about(entry: Entry) -> str:
    kind, _colon, key = entry.subject.partition(":")
    return f"{SUBJECTS[kind]} {key}" if kind in SUBJECTS else entry.subject


def _names(ids: set[str]) -> dict[str, str]:
    """Who acted, by name."""
    column = "name" if get_language() == "uk" else "name_latin"
    return dict(Account.objects.filter(pk__in=ids).values_list("pk", column))
