"""Verdicts and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from obmin.core.terms.model import Text


class Verdict(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    EXCUSED = "excused"
    OPEN = "open"  # not yet due, or what it waits for has not come
    CANNOT_TELL = "cannot-tell"


# the graver first: a clause in several parts is as its gravest part
GRAVITY: Final = (Verdict.BROKEN, Verdict.CANNOT_TELL, Verdict.OPEN, Verdict.EXCUSED, Verdict.KEPT)


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The gravest of some verdicts; `kept` of none."""
    return min(verdicts, key=GRAVITY.index, default=Verdict.KEPT)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on one clause, or on one phase of it, in one reading and one account.

    part      phase id, or empty for the whole clause
    reading   whose reading, or empty for the clause as agreed
    claim     whose account of the facts, or empty where nobody's differs
    text      the arithmetic in plain words
    fields    what would tell, where the verdict is `cannot-tell`
    """

    clause: str
    verdict: Verdict
    text: Text
    part: str = ""
    reading: str = ""
    claim: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """Findings in the order of the clauses. `unsaid`: clauses on which no machine can give a verdict."""

    agreement: str
    version: int
    as_of: date | None
    findings: tuple[Finding, ...]
    unsaid: tuple[str, ...] = ()

    def of(self, clause: str) -> Verdict:
        """The gravest part of a clause as agreed; where readings or accounts differ, `cannot-tell`."""
        by_account: dict[tuple[str, str], list[Verdict]] = {}
        for f in self.findings:
            if f.clause == clause:
                by_account.setdefault((f.reading, f.claim), []).append(f.verdict)
        each = {gravest(v) for v in by_account.values()}
        return each.pop() if len(each) == 1 else Verdict.CANNOT_TELL

    def each(self, clause: str) -> dict[tuple[str, str], Verdict]:
        """The verdict for each (reading, claim)."""
        found: dict[tuple[str, str], list[Verdict]] = {}
        for f in self.findings:
            if f.clause == clause:
                found.setdefault((f.reading, f.claim), []).append(f.verdict)
        return {k: gravest(v) for k, v in found.items()}

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f.clause for f in self.findings))

    @property
    def verdict(self) -> Verdict:
        """Of the whole: the gravest clause."""
        return gravest([self.of(c) for c in self.clauses])

    @property
    def kept(self) -> bool:
        """Everything kept or excused."""
        return all(f.verdict in (Verdict.KEPT, Verdict.EXCUSED) for f in self.findings)


def number(value: float) -> str:
    """1000.0 -> 1,000; 2.5 -> 2.5."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def span(low: float, high: float) -> str:
    return number(low) if low == high else f"{number(low)}–{number(high)}"
