"""A draft as a workbook, and the same workbook back with orders written into it.

Every cell is text. What a reader's duties do not open is no column. Names go out only by two people; without
them a row is known by its key, which is also what a sheet that comes back is read by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.utils.translation import gettext as _

from obmin.accounts import people as accounts
from obmin.audit import reading
from obmin.audit.perform import perform
from obmin.core.access import Actor, Area
from obmin.core.errors import NotAllowed, Problem, Unreadable
from obmin.files import tables
from obmin.files.workbooks import with_source
from obmin.negotiation import terms, words
from obmin.negotiation.models import Draft, Handout
from obmin.negotiation.orders import Kind
from obmin.negotiation.versions import Change
from obmin.negotiation.wishes import MOST, Wish
from obmin.negotiation.workbench import Ask, Candidate, Candidates, told_as
from obmin.people import records

SHEET: Final = "List"
WRITTEN: Final = ("lock", "ban", "move to", "reason")  # columns that come back filled
KEY: Final = "key"
YES: Final = frozenset({"x", "х", "1", "yes", "y", "так", "+"})


def workbook(draft: Draft, ask: Ask, actor: Actor, facts: Mapping[str, str]) -> bytes:
    """The people whom an address asks for, without names; on record as an export before it is made."""
    people = Candidates(draft, ask, actor)
    rows = people[0 : len(people)]
    reading.record(actor, reading.What.EXPORT, [row.person.pk for row in rows])
    return with_source(SHEET, _frame(draft, rows, actor, {}), facts)


def with_names(handout: Handout, actor: Actor, facts: Mapping[str, str]) -> bytes:
    """The same with names, birth dates and ranks: for whoever asked, once a second person has let it go."""
    if handout.state != "GRANTED" or handout.by != actor.id:
        raise NotAllowed(_("A second person lets a list with names go out, and only to whoever asked."))
    ask = Ask.of(dict(pair.split("=", 1) for pair in handout.query.split("&") if "=" in pair))
    people = Candidates(handout.draft, ask, actor)
    rows = people[0 : len(people)]
    keys = [row.person.pk for row in rows]
    reading.record(actor, reading.What.EXPORT, keys)
    return with_source(SHEET, _frame(handout.draft, rows, actor, records.identities(keys)), facts)


def ask_names(
    draft: Draft, ask: Ask, *, actor: Actor, reason: str, request: str = "", at: datetime | None = None
) -> Handout:
    """Asks for a list with names as a file."""
    with perform("lists.ask-names", actor=actor, reason=reason, request=request, at=at) as gate:
        gate.subject = handout = Handout.objects.create(
            key=gate.new_id(), draft=draft, query=ask.kept, by=actor.id, at=gate.now
        )
        gate.fact("draft", draft.number)
        gate.outcome = handout.key
    return handout


def hand_out(
    handout: Handout, *, actor: Actor, seen: int | None = None, request: str = "", at: datetime | None = None
) -> None:
    """Lets it go out: somebody else than whoever asked, who is the act's second."""
    second = accounts.actor(handout.by)
    with perform(
        "lists.hand-out", actor=actor, second=second, subject=handout, seen=seen, request=request, at=at
    ) as gate:
        gate.fact("draft", handout.draft.number)


