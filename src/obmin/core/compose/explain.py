"""Why: one true sentence for everybody on the list and for everybody who is not.

Inside one signature no clause can tell people apart, so the list takes them strictly in the order of the
levels: whoever is out stood, at the first level where they differ from the last place, below it. That is
what the sentence says. Where a level reads health or fitness the public sentence says only that its ground
is protected; will, health and judicial grounds stand in the sealed reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from obmin.core.compose.compile import Compiled
from obmin.core.compose.guards import NOT_NOW, Ground
from obmin.core.compose.lot import tie
from obmin.core.compose.policy import Policy, Rung, reads
from obmin.core.compose.problem import Answer, Kind, Whole
from obmin.core.compose.units import see
from obmin.core.compose.wording import say
from obmin.core.terms.model import Agreement

SEALED_COLUMNS: Final = frozenset(
    {"health", "fitness", "fitness_until", "will", "judicial", "dp_consent", "own_consent"}
)


@dataclass(frozen=True, slots=True)
class Reasons:
    """The tables of a composition (see Composition); `candidates_left` could have been listed and were not."""

    lines: pl.DataFrame
    direct: pl.DataFrame
    out: pl.DataFrame
    sealed: pl.DataFrame
    candidates_left: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a candidate stands against the last place of those who are the same to every clause.

    level   id of the first level at which they differ, empty if they are equal on all that is compared
    own, last   the values at that level: the candidate's, and the one at the last place
    """

    level: str
    own: int
    last: int


class Explainer:
    """Reasons of one answer. Pure: everything comes in through the arguments."""

    def __init__(
        self,
        compiled: Compiled,
        answer: Answer,
        agreement: Agreement,
        policy: Policy,
        *,
        seed: bytes,
        language: str,
    ) -> None:
        self.compiled, self.answer, self.agreement, self.policy = compiled, answer, agreement, policy
        self.seed, self.language = seed, language
        question = compiled.question
        # levels behind one about shares depend on who else goes: they are not compared one by one
        self.levels: list[tuple[str, Whole]] = []
        for level in question.levels:
            if level.spread is not None:
                break
            if level.scores is not None:
                self.levels.append((level.id, level.scores))
        seen = see(question)
        self.signature = np.empty(question.size, np.int64)
        self.together = np.zeros(question.size, bool)
        for unit in range(seen.units.number):
            members = seen.units.of(unit)
            self.signature[members] = seen.signature[unit]
            self.together[members] = members.size > 1
        self.last = self._last_places()
        self.hidden = frozenset(rung.id for rung in policy.rungs if sealed(rung))

    def _key(self, candidate: int) -> tuple[int, ...]:
        return tuple(int(scores[candidate]) for _, scores in self.levels)

    def _last_places(self) -> dict[int, tuple[int, ...]]:
        last: dict[int, tuple[int, ...]] = {}
        for candidate in self.answer.chosen:
            if self.together[candidate] or self._locked(candidate):
                continue
            at, key = int(self.signature[candidate]), self._key(candidate)
            last[at] = min(key, last.get(at, key))
        return last

    def _locked(self, candidate: int) -> bool:
        locks = self.compiled.question.attributes.get("locks")
        return bool(locks is not None and locks[candidate])

    def standing(self, candidate: int) -> Standing | None:
        """None where there is nobody to be compared with."""
        last = self.last.get(int(self.signature[candidate]))
        if last is None or self.together[candidate]:
            return None
        own = self._key(candidate)
        for (level, _), mine, theirs in zip(self.levels, own, last, strict=True):
            if mine != theirs:
                return Standing(level, mine, theirs)
        return Standing("", 0, 0)

    def clause_of(self, candidate: int) -> str:
        """The clause that counts the candidate: a name before a number."""
        for row in self.compiled.question.rows:
            if row.kind is Kind.NAMED:
                part = row.parts[0]
                if part.weights[self.compiled.question.attributes[part.attribute][candidate]]:
                    return row.clause
        slot = self.answer.chosen.get(candidate)
        to = "" if slot is None else self.compiled.question.slots[slot].receiver
        for clause, mask in self.compiled.covers.items():
            receivers = self.compiled.receivers.get(clause, ())
            if mask[candidate] and (not to or not receivers or to in receivers):
                return clause
        return ""

    # -- sentences

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def level(self, id: str) -> str:
        rung = self.policy.rung(id)
        if rung is None:
            return self.say(f"level-{id}")
        return rung.says.in_language(self.language) or rung.id

    def why_in(self, candidate: int) -> str:
        clause = self.clause_of(candidate)
        if self._locked(candidate):
            return self.say("in-locked", clause=clause)
        if self.together[candidate]:
            return self.say("in-group", clause=clause)
        standing = self.standing(candidate)
        if standing is None or self._named(candidate):
            return self.say("in-named", clause=clause)
        if not standing.level:
            return self.say("in-last", clause=clause)
        if self.is_sealed(standing.level):
            return self.say("in-protected", clause=clause)
        return self.say(
            "in-level", clause=clause, level=self.level(standing.level), own=standing.own, last=standing.last
        )

    def _named(self, candidate: int) -> bool:
        clause = self.clause_of(candidate)
        return clause not in self.compiled.covers

    def why_out(self, candidate: int) -> str:
        clause = self.clause_of(candidate)
        if self.together[candidate]:
            return self.say("out-group", clause=clause)
        standing = self.standing(candidate)
        if standing is None:
            return self.say("out-none", clause=clause)
        if not standing.level:
            return self.say("out-lot", clause=clause)
        if standing.own > standing.last:
            return self.say("out-bound", clause=clause)
        if self.is_sealed(standing.level):
            return self.say("out-protected", clause=clause)
        return self.say(
            "out-level", clause=clause, level=self.level(standing.level), own=standing.own, last=standing.last
        )

    def is_sealed(self, level: str) -> bool:
        return level in self.hidden

    def why_never(self, kind: str, detail: str) -> str:
        match kind:
            case "guard":
                return self.say("not-fit-now" if detail in NOT_NOW else "not-available")
            case "clause":
                return self.say("out-clause", clause=detail)
            case _:
                return self.say(f"out-{kind}")


