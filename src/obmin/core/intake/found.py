"""What was found in a row of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    """What a finding does to its row."""

    NOTE = "note"  # read; a person may want to know how
    DOUBT = "doubt"  # parked until a person decides
    REFUSE = "refuse"  # cannot become a record


class Verdict(StrEnum):
    """What becomes of a row. Every row below the head is one of these, or is passed over and says why."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


class Passed(StrEnum):
    """A row that is no person."""

    BLANK = "blank"
    TOTAL = "total"
    HEAD = "head"  # the head once more, or a row of column numbers
    TITLE = "title"  # a heading between people


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: its code (`words.WORDS`), the head of its column as written, what stands there.

    `more` is what the sentence of the code needs besides: a reading, another row, a record's key.
    """

    weight: Weight
    code: str
    column: str = ""
    found: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file. `number` counts as the file's own program counts, from 1.

    `values` are cells of the register table (`core.person`), and `former` for a former surname; `written`
    has what stood in the cell where the value was put right.
    """

    number: int
    values: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    passed: Passed | None = None
    verdict: Verdict = Verdict.NEW

    @property
    def weight(self) -> Weight:
        """The heaviest of its findings."""
        found = {finding.weight for finding in self.findings}
        return next((w for w in (Weight.REFUSE, Weight.DOUBT) if w in found), Weight.NOTE)
