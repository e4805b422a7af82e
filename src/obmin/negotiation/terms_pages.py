"""What the pages of the terms show: an agreement in words, drafts, their forms, two side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obmin.accounts.words import why
from obmin.core import terms as language
from obmin.core.access import Actor, Area, Decision, decide
from obmin.core.acts import ACTS
from obmin.core.errors import NotFound, Problem, Unreadable
from obmin.core.terms import Agreement
from obmin.core.terms.compare import Change, Piece, side_by_side
from obmin.core.terms.explain import clause as say_clause
from obmin.core.terms.law import law
from obmin.core.terms.questions import Kind, Question
from obmin.core.terms.questions import errors as placed
from obmin.core.terms.sentences import said
from obmin.negotiation import terms as adopted
from obmin.negotiation import terms_rechecked as rechecked
from obmin.negotiation.models import Exchange, Terms
from obmin.negotiation.terms_words import CHOICES, FORMS, label, where
from obmin.web import parts, say


@dataclass(slots=True)
class Part:
    """A piece of an agreement in words: a heading, a paragraph (a clause's has its name), or points."""

    heading: str = ""
    clause: str = ""
    text: str = ""
    points: list[str] = field(default_factory=list)


def terms(exchange: Exchange, spoken: str, actor: Actor) -> dict[str, Any]:
    """The agreement in words: the version in force, its timeline, what changed between versions, drafts."""
    versions = list(exchange.terms.order_by("number"))
    may = decide(ACTS["terms.draft"], actor)
    reason = why(may, ACTS["terms.draft"], "exchange", exchange.state)
    begin = parts.Act(_("Propose changes"), primary=True, reason=reason)
    take_in = parts.Act(
        _("Import a file"), reverse("terms-import", args=[exchange.pk]) if may.allowed else "", reason=reason
    )
    found: dict[str, Any] = {"exchange": exchange, "versions": versions, "begin": begin, "take_in": take_in}
    found["drafts"] = drafts(exchange, actor)
    if not versions:
        return found
    agreement = adopted.agreement(versions[-1])
    changes = [
        (
            later,
            [
                dated(text.in_language(spoken))
                for text in language.diff(agreement, agreement, earlier.number, later.number)
            ],
        )
        for earlier, later in pairwise(versions)
    ]
    return found | {
        "text": prose(language.explain(agreement, spoken, versions[-1].number)),
        "title": agreement.title.in_language(spoken),
        "timeline": dated(language.timeline_svg(agreement, spoken)),
        "changes": changes,
        "compare": reverse("terms-compare", args=[exchange.pk])
        if len(versions) > 1 or found["drafts"].rows
        else "",
    }


def drafts(exchange: Exchange, actor: Actor) -> parts.Grid:
    """Drafts that are worked on, for those whose duties open them."""
    columns = (
        parts.Column(gettext_lazy("Draft")),
        parts.Column(gettext_lazy("State")),
        parts.Column(gettext_lazy("Written"), drop=1),
    )
    rows = [
        parts.Row(
            (
                parts.Link(named(d), reverse("terms-draft", args=[exchange.pk, d.pk])),
                parts.Mark("terms", d.state),
                say.moment(d.at),
            )
        )
        for d in _open_drafts(exchange, actor)
    ]
    return parts.Grid(_("Drafts of the next version"), columns, rows)


def _open_drafts(exchange: Exchange, actor: Actor) -> list[Terms]:
    return list(adopted.drafts(exchange)) if actor.sees(Area.TERMS, "drafts") else []


def named(one: Terms) -> str:
    """A version or a draft by name."""
    if one.state == "AGREED":
        return _("Version %(n)s") % {"n": one.number}
    return _("Draft %(key)s of version %(n)s") % {"key": one.pk, "n": one.number}


def prose(text: str) -> list[Part]:
    """The plain text of an agreement as headings, paragraphs and lists."""
    found: list[Part] = []
    lines = [line for line in dated(text).splitlines() if line.strip()]
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if set(line.strip()) == {"="} or following.strip("=") == "" != following:
            continue  # the title stands above, and its underline with it
        if line.startswith("  - "):
            if not found or not found[-1].points:
                found.append(Part(points=[]))
            found[-1].points.append(line[4:])
        elif line.endswith(":") and not line.startswith(" "):
            found.append(Part(heading=line[:-1]))
        else:
            clause, dot, rest = line.partition(". ")
            is_clause = (
                bool(dot) and re.fullmatch(r"[\w().-]+", clause) is not None and following.startswith("  - ")
            )
            found.append(Part(clause=clause if is_clause else "", text=rest if is_clause else line))
    return found


def dated(text: str) -> str:
    """Days as people write them: 27.11.2026."""
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: say.day(found[0]), text)


