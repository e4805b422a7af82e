"""What the living page shows: every part in every state, with invented words. Training homes only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from obmin.core import errors
from obmin.web import charts
from obmin.web.parts import (
    Act,
    Column,
    Count,
    Empty,
    Facet,
    Fact,
    Field,
    Frame,
    Grid,
    Group,
    Link,
    Mark,
    Obstacle,
    Person,
    Progress,
    Readiness,
    Row,
    Stage,
    Text,
)
from obmin.web.states import STATES, Tone

NOW: Final = datetime(2026, 11, 22, 9, 40, tzinfo=UTC)
NAMES: Final = (
    ("Стежкар Ілля Юрійович", "Stezhkar Illia Yuriiovych"),
    ("Ґедзишин Андрій", "Gedzyshyn Andrii"),
    ("Дубровчук Дем’ян Андрійович", "Dubrovchuk Demian Andriiovych"),
    ("Щедрогір Тарас Сергійович", "Shchedrohir Taras Serhiiovych"),
    ("Хвилевська Зоряна Ігорівна", "Khvylevska Zoriana Ihorivna"),
)
REFUSALS: Final[dict[str, errors.Refused]] = {
    "not-allowed": errors.NotAllowed("Your duties do not open this part: care."),
    "stale": errors.Stale("O. Lozova took this person off the list at 15:12, after you opened the page."),
    "wrong-state": errors.WrongState("The list is locked. Open a new draft to change it."),
    "incomplete": errors.Incomplete("2 people have no fit-to-travel result."),
    "infeasible": errors.Infeasible("Two clauses cannot hold together.", clashes=("2b", "4-young")),
    "unreadable": errors.Unreadable(errors.Problem("list.xlsx", 7, "birth_date", "31.02.1994", "a date")),
    "altered": errors.Altered("The signature of round 3 does not hold."),
}


def progress(done: int) -> Progress:
    href = f"/living/progress?done={done}"
    if done >= 3:
        return Progress(_("List composed"), 3, 3, href, state="DONE", result=Link(_("Open the list"), "#"))
    return Progress(_("Proving that no better list exists"), done, 3, href, cancel="/living")


def page(query: Mapping[str, str]) -> dict[str, Any]:
    """Everything the template draws."""
    people = Paginator(range(388), 100).get_page(query.get("page"))
    return {
        "frame": _frame(),
        "now": NOW,
        "states": [(kind, list(states)) for kind, states in STATES.items() if kind != "tone"],
        "tones": [str(tone) for tone in Tone],
        "names": NAMES,
        "grid": _grid(),
        "page": people,
        "facets": _facets(query),
        "counts": _counts(),
        "obstacles": _obstacles(),
        "readiness": _readiness(),
        "facts": _facts(),
        "fields": _fields(),
        "progress": progress(1),
        "finished": progress(3),
        "failed": Progress(
            _("Composing the list"), 1, 3, "#", state="FAILED", failure=_("Two clauses cannot hold together.")
        ),
        "empty": Empty(
            _("Nothing waits for you."),
            _("Rounds appear here when the other side has answered."),
            (Act(_("Open the exchange"), "#", icon="layout-dashboard"),),
        ),
        "acts": _acts(),
        "bulk": (
            Act(_("Take off…"), name="act", value="take-off"),
            Act(_("Lock in place…"), name="act", value="lock"),
        ),
        "charts": _charts(),
    }


_STAGES = (
    (_("Register"), "users", "ready", 0),
    (_("Tracing"), "git-compare-arrows", "in-progress", 23),
    (_("Terms"), "scroll-text", "ready", 0),
    (_("Lists"), "list-checks", "in-progress", 2),
    (_("Rounds"), "messages-square", "waiting", 0),
    (_("Reception"), "bed", "at-risk", 1),
    (_("Handover"), "scan-line", "stopped", 0),
    (_("Care"), "heart-handshake", "not-started", 0),
    (_("Bulletins"), "megaphone", "not-needed", 0),
)


def _frame() -> Frame:
    return Frame(
        groups=(
            Group((Link(_("Home"), "#", "inbox", 14),)),
            Group(
                (
                    Link(_("Readiness"), "#", "layout-dashboard"),
                    *(
                        Link(name, f"#{icon}", icon, count, current=icon == "list-checks")
                        for name, icon, _state, count in _STAGES
                    ),
                ),
                _("Exchange 2026-11"),
            ),
            Group((Link(_("Journal"), "#", "book-open"),), _("Desk")),
        ),
        stages=tuple(
            Stage(number, name, f"#{icon}", state, count, current=icon == "list-checks")
            for number, (name, icon, state, count) in enumerate(_STAGES, 1)
        ),
        exchange="2026-11",
        exchange_href="#",
        who="Лозова О.",
        role=_("list officer"),
        until="2027-03-01",
        search="/living",
    )


def _grid() -> Grid:
    columns = (
        Column(_("Name"), sort="name"),
        Column(_("State"), sort="state"),
        Column(_("Born"), sort="born", drop=2),
        Column(_("Days held"), number=True, sort="days", drop=3),
        Column(_("Ground"), drop=1),
    )
    codes = ("ACCEPTED", "COUNTERED", "FROZEN", "OBJECTED", "PROPOSED")
    born = ("14.08.1997", "1986", "03.1991", "24.01.1972", None)
    grounds: tuple[Text, ...] = (
        _("seriously wounded"),
        _("aged 18–25"),
        _("longest held"),
        _("asked for by name"),
        "",
    )
    rows = [
        Row(
            (Person(*name), Mark("line", code, "2026-11-21T15:12:00+02:00", "О. Лозова"), day, held, ground),
            id=f"P-{held}",
            name=name[0],
            href="#",
        )
        for name, code, day, held, ground in zip(
            NAMES, codes, born, (1102, 214, 873, 1440, 96), grounds, strict=True
        )
    ]
    return Grid(_("List B, draft 4"), columns, rows, choose="bulk")


def _facets(query: Mapping[str, str]) -> tuple[Facet, ...]:
    on = query.get("ground", "wounded")
    return (
        Facet(_("wounded or ill"), "?ground=wounded", 62, on == "wounded"),
        Facet(_("aged 18–25"), "?ground=young", 41, on == "young"),
        Facet(_("women"), "?ground=women", 19, on == "women"),
        Facet(_("on hold"), "?ground=hold", 11, on == "hold"),
        Facet(_("from a neutral country"), "?ground=neutral", 0),
    )


def _counts() -> tuple[Count, ...]:
    return (
        Count(388, _("of 390 chosen")),
        Count(62, _("seriously wounded or ill"), "ok", _("at least 60")),
        Count(41, _("aged 18–25"), "stop", _("4 short of 45")),
        Count(7, _("locked")),
    )


def _obstacles() -> tuple[Obstacle, ...]:
    return (
        Obstacle(
            "stop",
            _("2 people have no fit-to-travel result"),
            _("Stops boarding. A doctor at Site B can record it."),
            Link(_("Open both people"), "#"),
            "2026-11-22T09:40:00+02:00",
        ),
        Obstacle(
            "warn",
            _("12 surgical beds short"),
            _("Nearest free: Site D, 2 h 10 min."),
            Link(_("Compare options"), "#"),
        ),
        Obstacle(
            "hold",
            _("The other side has not answered 31 names"),
            _("Round 3, due 24.11.2026, 12:00."),
            Link(_("Open round 3"), "#"),
        ),
    )


def _readiness() -> tuple[Readiness, ...]:
    return (
        Readiness(_("Lists locked and signed"), "#", 2, 1, "Лозова", "2026-11-24", "in-progress"),
        Readiness(_("Will confirmed in private"), "#", 390, 341, _("interviewer"), "2026-11-25", "in-progress"),
        Readiness(_("Fit to travel"), "#", 390, 388, _("Dr Hai"), "2026-11-24", "stopped"),
        Readiness(_("Court consent"), "#", 14, 14, _("legal officer"), "", "ready"),
        Readiness(_("Beds by need"), "#", 1390, 1378, _("ministry of health"), "2026-11-23", "at-risk"),
        Readiness(
            _("Kits"),
            "#",
            430,
            None,
            _("Red Cross"),
            "2026-11-25",
            "cannot-tell",
            _("The count of Site C did not arrive."),
        ),
        Readiness(_("Safety guarantees"), "#", 3, 2, _("headquarters"), "2026-11-26", "waiting"),
    )


def _facts() -> tuple[Fact, ...]:
    return (
        Fact(_("Name"), Person(*NAMES[2]), change="#"),
        Fact(_("Born"), "14.08.1997", change="#"),
        Fact(_("State"), Mark("person", "CAPTIVE_CONFIRMED", "2026-11-18", "О. Гай")),
        Fact(_("Service number"), why=_("declined to say"), change="#"),
        Fact(_("Unit"), why=_("not asked"), change="#"),
        Fact(_("Rank"), why=_("unknown")),
    )


def _fields() -> tuple[Field, ...]:
    return (
        Field("surname", _("Surname"), "Дубровчук", hint=_("As the person writes it."), lang="uk"),
        Field(
            "born",
            _("Born"),
            "31.02.1994",
            hint=_("A day, a month or a year: 14.08.1997, 08.1997, 1997."),
            error=_("“31.02.1994” is not a date"),
            kind="date",
        ),
        Field("rank", _("Rank"), "2", kind="select", options=(("1", _("soldier")), ("2", _("sergeant")))),
        Field(
            "answer",
            _("Is this the same person?"),
            "",
            kind="radio",
            error=_("Choose one of the three"),
            options=(("same", _("Same person")), ("not-same", _("Not the same")), ("unsure", _("Not sure"))),
        ),
        Field(
            "told",
            _("The family has been told"),
            kind="checkbox",
            hint=_("By telephone, by the named contact."),
        ),
        Field("reason", _("Reason"), hint=_("It is kept in the journal."), kind="textarea", optional=True),
        Field("list", _("List"), kind="file"),
    )


def _acts() -> tuple[Act, ...]:
    return (
        Act(_("Lock draft for signing"), primary=True, icon="lock"),
        Act(_("Print"), "#", icon="printer"),
        Act(_("Go / no-go"), reason=_("2 people have no fit-to-travel result."), primary=True),
    )


def _charts() -> tuple[charts.Chart, ...]:
    hours = tuple(
        (f"{hour}:00", value)
        for hour, value in zip(range(14, 23), (3, 10, 31, 42, 50, 36, 25, 15, 7), strict=True)
    )
    return (
        charts.PairedBars(
            _("12 surgical beds are short; every other kind is met"),
            (
                (_("Intensive care"), 8, 6),
                (_("Surgical"), 44, 56),
                (_("Isolation"), 24, 20),
                (_("General ward"), 190, 176),
                (_("Recovery rooms"), 160, 132),
            ),
            _("Have"),
            _("Need"),
            first=_("Kind"),
        ),
        charts.Columns(
            _("Triage is above its limit at 18:00"), hours, _("People an hour"), 45, _("limit"), first=_("Hour")
        ),
        charts.Stacked(
            _("Most of each phase are soldiers"),
            (("23.05", (270, 120)), ("24.05", (307, 0)), ("25.05", (303, 0))),
            (_("military"), _("civilian")),
            first=_("Day"),
        ),
        charts.StepLine(
            _("Half of the wills were confirmed by Thursday"),
            ((1, "17.11", 0), (2, "18.11", 80), (3, "19.11", 196), (4, "20.11", 260), (5, "21.11", 341)),
            _("Wills confirmed"),
            first=_("Day"),
        ),
        charts.DotRange(
            _("Site C may need from 38 to 56 surgical beds"),
            ((_("Site B"), 4, 6, 9), (_("Site C"), 38, 44, 56), (_("Site D"), 8, 12, 15)),
            (_("Low"), _("Most likely"), _("High")),
            first=_("Site"),
        ),
    )
