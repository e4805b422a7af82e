"""What the register's and tracing's pages show, put together from rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.accounts.fields import only
from obmin.core import record
from obmin.core.access import Actor, Area
from obmin.core.acts import ACTS
from obmin.people import evidence_pages, finding, intake, queries, records
from obmin.people.models import Pairing, Person, Register, TheirLine
from obmin.vault.process import keeper
from obmin.web import parts, say
from obmin.web.labels import label

SEXES = {"1": gettext_lazy("man"), "2": gettext_lazy("woman")}
FIELD = {"surname": "name", "given": "name", "patronymic": "name"}  # of the table of duties
FEW, SHORTEST, MOST = 20, 3, 50
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


class Found(Sequence[Person]):
    """The people of a register, in the order of their names; of those in one state, if a state is asked for."""

    def __init__(self, register: Register, query: Mapping[str, str], actor: Actor) -> None:
        self.register = register
        self.actor = actor
        people = queries.visible_to(actor, register)
        state = query.get("state")
        asked = people.filter(state=state) if state else people
        whole = not state and not Person.objects.filter(register=register).exclude(into=None).exists()
        self.keys = None if whole else list(asked.values_list("key", flat=True))
        self.total = self._arranged(0, 0)[1] if actor.reads(Area(register.value)) else 0

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            start, stop, _step = at.indices(self.total)
            keys, _total = self._arranged(start, stop - start)
            rows = queries.visible_among(self.actor, self.register, keys)
            return [rows[key] for key in keys if key in rows]
        return self[at : at + 1][0]

    def _arranged(self, offset: int, limit: int) -> tuple[list[str], int]:
        return keeper().arrange(self.register.value, (), self.keys, offset, limit)


def hits(register: Register, query: Mapping[str, str], actor: Actor) -> list[finding.Hit]:
    """Whom a search finds, each with why. Those who may not know how many are held see the first few of it."""
    asked = query.get("q", "").strip()
    whole = actor.sees(Area(register.value), "count")
    if not asked or (not whole and len(asked) < SHORTEST):
        return []
    found = finding.find(register, asked, units=actor.sees(Area(register.value), "unit"))
    if state := query.get("state"):
        known = queries.visible_among(actor, register, [hit.person for hit in found])
        found = [hit for hit in found if hit.person in known and known[hit.person].state == state]
    return found[: MOST if whole else FEW]


def ticket(register: Register, words: str, shown: Sequence[Person], actor: Actor) -> str:
    """What lets this reader write down somebody new after this search; empty where it is not their act."""
    if not actor.roles & ACTS["register.create"].roles:
        return ""
    return intake.ticket(actor, register, words.strip(), [person.pk for person in shown])


def people(
    found: Iterable[Person],
    register: Register,
    actor: Actor,
    why: Mapping[str, str] | None = None,
    beside: str = "",
) -> parts.Grid:
    """A page of a register; `why` says of those whom a search found what made them be found.

    Their names lead to their records, or to where each is compared with the record `beside`.
    """
    columns = (
        parts.Column(label("name")),
        parts.Column(gettext_lazy("State")),
        parts.Column(label("birth_date")),
        parts.Column(label("rank"), drop=2),
        parts.Column(label("unit"), drop=1),
        *((parts.Column(gettext_lazy("Why it may be them")),) if why is not None else ()),
    )
    found = list(found)
    known = records.shown(actor, [p.pk for p in found])
    rows = [
        parts.Row(
            (
                named(p, (who := known[p.pk].identity), _there(p, beside)),
                parts.Mark("person", p.state),
                say.day(who.birth_date),
                who.rank,
                who.unit,
                *((why.get(p.pk, ""),) if why is not None else ()),
            ),
            id=p.pk,
            name=who.name,
        )
        for p in found
    ]
    grid = parts.Grid(_("People"), columns, rows)
    fields = ("name", "state", "birth_date", "rank", "unit", *(("",) if why is not None else ()))
    return only(grid, actor, Area(register.value), fields)


def _there(person: Person, beside: str) -> str:
    return reverse("compare", args=[beside, person.pk]) if beside else reverse("person", args=[person.pk])


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
                evidence_pages.told(why[p.pk]),
            ),
            id=str(p.pk),
            name=who.name,
        )
        for p in found
    ]
    return parts.Grid(_("Pairs"), columns, rows)


def named(person: Person, identity: record.Identity, href: str = "") -> parts.Person:
    """A person's name as a part of a page."""
    name = identity.name or _("Not known")
    return parts.Person(name, identity.romanised, href, TONGUES.get(person.power, "und"))


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


def shown_value(name: str, value: str) -> str:
    """A value of a record as a page writes it."""
    if name.endswith(("_date", "_on")):
        return say.day(value)
    return str(SEXES.get(value, "")) if name == "sex" else value
