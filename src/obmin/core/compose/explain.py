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
from numpy.typing import NDArray

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


class Explainer:
    """Reasons of one answer. Pure: everything comes in through the arguments.

    For each candidate: the clause that counts them, and where they stand against the last place of those who
    are the same to every clause: the first level at which they differ, with both values.
    """

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
        self.told: dict[tuple[object, ...], str] = {}  # sentences, by what is said
        question = compiled.question
        # levels behind one about shares depend on who else goes: they are not compared one by one
        compared: list[tuple[str, Whole]] = []
        for level in question.levels:
            if level.spread is not None:
                break
            if level.scores is not None:
                compared.append((level.id, level.scores))
        self.levels = [level for level, _ in compared]
        self.chosen = np.zeros(question.size, bool)
        self.chosen[list(answer.chosen)] = True
        seen = see(question)
        members, size = seen.units.all_of(np.arange(seen.units.number))
        self.together = np.zeros(question.size, bool)
        self.together[members] = np.repeat(size > 1, size)
        signature = np.zeros(question.size, np.int64)
        signature[members] = np.repeat(seen.signature, size)
        self.locked = np.zeros(question.size, bool)
        if (locks := question.attributes.get("locks")) is not None:
            self.locked = locks > 0
        self._compare(
            np.stack([s for _, s in compared]) if compared else np.zeros((0, question.size), np.int64),
            signature,
        )
        self._find_clauses()
        self.hidden = frozenset(rung.id for rung in policy.rungs if sealed(rung))

    def _compare(self, keys: NDArray[np.int64], signature: Whole) -> None:
        """`compared`: there is a last place; `at`: the first level that differs, or -1; `own`, `last`."""
        stood = np.flatnonzero(self.chosen & ~self.together & ~self.locked)
        stood = stood[np.lexsort((*keys[::-1, stood], signature[stood]))]
        lowest = np.full(int(signature.max(initial=-1)) + 1, -1, np.int64)
        lowest[signature[stood][::-1]] = stood[::-1]
        last = lowest[signature]
        self.compared = (last >= 0) & ~self.together
        differs = (keys != keys[:, last]) & self.compared
        self.at = np.where(differs.any(axis=0), differs.argmax(axis=0) if keys.shape[0] else 0, -1)
        each = np.arange(signature.size)
        nobody = np.zeros(signature.size, np.int64)
        self.own = np.where(self.at >= 0, keys[self.at, each], 0) if keys.shape[0] else nobody
        self.last = np.where(self.at >= 0, keys[self.at, last], 0) if keys.shape[0] else nobody

    def _find_clauses(self) -> None:
        """`clause`: the number (in `clauses`) of the one that counts each candidate, a name before a number."""
        question = self.compiled.question
        self.clauses: list[str] = [""]
        self.clause, self.named = np.zeros(question.size, np.int64), np.zeros(question.size, bool)
        to = np.full(question.size, -1)
        to[list(self.answer.chosen)] = list(self.answer.chosen.values())

        def take(clause: str, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
            new: NDArray[np.bool_] = mask & (self.clause == 0)
            self.clauses.append(clause)
            self.clause[new] = len(self.clauses) - 1
            return new

        for row in question.rows:
            if row.kind is Kind.NAMED:
                part = row.parts[0]
                new = take(row.clause, part.weights[question.attributes[part.attribute]] != 0)
                self.named |= new & (row.clause not in self.compiled.covers)
        for clause, mask in self.compiled.covers.items():
            receivers = self.compiled.receivers.get(clause, ())
            goes = [not receivers or not s.receiver or s.receiver in receivers for s in question.slots]
            take(clause, mask & np.array([*goes, True])[to])
        self.named |= self.clause == 0

    # -- sentences

    def say(self, key: str, **values: object) -> str:
        known = (key, *values.values())
        if known not in self.told:
            self.told[known] = say(key, self.language, **values)
        return self.told[known]

    def level(self, id: str) -> str:
        rung = self.policy.rung(id)
        if rung is None:
            return self.say(f"level-{id}")
        return rung.says.in_language(self.language) or rung.id

    def sentences(self, of: Whole) -> list[str]:
        """One for each of these candidates, as they are in or out."""
        told: dict[tuple[object, ...], str] = {}
        found = []
        features = (self.chosen, self.locked, self.together, self.compared, self.named, self.clause, self.at)
        for key in zip(*(f[of].tolist() for f in (*features, self.own, self.last)), strict=True):
            if key not in told:
                told[key] = self._sentence(*key)
            found.append(told[key])
        return found

    def _sentence(
        self,
        chosen: bool,
        locked: bool,
        together: bool,
        compared: bool,
        named: bool,
        clause: int,
        at: int,
        own: int,
        last: int,
    ) -> str:
        side, level = "in" if chosen else "out", self.levels[at] if at >= 0 else ""
        if chosen and locked:
            key = "locked"
        elif together:
            key = "group"
        elif chosen and (named or not compared):
            key = "named"
        elif not compared:
            key = "none"
        elif not level:
            key = "last" if chosen else "lot"
        elif not chosen and own > last:
            key = "bound"
        elif level in self.hidden:
            key = "protected"
        else:
            words = self.level(level)
            return self.say(f"{side}-level", clause=self.clauses[clause], level=words, own=own, last=last)
        return self.say(f"{side}-{key}", clause=self.clauses[clause])

    def sealed_levels(self) -> list[tuple[str, str]]:
        """What the public sentence hides of a level that reads health: for the sealed file."""
        found = []
        behind = np.array([level in self.hidden for level in self.levels] + [False])[self.at]
        words = [self.level(level) for level in self.levels]
        of = np.flatnonzero(behind)
        for c, at, own, last in zip(
            *(f[of].tolist() for f in (np.arange(behind.size), self.at, self.own, self.last)), strict=True
        ):
            said = self.say("sealed-level", level=words[at], own=own, last=last)
            found.append((self.compiled.question.ids[c], said))
        return found

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
    left = np.flatnonzero(~why.chosen)
    ids = compiled.question.ids
    out += zip((ids[c] for c in left.tolist()), why.sentences(left), strict=True)
    hidden += why.sealed_levels()
    frame = {"id": pl.Utf8, "reason": pl.Utf8}
    return Reasons(
        _lines(why),
        pl.DataFrame(direct, schema=frame, orient="row"),
        _table(out).sort("id"),
        _table(hidden).sort("id", "reason"),
        int(left.size),
    )


def _table(rows: Sequence[tuple[str, str]]) -> pl.DataFrame:
    ids, said = zip(*rows, strict=True) if rows else ((), ())
    return pl.DataFrame({"id": pl.Series(ids, dtype=pl.Utf8), "reason": pl.Series(said, dtype=pl.Utf8)})


def _lines(why: Explainer) -> pl.DataFrame:
    question = why.compiled.question
    scores = [level.scores for level in question.levels if level.scores is not None]
    phase_order = {s.phase: i for i, s in reversed(list(enumerate(question.slots)))}

    def order(candidate: int) -> tuple[int, ...]:
        phase = question.slots[why.answer.chosen[candidate]].phase
        own = (-int(s[candidate]) for s in scores)
        return (phase_order[phase], *own, tie(why.seed, question.ids[candidate]))

    going = sorted(why.answer.chosen, key=order)
    said = why.sentences(np.array(going, np.int64))
    rows = []
    position: dict[str, int] = {}
    for candidate, reason in zip(going, said, strict=True):
        slot = question.slots[why.answer.chosen[candidate]]
        position[slot.phase] = position.get(slot.phase, 0) + 1
        clause = why.clauses[why.clause[candidate]]
        rows.append((question.ids[candidate], slot.phase, position[slot.phase], clause, reason, slot.receiver))
    schema = {"id": pl.Utf8, "phase": pl.Utf8, "position": pl.Int64, "clause": pl.Utf8, "reason": pl.Utf8}
    return pl.DataFrame(rows, schema={**schema, "to": pl.Utf8}, orient="row")
