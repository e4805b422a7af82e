"""When no list exists: which clauses clash. (Amounts by an elastic problem.)"""

from __future__ import annotations

from obmin.core.compose.compile import Compiled
from obmin.core.errors import Infeasible
from obmin.core.terms.model import Agreement


def clashes(compiled: Compiled, agreement: Agreement, *, torn: bool, language: str) -> Infeasible:
    """The refusal to raise."""
    return Infeasible(
        "no list satisfies every clause", clashes=sorted({r.clause for r in compiled.question.rows})
    )
