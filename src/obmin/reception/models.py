"""Reception: sites, places, vehicles, the plan for those who come home, and what stands in the way."""

from __future__ import annotations

from django.db import models

from obmin.audit.models import Recorded
from obmin.core import record
from obmin.core.secrecy import Class
from obmin.negotiation.models import Exchange, TheirOffer
from obmin.vault.models import Sealed


class Site(Recorded):
    """A place that receives people. `places` counts them by kind."""

    code = models.CharField(primary_key=True, max_length=20)
    name_en = models.CharField(max_length=80)
    name_uk = models.CharField(max_length=80)
    agency = models.CharField(max_length=20)
    places = models.JSONField(default=dict)
    minutes = models.PositiveIntegerField(default=0)  # from the crossing, one way
    km = models.PositiveIntegerField(default=0)
    staff = models.JSONField(default=dict)
    female_staff = models.PositiveIntegerField(default=0)


class Vehicle(models.Model):
    code = models.CharField(primary_key=True, max_length=20)
    kind = models.CharField(max_length=20)
    seats = models.PositiveSmallIntegerField(default=0)
    stretchers = models.PositiveSmallIntegerField(default=0)
    intensive = models.PositiveSmallIntegerField(default=0)


class Stock(models.Model):
    """What this side receives with besides sites and vehicles: kits, escort leads, medics."""

    kind = models.CharField(primary_key=True, max_length=20)
    count = models.PositiveIntegerField()


class Guarantee(models.Model):
    """A confirmed promise of safe passage: by whom, about which day."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="guarantees")
    giver = models.CharField(max_length=60)
    at = models.DateTimeField()


class Summary(Sealed):
    """What the sending doctor tells the receiving one about a person who comes home."""

    CLASS = Class.MEDICAL
    HOLDS = record.Summary
    ABOUT = "offer__line__person"

    offer = models.OneToOneField(TheirOffer, primary_key=True, on_delete=models.PROTECT, related_name="summary")


class Plan(Recorded):
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="DRAFT")
    proof = models.JSONField()
    needs = models.JSONField(default=dict)  # by kind of place
    at = models.DateTimeField()


class Assignment(models.Model):
    """Where one person who comes home is received, and how they get there."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="assignments")
    offer = models.ForeignKey(TheirOffer, on_delete=models.PROTECT, related_name="assignments")
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16)
    trip = models.CharField(max_length=20, default="")
