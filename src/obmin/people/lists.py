"""What is kept of lists besides their rows: what a source's columns mean, and what changed after a check."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obmin.core import record
from obmin.core.secrecy import Class
from obmin.vault.models import Sealed


class SourceColumns(Sealed):
    """What the columns of a source's lists mean, as an officer last said: offered the next time."""

    CLASS = Class.IDENTITY
    HOLDS = record.SourceColumns

    source = models.CharField(primary_key=True, max_length=32)  # keyed mark of what it is called
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Rejudged(models.Model):
    """A row, by its number in the file, that became something else at the import than its check had said.

    `before` and `after` are of `core.intake.Verdict`.
    """

    intake = models.ForeignKey("people.Intake", on_delete=models.PROTECT, related_name="rejudged")
    number = models.PositiveIntegerField()
    before = models.CharField(max_length=8)
    after = models.CharField(max_length=8)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["intake", "number"], name="a_row_is_judged_anew_once")
        ]
