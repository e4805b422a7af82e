"""Bulletins: what the public may know. A published one is frozen, and so are its figures."""

from __future__ import annotations

from django.db import models

from obmin.audit.models import Recorded
from obmin.negotiation.models import Exchange


class Bulletin(Recorded):
    number = models.PositiveIntegerField(unique=True)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="bulletins")
    state = models.CharField(max_length=13, default="DRAFT")  # DRAFT APPROVED_ONCE APPROVED PUBLISHED
    title_en = models.CharField(max_length=200)
    title_uk = models.CharField(max_length=200)
    text_en = models.TextField()
    text_uk = models.TextField()
    figures = models.JSONField(default=dict)
    left_out = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=40)
    approved_by = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
