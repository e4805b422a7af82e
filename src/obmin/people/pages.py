"""What the register's and tracing's pages show, put together from rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.accounts.fields import only
from obmin.audit import reading
from obmin.audit.models import Entry
from obmin.audit.perform import named as subject
from obmin.core import record
from obmin.core.access import Actor, Area
from obmin.core.acts import ACTS
from obmin.people import queries, records
from obmin.people.models import Court, Custody, Medical, Pairing, Person, Register, TheirLine, Wish
from obmin.people.register import CUSTODY, IDENTITY
from obmin.vault.process import keeper
from obmin.web import parts, say
from obmin.web.labels import label

SEXES = {"1": gettext_lazy("man"), "2": gettext_lazy("woman")}
FIELD = {"surname": "name", "given": "name", "patronymic": "name"}  # of the table of duties
FEW, SHORTEST = 20, 3
TONGUES = {"UKR": "uk", "RUS": "ru", "BLR": "be"}  # of names as recorded, by the Power
ANSWERS: dict[str, Promise] = {
    "consents": gettext_lazy("consents"),
    "refuses": gettext_lazy("refuses"),
    "undecided": gettext_lazy("has not decided"),
    "unknown": gettext_lazy("not known"),
    "fit": gettext_lazy("fit"),
    "assisted": gettext_lazy("fit with help"),
    "stretcher": gettext_lazy("on a stretcher"),
    "intensive": gettext_lazy("with intensive care"),
    "unfit": gettext_lazy("not fit now"),
    "exam-refused": gettext_lazy("declined the examination"),
    "healthy": gettext_lazy("healthy"),
    "well": gettext_lazy("well"),
    "sick": gettext_lazy("sick"),
    "wounded": gettext_lazy("wounded"),
    "direct": gettext_lazy("direct medical case"),
    "neutral": gettext_lazy("for care in a neutral country"),
    "none": gettext_lazy("none"),
    "disciplinary": gettext_lazy("disciplinary only"),
    "pending": gettext_lazy("proceedings pending"),
    "convicted": gettext_lazy("convicted"),
}
COMPARED = (
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


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two records, side by side."""

    label: str
    ours: str
    theirs: str
    word: str  # a code of the kind "evidence"


class Found(Sequence[Person]):
    """The people of a register whose record has each word of a query, in the order of their names."""

    def __init__(self, register: Register, query: Mapping[str, str], actor: Actor) -> None:
        self.register, self.words = register, query.get("q", "").split()
        self.people = queries.visible_to(actor, register)
        state = query.get("state")
        self.keys = list(self.people.filter(state=state).values_list("key", flat=True)) if state else None
        self.total = self._arranged(0, 0)[1] if actor.reads(Area(register.value)) else 0

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            start, stop, _step = at.indices(self.total)
            keys, _total = self._arranged(start, stop - start)
            rows = self.people.in_bulk(keys)
            return [rows[key] for key in keys if key in rows]
        return self[at : at + 1][0]

    def _arranged(self, offset: int, limit: int) -> tuple[list[str], int]:
        return keeper().arrange(self.register.value, self.words, self.keys, offset, limit)


def few(register: Register, query: Mapping[str, str], actor: Actor) -> list[Person]:
    """Whom a search finds, for those who may not know how many are held: the first few, and no sum of them.

    Without a word long enough to mean somebody nobody is shown, so that nobody can leaf through a register.
    """
    if len(query.get("q", "").strip()) < SHORTEST:
        return []
    return list(Found(register, query, actor)[:FEW])


def people(found: Iterable[Person], register: Register, actor: Actor) -> parts.Grid:
    """A page of a register."""
    columns = (
        parts.Column(label("name")),
        parts.Column(gettext_lazy("State")),
        parts.Column(label("birth_date")),
        parts.Column(label("rank"), drop=2),
        parts.Column(label("unit"), drop=1),
    )
    found = list(found)
    known = records.shown(actor, [p.pk for p in found])
    rows = [
        parts.Row(
            (
                named(p, (who := known[p.pk].identity), reverse("person", args=[p.pk])),
                parts.Mark("person", p.state),
                say.day(who.birth_date),
                who.rank,
                who.unit,
            ),
            id=p.pk,
            name=who.name,
        )
        for p in found
    ]
    grid = parts.Grid(_("People"), columns, rows)
    return only(grid, actor, Area(register.value), ("name", "state", "birth_date", "rank", "unit"))


