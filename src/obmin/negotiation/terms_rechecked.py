"""Every list that stands, held against terms that would change: what breaks, in numbers by clause."""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from obmin.audit.models import Entry
from obmin.audit.perform import named
from obmin.core.terms.recheck import Broken, recheck
from obmin.negotiation import fitting, terms
from obmin.negotiation.models import Draft, Exchange, Round, Terms
from obmin.people import queries
from obmin.web import say

OURS, THEIRS = "breaks-ours", "breaks-theirs"  # the facts of the act that proposes


@dataclass(frozen=True, slots=True)
class Told:
    """What a change breaks in one list, as the page says it."""

    title: str
    points: tuple[str, ...]


def breaks(exchange: Exchange, changed: Terms) -> dict[str, str]:
    """For our newest list and theirs the clauses that they would break, with the number of lines.

    Codes and counts only, as facts of an act: `T1-military:3 T2:0`, 0 where only the amount is no longer met.
    """
    in_force = terms.current(exchange)
    before = (terms.agreement(in_force), in_force.number)
    after = (terms.agreement(changed), changed.number)
    found: dict[str, str] = {}
    ours = exchange.drafts.order_by("-number").first()
    if ours is not None:
        found[OURS] = _coded(recheck(before, after, _our_lines(ours), settings.OBMIN.party))
    theirs = Round.objects.filter(exchange=exchange, kind="proposal", theirs__isnull=False)
    if (newest := theirs.order_by("-number").first()) is not None and newest.offers.exists():
        found[THEIRS] = _coded(recheck(before, after, fitting.their_lines(newest), exchange.other))
    return found


def _coded(found: list[Broken]) -> str:
    return " ".join(f"{one.clause}:{len(one.lines)}" for one in found)


def _our_lines(draft: Draft) -> pl.DataFrame:
    """Those who count on a draft, as the register has them now, with the phase in which each goes."""
    rows = draft.lines.exclude(state="WITHDRAWN").filter(direct=False).values_list("person_id", "phase")
    phases = pl.DataFrame(list(rows), schema={"id": pl.String, "phase": pl.String}, orient="row")
    return queries.held_frame().drop("_state", "_version").join(phases, on="id", how="inner")


def told(draft: Terms) -> list[Told]:
    """What was found when the draft was proposed last, list by list; empty where no list stood."""
    entry = Entry.objects.filter(subject=named(draft), act="terms.propose").order_by("-index").first()
    facts = json.loads(entry.body).get("facts", {}) if entry is not None else {}
    titles = ((OURS, _("Our newest list")), (THEIRS, _("Their newest list")))
    return [Told(title, _points(str(facts[name]))) for name, title in titles if name in facts]


def _points(coded: str) -> tuple[str, ...]:
    if not coded:
        return (_("keeps every clause that it kept before"),)
    return tuple(_point(*part.rsplit(":", 1)) for part in coded.split(" "))


def _point(clause: str, lines: str) -> str:
    count = int(lines)
    if count == 0:
        return _("%(clause)s: the number is no longer met") % {"clause": clause}
    said = ngettext("%(clause)s: %(n)s line breaks it", "%(clause)s: %(n)s lines break it", count)
    return said % {"clause": clause, "n": say.number(count)}
