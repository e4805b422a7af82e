"""Stage 8, care: a case for each person who came home, at that person's pace, for a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final

from django.db.models import F, Min, Q, QuerySet

from obmin.audit.perform import perform
from obmin.care.models import Case, Step
from obmin.core import pathway
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, NotAllowed, WrongState
from obmin.core.pathway import Basis, Hostilities, Mark, Pathway, Service, StepState
from obmin.negotiation import terms
from obmin.negotiation.models import Exchange
from obmin.negotiation.queries import arriving
from obmin.reception.models import Plan
from obmin.vault.rows import insert, update

ANSWERS: Final = ("DONE", "NOT_NOW")
TOLD: Final = "family-told"
_CLINICAL: Final = frozenset({Role.MEDICAL.value, Role.PSYCHOLOGIST.value})  # theirs alone to record


@cache
def way() -> Pathway:
    """The pathway that ships with this version."""
    return pathway.read_pathway()


def open_cases(
    exchange: Exchange, phase: str, *, actor: Actor, request: str = "", at: datetime | None = None
) -> int:
    """Opens a case for everybody received in a phase who has none; returns how many were opened."""
    with perform("care.open", actor=actor, request=request, at=at) as gate:
        plan = Plan.objects.filter(exchange=exchange, state="CONFIRMED").order_by("-number").first()
        sites = dict(plan.assignments.values_list("offer_id", "site_id")) if plan else {}
        received = arriving(exchange).filter(state="RECEIVED", case=None, manifests__muster__phase=phase)
        rows = [
            (
                gate.new_id(),
                offer.pk,
                offer.line.person_id,
                sites.get(offer.pk, ""),
                offer.category,
                offer.direct,
            )
            for offer in received.select_related("line")
        ]
        insert(
            Case,
            (
                "key",
                "version",
                "exchange",
                "offer",
                "person",
                "site",
                "category",
                "direct",
                "pathway",
                "state",
                "opened_at",
            ),
            [(key, 1, exchange.pk, *rest, way().version, "RECEIVED", gate.now) for key, *rest in rows],
        )
        steps = [
            (key, step.code, due, "OPEN", "")
            for key, _, _, _, category, _ in rows
            for step, due in pathway.open_case(way(), gate.now, {"category": category})
        ]
        insert(Step, ("case", "code", "due", "state", "by"), steps)
        gate.fact("cases", len(rows))
    return len(rows)


def record_step(
    case: Case,
    code: str,
    answer: str,
    *,
    actor: Actor,
    seen: int | None = None,
    request: str = "",
    at: datetime | None = None,
) -> None:
    """Records what became of a step. Whatever is the returnee's choice can be "not now", without a reason."""
    with perform("care.step", actor=actor, subject=case, seen=seen, request=request, at=at) as gate:
        if code == TOLD:
            raise NotAllowed("That the family was told is recorded by the family liaison.")
        _record([case], code, answer, actor, gate.now)
        gate.fact("step", code)


def record_round(
    cases: Sequence[Case], code: str, *, actor: Actor, request: str = "", at: datetime | None = None
) -> None:
    """Records one step as done for many at once: a ward round, a morning of telephone calls."""
    act = "care.told" if code == TOLD else "care.round"
    with perform(act, actor=actor, request=request, at=at) as gate:
        _record(cases, code, "DONE", actor, gate.now)
        grown = Case.objects.filter(pk__in=[case.pk for case in cases])
        grown.update(version=F("version") + 1)  # whoever has one of them open sees that it moved
        gate.fact("step", code)
        gate.fact("cases", len(cases))


def move(
    case: Case, to: str, *, actor: Actor, seen: int | None = None, request: str = "", at: datetime | None = None
) -> None:
    """Moves a case on, where its steps and the law allow it (Art. 117)."""
    with perform("care.move", actor=actor, subject=case, seen=seen, request=request, at=at) as gate:
        hostilities = Hostilities(terms.agreement(terms.current(case.exchange)).hostilities.value)
        law = Service(Basis.DIRECT if case.direct else Basis.AGREEMENT, hostilities)
        decision = pathway.may_move(way(), as_known(case), to, law)
        if not decision.allowed:
            raise WrongState(decision.reason, code=decision.code)
        gate.ends = to


def as_known(case: Case) -> pathway.Case:
    """The case as the pathway looks at it."""
    marks = {step.code: Mark(StepState(step.state), step.at) for step in case.steps.all()}
    return pathway.Case(case.state, {"received": case.opened_at}, {"category": case.category}, marks)


def of(exchange: Exchange, seen: QuerySet[Case] | None = None) -> QuerySet[Case]:
    """The cases of an exchange (of those `seen`), those with the earliest open step first."""
    first = Min("steps__due", filter=Q(steps__state="OPEN"))
    cases = (
        (Case.objects.all() if seen is None else seen)
        .filter(exchange=exchange)
        .select_related("person", "offer__line")
    )
    return cases.annotate(next_due=first).order_by(F("next_due").asc(nulls_last=True), "pk")


def _record(cases: Sequence[Case], code: str, answer: str, actor: Actor, now: datetime) -> None:
    """Writes the answer where the step is still open. What is done stays done, by whom and when it was."""
    step = way().step(code)
    if step is None:
        raise Incomplete(f"There is no step {code}.")
    if step.role in _CLINICAL and step.role not in actor.roles:
        raise NotAllowed(f"This step is recorded by: {step.role}.")
    if answer not in ANSWERS:
        raise Incomplete(f"The answer is one of {', '.join(ANSWERS)}.")
    if answer == "NOT_NOW" and not step.choice:
        raise WrongState("This step is not a choice; it can only be done.")
    keys = {case.pk for case in cases}
    rows = Step.objects.filter(code=code).values_list("pk", "case_id", "state")
    found = [(pk, case, state) for pk, case, state in rows if case in keys]
    if without := len(keys) - len(found):
        raise Incomplete(f"{without} of these cases have no step {code}.")
    if len(keys) == 1 and found[0][2] == "DONE":
        raise WrongState("This step is done.")
    due = [(pk, case) for pk, case, state in found if state != "DONE"]
    update(Step, ("state", "at", "by"), [(answer, now, actor.id, pk) for pk, _ in due])
    if code == TOLD:
        update(Case, ("family_told_at",), [(now, key) for _, key in sorted(due)])