def _frame(draft: Draft, rows: Sequence[Candidate], actor: Actor, known: Mapping[str, Any]) -> pl.DataFrame:
    days = words.days(terms.in_force(draft.exchange))
    columns: dict[str, list[str]] = {KEY: [row.person.pk for row in rows]}
    if known:
        for name in ("name", "romanised", "birth_date", "rank"):
            if actor.sees(Area.LISTS, "name" if name == "romanised" else name):
                columns[name] = [getattr(known.get(row.person.pk), name, "") for row in rows]
    if actor.sees(Area.LISTS, "state"):
        columns["state"] = [_state(row, actor) for row in rows]
    if actor.sees(Area.LISTS, "place"):
        columns["day"] = [_day(row, days) for row in rows]
        columns["place"] = [str(row.line.position) if row.line else "" for row in rows]
    columns["track"] = [row.person.category for row in rows]
    if actor.sees(Area.LISTS, "why"):
        columns["clause"] = [row.line.clause if row.line else "" for row in rows]
        columns["order"] = [row.order.kind if row.order else "" for row in rows]
        columns["why"] = [words.reason(row.reason) for row in rows]
    columns |= {name: [""] * len(rows) for name in WRITTEN}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _state(row: Candidate, actor: Actor) -> str:
    if row.line is None:
        return "left out"
    return "REFUSED" if row.line.state in told_as("REFUSED", actor) else row.line.state


def _day(row: Candidate, days: Mapping[str, str]) -> str:
    if row.line is None:
        return ""
    return "direct" if row.line.direct else days.get(row.line.phase, row.line.phase)


def difference(
    before: Draft, after: Draft, changes: Sequence[Change], actor: Actor, facts: Mapping[str, str]
) -> bytes:
    """What differs between two drafts, without names."""
    reading.record(actor, reading.What.EXPORT, [change.person for change in changes])
    days = words.days(terms.in_force(after.exchange))
    one, two = (f"draft {draft.number}" for draft in (before, after))
    columns = {
        KEY: [c.person for c in changes],
        "change": [c.kind for c in changes],
        one: [days.get(c.before, c.before) for c in changes],
        two: [days.get(c.after, c.after) for c in changes],
    }
    if actor.sees(Area.LISTS, "why"):
        columns |= {
            f"why in {one}": [words.reason(c.why_before) for c in changes],
            f"why in {two}": [words.reason(c.why_after) for c in changes],
            "order": [c.order for c in changes],
        }
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return with_source("Changes", frame, facts)


def read(path: Path, draft: Draft) -> tuple[list[Wish], list[tuple[int, str]]]:
    """The orders written into a sheet that came back, and the rows that ask for none that can be read.

    The sheet is read in a process of its own. Raises Unreadable where it is no table with a column `key`.
    """
    frame = tables.read_table(path, sheet=None)
    absent = [name for name in (KEY, "reason") if name not in frame.columns]
    if absent:
        raise Unreadable(Problem(SHEET, 1, absent[0], _("no such column"), _("the sheet as it was handed out")))
    days = {day: phase for phase, day in words.days(terms.in_force(draft.exchange)).items()}
    wishes: list[Wish] = []
    wrong: list[tuple[int, str]] = []
    for number, row in enumerate(frame.to_dicts(), start=2):
        cells = {name: (row.get(name) or "").strip() for name in (KEY, *WRITTEN)}
        asked = [name for name in ("lock", "ban", "move to") if cells[name]]
        if not asked:
            continue
        if why := _unread(cells, asked):
            wrong.append((number, why))
            continue
        kind = {"lock": Kind.LOCK, "ban": Kind.BAN, "move to": Kind.MOVE}[asked[0]]
        told = "" if cells[asked[0]].casefold() in YES else cells[asked[0]]
        wishes.append(Wish(cells[KEY], kind.value, days.get(told, told), cells["reason"], row=number))
    if len(wishes) > MOST:
        found, expected = str(len(wishes)), _("at most %(n)s orders at once") % {"n": MOST}
        raise Unreadable(Problem(SHEET, None, None, found, expected))
    return wishes, wrong


def _unread(cells: Mapping[str, str], asked: Iterable[str]) -> str:
    if len(list(asked)) > 1:
        return _("One row asks for one order.")
    if not cells[KEY]:
        return _("The row has no key.")
    if cells["ban"] and cells["ban"].casefold() not in YES:
        return _("Write x under “ban”, and nothing else.")
    if not cells["reason"]:
        return _("Say why: each order is recorded with its reason.")
    return ""
