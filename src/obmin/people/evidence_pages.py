"""What the page of somebody's evidence shows, and what the page of a pair shows of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from obmin.core import record
from obmin.core.evidence import Kind, Says, Why
from obmin.people import evidence
from obmin.people.models import Person, Testimony
from obmin.web import parts

SAYS: Final[dict[str, Promise]] = {
    Says.HELD: gettext_lazy("is held"),
    Says.FREE: gettext_lazy("is free"),
    Says.DEAD: gettext_lazy("is dead"),
    Says.NOT_HELD: gettext_lazy("is not held by them"),
    Says.UNKNOWN: gettext_lazy("is unknown to them"),
    Says.REPEATED: gettext_lazy("stands on their list twice"),
    Says.INVENTED: gettext_lazy("never existed, under this name"),
}
KINDS: Final[dict[str, Promise]] = {
    Kind.AGENCY: gettext_lazy("Notice of the Central Tracing Agency or a national bureau"),
    Kind.PARTY: gettext_lazy("The other side, in writing"),
    Kind.CONTACT: gettext_lazy("The person's own letter or call"),
    Kind.RETURNEE: gettext_lazy("Somebody who came home"),
    Kind.FAMILY: gettext_lazy("The family"),
    Kind.IMAGE: gettext_lazy("A photograph or a film"),
    Kind.OPEN: gettext_lazy("The press or a network"),
    Kind.REMAINS: gettext_lazy("Remains, identified by two"),
    Kind.COURT: gettext_lazy("A court's act"),
}
RELIABILITY: Final[dict[str, Promise]] = {
    "A": gettext_lazy("A: never yet wrong"),
    "B": gettext_lazy("B: usually right"),
    "C": gettext_lazy("C: often right"),
    "D": gettext_lazy("D: often wrong"),
    "E": gettext_lazy("E: not to be relied on"),
    "F": gettext_lazy("F: we do not know the source"),
}
CREDIBILITY: Final[dict[str, Promise]] = {
    "1": gettext_lazy("1: others say so too"),
    "2": gettext_lazy("2: fits what we know"),
    "3": gettext_lazy("3: possible"),
    "4": gettext_lazy("4: doubtful"),
    "5": gettext_lazy("5: against what we know"),
    "6": gettext_lazy("6: nobody can tell"),
}
WHY: Final[dict[str, Promise]] = {
    Why.IDENTIFIED: gettext_lazy("The remains were identified."),
    Why.COURT: gettext_lazy("A court has decided; new evidence can reopen it."),
    Why.TOLD: gettext_lazy("Confirmed: by an agency, by the other side in writing, or by the person."),
    Why.TWO: gettext_lazy("Confirmed: by two sources independent of each other."),
    Why.ONE: gettext_lazy("Not confirmed: that takes a second source, a notice, a letter or a list of theirs."),
    Why.DEATH: gettext_lazy("A death was reported. The search goes on until there is an identification."),
    Why.NOTHING: gettext_lazy("Nothing is known yet."),
}
# The engine's fields and levels of agreement, and how much each is against or for.
FIELDS: Final[dict[str, Promise]] = {
    "surname": gettext_lazy("Surname"),
    "given": gettext_lazy("Given name"),
    "patronymic": gettext_lazy("Patronymic"),
    "order": pgettext_lazy("of a name's parts", "Order"),
    "birth date": gettext_lazy("Born"),
    "service number": gettext_lazy("Service number"),
    "sex": gettext_lazy("Sex"),
    "rank": gettext_lazy("Rank"),
    "unit": gettext_lazy("Unit"),
    "region": gettext_lazy("Region"),
    "capture": gettext_lazy("Taken prisoner"),
    "kin": gettext_lazy("Relatives and namesakes"),
}
LEVELS: Final[dict[str, Promise]] = {
    "other": gettext_lazy("differs"),
    "remote": gettext_lazy("hardly alike"),
    "initial": gettext_lazy("the same initial"),
    "alike": gettext_lazy("alike"),
    "close": gettext_lazy("a letter or two"),
    "same but for careless letters": gettext_lazy("the same but for careless letters"),
    "same": gettext_lazy("the same"),
    "parts exchanged, one agrees": gettext_lazy("parts exchanged, one agrees"),
    "parts exchanged": gettext_lazy("parts exchanged"),
    "parts as they stand": gettext_lazy("parts as they stand"),
    "year within one": gettext_lazy("a year apart"),
    "same day and month": gettext_lazy("the same day and month"),
    "same year": gettext_lazy("the same year"),
    "year only, same": gettext_lazy("only the year, the same"),
    "same year and month": gettext_lazy("the same year and month"),
    "one digit or day and month swapped": gettext_lazy("one digit, or day and month exchanged"),
    "one or two digits off": gettext_lazy("one or two digits differ"),
    "within 40 days": gettext_lazy("within 40 days"),
    "within 4 days": gettext_lazy("within 4 days"),
    "may be brother or sister": gettext_lazy("may be brother or sister"),
    "may be a namesake": gettext_lazy("may be a namesake"),
}
ALIKE: Final = 0.6  # share of letters in common from which the rest is marked
WEIGHTY: Final = 4  # fields of a pair that a line of the queue names
STRONG: Final = 3.0  # bits from which a field is strong evidence


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence on the page."""

    key: str
    says: Any
    kind: Any
    grade: str
    meaning: str
    said: record.Testimony
    row: Testimony

    @property
    def stands(self) -> bool:
        return self.row.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a pair as the engine compared it: its level in words, and its bits."""

    name: str
    label: Any
    level: str
    bits: float
    word: str


def page(person: Person) -> dict[str, Any]:
    """All evidence of one person, what stands first of each day, and what it comes to."""
    settled = evidence.come_to([person.pk])[person.pk]
    return {"rows": list(_rows(person)), "settled": settled, "why": WHY[settled.why]}


def _rows(person: Person) -> Iterator[Row]:
    for row, said in evidence.of(person):
        reliable, credible = RELIABILITY[said.reliability], CREDIBILITY[said.credibility]
        yield Row(
            row.pk,
            SAYS[said.says],
            KINDS[said.kind],
            said.reliability + said.credibility,
            f"{reliable}; {credible}",
            said,
            row,
        )


def questions(given: Mapping[str, str]) -> Sequence[parts.Field]:
    """The form for one more piece of evidence."""

    def chosen(name: str, text: str, options: Mapping[str, Promise], kind: str = "select") -> parts.Field:
        first = [("", _("Choose"))] if kind == "select" else []
        return parts.Field(name, text, given.get(name, ""), kind=kind, options=[*first, *options.items()])

    return (
        chosen("says", _("What it says: the person"), SAYS),
        chosen("kind", _("Where it comes from"), KINDS),
        parts.Field(
            "origin",
            _("Who saw or said it first"),
            given.get("origin", ""),
            hint=_("Two sources are independent only if they did not have it from the same person."),
        ),
        parts.Field("on", _("Of which day"), given.get("on", ""), hint=_("A day, a month or a year")),
        chosen("reliability", _("The source"), RELIABILITY, "radio"),
        chosen("credibility", _("This report"), CREDIBILITY, "radio"),
        parts.Field(
            "document",
            _("Document"),
            given.get("document", ""),
            hint=_("Its kind, number and date"),
            optional=True,
        ),
        parts.Field("words", _("In their words"), given.get("words", ""), kind="textarea", optional=True),
    )


def fields(told: record.Evidence) -> list[Field]:
    """The fields of a pair that both sides have, the weightiest first."""
    found = [
        Field(name, FIELDS.get(name, name), _level(level), bits := told.millibits[name] / 1000, _word(bits))
        for name, level in told.levels.items()
    ]
    return sorted(found, key=lambda one: (-abs(one.bits), one.name))


def told(evidence_of: record.Evidence) -> str:
    """The weightiest fields of a pair in a line, each with how far the two agree; else the engine's words."""
    weighty = [one for one in fields(evidence_of) if one.word != "cannot-tell"][:WEIGHTY]
    return "; ".join(f"{one.label}: {one.level}" for one in weighty) or evidence_of.text


def _level(level: str) -> str:
    alone, _with, beside = level.partition(", with the same ")
    said = str(LEVELS.get(alone, alone))
    return _("%(level)s, beside the same %(other)s") % {"level": said, "other": beside} if beside else said


def _word(bits: float) -> str:
    if abs(bits) < 0.05:
        return "cannot-tell"
    if bits > 0:
        return "for-strong" if bits >= STRONG else "for"
    return "against-strong" if bits <= -STRONG else "against"


def marked(ours: str, theirs: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]] | None:
    """Both texts in pieces, each with whether it differs, letter by letter; nothing where most differs."""
    compared = SequenceMatcher(None, ours.casefold(), theirs.casefold(), autojunk=False)
    if compared.ratio() < ALIKE or len(ours.casefold()) != len(ours) or len(theirs.casefold()) != len(theirs):
        return None
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in compared.get_opcodes():
        if b > a:
            left.append((ours[a:b], kind != "equal"))
        if d > c:
            right.append((theirs[c:d], kind != "equal"))
    return left, right
