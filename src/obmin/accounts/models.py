"""Who works here: agencies, accounts, the roles they hold and until when, and how they sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from obmin.audit.models import Recorded


class Agency(models.Model):
    """An agency is data: each stage names the one that leads it, each task the one that owns it."""

    code = models.CharField(primary_key=True, max_length=20)
    name_en = models.CharField(max_length=120)
    name_uk = models.CharField(max_length=120)


class Lead(models.Model):
    """Which agency leads a stage of the work in this instance."""

    stage = models.CharField(primary_key=True, max_length=20)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)


class Accounts(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(pk=username)


class Account(Recorded, AbstractBaseUser):
    """One person who works with this instance. There are no passwords."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=120)
    name_latin = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    password = None  # type: ignore[assignment]

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Accounts()


class Appointment(models.Model):
    """A role held by an account, from a moment, until a moment."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "role", "since"], name="one_appointment_at_a_time")
        ]


class SignInLink(models.Model):
    """A one-time link of a training home. Only its hash is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    used_at = models.DateTimeField(null=True)
