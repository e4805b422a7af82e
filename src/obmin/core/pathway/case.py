"""One returnee's case against its pathway: what is due, what is next, and where it may move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from obmin.core.pathway.law import Decision, Service, active_service, service
from obmin.core.pathway.plan import Move, Pathway, Step


class StepState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"
    NOT_NOW = "NOT_NOW"  # the returnee's word; no reason is asked for or kept


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a step, and when."""

    state: StepState
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`moments` are the real moments of anchors (at least `received`); `facts` what steps depend on
    (`category`); `marks` by step code. `own_word` is set when the returnee said the case may close,
    `attempts` counts documented attempts to reach them."""

    state: str
    moments: Mapping[str, datetime]
    facts: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    own_word: bool = False
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Next:
    """A step that is open. `waits_for` are steps that come first; `outreach` says: go and look for them,
    kindly, and nothing else follows from it."""

    step: Step
    due: datetime
    overdue: bool
    waits_for: tuple[str, ...]
    outreach: bool


ATTEMPTS = 3  # documented attempts that may stand for the returnee's word when a case is closed


def open_case(
    pathway: Pathway, received: datetime, facts: Mapping[str, str]
) -> tuple[tuple[Step, datetime], ...]:
    """The steps of a new case with their (partly planned) due times, in order of time."""
    return due_times(pathway, {"received": received}, facts)


def due_times(
    pathway: Pathway, moments: Mapping[str, datetime], facts: Mapping[str, str]
) -> tuple[tuple[Step, datetime], ...]:
    """Due times of the steps that apply; anchors without a real moment are planned from those before."""
    known = {"received": moments["received"]}
    for name, due in pathway.anchors.items():
        known[name] = moments.get(name) or due.span.after(known[due.anchor])
    rows = [
        (step, step.due.span.after(known[step.due.anchor])) for step in pathway.steps if step.applies(facts)
    ]
    return tuple(sorted(rows, key=lambda row: row[1]))  # stable: the file's order among equals


def next_steps(pathway: Pathway, case: Case, now: datetime) -> tuple[Next, ...]:
    """Everything still to do or to offer again, in order of time; what waits for nothing first."""
    found: list[Next] = []
    for step, planned in due_times(pathway, case.moments, case.facts):
        mark = case.marks.get(step.code, Mark(StepState.OPEN))
        if mark.state is StepState.DONE:
            continue
        due = planned
        if mark.state is StepState.NOT_NOW and step.again is not None and mark.at is not None:
            due = max(planned, step.again.after(mark.at))
        waits = tuple(code for code in step.after if _open(pathway, case, code))
        late = now > due
        found.append(Next(step, due, late, waits, step.outreach and late))
    return tuple(sorted(found, key=lambda one: (bool(one.waits_for), one.due)))


def may_move(pathway: Pathway, case: Case, to: str, law: Service) -> Decision:
    """Whether the case may move to `to` now; codes `no-such-move`, `missing`, `art-117`,
    `legal-decision`, `own-word`, or `ok`."""
    move = next(
        (m for m in pathway.moves if (m.start, m.end) == (case.state, to) and m.applies(case.facts)), None
    )
    if move is None:
        return Decision(False, "no-such-move", f"From {case.state} this case does not go to {to}.")
    missing = [code for code in move.needs if _open(pathway, case, code)]
    if missing:
        return Decision(False, "missing", "First: " + ", ".join(missing) + ".")
    return _gate(move, case, law)


def _gate(move: Move, case: Case, law: Service) -> Decision:
    if move.gate == "active-service":
        return active_service(law)
    if move.gate == "service":
        return service(law)
    if move.gate == "closing" and not case.own_word and case.attempts < ATTEMPTS:
        reason = f"Closing needs the returnee's word, or {ATTEMPTS} documented attempts to reach them."
        return Decision(False, "own-word", reason)
    return Decision(True, "ok", "")


def _open(pathway: Pathway, case: Case, code: str) -> bool:
    step = pathway.step(code)
    if step is None or not step.applies(case.facts):
        return False
    mark = case.marks.get(code)
    return mark is None or mark.state is not StepState.DONE
