"""Whether a bulletin may go out, with every reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from obmin.core.disclosure.figures import Figure, Table
from obmin.core.disclosure.ledger import Ledger, infer, statements
from obmin.core.disclosure.scan import Known, index, scan
from obmin.core.disclosure.words import Words
from obmin.core.errors import Refused


class Kind(StrEnum):
    PREPARATION = "preparation"  # before: only what the agreement itself made public (I-17)
    RESULT = "result"  # after completion, receipts and family notice


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What is to be published. `texts` by language; figures and tables say the same in each."""

    kind: Kind
    exchange: str
    texts: Mapping[str, str]
    written_by: str
    approved_by: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true when the decision is made.

    `public_total`, `agreed_on` and `agencies` are what the agreement itself made public. `families_told`
    and `families` count families of those received; `truth` are the real counts of every exchange ever
    published of, by dimension (see `ledger.infer`); `frozen` the figures of completed exchanges.
    """

    completed: bool
    everybody_received: bool
    receipts_agree: bool
    families: int
    families_told: int
    on: date
    agreed_on: date | None = None
    public_total: int | None = None
    agencies: frozenset[str] = frozenset()
    hotlines: frozenset[int] = frozenset()
    frozen: Mapping[str, Figure] = field(default_factory=dict)
    truth: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` are (code, sentence) pairs, empty where the bulletin may go out. `to_look_at` are findings
    that do not stop it but must have been read by whoever approves. `ledger` is what the ledger becomes."""

    allowed: bool
    reasons: tuple[tuple[str, str], ...]
    to_look_at: tuple[str, ...]
    ledger: Ledger
    words_version: int


def decide(bulletin: Bulletin, facts: Facts, known: Known, ledger: Ledger, words: Words) -> Decision:
    """All reasons against a bulletin. `known` brings the names, places and numbers of people; which
    figures and dates may stand follows from the facts and the kind of bulletin."""
    reasons = _approvals(bulletin)
    reasons += _preparation(bulletin) if bulletin.kind is Kind.PREPARATION else _result(bulletin, facts)
    stops, looks = _texts(bulletin, facts, known, words)
    reasons += stops
    after = ledger.with_more(statements(bulletin.figures, bulletin.tables))
    reasons += _ledger(facts, ledger, after)
    return Decision(not reasons, tuple(reasons), tuple(looks), ledger if reasons else after, words.version)


_Reasons = list[tuple[str, str]]


def _approvals(bulletin: Bulletin) -> _Reasons:
    others = {*bulletin.approved_by} - {bulletin.written_by, ""}
    if len(others) >= 2:
        return []
    return [("approvals", f"It needs two approvals by others than its author; it has {len(others)}.")]


def _preparation(bulletin: Bulletin) -> _Reasons:
    if bulletin.figures or bulletin.tables:
        return [("too-early", "A preparation notice gives no result.")]
    return []


def _result(bulletin: Bulletin, facts: Facts) -> _Reasons:
    found: _Reasons = []
    if not facts.completed:
        found.append(("not-completed", "The exchange is not complete."))
    if not facts.everybody_received:
        found.append(("not-received", "Not everybody has been received."))
    if not facts.receipts_agree:
        found.append(("receipts-differ", "The two sides' receipts do not agree."))
    if facts.families_told < facts.families:
        found.append(("families", f"Families told: {facts.families_told} of {facts.families}."))
    for figure in bulletin.figures:
        if facts.frozen.get(figure.exchange) != figure:
            found.append(("not-frozen", f"{figure.total} is not the frozen figure of {figure.exchange}."))
    for table in bulletin.tables:
        if table.exchange not in facts.frozen:
            found.append(("not-frozen", f"{table.exchange} has no frozen figure to break down."))
    return found


def _texts(bulletin: Bulletin, facts: Facts, known: Known, words: Words) -> tuple[_Reasons, list[str]]:
    preparing = bulletin.kind is Kind.PREPARATION
    numbers = {*facts.hotlines}
    if preparing:
        numbers |= {facts.public_total} if facts.public_total is not None else set()
    else:
        numbers |= {figure.total for figure in bulletin.figures}
        numbers |= {value for table in bulletin.tables for value in table.shown.values()}
        numbers |= {_running_total(facts)}
    dates = {facts.on, *([facts.agreed_on] if facts.agreed_on else [])}
    allowed = replace(
        known,
        allowed_numbers=frozenset(numbers),
        allowed_dates=frozenset(dates),
        allowed_words=known.allowed_words | facts.agencies,
    )
    topics = ["shares", "remainders", "secrets"] + (["plans"] if preparing else [])
    stops: _Reasons = []
    looks: list[str] = []
    names = index(allowed)
    for language, text in sorted(bulletin.texts.items()):
        for one in scan(text, allowed, words, topics, names):
            sentence = f"{language}, character {one.at + 1}: {one.found!r}"
            if one.certain:
                stops.append((one.kind, f"{sentence} may not stand in a bulletin."))
            else:
                looks.append(f"{sentence} looks like a name.")
    return stops, looks


def _running_total(facts: Facts) -> int:
    """The sum of all frozen figures: it says nothing that they have not said."""
    return sum(figure.total for figure in facts.frozen.values())


def _ledger(facts: Facts, before: Ledger, after: Ledger) -> _Reasons:
    found: _Reasons = []
    for one in after.said[len(before.said) :]:
        if any(old.cells == one.cells for old in before.said):
            name = ", ".join(sorted(one.cells))
            found.append(("answered-before", f"Another answer was published for {name}."))
    try:
        found += [
            ("inference", f"Readers could tell {one.cell} to between {one.low} and {one.high}.")
            for one in infer(after, facts.truth)
        ]
    except Refused as refusal:
        found.append((refusal.code, refusal.message))
    return found
