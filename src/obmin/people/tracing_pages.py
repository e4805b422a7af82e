"""What the page of a pair shows: field by field, how it is weighed, what comes next to it, what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.audit import reading
from obmin.core import record
from obmin.core.access import Actor
from obmin.core.tracing.batch import Run, Way
from obmin.core.tracing.grounds import Ground
from obmin.core.tracing.margin import Margin, margin
from obmin.people import evidence_pages, queries, records
from obmin.people.models import Custody, Pairing, Register, Testimony
from obmin.people.pages import TONGUES, named, shown_value
from obmin.web import parts
from obmin.web.labels import label

ALIKE: Final = ("same", "same but for careless letters")  # the engine's words for what agrees in other letters
COMPARED_AS: Final = {"captured_on": "capture"}  # its fields that are called otherwise
COMPARED: Final = (
    "surname",
    "given",
    "patronymic",
    "birth_date",
    "service_number",
    "rank",
    "unit",
    "captured_on",
    "region",
)
GROUNDS: Final[dict[str, Promise]] = {
    Ground.PHOTOGRAPH: gettext_lazy("Recognised in a photograph or a film"),
    Ground.FAMILY: gettext_lazy("The family says so"),
    Ground.NUMBER: gettext_lazy("A number or a document decides it"),
    Ground.DETAILS: gettext_lazy("Name, date and place taken together"),
    Ground.NAMESAKE: gettext_lazy("Somebody else of that name"),
    Ground.DATE: gettext_lazy("Dates that cannot both be right"),
    Ground.LITTLE: gettext_lazy("Too little is known"),
}
WAYS: Final[dict[str, Promise]] = {
    Way.ALONE: gettext_lazy("looked at by itself"),
    Way.SAMPLE: gettext_lazy("read in a sample of clear pairs"),
    Way.TOGETHER: gettext_lazy("confirmed with the clear pairs, itself unread"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two records, side by side."""

    label: str
    ours: str
    theirs: str
    word: str  # a code of the kind "evidence"

    @property
    def marked(self) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]] | None:
        """Both values in pieces, with what differs; nothing where one is unknown or they are the same."""
        return evidence_pages.marked(self.ours, self.theirs) if self.word == "differs" else None


@dataclass(frozen=True, slots=True)
class Rival:
    """The next best pair of one of the two, and how far it is."""

    pair: Pairing
    who: parts.Person
    margin: Margin


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was said of a pair, or became of it."""

    at: datetime
    by: str
    text: str = ""
    answer: str = ""  # a state of the kind "pair"
    stands: bool = True
    reasons: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pair stands in the queue of those in doubt: its number from 1, or none; its neighbours."""

    number: int | None
    of: int
    before: Pairing | None
    after: Pairing | None


def comparison(pair: Pairing, actor: Actor, given: QueryDict) -> dict[str, Any]:
    """Two records field by field, with what speaks for and against; `given` is what the reader has ticked."""
    known = records.shown(actor, [pair.person_id], Custody, what=reading.What.RECORD)[pair.person_id]
    words = records.their_words_shown(actor, [pair.line])[pair.line_id]
    custody = known.custody or record.Custody()
    ours: dict[str, str] = {
        **{name: getattr(known.identity, name, "") for name in COMPARED},
        "captured_on": custody.captured_on,
        "region": custody.region,
    }
    theirs = {name: str(words.fields.get(name) or "") for name in COMPARED}
    told = records.evidence([pair])[pair.pk]
    fields = evidence_pages.fields(told)
    shown = [
        name
        for name in COMPARED
        if theirs[name] or (ours[name] and name not in ("surname", "given", "patronymic"))
    ]
    return {
        "pair": pair,
        "person_href": reverse("person", args=[pair.person_id]),
        "reason": parts.Field(
            "reason",
            _("Reason in your words (kept in the journal)"),
            given.get("reason", ""),
            kind="textarea",
            optional=True,
        ),
        "grounds": [
            (str(number), ground, text, ground in given.getlist("grounds"))
            for number, (ground, text) in enumerate(GROUNDS.items(), start=1)
        ],
        "ticked": given.getlist("rests"),
        "ours": named(pair.person, known.identity),
        "lang": TONGUES.get(pair.person.power, "und"),
        "rows": [
            _names(known.identity, words, told.levels),
            *(_compared(name, ours[name], theirs[name], told.levels) for name in shown),
        ],
        "bits": pair.millibits / 1000,
        "percent": pair.ppm / 10_000,
        "why": told.text,
        "fields": fields,
        "strongest": next((one for one in fields if one.word in ("for", "for-strong")), None),
        "against": next((one for one in fields if one.word in ("against", "against-strong")), None),
        "rival": _rival(pair, actor),
        "place": place(pair, actor),
        "history": sorted(_history(pair, actor), key=lambda event: event.at, reverse=True),
        "sought": pair.person.register == Register.SOUGHT,
    }


