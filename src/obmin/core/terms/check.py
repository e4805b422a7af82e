"""Is an agreement well-formed, does it make sense, is it lawful?"""

from __future__ import annotations

from obmin.core.errors import Problem, Unreadable
from obmin.core.terms.law import law
from obmin.core.terms.load import load
from obmin.core.terms.meaning import meaning
from obmin.core.terms.model import Agreement


def check(agreement: Agreement) -> list[Problem]:
    """Problems of meaning and of law, in the order of the file; empty if there are none."""
    found = list(dict.fromkeys([*meaning(agreement), *law(agreement)]))
    return sorted(found, key=lambda p: (p.row or 0, p.column if isinstance(p.column, int) else 0, p.found))


def check_text(text: str, *, file: str) -> list[Problem]:
    """Problems of form, or where the form is right, of meaning and of law."""
    try:
        agreement = load(text, file=file)
    except Unreadable as unreadable:
        return list(unreadable.problems)
    return check(agreement)
