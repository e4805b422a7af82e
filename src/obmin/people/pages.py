"""What the register's and tracing's pages show, put together from rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.audit.models import Entry
from obmin.audit.perform import named
from obmin.core.access import Actor, Area
from obmin.core.acts import ACTS
from obmin.people.models import Pairing, Person, Register
from obmin.people.register import CUSTODY, IDENTITY
from obmin.web import parts, say
from obmin.web.labels import label

SEXES = {"1": gettext_lazy("man"), "2": gettext_lazy("woman")}
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


def filtered(people: QuerySet[Person], query: Mapping[str, str]) -> QuerySet[Person]:
    """The people whose record contains each word of the query, in either script, or their number or state."""
    for word in query.get("q", "").split():
        people = people.filter(
            Q(identity__name__icontains=word)
            | Q(identity__romanised__icontains=word)
            | Q(identity__birth_date__startswith=word)
            | Q(identity__service_number__iexact=word)
        )
    if state := query.get("state"):
        people = people.filter(state=state)
    return people


def people(page: Page[Person]) -> parts.Grid:
    """A page of a register."""
    columns = (
        parts.Column(label("name")),
        parts.Column(gettext_lazy("State")),
        parts.Column(label("birth_date")),
        parts.Column(label("rank"), drop=2),
        parts.Column(label("unit"), drop=1),
        parts.Column(label("captured_on"), drop=1),
    )
    rows = [
        parts.Row(
            (
                _named(p, reverse("person", args=[p.pk])),
                parts.Mark("person", p.state),
                say.day(p.identity.birth_date),
                p.identity.rank,
                p.identity.unit,
                say.day(p.custody.captured_on),
            ),
            id=p.pk,
            name=p.identity.name,
        )
        for p in page
    ]
    return parts.Grid(_("People"), columns, rows)


def pairs(page: Page[Pairing]) -> parts.Grid:
    """A page of pairs that wait."""
    columns = (
        parts.Column(gettext_lazy("Our record")),
        parts.Column(gettext_lazy("Their line")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Bits"), number=True),
        parts.Column(gettext_lazy("Evidence"), drop=1),
    )
    rows = [
        parts.Row(
            (
                _named(p.person, reverse("pair", args=[p.pk])),
                parts.Person(p.line.name, lang="und"),
                parts.Mark("pair", p.state),
                p.millibits / 1000,
                p.why,
            ),
            id=str(p.pk),
            name=p.person.identity.name,
        )
        for p in page
    ]
    return parts.Grid(_("Pairs"), columns, rows)


def record(person: Person, actor: Actor) -> dict[str, Any]:
    """A record as this actor may see it: what they may not see is absent, not starred."""
    may_correct = bool(actor.roles & ACTS["register.correct"].roles)
    entries = Entry.objects.filter(subject=named(person)).order_by("-index")[:20]
    return {
        "person": person,
        "identity": person.identity,
        "identity_facts": [
            parts.Fact(
                label(name),
                _shown(name, getattr(person.identity, name)),
                change=reverse("correct", args=[person.pk, name]) if may_correct else "",
            )
            for name in IDENTITY
        ],
        "custody_facts": [
            parts.Fact(
                _("Tags") if name == "tags" else label(name), _shown(name, getattr(person.custody, name))
            )
            for name in CUSTODY
        ],
        "sealed_facts": list(_sealed(person, actor)),
        "claims": person.claims.select_related("intake").order_by("kind", "pk"),
        "name": _named(person),
        "lang": TONGUES.get(person.power, "und"),
        "history": [(entry, _(ACTS[entry.act].label)) for entry in entries if entry.act in ACTS],
    }


def _named(person: Person, href: str = "") -> parts.Person:
    lang = TONGUES.get(person.power, "und")
    return parts.Person(person.identity.name, person.identity.romanised, href, lang)


def _sealed(person: Person, actor: Actor) -> Iterator[parts.Fact]:
    if person.register != Register.HELD:
        return
    if actor.reads(Area.MEDICAL):
        yield _answer("health", person.medical.health)
        yield _answer("fitness", person.medical.fitness)
    if actor.reads(Area.COURT):
        yield _answer("judicial", person.court.judicial)
    if actor.reads(Area.WILL):
        yield _answer("will", person.wish.will)


def _label(name: str) -> str:
    return _("Tags") if name == "tags" else label(name)


def _answer(name: str, value: str) -> parts.Fact:
    return parts.Fact(label(name), str(ANSWERS.get(value, value)))


def _shown(name: str, value: str) -> str:
    if name.endswith(("_date", "_on")):
        return say.day(value)
    return str(SEXES.get(value, "")) if name == "sex" else value


def comparison(pair: Pairing) -> dict[str, Any]:
    """Two records field by field, with what speaks for and against."""
    ours: dict[str, str] = {
        **{name: getattr(pair.person.identity, name, "") for name in COMPARED},
        "captured_on": pair.person.custody.captured_on,
        "region": pair.person.custody.region,
    }
    theirs = {name: str(pair.line.fields.get(name) or "") for name in COMPARED}
    shown = [
        name
        for name in COMPARED
        if theirs[name] or (ours[name] and name not in ("surname", "given", "patronymic"))
    ]
    return {
        "pair": pair,
        "person_href": reverse("person", args=[pair.person_id]),
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
        "ours": _named(pair.person),
        "lang": TONGUES.get(pair.person.power, "und"),
        "rows": [
            _names(pair),
            *(_compared(name, ours[name], theirs[name]) for name in shown),
        ],
        "bits": pair.millibits / 1000,
        "percent": pair.ppm / 10_000,
    }


def _names(pair: Pairing) -> Compared:
    """The whole names, ours in both scripts; lists of the other side seldom have a name in parts."""
    identity = pair.person.identity
    ours = f"{identity.name} ({identity.romanised})" if identity.romanised else identity.name
    same = pair.line.name.casefold() in (identity.name.casefold(), identity.romanised.casefold())
    return Compared(label("name"), ours, pair.line.name, "same" if same else "differs")


def _compared(name: str, ours: str, theirs: str) -> Compared:
    if not ours or not theirs:
        return Compared(label(name), _shown(name, ours), _shown(name, theirs), "cannot-tell")
    if ours.casefold() == theirs.casefold():
        return Compared(label(name), _shown(name, ours), _shown(name, theirs), "same")
    return Compared(label(name), _shown(name, ours), _shown(name, theirs), "differs")
