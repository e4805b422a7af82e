"""Terms, lists and rounds: one aggregate, for terms, lists and rounds change together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from django.db import models

from obmin.audit.models import Recorded
from obmin.core.secrecy import Class
from obmin.people.models import Person, TheirLine, TheirList
from obmin.vault.models import Sealed


class Exchange(Recorded):
    """One exchange: the workspace of all nine stages."""

    key = models.CharField(primary_key=True, max_length=20)  # 2025-05
    name_en = models.CharField(max_length=80)
    name_uk = models.CharField(max_length=80)
    other = models.CharField(max_length=3)
    state = models.CharField(max_length=14, default="DRAFT")
    opened_at = models.DateTimeField()

    @property
    def terms(self) -> models.QuerySet[Terms]:
        """The versions in force, now or once; drafts are none."""
        return Terms.objects.filter(exchange=self, state="AGREED")


class Terms(Recorded):
    """One version of the agreement, exactly as the file says it; or a draft of the version `number`.

    What was agreed is never changed: whoever edits it writes a draft.
    """

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="all_terms")
    number = models.PositiveSmallIntegerField()
    yaml = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="AGREED")  # DRAFT PROPOSED AGREED DROPPED
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["exchange", "number"],
                condition=models.Q(state="AGREED"),
                name="a_version_of_terms_once",
            )
        ]


class Draft(Recorded, Sealed):
    """One composed version of the list that we offer, with its proof. Immutable once composed.

    What it holds are the grounds of will, health and court, for the legal and medical officers alone.
    """

    CLASS = Class.WILL
    HOLDS = bytes
    BOUND = ("exchange_id", "number")

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="drafts")
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="COMPOSED")  # COMPOSED LOCKED SIGNED SENT FROZEN REPLACED
    sha256 = models.CharField(max_length=64)
    proof = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["exchange", "number"], name="a_draft_number_once")
        ]


OVER: Final = ("WITHDRAWN", "REFUSED", "UNFIT", "SUBSTITUTED", "NO_SHOW", "DIED", "RECEIVED")  # of a line


class ListLine(Recorded):
    """A person on a list of ours. `record_version` is the version of the record that was agreed on."""

    key = models.CharField(primary_key=True, max_length=16)
    line = models.CharField(max_length=16, db_index=True)  # random; all of it that the other side sees
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="list_lines")
    record_version = models.PositiveIntegerField()
    direct = models.BooleanField(default=False)  # Art. 110: outside every count
    phase = models.CharField(max_length=20)
    position = models.PositiveIntegerField()
    clause = models.CharField(max_length=40, default="")
    reason = models.TextField()
    state = models.CharField(max_length=12, default="CHECKED", db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draft", "person"], name="one_line_a_person_and_draft")
        ]

    @classmethod
    def binding(cls, people: Iterable[str]) -> set[str]:
        """Who of these stands on the newest list of an exchange that is under way (I-10)."""
        lines = cls.objects.filter(person__in=list(people)).exclude(state__in=OVER)
        lines = lines.exclude(draft__exchange__state__in=("COMPLETED", "RECONCILED", "CLOSED", "ABORTED"))
        newer = Draft.objects.filter(exchange=models.OuterRef("draft__exchange"))
        newer = newer.filter(number__gt=models.OuterRef("draft__number"))
        sent = models.Q(draft__state="FROZEN") | ~models.Exists(newer)
        return set(lines.filter(sent).values_list("person_id", flat=True))


class LeftOut(models.Model):
    """A person who could be thought of and is not on the list, with the reason that may be shown."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="left_out")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    reason = models.TextField()


class Order(Recorded, Sealed):
    """What an officer ordered about one person on our list: it stands, with its reason, until it is lifted.

    `lock` keeps or puts somebody on, on the day `phase` if there is one; `move` puts somebody on another day;
    `ban` takes off. `pair` is the other half of a substitution. The sealed content is the reason.
    """

    CLASS = Class.REMARKS
    HOLDS = bytes

    key = models.CharField(primary_key=True, max_length=16)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="orders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="list_orders")
    kind = models.CharField(max_length=4)  # lock, ban, move
    phase = models.CharField(max_length=20, default="")
    pair = models.CharField(max_length=16, default="")
    state = models.CharField(max_length=6, default="STANDS")  # STANDS LIFTED
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["exchange", "person"],
                condition=models.Q(state="STANDS"),
                name="one_standing_order_a_person",
            )
        ]


class View(models.Model):
    """A view of the lists that somebody kept: a named query, or the people whom they pasted."""

    key = models.CharField(primary_key=True, max_length=16)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="views")
    account = models.CharField(max_length=40)
    shared = models.BooleanField(default=False)  # with everybody who reads the lists
    name = models.CharField(max_length=60, default="")
    query = models.CharField(max_length=300, default="")
    people = models.JSONField(default=list)  # keys; a pasted set
    at = models.DateTimeField()


class Handout(Recorded):
    """A list with names that somebody asked for as a file, until a second person lets it go out."""

    key = models.CharField(primary_key=True, max_length=16)
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="handouts")
    query = models.CharField(max_length=300, default="")
    state = models.CharField(max_length=8, default="ASKED")  # ASKED GRANTED
    by = models.CharField(max_length=40)
    at = models.DateTimeField()


class Fairness(models.Model):
    """A report on who was passed over in the series: sums as they may be shown, in both languages."""

    exchanges = models.PositiveSmallIntegerField()
    total = models.PositiveIntegerField(null=True)  # rounded; none where too few could have gone
    tables = models.JSONField()  # language to rows: question, value, times, people
    dropped = models.JSONField()
    at = models.DateTimeField()


class Round(Recorded):
    """One round: what we sent, what they sent, and until when it holds. Both sides send one package."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)  # wanted, reply, proposal, freeze
    state = models.CharField(max_length=10, default="OPEN")  # OPEN SENT BOTH FROZEN
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="rounds_sent")
    theirs = models.ForeignKey(TheirList, null=True, on_delete=models.PROTECT, related_name="+")
    expires = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["exchange", "number"], name="a_round_number_once")
        ]


class Package(Sealed):
    """A signed package as sent or received: its exact bytes, sealed, and its signature."""

    CLASS = Class.PAPERS
    HOLDS = bytes
    BOUND = ("name",)

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="packages")
    name = models.CharField(max_length=60, unique=True)
    sender = models.CharField(max_length=3)
    signature = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()


class Lot(models.Model):
    """What a side bound itself to with its wanted list and showed with its reply, in hex.

    With our own commitment stands the hash of our register as it was in that act. A value that is not shown
    yet stands nowhere.
    """

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="lots")
    party = models.CharField(max_length=3)
    commitment = models.CharField(max_length=64)
    value = models.CharField(max_length=64, default="")
    register = models.CharField(max_length=64, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["exchange", "party"], name="one_lot_a_party")
        ]


class WantedLine(models.Model):
    """Under which random line id somebody whom we look for stands on our wanted list."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="wanted")
    line = models.CharField(max_length=16, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wanted_lines")
    answer = models.CharField(max_length=20, default="")


class TheirOffer(Recorded):
    """A line of theirs on a list being negotiated, and our answer to it."""

    line = models.OneToOneField(TheirLine, on_delete=models.PROTECT, related_name="offer")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="offers")
    phase = models.CharField(max_length=20)
    category = models.CharField(max_length=12)
    direct = models.BooleanField(default=False)
    fits = models.CharField(max_length=12, default="")  # satisfies, breaks, cannot tell
    why = models.TextField(default="")
    answer = models.CharField(max_length=20, default="")
    state = models.CharField(max_length=12, default="OFFERED", db_index=True)
