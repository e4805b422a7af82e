"""Who works here: agencies, accounts, the roles they hold and until when, and how they sign in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

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
    """One person who works with this instance. There are no passwords.

    Each act on the account moves its version, and with it every session of the account ends.
    """

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=120)
    name_latin = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    password = None  # type: ignore[assignment]
    last_login = None  # the journal knows

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Accounts()

    def get_session_auth_hash(self) -> str:
        return str(salted_hmac("obmin.accounts.session", f"{self.pk}/{self.version}").hexdigest())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return iter(())


class Appointment(models.Model):
    """A role held by an account, from a moment, until a moment; at these sites or crossings, if it is bound."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    places = models.JSONField(default=list)  # codes of sites, names of crossings

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "role", "since"], name="one_appointment_at_a_time")
        ]


class SignInLink(models.Model):
    """A one-time link of a training home. Only its hash is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    used_at = models.DateTimeField(null=True)


class Key(Recorded):
    """The public part of a security key. The secret part never leaves the key."""

    id = models.CharField(primary_key=True, max_length=64)  # SHA-256 of the credential's id, hex
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=60)
    credential = models.BinaryField()  # attested credential data, WebAuthn level 2, 6.5.1
    count = models.PositiveBigIntegerField(default=0)  # the signature counter last seen, 6.1.1
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_for = models.CharField(max_length=20, default="")  # "lost", "copied", "own"


class Memory(models.Model):
    """How an account that only reads signs in without a key: a passphrase and a code that changes."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="memory")
    passphrase = models.CharField(max_length=200)  # Argon2id, PHC string
    secret = models.BinaryField()  # RFC 6238, sealed
    step = models.PositiveBigIntegerField(default=0)  # the last step whose code was used


class Code(models.Model):
    """A one-time code that registers the first key of an account. Only its hash is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Spent(models.Model):
    """A challenge that was answered; until it would have expired, it is not taken again."""

    digest = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)


class Failures(models.Model):
    """Attempts that failed: for an account from a network, or (account "") from a network at all."""

    way = models.CharField(max_length=10)  # "key", "words", "code"
    account = models.CharField(max_length=40)  # as it was typed; there may be no such account
    network = models.CharField(max_length=50)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["way", "account", "network"], name="one_count_for_a_pair")
        ]


ASKED: Final = "ASKED"


class Proposal(Recorded):
    """What one administrator asked for and a second person has not confirmed yet."""

    id = models.CharField(primary_key=True, max_length=40)
    state = models.CharField(max_length=10, default=ASKED)  # ASKED, DONE, DROPPED
    kind = models.CharField(max_length=10)  # "create", "appoint", "recover"
    account = models.CharField(max_length=40)
    details = models.JSONField(default=dict)  # name, name_latin, agency, roles, until
    reason = models.TextField()
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    half = models.CharField(max_length=64, default="")  # hash of the half of the code that the asker holds
