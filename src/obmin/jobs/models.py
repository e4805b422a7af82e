"""Long work: what runs, how far it is, and where its result lies."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One piece of long work. `step` is a real name of what is being done, `done` of `total` its measure."""

    key = models.CharField(primary_key=True, max_length=16)
    kind = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="WAITING")  # WAITING RUNNING DONE FAILED CANCELLED
    step = models.CharField(max_length=120, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=200, default="")
    failure = models.TextField(default="")
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField(null=True)
    cancel = models.BooleanField(default=False)