# -- a draft


def draft(one: Terms, spoken: str, actor: Actor) -> dict[str, Any]:
    """A draft: what must still be put right, its clauses in words with what may be done to each, its acts."""
    agreement = adopted.agreement(one)
    version = agreement.version()
    problems = language.check(agreement)
    own = {c.path.split(".")[1] for c in version.clauses}
    last = str(max(int(n) for n in own)) if own else ""
    clauses = [
        {
            "id": c.id,
            "says": c.says.in_language(spoken),
            "points": [dated(t.in_language(spoken)) for t in say_clause(agreement, c)],
            "new": c.path.split(".")[1] == last and last == str(len(agreement.versions) - 1),
            "problems": [told(p, spoken) for p in problems if _about(p, agreement, c.path)],
        }
        for c in version.clauses
    ]
    before = agreement.versions[-2].number if len(agreement.versions) > 1 else None
    changes = language.diff(agreement, agreement, before, version.number) if before is not None else []
    return {
        "exchange": one.exchange,
        "draft": one,
        "name": named(one),
        "title": agreement.title.in_language(spoken),
        "basis": version.basis.in_language(spoken),
        "clauses": clauses,
        "problems": [told(p, spoken) for p in problems],
        "changes": [dated(t.in_language(spoken)) for t in changes],
        "acts": acts(one, actor, bool(problems)),
        "lists": rechecked.told(one) if one.state == "PROPOSED" else [],
        "may_edit": decide(ACTS["terms.edit"], actor, state=one.state).allowed,
        "forms": [(key, str(words)) for key, words in FORMS.items()],
    }


def _about(problem: Problem, agreement: Agreement, path: str) -> bool:
    """Whether a problem stands in the lines of the clause at this path."""
    begins = sorted(
        {line for p, (line, _c) in agreement.places.items() if re.fullmatch(r"versions\.\d+\.clauses\.\d+", p)}
    )
    start = agreement.place_of(path)[0]
    after = [line for line in begins if line > start]
    return problem.row is not None and start <= problem.row and (not after or problem.row < after[0])


def acts(one: Terms, actor: Actor, wrong: bool) -> list[parts.Act]:
    """What may be done to a draft, each open or with the reason why not."""
    found = []
    if one.state == "DRAFT":
        reason = _refusal("terms.propose", one, actor)
        if not reason and wrong:
            reason = _("First put right what stands below.")
        found.append(parts.Act(_("Propose"), primary=True, reason=reason, name="act", value="propose"))
    if one.state == "PROPOSED":
        found.append(
            parts.Act(_("Adopt"), primary=True, reason=_adoption(one, actor), name="act", value="adopt")
        )
    found.append(parts.Act(_("Put away"), reason=_refusal("terms.drop", one, actor), name="act", value="drop"))
    return found


def _refusal(name: str, one: Terms, actor: Actor) -> str:
    return why(decide(ACTS[name], actor, state=one.state), ACTS[name], "terms", one.state)


def _adoption(one: Terms, second: Actor) -> str:
    """Why this reader may not confirm a proposed draft; empty where they may."""
    act = ACTS["terms.adopt"]
    if not second.roles & act.second:
        confirming = replace(act, roles=act.second)
        return why(Decision(False, "not-allowed"), confirming, "terms", one.state)
    if adopted.proposed_by(one) == second.id:
        return _("The second person is somebody else.")
    if one.exchange.state not in act.starts:
        return why(Decision(False, "wrong-state"), act, "exchange", one.exchange.state)
    return ""


def told(problem: Problem, spoken: str) -> str:
    """A problem as a sentence with its line."""
    found, expected = said(problem.found, spoken), said(problem.expected, spoken)
    text = _("%(found)s; expected: %(expected)s") % {"found": found, "expected": expected}
    if problem.row is None:
        return text
    return f"{where(problem.row)}: {text}"


# -- a form


