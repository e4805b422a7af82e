"""The terms on the screen: reading them, writing drafts of the next version, comparing, importing."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from obmin.accounts.door import actor_of, opens, shows
from obmin.core.access import Area, decide
from obmin.core.acts import ACTS
from obmin.core.errors import NotAllowed, NotFound, Problem, Unreadable
from obmin.core.terms.amend import begun_clause, own_clause, without_clause
from obmin.core.terms.places import MOST_CHARACTERS
from obmin.core.terms.questions import Question, answered, questions
from obmin.negotiation import terms, terms_pages, terms_rechecked
from obmin.negotiation.models import Exchange, Terms
from obmin.web import parts
from obmin.web.seen import shown_version

HIDDEN = ("version", "clauses")  # the number of a version, and clauses, which have forms of their own


@shows(Area.TERMS, "text")
@require_GET
def terms_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """The agreement in plain words and as a timeline, what each version changed, and drafts of the next."""
    found = get_object_or_404(Exchange, pk=exchange)
    context = terms_pages.terms(found, get_language() or "en", actor_of(request))
    return render(request, "negotiation/terms.html", context)


@shows(Area.TERMS, "text")
@require_GET
def compare_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """Two versions or drafts side by side, clause by clause."""
    found = get_object_or_404(Exchange, pk=exchange)
    context = terms_pages.compared(found, request.GET, get_language() or "en", actor_of(request))
    return render(request, "negotiation/terms_compare.html", context)


@shows(Area.TERMS, "text")
@require_GET
def file_page(request: HttpRequest, exchange: str, key: int) -> HttpResponse:
    """The file itself, exactly as it is kept."""
    one = get_object_or_404(Terms, pk=key, exchange=exchange)
    if one.state != "AGREED" and not opens(actor_of(request), Area.TERMS, "drafts"):
        raise NotFound("There is no such file.")
    answer = HttpResponse(one.yaml, content_type="application/yaml; charset=utf-8")
    name = f"{one.exchange_id}-{one.number}{'' if one.state == 'AGREED' else f'-draft-{one.pk}'}.yaml"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# -- beginning a draft


@shows(Area.TERMS, "drafts", act="terms.draft")
@require_POST
def begin_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """A draft of the next version; what is in force stays as it is."""
    found = get_object_or_404(Exchange, pk=exchange)
    draft = terms.begin(found, actor=actor_of(request))
    return HttpResponseRedirect(_address(draft))


@shows(Area.TERMS, "drafts", act="terms.draft")
@require_http_methods(["GET", "POST"])
def import_page(request: HttpRequest, exchange: str) -> HttpResponse:
    """A draft from a file or from pasted text; what is wrong with it is told line by line."""
    found = get_object_or_404(Exchange, pk=exchange)
    text, wrong = "", []
    if request.method == "POST":
        try:
            text = _given(request)
            draft = terms.take_in(found, text, actor=actor_of(request))
            return HttpResponseRedirect(_address(draft))
        except Unreadable as refusal:
            wrong = [terms_pages.told(p, get_language() or "en") for p in refusal.problems]
    fields = (
        parts.Field("file", _("A file from this computer"), kind="file", optional=True),
        parts.Field("text", _("Or its text"), text, kind="textarea", optional=True, error=" ".join(wrong[:1])),
    )
    context = {"exchange": found, "fields": fields, "wrong": wrong, "many": len(wrong) > 1}
    return render(request, "negotiation/terms_import.html", context, status=422 if wrong else 200)


def _given(request: HttpRequest) -> str:
    sent = request.FILES.get("file")
    if sent is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    name = str(sent.name)
    if (sent.size or 0) > 4 * MOST_CHARACTERS:
        raise Unreadable(Problem(name, None, None, f"{sent.size} characters", f"at most {MOST_CHARACTERS}"))
    try:
        return bytes(sent.read()).decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(Problem(name, None, None, "bytes that are no text", "a text file in UTF-8")) from None


# -- a draft


def _draft(request: HttpRequest, exchange: str, key: int, *, write: bool = False) -> Terms:
    draft = get_object_or_404(Terms.objects.select_related("exchange"), pk=key, exchange=exchange)
    if write:
        decision = decide(ACTS["terms.edit"], actor_of(request), state=draft.state)
        if not decision.allowed:
            raise NotAllowed(decision.reason, code=decision.code)
    return draft


def _address(draft: Terms) -> str:
    return reverse("terms-draft", args=[draft.exchange_id, draft.pk])


@shows(Area.TERMS, "drafts")
@require_http_methods(["GET", "POST"])
def draft_page(request: HttpRequest, exchange: str, key: int) -> HttpResponse:
    """A draft: what is still wrong, each clause in words, and what may be done with it."""
    draft = _draft(request, exchange, key)
    actor = actor_of(request)
    if request.method == "POST":
        seen = shown_version(request)
        match request.POST.get("act", ""):
            case "propose":
                facts = terms_rechecked.breaks(draft.exchange, draft)
                terms.propose(draft, actor=actor, seen=seen, facts=facts)
            case "drop":
                terms.drop(draft, actor=actor, seen=seen)
                return HttpResponseRedirect(reverse("terms", args=[exchange]))
            case "adopt":
                terms.adopt_proposed(draft, second=actor, seen=seen)
                return HttpResponseRedirect(reverse("terms", args=[exchange]))
            case other:
                raise NotFound(f"There is no act {other}.")
        return HttpResponseRedirect(_address(draft))
    return render(
        request, "negotiation/terms_draft.html", terms_pages.draft(draft, get_language() or "en", actor)
    )


@shows(Area.TERMS, "drafts")
@require_http_methods(["GET", "POST"])
def version_page(request: HttpRequest, exchange: str, key: int) -> HttpResponse:
    """The form of the version itself: when it was agreed, what it rests on, its phases."""
    draft = _draft(request, exchange, key, write=True)
    position = terms.agreement(draft).versions[-1].number - 1
    return _sheet(request, draft, draft.yaml, f"versions.{position}", _("The version"))


@shows(Area.TERMS, "drafts")
@require_http_methods(["GET", "POST"])
def clause_page(request: HttpRequest, exchange: str, key: int, clause: str) -> HttpResponse:
    """The form of one clause; a clause of an earlier version is brought forward when it is changed."""
    draft = _draft(request, exchange, key, write=True)
    text, path = own_clause(draft.yaml, clause, file=terms.file_of(draft.exchange))
    return _sheet(request, draft, text, path, _("Clause %(id)s") % {"id": clause})


@shows(Area.TERMS, "drafts")
@require_http_methods(["GET", "POST"])
def new_clause_page(request: HttpRequest, exchange: str, key: int) -> HttpResponse:
    """A new clause: its name and what kind it is, then the form of that kind."""
    draft = _draft(request, exchange, key, write=True)
    asked = request.POST if request.method == "POST" else request.GET
    name, form = asked.get("clause", "").strip(), asked.get("form", "count")
    text, path = begun_clause(draft.yaml, name or "new", form, file=terms.file_of(draft.exchange))
    return _sheet(request, draft, text, path, _("A new clause"), begun=True)


@shows(Area.TERMS, "drafts")
@require_POST
def without_page(request: HttpRequest, exchange: str, key: int) -> HttpResponse:
    """Takes a clause out of the version that is drafted."""
    draft = _draft(request, exchange, key, write=True)
    text = without_clause(draft.yaml, request.POST.get("clause", ""), file=terms.file_of(draft.exchange))
    terms.write(draft, text, actor=actor_of(request), seen=shown_version(request))
    return HttpResponseRedirect(_address(draft))


@shows(Area.TERMS, "drafts")
@require_http_methods(["GET", "POST"])
def data_page(request: HttpRequest, exchange: str, key: int) -> HttpResponse:
    """The whole file of a draft, as data."""
    draft = _draft(request, exchange, key, write=True)
    text, wrong = draft.yaml, []
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        try:
            terms.write(draft, text, actor=actor_of(request), seen=shown_version(request))
            return HttpResponseRedirect(_address(draft))
        except Unreadable as refusal:
            wrong = [terms_pages.told(p, get_language() or "en") for p in refusal.problems]
    field = parts.Field("text", _("The file"), text, kind="textarea", error=" ".join(wrong[:1]))
    context = {"exchange": draft.exchange, "draft": draft, "name": terms_pages.named(draft)}
    context |= {"field": field, "lines": text.split("\n"), "wrong": wrong, "fields": [field] if wrong else []}
    return render(request, "negotiation/terms_data.html", context, status=422 if wrong else 200)


def _sheet(
    request: HttpRequest, draft: Terms, text: str, path: str, heading: str, *, begun: bool = False
) -> HttpResponse:
    """Shows the questions at a path, or writes the answers where they are sound.

    Answers that change nothing of what was shown write nothing, unless the part is `begun` by them.
    """
    file, spoken = terms.file_of(draft.exchange), get_language() or "en"
    asked = [q for q in questions(text, path, file=file) if q.path.removeprefix(f"{path}.") not in HIDDEN]
    typed = {q.path: request.POST[q.path] for q in asked if q.path in request.POST}
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        shown = text
        text, asked, problems = _answer(text, path, asked, typed, file)
        if not problems:
            if begun or text != shown:
                terms.write(draft, text, actor=actor_of(request), seen=shown_version(request))
            return HttpResponseRedirect(_address(draft))
    else:
        problems = terms_pages.unsettled(text, file)
    context = terms_pages.sheet(asked, typed, problems, text, spoken) | {
        "exchange": draft.exchange,
        "draft": draft,
        "name": terms_pages.named(draft),
        "heading": heading,
        "refused": request.method == "POST",
    }
    return render(request, "negotiation/terms_form.html", context, status=422 if context["refused"] else 200)


def _answer(
    text: str, path: str, asked: list[Question], typed: dict[str, str], file: str
) -> tuple[str, list[Question], Sequence[Problem]]:
    """The text with the answers, its questions, and what forbids writing it."""
    try:
        after = answered(text, asked, typed, file=file)
    except Unreadable as wrong:
        return text, asked, wrong.problems
    problems = terms_pages.unlawful(after, file)
    if not problems:
        return after, asked, ()
    known = {q.path for q in asked}
    return after, [q for q in questions(after, path, file=file) if q.path in known], problems
