"""Handover: the day, its manifest, what the tablets recorded, and the act that both sides signed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obmin.audit.models import Recorded
from obmin.negotiation.models import Exchange, ListLine, TheirOffer


class Muster(Recorded):
    """One day at one crossing, in one direction."""

    key = models.CharField(primary_key=True, max_length=30)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="musters")
    phase = models.CharField(max_length=20)
    direction = models.CharField(max_length=4)  # out: we hand over; in: we receive
    crossing = models.CharField(max_length=60)
    on = models.DateField()
    state = models.CharField(max_length=8, default="ISSUED")  # ISSUED CLOSED SIGNED


class TransferAct(models.Model):
    """The act of one muster, name by name: its exact bytes, and what each side signed under them."""

    muster = models.OneToOneField(Muster, primary_key=True, on_delete=models.PROTECT, related_name="act")
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    sender_signature = models.TextField()
    receiver_signature = models.TextField(default="")


class ManifestLine(models.Model):
    """A person on the day's frozen manifest, by the line's random id and an opaque code for the card."""

    muster = models.ForeignKey(Muster, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    line = models.CharField(max_length=40, db_index=True)
    code = models.CharField(max_length=12)  # what the card shows: opaque, of this day only
    track = models.CharField(max_length=12)
    counted = models.BooleanField(default=True)
    vehicle = models.CharField(max_length=20, default="")
    ours = models.ForeignKey(ListLine, null=True, on_delete=models.PROTECT, related_name="manifests")
    theirs = models.ForeignKey(TheirOffer, null=True, on_delete=models.PROTECT, related_name="manifests")
    outcome = models.CharField(max_length=12, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["muster", "line"], name="one_place_a_person_and_day")
        ]


class Event(models.Model):
    """What a tablet recorded, under the hash of its content; it may arrive late, twice, or out of order."""

    digest = models.CharField(primary_key=True, max_length=64)
    muster = models.ForeignKey(Muster, on_delete=models.PROTECT, related_name="events")
    chain = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    body = models.JSONField()
    arrived = models.DateTimeField()
