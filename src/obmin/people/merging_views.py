"""Two records of one register side by side, and the queue of those that may be one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from obmin.accounts.door import actor_of, shows
from obmin.audit import reading
from obmin.core import record
from obmin.core.access import Actor, Area, decide
from obmin.core.acts import ACTS
from obmin.core.errors import Incomplete, NotAllowed
from obmin.core.merging import Answer
from obmin.jobs import work
from obmin.people import merging, queries, records
from obmin.people.judged import Judgement
from obmin.people.models import Custody, Person, Register
from obmin.people.pages import FIELD, named, shown_value
from obmin.people.register import CUSTODY, IDENTITY
from obmin.web import parts
from obmin.web.labels import label
from obmin.web.seen import shown_version

TOGETHER = 50  # pairs of the queue on one page


@dataclass(frozen=True, slots=True)
class Line:
    """One field of two records; `word` is a code of the kind "evidence"."""

    label: str
    one: str
    other: str
    word: str


@shows(Area.REGISTER, act="register.judge")
@require_http_methods(["GET", "POST"])
def compare_page(request: HttpRequest, one: str, other: str) -> HttpResponse:
    """Are these one person? Field by field; three answers of equal size; what was said stands below."""
    actor = actor_of(request)
    people = queries.seen_by(actor).in_bulk([one, other])
    if len(people) != 2 or people[one].register != people[other].register:
        raise Http404
    pair = people[one], people[other]
    if request.method == "POST":
        if request.POST.get("answer") not in set(Answer):
            raise Incomplete(_("The answer is one of three: the same, not the same, not sure."))
        answer = Answer(request.POST["answer"])
        merging.judge(*pair, answer, actor=actor, reason=request.POST.get("reason", ""))
        target = reverse("compare", args=[one, other])
        if answer is not Answer.SAME:
            following = merging.waiting(Register(pair[0].register)).first()
            if following is not None:
                target = reverse("compare", args=[following.one_id, following.other_id])
        return HttpResponseRedirect(target)
    said = merging.standing([one, other]).filter(one__in=people, other__in=people)
    context = _compared(pair, actor) | {
        "pair": pair,
        "said": [(each, _steps(each, actor)) for each in said],
        "open": not said,
        "reason": parts.Field("reason", _("Reason (kept in the journal)"), kind="textarea"),
    }
    return render(request, "people/compare.html", context)


@shows(Area.REGISTER, act="register.judge")
@require_http_methods(["GET", "POST"])
def judgement_page(request: HttpRequest, key: str) -> HttpResponse:
    """Confirms, takes back or undoes what was said of two records; looking at it is looking at the two."""
    actor = actor_of(request)
    seen = queries.seen_by(actor)
    found = get_object_or_404(Judgement.objects.filter(one__in=seen, other__in=seen), pk=key)
    target = reverse("compare", args=[found.one_id, found.other_id])
    if request.method == "POST":
        told: dict[str, Any] = {"actor": actor, "seen": shown_version(request)}
        why = request.POST.get("reason", "")
        match request.POST.get("act", ""):
            case "merge":
                target = reverse("person", args=[merging.merge(found, **told)])
            case "split":
                merging.split(found, **told)
            case "ask-split":
                merging.ask_split(found, reason=why, **told)
            case "undo":
                merging.undo(found, reason=why, **told)
            case _:
                raise Incomplete(_("Choose what to do with what was said."))
    return HttpResponseRedirect(target)


@shows(Area.REGISTER, act="register.judge")
@require_http_methods(["GET", "POST"])
def duplicates_page(request: HttpRequest, which: str) -> HttpResponse:
    """Pairs of one register that may be one person, and merges that wait for a second person."""
    if which not in Register.values:
        raise Http404
    actor, register = actor_of(request), Register(which)
    if not actor.reads(Area(which)):
        raise NotAllowed("Your duties do not open this register.")
    if request.method == "POST":
        job = work.ask("duplicates", actor.id, {"register": which})
        return HttpResponseRedirect(reverse("job", args=[job.pk]))
    asked = [one for one in merging.asked(actor).select_related("one", "other") if one.one.register == which]
    waiting = list(merging.waiting(register).select_related("one", "other")[:TOGETHER])
    pairs = [(row.one, row.other) for row in asked] + [(row.one, row.other) for row in waiting]
    known = records.shown(actor, [person.pk for pair in pairs for person in pair])

    def cells(one: Person, other: Person) -> tuple[parts.Cell, ...]:
        href = reverse("compare", args=[one.pk, other.pk])
        return (
            named(one, known[one.pk].identity, href),
            named(other, known[other.pk].identity, href),
            " / ".join(shown_value("birth_date", known[p.pk].identity.birth_date) for p in (one, other)),
        )

    told = (_("One record"), _("The other"), label("birth_date"))
    heads = tuple(parts.Column(text) for text in told)
    context = {
        "which": which,
        "asked": parts.Grid(
            _("Waits for a second person"),
            (*heads, parts.Column(gettext_lazy("Asked by"))),
            [parts.Row((*cells(j.one, j.other), j.split_by or j.by), id=j.pk) for j in asked],
        ),
        "waiting": parts.Grid(
            _("May be one person"),
            (*heads, parts.Column(gettext_lazy("Bits"), number=True)),
            [parts.Row((*cells(s.one, s.other), s.millibits / 1000), id=s.pk) for s in waiting],
        ),
        "none": parts.Empty(_("No pair waits for you"), _("Two records that look like one person stand here.")),
    }
    return render(request, "people/duplicates.html", context)


def _compared(pair: tuple[Person, Person], actor: Actor) -> dict[str, Any]:
    one, other = pair
    wall = Area(one.register)
    known = records.shown(actor, [one.pk, other.pk], Custody, what=reading.What.RECORD)
    lines = []
    for name in (*IDENTITY, *CUSTODY):
        if not actor.sees(wall, FIELD.get(name, name)):
            continue
        values = [_value(known[person.pk], name) for person in pair]
        if any(values):
            shown = [shown_value(name, value) if value else "" for value in values]
            text = _("Tags") if name == "tags" else label(name)
            lines.append(Line(text, shown[0], shown[1], _word(*values)))
    return {
        "names": [
            named(person, known[person.pk].identity, reverse("person", args=[person.pk])) for person in pair
        ],
        "rows": lines,
    }


def _value(known: records.Shown, name: str) -> str:
    held = known.identity if name in IDENTITY else known.custody or record.Custody()
    value = str(getattr(held, name))
    return "" if name == "sex" and value == "0" else value


def _word(one: str, other: str) -> str:
    if not one or not other:
        return "cannot-tell"
    return "same" if one.casefold() == other.casefold() else "differs"


def _steps(said: Judgement, actor: Actor) -> list[parts.Act]:
    """What can be done with a judgement; what waits for somebody else is greyed, with the reason."""
    second = _("The second person is somebody else.")
    words = {
        "ASKED": (("merge", _("Merge the two records"), said.by), ("undo", _("Take it back"), "")),
        "MERGED": (("ask-split", _("Ask that the merge be undone"), ""),),
        "SPLIT_ASKED": (("split", _("Undo the merge"), said.split_by), ("undo", _("Leave it merged"), "")),
        "STANDS": (("undo", _("Take it back"), ""),),
    }
    found = []
    for name, text, first in words.get(said.state, ()):
        decision = decide(ACTS[f"register.{name}"], actor, state=said.state, reason="-")
        told = decision.reason if decision.code not in ("ok", "second-missing", "touch-missing") else ""
        reason = second if first == actor.id else told
        found.append(parts.Act(text, primary=name in ("merge", "split"), reason=reason, name="act", value=name))
    return found
