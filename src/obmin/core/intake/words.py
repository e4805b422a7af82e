"""What each finding is called and what to do about it, as one sentence each, in English; pages translate them.

`{found}` is what stands in the cell, `{more}` what the finding adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from obmin.core.intake.found import Finding


def gettext_noop(text: str) -> str:
    """Marks a text for the translators; it is translated where it is shown."""
    return text


_ = gettext_noop

# code: (what was found, what to do)
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # read, and worth knowing
    "hidden": (_("“{found}” has signs that cannot be seen; read without them"), ""),
    "capitals": (_("“{found}” is in capitals; read as “{more}”"), ""),
    "former": (_("“{found}” has a former surname: “{more}”"), ""),
    "serial": (_("“{found}” is a day number of Excel; read as {more}"), ""),
    "about": (_("“{found}” is not exact; read as {more}"), ""),
    "moment": (_("“{found}” has a time of day; read as {more}"), ""),
    "born-in-name": (_("“{found}” has a birth date in the name; read as {more}"), ""),
    "numbered": (_("“{found}” begins with a number of its own; read as “{more}”"), ""),
    "merged": (_("the cell is merged over several rows; “{found}” stands for each of them"), ""),
    "repeats": (_("repeats row {more} to the letter"), ""),
    # doubtful
    "short-year": (
        _("“{found}” has a year of two digits; perhaps {more}"),
        _("Write the year with four digits."),
    ),
    "day-or-month": (
        _("“{found}” may be two dates; perhaps {more}"),
        _("Write the date as 31.12.1990."),
    ),
    "range": (_("“{found}” is more than one year"), _("Write one date or year, or leave it empty.")),
    "no-date": (_("“{found}” is not a date"), _("Write the date as 31.12.1990, or the year alone.")),
    "far-year": (_("“{found}” is no year of a living person"), _("Look at the year.")),
    "two-scripts": (
        _("“{found}” mixes letters of two scripts; perhaps “{more}”"),
        _("Type the name again in one script."),
    ),
    "two-people": (_("“{found}” may be two people"), _("Give each person a row.")),
    "no-name": (_("“{found}” is not only a name"), _("Write the name alone in this cell.")),
    "formula": (_("“{found}” is a formula"), _("In Excel: copy, then paste as values.")),
    "error-cell": (_("“{found}” is an error of a formula"), _("Put the value itself into the cell.")),
    "shortened": (
        _("“{found}” was shortened by a program; digits are lost"),
        _("Write the number again, in a cell formatted as text."),
    ),
    "no-code": (_("“{found}” is none of: {more}"), _("Use one of these words, or leave the column out.")),
    "merged-name": (
        _("the cell of the name is merged over several rows"),
        _("Unmerge it and give each person a row."),
    ),
    "row-again": (_("perhaps the same person as row {more}"), _("Say which of the two rows is right.")),
    "id-again": (
        _("the number “{found}” stands in row {more}, too"),
        _("Give each person a number of their own."),
    ),
    "on-register": (
        _("perhaps the same person as record {more}"),
        _("Say whether it is this person or somebody else."),
    ),
    "other-person": (
        _("the number “{found}” belongs to record {more}, which has another name or date"),
        _("Say whether it is this person or somebody else."),
    ),
    "from-service": (
        _("a tracing service tells of this person; nobody has checked it"),
        _("Say whether it is somebody new, somebody on the register, or nobody."),
    ),
    "no-head": (_("“{found}” stands under no head"), _("Give the column a head, or empty the cell.")),
    # refused
    "nobody": (_("no name and no number"), _("Write a name or a number, or delete the row.")),
    "no-day": (_("“{found}” is a day that does not exist"), _("Write a day of the calendar.")),
}


def explain(finding: Finding) -> tuple[str, str]:
    """What was found and what to do, in English."""
    what, todo = WORDS[finding.code]
    return what.format(found=finding.found, more=finding.more), todo
