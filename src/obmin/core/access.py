"""Who may do what. One function answers for the gate, the greyed button and its tooltip."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obmin.core.acts import Act


class Role(StrEnum):
    """Duties, as officers name them. What each may open is `READS`; what each may do is `core.acts`."""

    REGISTRAR = "registrar"
    TRACING = "tracing-officer"
    LISTS = "list-officer"
    NEGOTIATOR = "negotiator"
    LEGAL = "legal-officer"
    MEDICAL = "medical-officer"
    INTERVIEWER = "interviewer"
    PLANNER = "reception-planner"
    SITE = "site-manager"
    ESCORT = "escort-lead"
    HANDOVER = "handover-officer"
    GUARD = "guard"
    CASE = "case-manager"
    PSYCHOLOGIST = "psychologist"
    FAMILY = "family-liaison"
    PRESS = "press-officer"
    PROTECTION = "data-protection-officer"
    AUDITOR = "auditor"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"


class Area(StrEnum):
    """What is read together: the nine stages, the board, the journal, and the sealed classes of a record."""

    BOARD = "board"
    REGISTER = "register"
    TRACING = "tracing"
    TERMS = "terms"
    LISTS = "lists"
    ROUNDS = "rounds"
    RECEPTION = "reception"
    HANDOVER = "handover"
    CARE = "care"
    BULLETINS = "bulletins"
    JOURNAL = "journal"
    MEDICAL = "medical"  # findings, not the result "fit"
    WILL = "will"  # the answer and its date, not "available"
    COURT = "court"
    ACCOUNTS = "accounts"  # who works here, in which duty


_STAGES = (Area.BOARD, Area.TERMS)

READS: dict[Role, frozenset[Area]] = {
    Role.REGISTRAR: frozenset({*_STAGES, Area.REGISTER}),
    Role.TRACING: frozenset({*_STAGES, Area.REGISTER, Area.TRACING}),
    Role.LISTS: frozenset(
        {*_STAGES, Area.REGISTER, Area.TRACING, Area.LISTS, Area.ROUNDS, Area.RECEPTION, Area.HANDOVER}
    ),
    Role.NEGOTIATOR: frozenset({*_STAGES, Area.LISTS, Area.ROUNDS}),
    Role.LEGAL: frozenset({*_STAGES, Area.REGISTER, Area.LISTS, Area.ROUNDS, Area.COURT, Area.WILL}),
    Role.MEDICAL: frozenset({*_STAGES, Area.REGISTER, Area.RECEPTION, Area.MEDICAL}),
    Role.INTERVIEWER: frozenset({Area.REGISTER, Area.WILL}),
    Role.PLANNER: frozenset({*_STAGES, Area.RECEPTION, Area.HANDOVER}),
    Role.SITE: frozenset({Area.BOARD, Area.RECEPTION}),
    Role.ESCORT: frozenset({Area.BOARD, Area.RECEPTION, Area.HANDOVER}),
    Role.HANDOVER: frozenset({*_STAGES, Area.LISTS, Area.ROUNDS, Area.RECEPTION, Area.HANDOVER}),
    Role.GUARD: frozenset({Area.HANDOVER}),
    Role.CASE: frozenset({Area.BOARD, Area.CARE, Area.RECEPTION}),
    Role.PSYCHOLOGIST: frozenset({Area.CARE}),
    Role.FAMILY: frozenset({Area.BOARD, Area.TRACING, Area.CARE}),
    Role.PRESS: frozenset({Area.BOARD, Area.BULLETINS}),
    Role.PROTECTION: frozenset({Area.BOARD, Area.JOURNAL, Area.BULLETINS, Area.ACCOUNTS}),
    Role.AUDITOR: frozenset({Area.BOARD, Area.JOURNAL, Area.TERMS, Area.ACCOUNTS}),
    Role.APPROVER: frozenset(
        {*_STAGES, Area.LISTS, Area.ROUNDS, Area.RECEPTION, Area.HANDOVER, Area.BULLETINS, Area.ACCOUNTS}
    ),
    Role.ADMINISTRATOR: frozenset({Area.JOURNAL, Area.ACCOUNTS}),
    Role.OBSERVER: frozenset({Area.BOARD, Area.TERMS}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: resolved by accounts inside the transaction of the act."""

    id: str
    roles: frozenset[Role]
    party: str
    agency: str = ""
    areas: frozenset[Area] = field(default_factory=frozenset)
    fresh: bool = False  # whoever acts has touched their key a moment ago

    @classmethod
    def of(cls, id: str, roles: frozenset[Role], *, party: str, agency: str = "") -> Actor:
        areas = frozenset(area for role in roles for area in READS[role])
        return cls(id, roles, party, agency, areas)

    def reads(self, area: Area) -> bool:
        return area in self.areas


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done; if not, a stable code and the reason in a sentence."""

    allowed: bool
    code: str = "ok"
    reason: str = ""


YES = Decision(True)


def decide(
    act: Act, actor: Actor, *, state: str | None = None, second: Actor | None = None, reason: str = ""
) -> Decision:
    """May `actor` do `act` to a thing in `state`, with this second person and this reason?"""
    if not actor.roles & act.roles:
        who = ", ".join(sorted(role.value for role in act.roles))
        return Decision(False, "not-allowed", f"This is done by: {who}.")
    if act.starts and state not in act.starts:
        return Decision(
            False, "wrong-state", f"It is {state}; this starts from {', '.join(sorted(act.starts))}."
        )
    if act.touch and not actor.fresh:
        return Decision(False, "touch-missing", "Touch your security key: this act binds.")
    if act.reason and not reason.strip():
        return Decision(False, "reason-missing", "Say why: this act is recorded with its reason.")
    if act.second:
        if second is None:
            return Decision(False, "second-missing", "A second person confirms this.")
        if second.id == actor.id:
            return Decision(False, "second-same", "The second person is somebody else.")
        if not second.roles & act.second:
            who = ", ".join(sorted(role.value for role in act.second))
            return Decision(False, "second-not-allowed", f"The second person is one of: {who}.")
    return YES