def sealed(rung: Rung) -> bool:
    """Whether a level reads what only legal and medical officers may see."""
    return bool(set(reads(rung)) & SEALED_COLUMNS)


def reasons(
    compiled: Compiled,
    answer: Answer,
    agreement: Agreement,
    policy: Policy,
    *,
    seed: bytes,
    language: str = "en",
) -> Reasons:
    """The tables that a composition consists of, sorted: lines by phase and place, the others by id."""
    why = Explainer(compiled, answer, agreement, policy, seed=seed, language=language)
    out: list[tuple[str, str]] = []
    direct: list[tuple[str, str]] = []
    hidden: list[tuple[str, str]] = []
    off = compiled.out.with_columns(compiled.people["id"]).drop_nulls("kind").sort("id")
    said: dict[tuple[str, str], str] = {}
    for kind, detail, who in off.iter_rows():
        if kind == "direct":
            direct.append((who, why.say("direct")))
            hidden.append((who, why.say("sealed-direct")))
            continue
        if (kind, detail) not in said:
            said[kind, detail] = why.why_never(kind, detail)
        out.append((who, said[kind, detail]))
        if kind == "guard":
            hidden.append((who, why.say(f"sealed-{Ground(detail).value}")))
        elif kind == "ban" and detail:
            hidden.append((who, why.say("sealed-ban", reason=detail)))
    left = [c for c in range(compiled.question.size) if c not in answer.chosen]
    out += [(compiled.question.ids[c], why.why_out(c)) for c in left]
    hidden += _sealed_levels(why, [*left, *answer.chosen])
    frame = {"id": pl.Utf8, "reason": pl.Utf8}
    return Reasons(
        _lines(why),
        pl.DataFrame(direct, schema=frame, orient="row"),
        pl.DataFrame(sorted(out), schema=frame, orient="row"),
        pl.DataFrame(sorted(hidden), schema=frame, orient="row"),
        len(left),
    )


def _sealed_levels(why: Explainer, candidates: Sequence[int]) -> list[tuple[str, str]]:
    """What the public sentence hides of a level that reads health: for the sealed file."""
    found = []
    for candidate in candidates:
        standing = why.standing(candidate)
        if standing is not None and standing.level and why.is_sealed(standing.level):
            said = why.say(
                "sealed-level", level=why.level(standing.level), own=standing.own, last=standing.last
            )
            found.append((why.compiled.question.ids[candidate], said))
    return found


def _lines(why: Explainer) -> pl.DataFrame:
    question = why.compiled.question
    scores = [level.scores for level in question.levels if level.scores is not None]
    phase_order = {s.phase: i for i, s in reversed(list(enumerate(question.slots)))}

    def order(candidate: int) -> tuple[int, ...]:
        phase = question.slots[why.answer.chosen[candidate]].phase
        own = (-int(s[candidate]) for s in scores)
        return (phase_order[phase], *own, tie(why.seed, question.ids[candidate]))

    rows = []
    position: dict[str, int] = {}
    for candidate in sorted(why.answer.chosen, key=order):
        slot = question.slots[why.answer.chosen[candidate]]
        position[slot.phase] = position.get(slot.phase, 0) + 1
        clause = why.clause_of(candidate)
        rows.append(
            (
                question.ids[candidate],
                slot.phase,
                position[slot.phase],
                clause,
                why.why_in(candidate),
                slot.receiver,
            )
        )
    schema = {"id": pl.Utf8, "phase": pl.Utf8, "position": pl.Int64, "clause": pl.Utf8, "reason": pl.Utf8}
    return pl.DataFrame(rows, schema={**schema, "to": pl.Utf8}, orient="row")
