"""What tracing services were told of people sought, and what they told of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obmin.audit.models import Recorded
from obmin.core import record
from obmin.core.secrecy import Class
from obmin.vault.models import Sealed


class Alias(models.Model):
    """The identifier under which tracing services know somebody sought: random, and not our key. `until` is
    when the last file that told of them says that it may no longer be kept."""

    key = models.CharField(primary_key=True, max_length=16)
    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="alias")
    until = models.DateTimeField()


class Referral(Recorded):
    """A file for a tracing service: ASKED → RELEASED by a second person, or DROPPED."""

    key = models.CharField(primary_key=True, max_length=16)
    state = models.CharField(max_length=8, default="ASKED")
    service = models.CharField(max_length=120)
    agreement = models.CharField(max_length=120)  # under which the service may know
    days = models.PositiveSmallIntegerField()
    people = models.JSONField(default=list)  # keys that were asked for; none: everybody whose search is open
    domain = models.CharField(max_length=253, default="")
    told = models.PositiveIntegerField(default=0)
    withdrawn = models.JSONField(default=list)  # identifiers of those whom services are to forget
    left_out = models.JSONField(default=dict)  # how many, by why
    waiting = models.PositiveIntegerField(default=0)  # who found no place in this file
    sha256 = models.CharField(max_length=64, default="")
    until = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=40, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Referred(Sealed):
    """What a service was told of a person, kept as it went out."""

    CLASS = Class.IDENTITY
    HOLDS = record.Referred
    BOUND = ("referral_id", "person_id")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["referral", "person"], name="a_referral_tells_once_of_a_person")
        ]

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="of")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="referred")


class ServiceNote(Recorded, Sealed):
    """What a tracing service tells of somebody of whom we told it: OPEN → TAKEN as evidence, or ASIDE.

    `mark` is the keyed mark of its words: the same note never comes twice. Emptied once decided.
    """

    CLASS = Class.THEIRS
    HOLDS = record.ServiceNote
    BOUND = ("key",)

    key = models.CharField(primary_key=True, max_length=16)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="service_notes")
    mark = models.CharField(max_length=32, db_index=True)
    state = models.CharField(max_length=5, default="OPEN", db_index=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
