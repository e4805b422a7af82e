"""The register and tracing: who is held, who is sought, and which of them is whom.

Identity, location, medical, will, court and family are tables of their own, joined only by the person's
random key, so that each can be sealed, read and erased apart from the others.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obmin.audit.models import Recorded


class Register(models.TextChoices):
    HELD = "held"  # people in our hands
    SOUGHT = "sought"  # our own people whom we look for


class Intake(models.Model):
    """One imported list: where it came from and what became of its rows."""

    key = models.CharField(primary_key=True, max_length=16)
    register = models.CharField(max_length=6, choices=Register.choices)
    source = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Person(Recorded):
    """One human, never deleted, under a random key that says nothing."""

    key = models.CharField(primary_key=True, max_length=16)
    register = models.CharField(max_length=6, choices=Register.choices, db_index=True)
    power = models.CharField(max_length=3)  # the Power on which the person depends, ISO 3166-1 alpha-3
    category = models.CharField(max_length=12, default="undetermined")
    state = models.CharField(max_length=22, db_index=True)  # domain states of the detained and of the sought
    source_id = models.CharField(max_length=60, db_index=True)  # the source's own number: a claim
    row_hash = models.CharField(max_length=16, default="")
    since = models.DateTimeField()


class Of(models.Model):
    """A sealed class of facts about one person."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="%(class)s")

    class Meta:
        abstract = True


class Identity(Of):
    """Who the person is, as this register now writes it. How each source wrote it is in the claims."""

    name = models.CharField(max_length=200)
    romanised = models.CharField(max_length=200, default="")
    surname = models.CharField(max_length=100, default="")
    given = models.CharField(max_length=100, default="")
    patronymic = models.CharField(max_length=100, default="")
    birth_date = models.CharField(max_length=10, default="")
    sex = models.CharField(max_length=1, default="0")
    citizenship = models.CharField(max_length=3, default="")
    service_number = models.CharField(max_length=40, default="")
    rank = models.CharField(max_length=80, default="")
    rank_code = models.CharField(max_length=5, default="")
    unit = models.CharField(max_length=120, default="")
    branch = models.CharField(max_length=80, default="")


class IdentityClaim(models.Model):
    """One part of a name, or a number, as one source wrote it. Never overwritten."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    intake = models.ForeignKey(Intake, null=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=200)
    script = models.CharField(max_length=4)  # ISO 15924


class Custody(Of):
    """Where and since when the person is held, or was last seen."""

    captured_on = models.CharField(max_length=10, default="")
    facility = models.CharField(max_length=60, default="")
    region = models.CharField(max_length=80, default="")
    tags = models.CharField(max_length=200, default="")


class Family(Of):
    """People to be kept together share a group."""

    group = models.CharField(max_length=60, default="", db_index=True)


class Basis(models.TextChoices):
    CLAIM = "claim"  # somebody's word: can exclude the person, never clear them
    ACT = "act"  # recorded by the interviewer, the doctor or the court


class Medical(Of):
    health = models.CharField(max_length=8, default="unknown")
    fitness = models.CharField(max_length=12, default="unknown")
    fitness_until = models.CharField(max_length=10, default="")
    finding = models.CharField(max_length=12, default="")  # what the receiving doctor must prepare for
    basis = models.CharField(max_length=5, choices=Basis.choices, default=Basis.CLAIM)
    by = models.CharField(max_length=40, default="")
    on = models.CharField(max_length=10, default="")


class Wish(Of):
    """The person's own will, from a private interview. Reasons stay with the interviewer."""

    will = models.CharField(max_length=9, default="unknown")
    on = models.CharField(max_length=10, default="")
    basis = models.CharField(max_length=5, choices=Basis.choices, default=Basis.CLAIM)
    by = models.CharField(max_length=40, default="")


class Court(Of):
    judicial = models.CharField(max_length=12, default="none")
    dp_consent = models.CharField(max_length=7, default="none")
    own_consent = models.CharField(max_length=7, default="none")
    basis = models.CharField(max_length=5, choices=Basis.choices, default=Basis.CLAIM)
    by = models.CharField(max_length=40, default="")


class TheirList(models.Model):
    """A list that the other side sent: whom they seek, or whom they offer."""

    key = models.CharField(primary_key=True, max_length=16)
    kind = models.CharField(max_length=8)  # wanted, offered
    party = models.CharField(max_length=3)
    round = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()


class TheirLine(Recorded):
    """One line of their list, as they wrote it. `line` is their random id, the same through all rounds."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["list", "line"], name="a_line_stands_once_on_a_list")
        ]

    line = models.CharField(max_length=40, db_index=True)
    list = models.ForeignKey(TheirList, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)  # the other columns as sent
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="their_lines")
    answer = models.CharField(max_length=20, default="")


class Pairing(Recorded):
    """A proposal that a person of ours and a line of theirs are one human. Only people decide it."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "line"], name="a_pair_is_proposed_once")
        ]

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pairings")
    line = models.ForeignKey(TheirLine, on_delete=models.PROTECT, related_name="pairings")
    millibits = models.IntegerField()  # weight of evidence, log2 likelihood ratio × 1,000
    ppm = models.PositiveIntegerField()  # probability × 1,000,000
    clear = models.BooleanField()  # the engine calls it clear; people see only what is not
    why = models.TextField()
    state = models.CharField(max_length=8, default="OPEN", db_index=True)  # OPEN SAME NOT_SAME UNSURE
    judged_by = models.CharField(max_length=40, default="")
    judged_at = models.DateTimeField(null=True)


class Matching(models.Model):
    """One run of the engine: its parameters, so that anyone can compute it again."""

    key = models.CharField(primary_key=True, max_length=16)
    list = models.ForeignKey(TheirList, on_delete=models.PROTECT, related_name="matchings")
    register = models.CharField(max_length=6, choices=Register.choices)
    parameters = models.JSONField()
    proposed = models.PositiveIntegerField()
    clear = models.PositiveIntegerField()
    at = models.DateTimeField()
