"""What each column of the register is called on screens and papers, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Final[dict[str, Promise]] = {
    "name": _("Name"),
    "surname": _("Surname"),
    "given": _("Given name"),
    "patronymic": _("Father’s name"),
    "birth_date": _("Born"),
    "sex": _("Sex"),
    "citizenship": _("Citizenship"),
    "service_number": _("Service number"),
    "rank": _("Rank"),
    "rank_code": _("Rank code"),
    "unit": _("Unit"),
    "branch": _("Branch"),
    "region": _("Region"),
    "category": _("Category"),
    "captured_on": _("Captured"),
    "facility": _("Held at"),
    "health": _("Medical finding"),
    "fitness": _("Fit to travel"),
    "judicial": _("Court"),
    "will": _("Will"),
    "group": _("Kept together with"),
}


def label(column: str) -> str:
    """The label of a column; an unknown column keeps its own name."""
    return str(LABELS.get(column, column))
