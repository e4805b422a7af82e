"""The story's steps and who plays them: each is a scene that may be played again and then changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from obmin.demo.scenes import (
    artefacts,
    care,
    documents,
    handover,
    negotiation,
    neutral,
    reception,
    register,
    tracing,
)
from obmin.demo.side import Play
from obmin.demo.stages import DAYS, STEP_ORDER


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    play: Play


_SCENES: Final[dict[str, Play]] = {
    "begin": register.begin,
    "import": register.bring_in,
    "establish": register.establish,
    "terms": tracing.adopt,
    "send-wanted": tracing.send_wanted,
    "trace-wanted": tracing.trace_wanted,
    "compose": negotiation.compose,
    "propose-1": partial(negotiation.propose, lap=1),
    "take-1": partial(negotiation.check, lap=1),
    "revise": negotiation.revise,
    "propose-2": partial(negotiation.propose, lap=2),
    "take-2": partial(negotiation.check, lap=2),
    "freeze": negotiation.freeze,
    "frozen": negotiation.frozen,
    "witness": neutral.witness,
    "summaries": reception.send_summaries,
    "reception": reception.prepare,
    "go": reception.go,
    **{f"day-{day}": partial(handover.day, number=day) for day in DAYS},
    **{f"day-{day}-sign": partial(handover.sign, number=day) for day in DAYS},
    **{f"day-{day}-signed": partial(handover.signed, number=day) for day in DAYS},
    "reconcile": handover.reconcile,
    "care": care.welcome,
    "bulletin": care.tell,
    "papers": documents.write,
    "checkpoint": neutral.checkpoint,
    "cosign": neutral.cosign,
    "close": artefacts.write,
}
STEPS: Final = tuple(Step(step.name, _SCENES[step.name]) for step in STEP_ORDER)
