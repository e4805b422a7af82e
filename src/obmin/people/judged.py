"""What people said, and what the engine asks: of two records of one register (`people.merging`), and of a
pair of a record and a line of the other side (`people.tracing`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obmin.audit.models import Recorded
from obmin.core import record
from obmin.core.secrecy import Class
from obmin.vault.models import Sealed


class Judgement(Recorded):
    """What somebody said of two records of one register. Never deleted; undone, it stands as undone.

    SAME   ASKED → MERGED → SPLIT_ASKED → UNDONE    each of the two steps needs a second person
    NOT_SAME, UNSURE   STANDS → UNDONE
    """

    key = models.CharField(primary_key=True, max_length=16)
    one = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+"
    )  # its key is the smaller
    other = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8)
    state = models.CharField(max_length=12, db_index=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    split_by = models.CharField(max_length=40, default="")  # who asks for it to be undone


class Suspicion(models.Model):
    """Two records of one register that the engine takes for one person. It waits for somebody to judge."""

    key = models.CharField(primary_key=True, max_length=16)
    register = models.CharField(max_length=6, choices=[("held", "Held"), ("sought", "Sought")])
    one = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    millibits = models.IntegerField()
    ppm = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["one", "other"], name="two_records_are_suspected_once")
        ]


class Said(Sealed):
    """What somebody said of a pair, never changed; the latest counts. The words are sealed."""

    CLASS = Class.THEIRS
    HOLDS = record.Said
    BOUND = ("key",)
    ABOUT = "pairing__person"

    key = models.CharField(primary_key=True, max_length=16)
    pairing = models.ForeignKey("people.Pairing", on_delete=models.PROTECT, related_name="said")
    answer = models.CharField(max_length=8)  # of core.tracing.batch.Answer
    way = models.CharField(max_length=8)  # of core.tracing.batch.Way
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "key"]
