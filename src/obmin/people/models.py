"""The register and tracing: who is held, who is sought, and which of them is whom.

Identity, location, medical, will, court and family are tables of their own, joined only by the person's
random key, each sealed row by row under keys of its own class: read and erased apart from the others.
What the rows hold is in `core.record`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from obmin.audit.models import Recorded
from obmin.core import record
from obmin.core.secrecy import Class
from obmin.people.judged import Judgement, Said, Suspicion  # noqa: F401 - so that Django knows these tables
from obmin.people.lists import Rejudged, SourceColumns  # noqa: F401 - and these
from obmin.people.referrals import Alias, Referral, Referred, ServiceNote  # noqa: F401 - and these
from obmin.vault.models import Sealed


class Register(models.TextChoices):
    HELD = "held"  # people in our hands
    SOUGHT = "sought"  # our own people whom we look for


class Intake(Recorded, Sealed):
    """One imported list: where it came from and what became of its rows.

    New, same, changed, doubtful and refused add up to `rows`; `passed` are rows of the file that are no people.
    """

    CLASS = Class.IDENTITY
    HOLDS = record.Intake

    key = models.CharField(primary_key=True, max_length=16)
    register = models.CharField(max_length=6, choices=Register.choices)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    doubtful = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default="STANDS")  # STANDS, TAKEN_BACK
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Person(Recorded):
    """One human, never deleted, under a random key that says nothing."""

    key = models.CharField(primary_key=True, max_length=16)
    register = models.CharField(max_length=6, choices=Register.choices)  # no index: it would be walked whole
    power = models.CharField(max_length=3)  # the Power on which the person depends, ISO 3166-1 alpha-3
    category = models.CharField(max_length=12, default="undetermined")
    state = models.CharField(max_length=22, db_index=True)  # domain states of the detained and of the sought
    source_mark = models.CharField(max_length=32, db_index=True)  # keyed mark of the source and its own number
    row_mark = models.CharField(max_length=32, default="")  # keyed mark of the row as last imported
    since = models.DateTimeField()
    # The record that this one was merged into; what the standing judgements come to (`people.merging`).
    into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")


class Of(Sealed):
    """A sealed class of facts about one person."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="%(class)s")

    class Meta:
        abstract = True


class Identity(Of):
    CLASS = Class.IDENTITY
    HOLDS = record.Identity
    edition = models.PositiveBigIntegerField(db_index=True)  # the journal's length when it was written


class IdentityClaim(Sealed):
    """The parts of a name, and numbers, as one source wrote them on one list. Never overwritten."""

    CLASS = Class.IDENTITY
    HOLDS = record.Claims
    BOUND = ("person_id", "intake_id")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "intake"], name="a_list_claims_once_of_a_person")
        ]


class Custody(Of):
    CLASS = Class.LOCATION
    HOLDS = record.Custody


class Family(Of):
    CLASS = Class.FAMILY
    HOLDS = record.Family


class Medical(Of):
    CLASS = Class.MEDICAL
    HOLDS = record.Medical


class Wish(Of):
    CLASS = Class.WILL
    HOLDS = record.Wish


class Court(Of):
    CLASS = Class.COURT
    HOLDS = record.Court


class Basis(models.TextChoices):
    CLAIM = "claim"  # somebody's word: can exclude the person, never clear them
    ACT = "act"  # recorded by the interviewer, the doctor or the court


class TheirList(models.Model):
    """A list that the other side sent: whom they seek, or whom they offer."""

    key = models.CharField(primary_key=True, max_length=16)
    kind = models.CharField(max_length=8)  # wanted, offered
    party = models.CharField(max_length=3)
    round = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()


class TheirLine(Recorded, Sealed):
    """One line of their list, as they wrote it. `line` is their random id, the same through all rounds."""

    CLASS = Class.THEIRS
    HOLDS = record.Theirs
    BOUND = ("list_id", "line")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["list", "line"], name="a_line_stands_once_on_a_list")
        ]

    line = models.CharField(max_length=40, db_index=True)
    list = models.ForeignKey(TheirList, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="their_lines")
    answer = models.CharField(max_length=20, default="")