def sheet(
    asked: Sequence[Question], typed: Mapping[str, str], problems: Sequence[Problem], text: str, spoken: str
) -> dict[str, Any]:
    """The questions as fields, each with the problems that belong to it; what belongs to none apart."""
    wrong = placed(problems, asked, text)
    fields = [
        _field(q, typed.get(q.path, q.value), [told(p, spoken) for p in wrong.get(q.path, [])], spoken)
        for q in asked
    ]
    main = [f for f, q in zip(fields, asked, strict=True) if _first(q) or f.error]
    more = [f for f in fields if f not in main]
    elsewhere = [told(p, spoken) for p in wrong.get("", [])]
    return {"fields": main, "more": more, "wrong": [f for f in fields if f.error], "elsewhere": elsewhere}


def _first(question: Question) -> bool:
    """Whether it is shown at once: whatever has an answer, or must have one."""
    return bool(question.value) or question.required or question.key in ("says.uk", "basis.en", "basis.uk")


def _field(question: Question, value: str, wrong: list[str], spoken: str) -> parts.Field:
    kind = "text"
    options: tuple[tuple[str, parts.Text], ...] = ()
    hint = said(question.hint, spoken)
    if question.kind is Kind.FLAG:
        kind = "select"
        options = (("", "–"), ("true", _("yes")), ("false", _("no")))
    elif question.kind is Kind.CHOICE:
        kind = "select"
        options = tuple((o, CHOICES.get(o, o)) for o in ("", *question.options))
    elif question.kind is Kind.DATA and ("\n" in value or question.key in LONG):
        kind = "textarea"
    if question.line:
        hint = f"{hint} · {where(question.line)}" if hint else where(question.line)
    if question.inherited:
        hint = f"{hint} · {_('as in the version before, until it is changed here')}"
    return parts.Field(
        question.path,
        label(question),
        value,
        hint=hint,
        error=" ".join(wrong),
        kind=kind,
        options=options,
        optional=not question.required,
        lang=question.path.rsplit(".", 1)[-1] if question.path.endswith((".en", ".uk")) else "",
    )


LONG = ("phases", "beside", "readings", "keys", "that", "for_each", "who")


def unlawful(text: str, file: str) -> list[Problem]:
    """Problems for which a draft is not written: of form and of law."""
    try:
        return law(language.load(text, file=file))
    except Unreadable as wrong:
        return list(wrong.problems)


def unsettled(text: str, file: str) -> list[Problem]:
    """Whatever still has to be put right in a draft before it can be proposed."""
    return language.check_text(text, file=file)


# -- two side by side


WORDS = {
    Change.SAME: ("idle", gettext_lazy("the same")),
    Change.CHANGED: ("warn", gettext_lazy("changed")),
    Change.NEW: ("run", gettext_lazy("new")),
    Change.GONE: ("stop", gettext_lazy("no longer")),
}
NAMES = {"phases": gettext_lazy("Phases"), "beside": gettext_lazy("Outside every count")}


def compared(exchange: Exchange, query: Mapping[str, str], spoken: str, actor: Actor) -> dict[str, Any]:
    """Two versions or drafts in plain words: by default the newest, and the one before it."""
    known = {str(t.pk): t for t in [*exchange.terms.order_by("number"), *_open_drafts(exchange, actor)]}
    if not known:
        raise NotFound("There are no terms to compare.")
    keys = list(known)
    right = known.get(query.get("right", ""), known[keys[-1]])
    left = known.get(query.get("left", ""), known[keys[max(keys.index(str(right.pk)) - 1, 0)]])
    pairs = side_by_side(adopted.agreement(left), adopted.agreement(right), spoken, left.number, right.number)
    options = [(key, named(one)) for key, one in known.items()]
    return {
        "exchange": exchange,
        "left": left,
        "right": right,
        "names": (named(left), named(right)),
        "fields": (
            parts.Field("left", _("On the left"), str(left.pk), kind="select", options=options),
            parts.Field("right", _("On the right"), str(right.pk), kind="select", options=options),
        ),
        "pairs": [(NAMES.get(p.name, p.name), *WORDS[p.change], _side(p.left), _side(p.right)) for p in pairs],
        "changed": sum(p.change is not Change.SAME for p in pairs),
        "party": settings.OBMIN.party,
    }


def _side(lines: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
    return [[Piece(dated(piece.text), piece.differs) for piece in line] for line in lines]
