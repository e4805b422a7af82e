"""The journal: one entry for each act, one leaf for each entry, one tree over all leaves."""

from __future__ import annotations

from django.db import models

from obmin.core.secrecy import Class
from obmin.vault.models import Sealed


class Recorded(models.Model):
    """A thing that acts change: it has a version, and most have a state. Only the gate moves either."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Entry(models.Model):
    """A leaf of the journal. A filler has no act; its content cannot be told from a real one's.

    Whoever and whatever is named here is named by an id as text, never by a foreign key, so that the
    journal outlives every row and lies below the apps that it speaks of.
    """

    index = models.PositiveBigIntegerField(primary_key=True)
    content = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32, null=True)
    body = models.TextField(default="")  # canonical JSON, "" for a filler
    act = models.CharField(max_length=40, default="", db_index=True)
    actor = models.CharField(max_length=40, default="")
    subject = models.CharField(max_length=80, default="", db_index=True)
    at = models.DateTimeField(null=True)
    request = models.CharField(max_length=120, null=True, unique=True)
    outcome = models.CharField(max_length=120, default="")


class Remark(Sealed):
    """The words that somebody gave as a reason, sealed. The journal binds their hash; they can be erased."""

    CLASS = Class.REMARKS
    HOLDS = bytes

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.CASCADE)


class Reading(models.Model):
    """Whose record a reading showed. The reading's entry binds the hash of all its keys."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="readings")
    key = models.CharField(max_length=80, db_index=True)


class Tree(models.Model):
    """The head of the journal, one row: how far the tree has grown, and what the tables must come to.

    Locking it puts writers in a queue. Its seal is made with a key that the database does not have.
    """

    size = models.PositiveBigIntegerField(default=0)
    frontier = models.TextField(default="")  # hex of the roots of the perfect subtrees, largest first
    moment = models.DateTimeField(null=True)
    rows = models.TextField(default="")  # the sums of the tables' rows, under a mask (core.chain.Sums)
    seal = models.CharField(max_length=64, default="")


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root, with whatever cosignatures have come in."""

    size = models.PositiveBigIntegerField(primary_key=True)
    note = models.TextField()
    at = models.DateTimeField()


class Cosigned(models.Model):
    """The last checkpoint of another's journal that we cosigned: the next one must continue it."""

    origin = models.CharField(primary_key=True, max_length=80)
    note = models.TextField()