class Matching(Recorded):
    """One run of the engine: its parameters, so that anyone can compute it again; and its clear pairs' way.

    OPEN → CONFIRMED once the drawn sample was read, or → STOPPED by a doubt about one of them, for good.
    """

    key = models.CharField(primary_key=True, max_length=16)
    list = models.ForeignKey(TheirList, on_delete=models.PROTECT, related_name="matchings")
    register = models.CharField(max_length=6, choices=Register.choices)
    parameters = models.JSONField()
    proposed = models.PositiveIntegerField()
    clear = models.PositiveIntegerField()  # of those, as proposed
    at = models.DateTimeField()
    state = models.CharField(max_length=9, default="OPEN")
    judged_by = models.CharField(max_length=40, default="")
    judged_at = models.DateTimeField(null=True)


class Pairing(Recorded, Sealed):
    """A proposal that a person of ours and a line of theirs are one human. Only people decide it."""

    CLASS = Class.THEIRS
    HOLDS = record.Evidence
    BOUND = ("person_id", "line_id")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "line"], name="a_pair_is_proposed_once")
        ]

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pairings")
    line = models.ForeignKey(TheirLine, on_delete=models.PROTECT, related_name="pairings")
    millibits = models.IntegerField()  # weight of evidence, log2 likelihood ratio × 1,000
    ppm = models.PositiveIntegerField()  # probability × 1,000,000
    run = models.ForeignKey(
        Matching, on_delete=models.PROTECT, related_name="pairings"
    )  # that proposed it first
    clear = models.BooleanField()  # the engine calls it clear, and nobody has doubted it or its run
    drawn = models.BooleanField(default=False)  # in the sample of its run
    state = models.CharField(max_length=8, default="OPEN", db_index=True)  # OPEN SAME NOT_SAME UNSURE
    judged_by = models.CharField(max_length=40, default="")
    judged_at = models.DateTimeField(null=True)

    @property
    def bits(self) -> float:
        return self.millibits / 1000


class Testimony(Sealed):
    """A piece of evidence of somebody sought: withdrawn, never deleted; `cause` is what brought it here."""

    CLASS = Class.THEIRS
    HOLDS = record.Testimony
    BOUND = ("key",)

    key = models.CharField(primary_key=True, max_length=16)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="testimonies")
    cause = models.CharField(max_length=60, default="", db_index=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=40, default="")
    withdrawn_at = models.DateTimeField(null=True)


class Searched(Of):
    """What was searched before a record was made, and whom the search showed."""

    CLASS = Class.IDENTITY
    HOLDS = record.Searched


class Correction(Sealed):
    """One field of an identity as it was and as it is from then on; the reason is the entry's remark."""

    CLASS = Class.IDENTITY
    HOLDS = record.Correction

    key = models.CharField(primary_key=True, max_length=16)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    entry = models.PositiveBigIntegerField()  # of the journal
    by = models.CharField(max_length=40)
    at = models.DateTimeField()


class CustodyEvent(Sealed):
    """Something that happened to somebody in our hands (Art. 122). Never changed; a wrong one is followed
    by a right one. `episode` counts the times that the person was taken."""

    CLASS = Class.LOCATION
    HOLDS = record.Happening

    key = models.CharField(primary_key=True, max_length=16)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)  # of core.custody.Event
    episode = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=22)  # that it left the person in
    by = models.CharField(max_length=40)
    at = models.DateTimeField()  # when it was recorded

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "key"]


