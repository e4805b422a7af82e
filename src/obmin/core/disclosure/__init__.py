"""What a bulletin may say: frozen figures, hidden small cells, a text without people, a ledger of all said.

A figure is given once for each exchange that is complete, after both sides' receipts agree; the same
question always has the same answer. Before anything is published it is weighed against everything that
was ever published: whatever would let a reader work out a small number of people stays unsaid.
"""

from __future__ import annotations

from obmin.core.disclosure.decision import Bulletin, Decision, Facts, Kind, decide
from obmin.core.disclosure.figures import (
    BASE,
    LEAST,
    Completion,
    Figure,
    Hidden,
    Table,
    breakdown,
    freeze,
    rounded,
)
from obmin.core.disclosure.ledger import Inference, Ledger, Statement, infer, statements
from obmin.core.disclosure.scan import Finding, Known, scan
from obmin.core.disclosure.words import Words, read_words

__all__ = [
    "BASE",
    "LEAST",
    "Bulletin",
    "Completion",
    "Decision",
    "Facts",
    "Figure",
    "Finding",
    "Hidden",
    "Inference",
    "Kind",
    "Known",
    "Ledger",
    "Statement",
    "Table",
    "Words",
    "breakdown",
    "decide",
    "freeze",
    "infer",
    "read_words",
    "rounded",
    "scan",
    "statements",
]
