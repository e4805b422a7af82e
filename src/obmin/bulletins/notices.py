"""Stage 9, bulletins: what the public may know, and no more.

A figure is frozen once; a text is read for people, places and dates; two people other than the author
approve; and what was ever published is weighed again before anything new goes out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Count, Max

from obmin.audit import clock
from obmin.audit.perform import perform
from obmin.bulletins.models import Bulletin
from obmin.care.models import Case
from obmin.core import disclosure
from obmin.core.access import Actor
from obmin.core.disclosure import Decision, Facts, Figure, Kind, Known, Ledger, Table
from obmin.core.errors import Incomplete, NotAllowed
from obmin.files import packages
from obmin.handover.models import Muster
from obmin.negotiation.models import Exchange
from obmin.people import records
from obmin.people.models import Identity, Register, TheirLine
from obmin.reception.models import Site
from obmin.vault.secrets import secret

HOTLINE: Final = 1648  # public line of the national information bureau
FINISHED: Final = ("COMPLETED", "RECONCILED", "CLOSED")


def draft(
    exchange: Exchange,
    *,
    title_en: str,
    title_uk: str,
    text_en: str,
    text_uk: str,
    actor: Actor,
    request: str = "",
    at: datetime | None = None,
) -> Bulletin:
    """Drafts a result notice. Its figures are the frozen ones; the writer types none."""
    with perform("bulletins.draft", actor=actor, request=request, at=at) as gate:
        figure, table = _figure(exchange)
        number = (Bulletin.objects.aggregate(Max("number"))["number__max"] or 0) + 1
        bulletin = Bulletin.objects.create(
            number=number,
            exchange=exchange,
            state="DRAFT",
            title_en=title_en,
            title_uk=title_uk,
            text_en=text_en,
            text_uk=text_uk,
            figures={"total": figure.total, "track": dict(table.shown)},
            left_out=[[hidden.cell, hidden.why] for hidden in table.hidden],
            drafted_at=gate.now,
            drafted_by=actor.id,
        )
        gate.subject = bulletin
        gate.fact("number", number)
        gate.outcome = str(bulletin.pk)
    return bulletin


def approve(
    bulletin: Bulletin, *, actor: Actor, seen: int | None = None, request: str = "", at: datetime | None = None
) -> None:
    """One of two approvals; each by somebody other than the author and the other approver."""
    with perform("bulletins.approve", actor=actor, subject=bulletin, seen=seen, request=request, at=at) as gate:
        if actor.id in (bulletin.drafted_by, *bulletin.approved_by):
            raise NotAllowed("Two people other than the author approve a bulletin.", code="second-same")
        approved = [*bulletin.approved_by, actor.id]
        Bulletin.objects.filter(pk=bulletin.pk).update(approved_by=approved)
        bulletin.approved_by = approved
        gate.ends = "APPROVED" if len(approved) > 1 else "APPROVED_ONCE"


def publish(
    bulletin: Bulletin, *, actor: Actor, seen: int | None = None, request: str = "", at: datetime | None = None
) -> None:
    """Publishes, if every check says so; refused with each reason if not."""
    with perform("bulletins.publish", actor=actor, subject=bulletin, seen=seen, request=request, at=at) as gate:
        decision = checks(bulletin)
        if not decision.allowed:
            raise Incomplete(" ".join(sentence for _, sentence in decision.reasons))
        Bulletin.objects.filter(pk=bulletin.pk).update(published_at=gate.now)
        gate.fact("number", bulletin.number)


def checks(bulletin: Bulletin) -> Decision:
    """Everything that speaks against publishing this bulletin now."""
    exchange = bulletin.exchange
    figure, table = _figure(exchange)
    claim = disclosure.Bulletin(
        kind=Kind.RESULT,
        exchange=exchange.pk,
        texts={
            "en": f"{bulletin.title_en}\n{bulletin.text_en}",
            "uk": f"{bulletin.title_uk}\n{bulletin.text_uk}",
        },
        written_by=bulletin.drafted_by,
        approved_by=tuple(bulletin.approved_by),
        figures=(figure,),
        tables=(table,) if table.shown else (),
    )
    return disclosure.decide(
        claim, _facts(exchange, figure), _known(), _ledger(bulletin), disclosure.read_words()
    )


def _facts(exchange: Exchange, figure: Figure) -> Facts:
    cases = Case.objects.filter(exchange=exchange, person__isnull=False)
    inward = exchange.musters.filter(direction="in")
    return Facts(
        completed=exchange.state in FINISHED,
        everybody_received=not inward.exclude(state="SIGNED").exists(),
        receipts_agree=_receipts(exchange)[0] == _receipts(exchange)[1],
        families=cases.count(),
        families_told=cases.exclude(family_told_at=None).count(),
        on=clock.now().date(),
        agreed_on=exchange.opened_at.date(),
        public_total=figure.total,
        hotlines=frozenset({HOTLINE}),
        frozen={exchange.pk: figure},
        truth=_truth(exchange),
    )


def _figure(exchange: Exchange) -> tuple[Figure, Table]:
    ours, theirs = _receipts(exchange)
    completion = disclosure.Completion(exchange.pk, exchange.state in FINISHED, ours, theirs)
    earlier = (
        Bulletin.objects.filter(exchange=exchange, state="PUBLISHED").values_list("figures", flat=True).first()
    )
    frozen = {exchange.pk: Figure(exchange.pk, earlier["total"])} if earlier else {}
    figure = disclosure.freeze(completion, frozen)
    return figure, disclosure.breakdown(figure, "track", _tracks(exchange), secret("rounding"))


def _receipts(exchange: Exchange) -> tuple[int, int]:
    """Counted people who came home: by our manifests, and by the acts that the other side signed."""
    ours = theirs = 0
    for muster in Muster.objects.filter(exchange=exchange, direction="in", state="SIGNED").select_related(
        "act"
    ):
        counted = set(muster.lines.filter(counted=True).values_list("line", flat=True))
        ours += muster.lines.filter(counted=True, outcome="here").count()
        theirs += len(counted.intersection(packages.parse(bytes(muster.act.body))["here"]))
    return ours, theirs


def _tracks(exchange: Exchange) -> dict[str, int]:
    lines = Muster.objects.filter(
        exchange=exchange, direction="in", state="SIGNED", lines__counted=True, lines__outcome="here"
    )
    return dict(lines.values_list("lines__track").annotate(Count("lines__pk")).order_by("lines__track"))


def _truth(exchange: Exchange) -> dict[str, dict[str, dict[str, int]]]:
    """The real counts that nothing published may give away. Where all came home on one track there is no
    breakdown to guard: that everybody was a soldier is what the agreement itself says."""
    tracks = _tracks(exchange)
    return {exchange.pk: {"track": tracks} if len(tracks) > 1 else {}}


def _known() -> Known:
    people = [records.frame(Identity, register) for register in Register]
    names = {name for frame in people for name in (*frame["name"], *frame["romanised"]) if name}
    lines = list(TheirLine.objects.all())  # also of those nobody has recognised yet
    names |= {words.name for words in records.their_words(lines)}
    places = set(Site.objects.values_list("name_en", flat=True)) | set(
        Site.objects.values_list("name_uk", flat=True)
    )
    places |= set(Muster.objects.values_list("crossing", flat=True))
    numbers = {number for frame in people for number in frame["service_number"] if number}
    return Known(frozenset(names), frozenset(places), frozenset(numbers))


def _ledger(but: Bulletin) -> Ledger:
    ledger = Ledger()
    for told in Bulletin.objects.filter(state="PUBLISHED").exclude(pk=but.pk).order_by("number"):
        figure = Figure(told.exchange_id, told.figures["total"])
        tables = [Table(told.exchange_id, "track", told.figures["track"], ())] if told.figures["track"] else []
        ledger = ledger.with_more(disclosure.statements([figure], tables))
    return ledger