class Asking(Recorded, Sealed):
    """Relatives, or a unit, ask after somebody: who, how to reach them, and the officer who answers them."""

    CLASS = Class.FAMILY
    HOLDS = record.Asking

    key = models.CharField(primary_key=True, max_length=16)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="askings")
    state = models.CharField(max_length=6, default="OPEN")  # OPEN ENDED
    officer = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Telling(Sealed):
    """What those who ask were told, in which words, by whom. Confirmed facts only."""

    CLASS = Class.FAMILY
    HOLDS = record.Telling

    key = models.CharField(primary_key=True, max_length=16)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tellings")
    asking = models.ForeignKey(Asking, on_delete=models.PROTECT, related_name="tellings")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()


class Upload(Recorded, Sealed):
    """A list laid out for checking; nothing of it is on the register yet. Emptied when imported or dropped."""

    CLASS = Class.IDENTITY
    HOLDS = record.Upload

    key = models.CharField(primary_key=True, max_length=16)
    register = models.CharField(max_length=6, choices=Register.choices)
    power = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default="LAID_OUT")  # LAID_OUT READ IMPORTING IMPORTED DROPPED
    counts = models.JSONField(default=dict)  # of each verdict
    spread = models.JSONField(default=list)  # the same of each stretch of rows
    taken = models.PositiveIntegerField(default=0)  # rows that are on the register already
    intake = models.ForeignKey(Intake, null=True, on_delete=models.PROTECT, related_name="uploads")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class UploadPart(Sealed):
    """A stretch of an upload: cells as they lie in the file (`raw`), or rows as read (`read`)."""

    CLASS = Class.IDENTITY
    HOLDS = bytes
    BOUND = ("upload_id", "kind", "number")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["upload", "kind", "number"], name="a_part_stands_once_in_an_upload")
        ]

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=4)
    number = models.PositiveIntegerField()


class Parked(Recorded, Sealed):
    """A row of a list that a person must decide (OPEN), or that could not become a record (UNREAD).

    `mark` is the keyed mark of the row: the same row of a source is not parked twice. Emptied once decided.
    """

    CLASS = Class.IDENTITY
    HOLDS = record.Parked

    key = models.CharField(primary_key=True, max_length=16)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="parked")
    register = models.CharField(max_length=6, choices=Register.choices)
    power = models.CharField(max_length=3)
    number = models.PositiveIntegerField()
    mark = models.CharField(max_length=32, db_index=True)
    state = models.CharField(max_length=8, default="OPEN", db_index=True)  # OPEN UNREAD NEW SAME REFUSED
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="parked")


class Sending(Recorded):
    """Notices that go to one recipient together: PREPARED → SENT → ACKNOWLEDGED, or DROPPED unsent."""

    key = models.CharField(primary_key=True, max_length=16)
    to = models.CharField(max_length=6)  # of core.duties.To
    state = models.CharField(max_length=12, default="PREPARED")
    notices = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    signature = models.TextField()  # as minisign writes it, over the workbook
    how = models.CharField(max_length=80, default="")
    reference = models.CharField(max_length=80, default="")  # of the sender's covering letter
    receipt = models.CharField(max_length=80, default="")  # of the recipient's answer
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Notice(Recorded):
    """What the bureau or the agency must hear of a person: QUEUED → SENT → ACKNOWLEDGED, or WITHDRAWN."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20)
    to = models.CharField(max_length=6)
    event = models.CharField(max_length=16, default="")  # key of the event of custody; none: by a list
    since = models.DateTimeField()  # the clock's beginning
    due = models.DateTimeField()
    state = models.CharField(max_length=12, default="QUEUED", db_index=True)
    sending = models.ForeignKey(Sending, null=True, on_delete=models.PROTECT, related_name="of")


class Notified(Sealed):
    """What a notice said of a person, kept as it was sent."""

    CLASS = Class.IDENTITY
    HOLDS = record.Notified

    notice = models.OneToOneField(Notice, primary_key=True, on_delete=models.PROTECT, related_name="said")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notified")


class Inspection(Sealed):
    """A monthly inspection of somebody in our hands (Art. 31)."""

    CLASS = Class.MEDICAL
    HOLDS = record.Inspection

    key = models.CharField(primary_key=True, max_length=16)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="inspections")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
