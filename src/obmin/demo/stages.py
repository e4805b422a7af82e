"""The story's steps in order: whose they are, which stage they belong to, what to call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STAGES: Final = (
    "register",
    "tracing",
    "terms",
    "composing",
    "rounds",
    "reception",
    "handover",
    "care",
    "bulletins",
)
BOTH: Final = ("UKR", "RUS")
ALL: Final = ("UKR", "RUS", "NTR")
DAYS: Final = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class StepName:
    name: str
    stage: str
    title: str
    who: tuple[str, ...] = BOTH


LOOK: Final = StepName("look", "register", "Looking at what is there", ALL)
STEP_ORDER: Final = (
    StepName("begin", "register", "Beginning the instances", ALL),
    StepName("import", "register", "Importing the registers"),
    StepName("establish", "register", "Recording interviews, examinations and court decisions"),
    StepName("terms", "terms", "Adopting the terms"),
    StepName("send-wanted", "tracing", "Sending the wanted lists"),
    StepName("trace-wanted", "tracing", "Comparing the wanted lists with those held"),
    StepName("compose", "composing", "Composing the lists"),
    StepName("propose-1", "rounds", "Round 1: sending"),
    StepName("take-1", "rounds", "Round 1: checking the other side's list"),
    StepName("revise", "composing", "One person declines: composing again"),
    StepName("propose-2", "rounds", "Round 2: sending"),
    StepName("take-2", "rounds", "Round 2: checking the other side's list"),
    StepName("freeze", "rounds", "Locking and signing both lists"),
    StepName("frozen", "rounds", "Checking both signatures"),
    StepName("witness", "rounds", "The neutral reads what both signed", ("NTR",)),
    StepName("summaries", "reception", "Sending sealed medical summaries"),
    StepName("reception", "reception", "Planning the reception"),
    StepName("go", "reception", "Ready, and go"),
    *(
        step
        for day in DAYS
        for step in (
            StepName(f"day-{day}", "handover", f"Day {day}: muster and act"),
            StepName(f"day-{day}-sign", "handover", f"Day {day}: countersigning the act"),
            StepName(f"day-{day}-signed", "handover", f"Day {day}: both signatures are under the acts"),
        )
    ),
    StepName("reconcile", "handover", "Reconciling lists, manifests and acts"),
    StepName("care", "care", "Opening a case for each returnee"),
    StepName("bulletin", "bulletins", "Publishing one bulletin"),
    StepName("papers", "handover", "Setting manifests and acts on paper"),
    StepName("checkpoint", "bulletins", "Closing a stretch of each journal"),
    StepName("cosign", "bulletins", "The neutral cosigns", ("NTR",)),
    StepName("close", "bulletins", "Writing every artefact", BOTH),
)
