"""Two policies on one register: who gains, who loses, and what each costs by the other's measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from obmin.core.compose.changes import Changes, changes
from obmin.core.compose.composition import Composition
from obmin.core.compose.policy import Policy
from obmin.core.compose.problem import Question
from obmin.core.compose.wording import say
from obmin.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Cost:
    """One level: what its own policy reaches, and what the other policy's list comes to on it."""

    policy: str
    level: str
    says: str
    own: int
    other: int

    @property
    def lost(self) -> int:
        """What the level would give up under the other policy; negative where it would gain."""
        return self.own - self.other


@dataclass(frozen=True, slots=True)
class Comparison:
    """From the first policy's list to the second's.

    people   id, change (`gains`, `loses`, `moves`), before and after (the phase, empty if off the list), reason
             (why they are in, for who gains or moves, and why they are out, for who loses: under the second)
    costs    each level of the first policy, then each of the second
    """

    changes: Changes
    people: pl.DataFrame
    costs: tuple[Cost, ...]


def compare(
    one: Composition, other: Composition, policies: tuple[Policy, Policy], language: str = "en"
) -> Comparison:
    """What differs between two compositions of the same register under the same terms.

    Raises Refused (code `not-comparable`) where the same people could not have been listed.
    """
    if one.compiled.question.ids != other.compiled.question.ids:
        raise Refused("the two lists were not composed from the same people", code="not-comparable")
    found = changes(one.lines, other.lines)
    first, second = policies
    costs = (*_costs(first, one, other, language), *_costs(second, other, one, language))
    return Comparison(found, _people(found, one, other), costs)


def reached(question: Question, chosen: Mapping[int, int]) -> dict[str, int]:
    """What a choice (candidate -> slot) comes to on each level of a question."""
    listed = np.fromiter(chosen.keys(), np.int64, len(chosen))
    slots = np.fromiter(chosen.values(), np.int64, len(chosen))
    values: dict[str, int] = {}
    for level in question.levels:
        if level.scores is not None:
            values[level.id] = int(level.scores[listed].sum())
        elif level.spread is not None:
            name, shares = level.spread
            heads = np.bincount(question.attributes[name][listed], minlength=shares.size)
            values[level.id] = -int(np.maximum(heads - shares, 0).sum())
        elif level.keep is not None:
            values[level.id] = int((question.attributes[level.keep][listed] == slots + 1).sum())
    return values


def describe(found: Comparison, language: str = "en") -> str:
    """The comparison in words: how many gain and lose, then level by level what it costs."""
    lines = [
        say(
            "compare-people",
            language,
            gains=len(found.changes.came),
            loses=len(found.changes.left),
            moves=len(found.changes.moved),
        )
    ]
    for cost in found.costs:
        key = "compare-same" if not cost.lost else "compare-worse" if cost.lost > 0 else "compare-better"
        lines.append(
            say(
                key,
                language,
                policy=cost.policy,
                level=cost.says,
                own=cost.own,
                other=cost.other,
                lost=abs(cost.lost),
            )
        )
    return "\n".join(lines)


def _costs(policy: Policy, own: Composition, other: Composition, language: str) -> Iterator[Cost]:
    values = reached(own.compiled.question, other.answer.chosen)
    for level in own.answer.levels:
        rung = policy.rung(level.id)
        says = rung.says.in_language(language) if rung else say(f"level-{level.id}", language)
        yield Cost(f"{policy.id} {policy.version}", level.id, says or level.id, level.value, values[level.id])


def _people(found: Changes, one: Composition, other: Composition) -> pl.DataFrame:
    before, after = (dict(c.lines.select("id", "phase").iter_rows()) for c in (one, other))
    said = dict(
        pl.concat([f.select("id", "reason") for f in (other.lines, other.direct, other.out)]).iter_rows()
    )
    kinds = {
        **dict.fromkeys(found.came, "gains"),
        **dict.fromkeys(found.left, "loses"),
        **{who: "moves" for who, _, _ in found.moved},
    }
    rows = [
        (who, kind, before.get(who, ""), after.get(who, ""), said.get(who, ""))
        for who, kind in sorted(kinds.items(), key=lambda x: (x[1], x[0]))
    ]
    columns = ("id", "change", "before", "after", "reason")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Utf8), orient="row")
