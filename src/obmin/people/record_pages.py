"""What the page of one record shows: what is known now, how it came to be known, and what can be done next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.audit import reading
from obmin.audit.models import Entry, Remark
from obmin.audit.perform import named as subject
from obmin.core import custody as rules
from obmin.core import record
from obmin.core.access import Actor, Area, decide
from obmin.core.acts import ACTS
from obmin.core.asking import Fact, Unsaid
from obmin.core.custody import Event
from obmin.people import intake, merging, records
from obmin.people.judged import Judgement
from obmin.people.models import Asking, Court, Custody, CustodyEvent, Medical, Person, Wish
from obmin.people.pages import ANSWERS, FIELD, TONGUES, named, shown_value
from obmin.people.register import CUSTODY, IDENTITY
from obmin.vault import cells
from obmin.vault.keeper import Reader
from obmin.web import parts, say
from obmin.web.labels import label

UNSAID: Final[dict[str, Promise]] = {
    Unsaid.NOT_ASKED: gettext_lazy("not asked"),
    Unsaid.DECLINED: gettext_lazy("declined to say"),
    Unsaid.UNKNOWN: gettext_lazy("unknown"),
}
BASES: Final[dict[str, Promise]] = {
    "stated": gettext_lazy("as the person states it"),
    "document": gettext_lazy("by a document"),
    "other-means": gettext_lazy("by other means"),
}
EVENTS: Final[dict[str, Promise]] = {
    Event.CAPTURE: gettext_lazy("Taken prisoner"),
    Event.ARRIVAL: gettext_lazy("Arrived at a camp"),
    Event.DEPARTURE: gettext_lazy("Left for another camp"),
    Event.HOSPITAL: gettext_lazy("Taken to a hospital"),
    Event.DISCHARGE: gettext_lazy("Back from a hospital"),
    Event.ESCAPE: gettext_lazy("Escaped"),
    Event.RECAPTURE: gettext_lazy("Taken again after an escape"),
    Event.NEUTRAL: gettext_lazy("Interned in a neutral country"),
    Event.COURT: gettext_lazy("Held back by a court after the hostilities"),
    Event.RELEASE: gettext_lazy("Released"),
    Event.REPATRIATION: gettext_lazy("Went home by a signed act"),
    Event.DEATH_REPORTED: gettext_lazy("Death reported, not established"),
    Event.DEATH: gettext_lazy("Died: body examined, form D made out"),
}
FACTS: Final[dict[str, Promise]] = {
    Fact.SEARCH: gettext_lazy("that the search goes on"),
    Fact.HELD: gettext_lazy("that the person is held, confirmed"),
    Fact.FREE: gettext_lazy("that the person was found, free"),
    Fact.HOME: gettext_lazy("that the person is home"),
    Fact.DEAD: gettext_lazy("that the remains were identified"),
    Fact.CLOSED: gettext_lazy("that the search is closed"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a field had: who says so, when, and why if it was corrected."""

    text: str
    source: str
    at: Any
    why: str = ""


def one(person: Person, actor: Actor) -> dict[str, Any]:
    """A record as this actor may see it: what they may not see is absent, not starred."""
    wall = Area(person.register)
    wanted = (Custody, Medical, Wish, Court) if wall is Area.HELD else (Custody,)
    known = records.shown(actor, [person.pk], *wanted, what=reading.What.RECORD)[person.pk]
    merged = list(Person.objects.filter(into=person).order_by("since", "key"))
    whole = [person, *merged]
    history = _history(whole) if actor.sees(wall, "history") else None
    return {
        "person": person,
        "identity": known.identity,
        "identity_facts": _identity(person, known.identity, actor),
        "custody_facts": [
            parts.Fact(
                _("Tags") if name == "tags" else label(name), shown_value(name, getattr(known.custody, name))
            )
            for name in CUSTODY
            if actor.sees(wall, name) and known.custody is not None
        ],
        "sealed_facts": list(_sealed(known)),
        "fields": _fields(whole, actor) if actor.sees(wall, "claims") else [],
        "events": _events(whole, actor) if wall is Area.HELD and actor.sees(wall, "events") else None,
        "askings": _askings(whole, actor) if wall is Area.SOUGHT and actor.sees(wall, "kin") else None,
        "judgements": _judgements(whole, actor),
        "merged": merged,
        "name": named(person, known.identity),
        "lang": TONGUES.get(person.power, "und"),
        "history": history,
        "last": history[:3] if history else history,
        "written": _written(person) if actor.sees(wall, "claims") else None,
        "acts": list(_acts(person, known.identity, actor)),
        "first": _first(person, actor),
        "examination": parts.Field("examination", _("Report of the medical service"), optional=True),
    }


def _identity(person: Person, identity: record.Identity, actor: Actor) -> list[parts.Fact]:
    wall = Area(person.register)
    may_correct = bool(actor.roles & ACTS["register.correct"].roles)
    unsaid = intake.unsaid_of(person.pk)
    return [
        parts.Fact(
            label(name),
            value := shown_value(name, getattr(identity, name)),
            why=UNSAID.get(unsaid.get(name, ""), "") if value in ("", say.NONE) else "",
            change=reverse("correct", args=[person.pk, name]) if may_correct else "",
        )
        for name in IDENTITY
        if actor.sees(wall, FIELD.get(name, name))
    ]


def _sealed(known: records.Shown) -> Iterator[parts.Fact]:
    told = []
    if known.medical is not None:
        told += [("health", known.medical.health), ("fitness", known.medical.fitness)]
    if known.court is not None:
        told.append(("judicial", known.court.judicial))
    if known.wish is not None:
        told.append(("will", known.wish.will))
    for name, value in told:
        yield parts.Fact(label(name), str(ANSWERS.get(value, value)))


