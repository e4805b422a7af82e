"""What the pages of tracing services show: what may be told, what went out, what came in, one note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.audit import clock
from obmin.core.access import Actor
from obmin.core.evidence import Says
from obmin.core.pfif import Out, Status, moment
from obmin.people import pfif, pfif_in, records
from obmin.people.evidence_pages import SAYS
from obmin.people.pages import named
from obmin.people.referrals import Referral, ServiceNote
from obmin.web import parts, say

DAYS: Final = 90  # what the form proposes
OUT: Final[dict[str, Promise]] = {
    Out.NOT_OPENED: gettext_lazy("Left out: nobody has opened the search"),
    Out.FOUND: gettext_lazy("Left out: found, returned, or the search has ended"),
    Out.ERASED: gettext_lazy("Left out: erased"),
    Out.NAMELESS: gettext_lazy("Left out: no name"),
}
STATES: Final[dict[str, Promise]] = {
    "ASKED": gettext_lazy("waits for the data protection officer"),
    "RELEASED": gettext_lazy("may go out"),
    "DROPPED": gettext_lazy("put away"),
}
STATUS: Final[dict[str, Promise]] = {
    Status.SOUGHT: gettext_lazy("Information is asked for"),
    Status.AUTHOR: gettext_lazy("The writer says: I am this person"),
    Status.ALIVE: gettext_lazy("Believed alive"),
    Status.MISSING: gettext_lazy("Believed missing"),
    Status.DEAD: gettext_lazy("Believed dead"),
}
CAME: Final[dict[str, Promise]] = {
    "parked": gettext_lazy("People who wait for a registrar"),
    "same": gettext_lazy("People who were here before"),
    "erased": gettext_lazy("People who were erased here; left out"),
    "refused": gettext_lazy("People without a name that can be read; a registrar sees them"),
    "own": gettext_lazy("Our own records that came back"),
    "expired": gettext_lazy("People who may no longer be kept; left out"),
    "faulty": gettext_lazy("People set aside: the record is wrong, see below"),
    "notes": gettext_lazy("Notes that wait for you"),
    "notes_same": gettext_lazy("Notes that were here before"),
    "notes_own": gettext_lazy("Our own notes that came back"),
    "notes_others": gettext_lazy("Notes about people of whom we told nobody; left out"),
    "notes_faulty": gettext_lazy("Notes set aside: the record is wrong, see below"),
}
NOTE: Final[dict[str, Promise]] = {
    "author_name": gettext_lazy("Written by"),
    "author_phone": gettext_lazy("Their telephone"),
    "author_email": gettext_lazy("Their e-mail"),
    "last_known_location": gettext_lazy("Last known place"),
    "linked_person_record_id": gettext_lazy("Said to be one person with"),
    "note_record_id": gettext_lazy("Number at the service"),
}


def whom() -> list[parts.Fact]:
    """How many would be told of now, and who is left out and why."""
    found = pfif.whom()
    left = [parts.Fact(OUT[name], number) for name, number in found.left_out.items()]
    more = [parts.Fact(_("Wait for another file"), found.waiting)] if found.waiting else []
    if back := len(pfif.taken_back(clock.now())):
        more.append(parts.Fact(_("To be taken back: services may still keep them"), back))
    return [parts.Fact(_("Search open: may be told of"), len(found.keys)), *left, *more]


def questions(given: Mapping[str, str], errors: Mapping[str, str]) -> list[parts.Field]:
    """The form by which a file for a service is asked for."""
    every = [("all", _("Everybody whose search is open")), ("these", _("Only the records named below"))]

    def text(name: str, label: str, hint: str = "", value: str = "", kind: str = "text") -> parts.Field:
        return parts.Field(name, label, given.get(name, value), hint, errors.get(name, ""), kind)

    return [
        text("service", _("The service"), _("A neutral one, such as the Central Tracing Agency")),
        text("agreement", _("Agreement under which it may know"), _("Its number and date")),
        text("days", _("For how many days it may be kept"), value=str(DAYS)),
        parts.Field(
            "whom", _("Whom it is told of"), given.get("whom", ""), kind="radio", options=every,
            error=errors.get("whom", ""),
        ),
        parts.Field(
            "people", _("Keys of the records"), given.get("people", ""),
            _("As each record shows its key; one a line."), errors.get("people", ""), "textarea", optional=True,
        ),
        text("why_out", _("Reason (kept in the journal)"), kind="textarea"),
    ]  # fmt: skip


def upload(given: Mapping[str, str], errors: Mapping[str, str]) -> list[parts.Field]:
    """The form by which a file of a service comes in."""
    reason = parts.Field(
        "why_in", _("Reason (kept in the journal)"), given.get("why_in", ""), error=errors.get("why_in", "")
    )
    return [
        parts.Field("file", _("A file: PFIF 1.4 (XML)"), kind="file", error=errors.get("file", "")),
        reason,
    ]


def waiting(actor: Actor) -> parts.Grid:
    """Notes that wait, with whom they are about."""
    notes = list(pfif_in.waiting().select_related("person")[:100])
    known = records.shown(actor, [note.person_id for note in notes])
    said = records.rows_shown(actor, [note.person_id for note in notes], notes)
    rows = []
    for note in notes:
        fields = said[note.pk].fields if note.pk in said else {}
        person = named(note.person, known[note.person_id].identity, reverse("pfif-note", args=[note.pk]))
        status = STATUS.get(fields.get("status", ""), "")
        rows.append(parts.Row((person, status, _day(fields), say.moment(note.at)), id=note.pk))
    heads = (_("About whom"), _("What it says"), _("Written on"), _("Came on"))
    return parts.Grid(_("Notes that wait"), [parts.Column(head) for head in heads], rows)


def files() -> parts.Grid:
    """Files that were asked for, the latest first."""
    found = Referral.objects.order_by("-at", "key")[:20]
    heads = (_("Asked for"), _("The service"), _("State"), _("May be kept until"))
    return parts.Grid(
        _("Files for services"),
        [*(parts.Column(head) for head in heads), parts.Column(_("People"), number=True)],
        [
            parts.Row(
                (
                    parts.Link(say.moment(one.at), reverse("pfif-file", args=[one.pk])),
                    one.service,
                    STATES[one.state],
                    say.moment(one.until) if one.until else "",
                    one.told,
                ),
                id=one.pk,
            )
            for one in found
        ],
    )


def facts(referral: Referral) -> list[parts.Fact]:
    """What is said of one file, without a name."""
    found = [
        parts.Fact(_("State"), STATES[referral.state]),
        parts.Fact(_("The service"), referral.service),
        parts.Fact(_("Agreement under which it may know"), referral.agreement),
        parts.Fact(_("For how many days it may be kept"), referral.days),
        parts.Fact(_("Asked for by"), referral.by),
    ]
    if referral.state != "RELEASED":
        now = pfif.whom(referral.people)
        found.append(parts.Fact(_("Would be told of"), len(now.keys)))
        return found + [parts.Fact(OUT[name], number) for name, number in now.left_out.items()]
    left = [parts.Fact(OUT[name], number) for name, number in referral.left_out.items()]
    return [
        *found,
        parts.Fact(_("Let go by"), referral.released_by),
        parts.Fact(_("People told of"), referral.told),
        parts.Fact(_("People taken back"), len(referral.withdrawn)),
        *left,
        *([parts.Fact(_("Wait for another file"), referral.waiting)] if referral.waiting else []),
        parts.Fact("SHA-256", referral.sha256),
    ]


def came(found: pfif_in.Came) -> dict[str, Any]:
    """What became of a file that came in."""
    sums = [parts.Fact(text, number) for name, text in CAME.items() if (number := found.counts.get(name))]
    heads = (_("Row"), _("Field"), _("What we found"), _("What was expected"))
    wrong = [
        parts.Row((one.row, one.column, one.found, one.expected), id=str(place))
        for place, one in enumerate(found.problems[:200])
    ]
    return {
        "sums": sums or [parts.Fact(_("Records"), 0)],
        "left": [parts.Fact(name, number) for name, number in found.left.items()],
        "problems": parts.Grid(_("What is wrong in the file"), [parts.Column(head) for head in heads], wrong),
    }


def note(found: ServiceNote, actor: Actor) -> dict[str, Any]:
    """One note with whom it is about, and what can be made of it."""
    known = records.shown(actor, [found.person_id])[found.person_id].identity
    said = records.rows_shown(actor, [found.person_id], [found]).get(found.pk)
    fields = said.fields if said else {}
    status = fields.get("status", "")
    rest = [name for name in fields if name not in (*NOTE, "status", "text", "source_date", "person_record_id")]
    facts = [parts.Fact(text, fields[name]) for name, text in NOTE.items() if fields.get(name)]
    return {
        "note": found,
        "name": named(found.person, known, reverse("person", args=[found.person_id])),
        "status": STATUS.get(status, ""),
        "day": _day(fields),
        "text": fields.get("text", ""),
        "facts": [*facts, *(parts.Fact(name, fields[name]) for name in rest)],
        "says": parts.Field(
            "says", _("What it says: the person"), kind="radio",
            options=[(each.value, SAYS[each]) for each in (Says.HELD, Says.FREE, Says.DEAD)],
        ),
        "reason": parts.Field("reason", _("Reason (kept in the journal)")),
    }  # fmt: skip


def _day(fields: Mapping[str, str]) -> str:
    on = moment(fields.get("source_date", ""))
    return say.day(on.date().isoformat()) if on else ""