def pairs(page: Page[Pairing], actor: Actor) -> parts.Grid:
    """A page of pairs that wait."""
    columns = (
        parts.Column(gettext_lazy("Our record")),
        parts.Column(gettext_lazy("Their line")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Bits"), number=True),
        parts.Column(gettext_lazy("Evidence"), drop=1),
    )
    found = list(page)
    known = records.shown(actor, [p.person_id for p in found])
    theirs = records.their_words_shown(actor, [p.line for p in found])
    why = records.evidence(found)
    rows = [
        parts.Row(
            (
                named(p.person, (who := known[p.person_id].identity), reverse("pair", args=[p.pk])),
                parts.Person(theirs[p.line_id].name, lang="und"),
                parts.Mark("pair", p.state),
                p.millibits / 1000,
                why[p.pk],
            ),
            id=str(p.pk),
            name=who.name,
        )
        for p in found
    ]
    return parts.Grid(_("Pairs"), columns, rows)


def one(person: Person, actor: Actor) -> dict[str, Any]:
    """A record as this actor may see it: what they may not see is absent, not starred."""
    wall = Area(person.register)
    may_correct = bool(actor.roles & ACTS["register.correct"].roles)
    entries = Entry.objects.filter(subject=subject(person)).order_by("-index")[:20]
    wanted = (Custody, Medical, Wish, Court) if wall is Area.HELD else (Custody,)
    known = records.shown(actor, [person.pk], *wanted, what=reading.What.RECORD)[person.pk]
    identity, custody = known.identity, known.custody or record.Custody()
    return {
        "person": person,
        "identity": identity,
        "identity_facts": [
            parts.Fact(
                label(name),
                _shown(name, getattr(identity, name)),
                change=reverse("correct", args=[person.pk, name]) if may_correct else "",
            )
            for name in IDENTITY
            if actor.sees(wall, FIELD.get(name, name))
        ],
        "custody_facts": [
            parts.Fact(_("Tags") if name == "tags" else label(name), _shown(name, getattr(custody, name)))
            for name in CUSTODY
            if actor.sees(wall, name)
        ],
        "sealed_facts": list(_sealed(known)),
        "claims": records.claims(person) if actor.sees(wall, "claims") else [],
        "name": named(person, identity),
        "lang": TONGUES.get(person.power, "und"),
        "history": [(entry, _(ACTS[entry.act].label)) for entry in entries if entry.act in ACTS]
        if actor.sees(wall, "history")
        else None,
    }


def named(person: Person, identity: record.Identity, href: str = "") -> parts.Person:
    """A person's name as a part of a page."""
    return parts.Person(identity.name, identity.romanised, href, TONGUES.get(person.power, "und"))


def who(actor: Actor, people: Sequence[tuple[Person | None, TheirLine | None, str]]) -> list[parts.Person]:
    """Names for a page, in order: of our own record where there is one, else as the other side wrote it.

    Each entry is our person, their line, and the address that the name leads to.
    """
    known = records.shown(actor, [person.pk for person, _line, _href in people if person])
    unknown = [line for person, line, _href in people if line and not person]
    theirs = records.their_words_shown(actor, unknown)
    return [
        named(person, known[person.pk].identity, href)
        if person
        else parts.Person(theirs[line.pk].name if line else "", href=href, lang="und")
        for person, line, href in people
    ]


def _sealed(known: records.Shown) -> Iterator[parts.Fact]:
    if known.medical is not None:
        yield _answer("health", known.medical.health)
        yield _answer("fitness", known.medical.fitness)
    if known.court is not None:
        yield _answer("judicial", known.court.judicial)
    if known.wish is not None:
        yield _answer("will", known.wish.will)


def _label(name: str) -> str:
    return _("Tags") if name == "tags" else label(name)


def _answer(name: str, value: str) -> parts.Fact:
    return parts.Fact(label(name), str(ANSWERS.get(value, value)))


def _shown(name: str, value: str) -> str:
    if name.endswith(("_date", "_on")):
        return say.day(value)
    return str(SEXES.get(value, "")) if name == "sex" else value


def comparison(pair: Pairing, actor: Actor) -> dict[str, Any]:
    """Two records field by field, with what speaks for and against."""
    known = records.shown(actor, [pair.person_id], Custody, what=reading.What.RECORD)[pair.person_id]
    words = records.their_words_shown(actor, [pair.line])[pair.line_id]
    custody = known.custody or record.Custody()
    ours: dict[str, str] = {
        **{name: getattr(known.identity, name, "") for name in COMPARED},
        "captured_on": custody.captured_on,
        "region": custody.region,
    }
    theirs = {name: str(words.fields.get(name) or "") for name in COMPARED}
    shown = [
        name
        for name in COMPARED
        if theirs[name] or (ours[name] and name not in ("surname", "given", "patronymic"))
    ]
    return {
        "pair": pair,
        "person_href": reverse("person", args=[pair.person_id]),
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
        "ours": named(pair.person, known.identity),
        "lang": TONGUES.get(pair.person.power, "und"),
        "rows": [
            _names(known.identity, words),
            *(_compared(name, ours[name], theirs[name]) for name in shown),
        ],
        "bits": pair.millibits / 1000,
        "percent": pair.ppm / 10_000,
        "why": records.evidence([pair])[pair.pk],
    }


def _names(identity: record.Identity, words: record.Theirs) -> Compared:
    """The whole names, ours in both scripts; lists of the other side seldom have a name in parts."""
    ours = f"{identity.name} ({identity.romanised})" if identity.romanised else identity.name
    same = words.name.casefold() in (identity.name.casefold(), identity.romanised.casefold())
    return Compared(label("name"), ours, words.name, "same" if same else "differs")


def _compared(name: str, ours: str, theirs: str) -> Compared:
    if not ours or not theirs:
        return Compared(label(name), _shown(name, ours), _shown(name, theirs), "cannot-tell")
    if ours.casefold() == theirs.casefold():
        return Compared(label(name), _shown(name, ours), _shown(name, theirs), "same")
    return Compared(label(name), _shown(name, ours), _shown(name, theirs), "differs")