def _fields(whole: Sequence[Person], actor: Actor) -> list[tuple[str, list[Value]]]:
    """Each field's values, oldest first: as every source wrote it, and as it was corrected, with the reason."""
    wall = Area(whole[0].register)
    found: dict[str, list[Value]] = {}
    for person in whole:
        for claim in records.claims(person):
            value = Value(shown_value(claim.kind, claim.value), claim.source, claim.at)
            found.setdefault(claim.kind, []).append(value)
        rows = list(person.corrections.order_by("at", "key"))
        remarks = _remarks([row.entry for row in rows], actor)
        for row, told in zip(rows, cells.opened(rows, Reader(actor.id)), strict=True):
            if told is not None:
                text = " → ".join(
                    shown_value(told.field, each) or say.NONE for each in (told.before, told.after)
                )
                value = Value(text, row.by, row.at, remarks.get(row.entry, ""))
                found.setdefault(told.field, []).append(value)
    order = {name: at for at, name in enumerate(("name", *IDENTITY))}
    kept = [name for name in found if name not in order or actor.sees(wall, FIELD.get(name, name))]
    return [(label(name), found[name]) for name in sorted(kept, key=lambda name: (order.get(name, 99), name))]


def _remarks(entries: Sequence[int], actor: Actor) -> dict[int, str]:
    """The words of reasons that stand beside corrections, by entry."""
    rows = list(Remark.objects.filter(entry__in=entries))
    return {
        row.entry_id: value.decode()
        for row, value in zip(rows, cells.opened(rows, Reader(actor.id)), strict=True)
        if value is not None
    }


def _events(whole: Sequence[Person], actor: Actor) -> list[tuple[CustodyEvent, str, record.Happening]]:
    rows = list(CustodyEvent.objects.filter(person__in=whole).order_by("at", "key"))
    told = records.rows_shown(actor, [one.pk for one in whole], rows)
    return [(row, str(EVENTS[row.kind]), told[row.pk]) for row in rows if row.pk in told]


def _askings(whole: Sequence[Person], actor: Actor) -> list[dict[str, Any]]:
    rows = list(Asking.objects.filter(person__in=whole).order_by("at", "key"))
    said = [row for asking in rows for row in asking.tellings.order_by("at", "key")]
    keys = [one.pk for one in whole]
    who, words = records.rows_shown(actor, keys, rows), records.rows_shown(actor, keys, said)
    return [
        {
            "asking": row,
            "who": who[row.pk],
            "told": [
                (telling, words[telling.pk], FACTS.get(words[telling.pk].fact, ""))
                for telling in said
                if telling.asking_id == row.pk and telling.pk in words
            ],
            "mine": row.officer == actor.id,
        }
        for row in rows
        if row.pk in who
    ]


def _judgements(whole: Sequence[Person], actor: Actor) -> list[tuple[Judgement, str, str]]:
    """What was said of this record and others, with the other record and where both are compared."""
    if not actor.roles & ACTS["register.judge"].roles:
        return []
    keys = {one.pk for one in whole}
    return [
        (
            said,
            said.other_id if said.one_id in keys else said.one_id,
            reverse("compare", args=[said.one_id, said.other_id]),
        )
        for said in merging.standing(keys)
    ]


def _history(whole: Sequence[Person]) -> list[tuple[Entry, str]]:
    keys = [one.pk for one in whole]
    names = [subject(one) for one in whole]
    names += [subject(row) for row in Asking.objects.filter(person__in=keys)]
    names += [subject(row) for row in merging.standing(keys)]
    entries = Entry.objects.filter(subject__in=names).order_by("-index")[:20]
    return [(entry, _(ACTS[entry.act].label)) for entry in entries if entry.act in ACTS]


def _written(person: Person) -> parts.Fact | None:
    """By which source the record came, and who wrote it down."""
    first = person.claims.select_related("intake").order_by("intake__at", "pk").first()
    if first is None:
        return None
    source = records.sources([first.intake])[first.intake_id]
    return parts.Fact(_("First written down"), f"{source}, {say.day(first.intake.at)}, {first.intake.by}")


def _acts(person: Person, identity: record.Identity, actor: Actor) -> Iterator[parts.Act]:
    """What can be done next with the record, by this reader."""
    if (
        person.register == Area.HELD
        and actor.roles & ACTS["register.event"].roles
        and rules.open_to(person.state)
    ):
        yield parts.Act(
            _("Record an event"), reverse("event", args=[person.pk]), primary=person.state != "CAPTURED"
        )
    if person.register == Area.SOUGHT and actor.roles & ACTS["register.ask"].roles:
        yield parts.Act(_("Record who asks"), reverse("ask", args=[person.pk]))
    if person.register == Area.SOUGHT and actor.roles & ACTS["tracing.testify"].roles:
        yield parts.Act(_("Evidence"), reverse("evidence", args=[person.pk]))
    if actor.roles & ACTS["register.judge"].roles:
        asked = urlencode({"q": identity.name, "beside": person.pk})
        yield parts.Act(
            _("Compare with another record"), f"{reverse('register', args=[person.register])}?{asked}"
        )


def _first(person: Person, actor: Actor) -> bool:
    """Whether the record waits for its first step, which this reader can do."""
    act = ACTS["register.enter" if person.register == Area.HELD else "register.open"]
    return decide(act, actor, state=person.state).allowed
