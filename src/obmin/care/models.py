"""Care: a case for each person who came home, its steps, and who told the family."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obmin.audit.models import Recorded
from obmin.negotiation.models import Exchange, TheirOffer
from obmin.people.models import Person


class Case(Recorded):
    key = models.CharField(primary_key=True, max_length=16)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="cases")
    offer = models.OneToOneField(TheirOffer, on_delete=models.PROTECT, related_name="case")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="cases")
    site = models.CharField(max_length=20)
    category = models.CharField(max_length=12)
    pathway = models.PositiveSmallIntegerField()  # the version of the pathway that the case was opened by
    state = models.CharField(max_length=16, default="RECEIVED", db_index=True)
    opened_at = models.DateTimeField()
    family_told_at = models.DateTimeField(null=True)
    direct = models.BooleanField(default=False)


class Step(models.Model):
    """One thing to do for a person, at the person's pace. "Not now" needs no reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    code = models.CharField(max_length=40)
    due = models.DateTimeField()
    state = models.CharField(max_length=8, default="OPEN")  # OPEN DONE NOT_NOW
    at = models.DateTimeField(null=True)
    by = models.CharField(max_length=40, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "code"], name="a_step_once_a_case")
        ]