def compared_fields(pair: Pairing) -> list[str]:
    """The fields that the engine compared of a pair, by name."""
    return list(records.evidence([pair])[pair.pk].levels)


def place(pair: Pairing, actor: Actor) -> Place:
    """Where a pair stands in the queue, or would stand: the heavier first, equals by their numbers."""
    queue = queries.open_pairs(actor)
    earlier = queue.filter(Q(millibits__gt=pair.millibits) | Q(millibits=pair.millibits, pk__lt=pair.pk))
    later = queue.filter(Q(millibits__lt=pair.millibits) | Q(millibits=pair.millibits, pk__gt=pair.pk))
    number = earlier.count() + 1 if queue.filter(pk=pair.pk).exists() else None
    return Place(number, queue.count(), earlier.last(), later.first())


def _rival(pair: Pairing, actor: Actor) -> Rival | None:
    """The strongest other pair of either of the two that nobody has ruled out."""
    others = queries.pairs_seen(actor).filter(Q(person=pair.person_id) | Q(line=pair.line_id))
    rival = others.exclude(pk=pair.pk).exclude(state="NOT_SAME").order_by("-millibits", "pk").first()
    if rival is None:
        return None
    if rival.line_id == pair.line_id:
        who = named(rival.person, records.shown(actor, [rival.person_id])[rival.person_id].identity)
    else:
        who = parts.Person(records.their_words_shown(actor, [rival.line])[rival.line_id].name, lang="und")
    return Rival(rival, who, margin(pair.millibits, rival.millibits))


def _history(pair: Pairing, actor: Actor) -> Iterator[Event]:
    """All that was said of a pair: the engine, people, and the evidence that came of their answers."""
    run, rows = pair.run, list(pair.said.all())
    yield Event(run.at, "", _("proposed by the engine"))
    if run.state == Run.STOPPED and run.judged_at and pair.state == "OPEN":
        yield Event(run.judged_at, run.judged_by, _("a pair of the same comparison was doubted"))
    known = records.rows_shown(actor, [pair.person_id], rows)
    for row in rows:
        said = known.get(row.pk, record.Said())
        rests = (str(evidence_pages.FIELDS.get(name, name)) for name in said.rests_on)
        yield Event(
            row.at,
            row.by,
            str(WAYS[row.way]),
            row.answer,
            row == rows[-1],
            (*(str(GROUNDS[ground]) for ground in said.grounds if ground in GROUNDS), *rests),
            said.words,
        )
    for heard in Testimony.objects.filter(cause=f"line:{pair.line_id}").filter(person=pair.person_id):
        yield Event(heard.at, heard.by, _("their list became evidence"), stands=heard.withdrawn_at is None)
        if heard.withdrawn_at:
            yield Event(heard.withdrawn_at, heard.withdrawn_by, _("that evidence was withdrawn"))


def _names(identity: record.Identity, words: record.Theirs, levels: Mapping[str, str]) -> Compared:
    """The whole names, ours in both scripts; lists of the other side seldom have a name in parts."""
    ours = f"{identity.name} ({identity.romanised})" if identity.romanised else identity.name
    same = words.name.casefold() in (identity.name.casefold(), identity.romanised.casefold())
    if not same and all(levels.get(part) in ALIKE for part in ("surname", "given")):
        return Compared(label("name"), ours, words.name, "variant")
    return Compared(label("name"), ours, words.name, "same" if same else "differs")


def _compared(name: str, ours: str, theirs: str, levels: Mapping[str, str]) -> Compared:
    if not ours or not theirs:
        return Compared(label(name), shown_value(name, ours), shown_value(name, theirs), "cannot-tell")
    if ours.casefold() == theirs.casefold():
        return Compared(label(name), shown_value(name, ours), shown_value(name, theirs), "same")
    same = levels.get(COMPARED_AS.get(name, name.replace("_", " "))) in ALIKE
    word = "variant" if same else "differs"
    return Compared(label(name), shown_value(name, ours), shown_value(name, theirs), word)
