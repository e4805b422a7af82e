"""Lists as officers have them: which row is the head, what each column means, what each cell says.

    head = recognise(sheet.rows)            # an officer may correct `head.columns`
    lines = read(sheet, head)               # every row below the head, as a person or as what it is instead
    found = doubles(lines)                  # rows of one list that may be one person

Pure: nothing here knows a file or a register. What cannot be read surely is named, never guessed at in silence.
"""

from obmin.core.intake.codes import DATES
from obmin.core.intake.doubles import Index, Known, contradicts, doubles, known
from obmin.core.intake.found import Finding, Line, Passed, Verdict, Weight
from obmin.core.intake.heads import FIELDS, Head, recognise
from obmin.core.intake.lines import Grid, read
from obmin.core.intake.words import WORDS, explain

__all__ = [
    "DATES",
    "FIELDS",
    "WORDS",
    "Finding",
    "Grid",
    "Head",
    "Index",
    "Known",
    "Line",
    "Passed",
    "Verdict",
    "Weight",
    "contradicts",
    "doubles",
    "explain",
    "known",
    "read",
    "recognise",
]
