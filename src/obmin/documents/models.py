"""Papers that this instance made: what they are, which bytes, and where the file lies in the home."""

from __future__ import annotations

from django.db import models


class Paper(models.Model):
    """A printed form or list. The bytes are in the home's `files/` by their hash."""

    key = models.CharField(primary_key=True, max_length=16)
    kind = models.CharField(max_length=30, db_index=True)
    title = models.CharField(max_length=200)
    about = models.CharField(max_length=80, db_index=True)  # the thing it is of, as the journal names it
    media = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
