"""A returnee's way after the crossing: what is due when, what may follow, and what the law holds shut.

The steps are data (`returnee.yaml`). A step is never forced: whatever is the returnee's choice can be
"not now" without a reason and is offered again. Missing a follow-up leads to outreach, never to anything
else. Return to active service passes the gate of Art. 117.
"""

from __future__ import annotations

from obmin.core.pathway.case import (
    ATTEMPTS,
    Case,
    Mark,
    Next,
    StepState,
    due_times,
    may_move,
    next_steps,
    open_case,
)
from obmin.core.pathway.law import Basis, Decision, Hostilities, Service, active_service, service
from obmin.core.pathway.plan import Due, Move, Pathway, Span, Step, read_pathway
from obmin.core.pathway.refeeding import Intake, Refeeding, Risk, refeeding_risk

__all__ = [
    "ATTEMPTS",
    "Basis",
    "Case",
    "Decision",
    "Due",
    "Hostilities",
    "Intake",
    "Mark",
    "Move",
    "Next",
    "Pathway",
    "Refeeding",
    "Risk",
    "Service",
    "Span",
    "Step",
    "StepState",
    "active_service",
    "due_times",
    "may_move",
    "next_steps",
    "open_case",
    "read_pathway",
    "refeeding_risk",
    "service",
]
