"""One record on the screen: somebody new after a search, events of custody, who asks and what was told."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from obmin.accounts.door import actor_of, shows
from obmin.audit import reading
from obmin.core import custody as rules
from obmin.core import record
from obmin.core.access import Area
from obmin.core.asking import ARTICLE_17, Basis, may_be_told, missing
from obmin.core.custody import Event
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.people import custody, finding, intake, queries, records
from obmin.people.models import Asking, Person, Register
from obmin.people.pages import SEXES, named
from obmin.people.record_pages import BASES, EVENTS, FACTS, UNSAID
from obmin.web import parts
from obmin.web.labels import label
from obmin.web.seen import shown_version

CAPTURE = ("place", "document")
MORE = ("patronymic", "sex", "unit", "branch", "rank_code", "citizenship", "captured_on", "region")
HELD_MORE = (*MORE, "facility", "tags")


@shows(Area.REGISTER, act="register.create")
@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest, which: str) -> HttpResponse:
    """Somebody new. Nobody comes here but from a search, whose ticket they hold."""
    actor, found = actor_of(request), Register(which)
    if not actor.reads(Area(which)):
        raise NotAllowed("Your duties do not open this register.")
    if request.method == "GET":
        return HttpResponseRedirect(reverse("register", args=[which]))
    search = intake.searched(request.POST.get("ticket", ""), actor, found)
    if request.POST.get("step") != "save":
        name, born = finding.asked(search.words)
        return _form(request, found, {"surname": name, "birth_date": born}, {})
    given = {name: str(value).strip() for name, value in request.POST.items()}
    values, wrong = intake.read(given)
    unsaid = {
        name: given[f"no-{name}"] for name in ARTICLE_17 if given.get(f"no-{name}") and name not in values
    }
    errors = {name: _("This is not %(what)s.") % {"what": what} for name, what in wrong.items()}
    errors |= {
        name: _("Write it down, or say why there is no answer.")
        for name in missing(values, unsaid)
        if name not in errors
    }
    if found is Register.SOUGHT and given.get("who") and not given.get("officer"):
        errors["officer"] = _("Name the officer who answers them.")
    if errors:
        return _form(request, found, given, errors)
    entry = intake.Entry(
        values=values,
        unsaid=unsaid,
        basis=Basis(given.get("basis") or Basis.STATED),
        source=given.get("source", ""),
        power=given.get("power", "").upper()[:3],
        asking=_asking(given) if found is Register.SOUGHT and given.get("who") else None,
        officer=given.get("officer", ""),
        capture=_capture(values, given) if found is Register.HELD else None,
        examination=given.get("examination", ""),
    )
    person = intake.write_down(found, entry, search, actor=actor)
    return HttpResponseRedirect(reverse("person", args=[person.pk]))


@shows(Area.REGISTER, act="register.event")
@require_http_methods(["GET", "POST"])
def event_page(request: HttpRequest, key: str) -> HttpResponse:
    """An event of custody; which of them can follow is asked of the rules."""
    actor = actor_of(request)
    person = get_object_or_404(queries.visible_to(actor, Register.HELD), pk=key)
    given, error = request.POST, ""
    if request.method == "POST":
        try:
            event = Event(given.get("event", ""))
            told = {name: given.get(name, "") for name in custody.FIELDS}
            custody.record_event(person, event, told, actor=actor, seen=shown_version(request))
            return HttpResponseRedirect(reverse("person", args=[key]))
        except ValueError:
            error = _("Choose what happened.")
        except Incomplete as lacking:
            error = str(_(lacking.message))
            person.refresh_from_db()
    known = records.shown(actor, [key], what=reading.What.RECORD)[key].identity
    fields = (
        parts.Field(
            "event",
            _("What happened"),
            given.get("event", ""),
            kind="radio",
            options=[(event.value, EVENTS[event]) for event in rules.open_to(person.state)],
        ),
        parts.Field(
            "on", _("When"), given.get("on", ""), hint=_("A day, a month or a year: 14.05.2026, 05.2026, 2026")
        ),
        parts.Field("place", _("Where"), given.get("place", ""), hint=_("The camp, the hospital, the place")),
        parts.Field("region", label("region"), given.get("region", ""), optional=True),
        parts.Field(
            "document", _("By which paper"), given.get("document", ""), hint=_("Its kind, number and date")
        ),
        parts.Field(
            "examination",
            _("Report of the examination"),
            given.get("examination", ""),
            hint=_("Of a death: nobody is recorded as dead without it."),
            optional=True,
        ),
        parts.Field("note", _("Note"), given.get("note", ""), kind="textarea", optional=True),
    )
    context = {"person": person, "name": named(person, known), "fields": fields, "error": error}
    context |= {"title": _("Record an event"), "act": _("Record it")}
    return render(request, "people/record_form.html", context)


@shows(Area.REGISTER, act="register.enter")
@require_POST
def confirm_page(request: HttpRequest, key: str) -> HttpResponse:
    """Registers somebody captured, or opens the search for somebody reported: the first step of each."""
    actor = actor_of(request)
    person = get_object_or_404(queries.seen_by(actor), pk=key)
    seen = shown_version(request)
    if person.register == Register.HELD:
        intake.enter(person, actor=actor, examination=request.POST.get("examination", ""), seen=seen)
    else:
        intake.open_search(person, actor=actor, seen=seen)
    return HttpResponseRedirect(reverse("person", args=[key]))


@shows(Area.REGISTER, act="register.ask")
@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest, key: str) -> HttpResponse:
    """Who asks after somebody, how to reach them, and the one officer who answers them."""
    actor = actor_of(request)
    person = get_object_or_404(queries.visible_to(actor, Register.SOUGHT), pk=key)
    given, error = request.POST, ""
    if request.method == "POST":
        try:
            intake.ask(person, _asking(given), given.get("officer", ""), actor=actor)
            return HttpResponseRedirect(reverse("person", args=[key]))
        except Incomplete as lacking:
            error = str(_(lacking.message))
    known = records.shown(actor, [key], what=reading.What.RECORD)[key].identity
    context = {"person": person, "name": named(person, known), "fields": asking_fields(given), "error": error}
    context |= {"title": _("Who asks"), "act": _("Record it")}
    return render(request, "people/record_form.html", context)


@shows(Area.REGISTER, act="register.told")
@require_http_methods(["GET", "POST"])
def tell_page(request: HttpRequest, key: str) -> HttpResponse:
    """What those who ask were told: of what is confirmed, one thing, in the words that were used."""
    actor = actor_of(request)
    asking = get_object_or_404(Asking.objects.select_related("person"), pk=key)
    if not actor.sees(Area.SOUGHT, "kin"):
        raise Http404
    given, error, person = request.POST, "", asking.person
    head = person if person.into_id is None else Person.objects.get(pk=person.into_id)
    if request.method == "POST":
        told = record.Telling(*(given.get(name, "") for name in ("on", "fact", "words", "document")))
        try:
            intake.tell(asking, told, actor=actor, seen=shown_version(request))
            return HttpResponseRedirect(reverse("person", args=[head.pk]))
        except (Incomplete, WrongState) as lacking:
            error = str(_(lacking.message))
            asking.refresh_from_db()
    known = records.shown(actor, [head.pk], what=reading.What.RECORD)[head.pk].identity
    facts = [(fact.value, FACTS[fact]) for fact in may_be_told(head.state)]
    fields = (
        parts.Field(
            "fact",
            _("What they were told"),
            given.get("fact", facts[0][0]),
            kind="radio",
            options=facts,
            hint=_("Confirmed facts only: nothing else can be told of this record now."),
        ),
        parts.Field("on", _("When"), given.get("on", "")),
        parts.Field("words", _("In which words"), given.get("words", ""), kind="textarea"),
        parts.Field("document", _("The paper that confirms it"), given.get("document", ""), optional=True),
    )
    context = {"person": asking, "back": head.pk, "name": named(head, known), "fields": fields, "error": error}
    context |= {"title": _("What the family was told"), "act": _("Record it")}
    return render(request, "people/record_form.html", context)


def asking_fields(given: Mapping[str, str], errors: Mapping[str, str] | None = None) -> tuple[parts.Field, ...]:
    """The questions about who asks."""
    wrong = errors or {}
    return (
        parts.Field("who", _("Who asks"), given.get("who", ""), hint=_("A relative, or the unit that reports")),
        parts.Field("kin", _("What they are to the person"), given.get("kin", ""), optional=True),
        parts.Field("contact", _("How to reach them"), given.get("contact", ""), optional=True),
        parts.Field(
            "through",
            _("Who reports"),
            given.get("through", "relative"),
            kind="radio",
            options=(("relative", _("a relative")), ("unit", _("a unit"))),
        ),
        parts.Field(
            "officer",
            _("The officer who answers them"),
            given.get("officer", ""),
            kind="select",
            options=(("", _("Choose")), *((one.pk, one.name) for one in intake.liaison())),
            error=wrong.get("officer", ""),
        ),
    )


def _asking(given: Mapping[str, str]) -> record.Asking:
    return record.Asking(*(given.get(name, "").strip() for name in ("who", "kin", "contact", "through")))


def _capture(values: Mapping[str, str], given: Mapping[str, str]) -> record.Happening:
    told = {name: given.get(name, "") for name in CAPTURE}
    return record.Happening(on=values.get("captured_on", ""), region=values.get("region", ""), **told)


def _form(
    request: HttpRequest, found: Register, given: Mapping[str, str], errors: Mapping[str, str]
) -> HttpResponse:
    held = found is Register.HELD
    more = HELD_MORE if held else MORE
    context = {
        "which": found.value,
        "ticket": request.POST.get("ticket", ""),
        "must": [(_field(name, given, errors), _no_answer(name, given)) for name in ARTICLE_17],
        "basis": parts.Field(
            "basis",
            _("The identity rests on"),
            given.get("basis", "stated"),
            kind="radio",
            options=tuple(BASES.items()),
        ),
        "more": [_field(name, given, errors, optional=True) for name in more],
        "origin": _origin(given, "" if held else settings.OBMIN.party),
        "capture": _capture_fields(given) if held else (),
        "asking": () if held else asking_fields(given, errors),
        "errors": errors,
    }
    return render(request, "people/new.html", context)


def _field(
    name: str, given: Mapping[str, str], errors: Mapping[str, str], *, optional: bool = False
) -> parts.Field:
    text = label(name) if name != "tags" else _("What tells them apart")
    options: tuple[tuple[str, parts.Text], ...] = tuple(SEXES.items()) if name == "sex" else ()
    kind = "radio" if options else "text"
    error = errors.get(name, "")
    return parts.Field(
        name, text, given.get(name, ""), error=error, kind=kind, options=options, optional=optional
    )


def _no_answer(name: str, given: Mapping[str, str]) -> parts.Field:
    """Why one item of Article 17 has no value: three different answers, and none of them an error."""
    text = _("No answer: %(field)s") % {"field": label(name)}
    options: tuple[tuple[str, parts.Text], ...] = (("", _("Choose, if there is no answer")), *UNSAID.items())
    return parts.Field(f"no-{name}", text, given.get(f"no-{name}", ""), kind="select", options=options)


def _origin(given: Mapping[str, str], power: str) -> tuple[parts.Field, ...]:
    return (
        parts.Field(
            "power",
            _("The Power on which the person depends"),
            given.get("power", power),
            hint=_("Three letters, such as UKR"),
            optional=True,
        ),
        parts.Field(
            "source",
            _("Source"),
            given.get("source", ""),
            hint=_("A number or a word, not a name"),
            optional=True,
        ),
    )


def _capture_fields(given: Mapping[str, str]) -> tuple[parts.Field, ...]:
    return (
        parts.Field("place", _("Where they were captured"), given.get("place", ""), optional=True),
        parts.Field("document", _("By which paper"), given.get("document", ""), optional=True),
        parts.Field(
            "examination",
            _("Report of the medical service"),
            given.get("examination", ""),
            hint=_("Of somebody who cannot say who they are (Art. 17)."),
            optional=True,
        ),
    )
