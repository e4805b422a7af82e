"""The home page's queues: for me, waiting for others, overdue. Each line is a thing to do and its address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from obmin.accounts import staff
from obmin.accounts.models import Lead
from obmin.audit import clock
from obmin.audit.alarms import open_alarms
from obmin.bulletins.models import Bulletin
from obmin.care.models import Step
from obmin.care.queries import seen_steps, visible_to
from obmin.core.access import Actor, Area, Role
from obmin.core.acts import ACTS
from obmin.negotiation.models import Draft, Exchange, Handout, Round
from obmin.people import merging, pfif_in, queries
from obmin.people.models import Notice, Parked, Person
from obmin.people.referrals import Referral


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a queue. `owner` are the duties that can do it; `due` may be absent.

    A line whose number, or whose being there, tells of how many are held is for its owners alone (I-17).
    """

    text: str
    address: str
    area: Area
    owner: frozenset[Role]
    due: datetime | None = None
    agency: str = ""
    tells_how_many: bool = False
    since: datetime | None = None

    def known_to(self, actor: Actor) -> bool:
        return actor.reads(self.area) and (bool(self.owner & actor.roles) or not self.tells_how_many)


def home(actor: Actor) -> dict[str, Any]:
    """Everything that is open and that the actor may know of, in three queues; the oldest first."""
    now = clock.now()
    tasks = [task for task in _open_tasks(now, actor) if task.known_to(actor)]
    tasks.sort(key=lambda task: (task.since or task.due or now, task.address))
    overdue = [task for task in tasks if task.due and task.due < now]
    timely = [task for task in tasks if task not in overdue]
    mine = [task for task in timely if task.owner & actor.roles]
    others = [task for task in timely if not task.owner & actor.roles]
    none = _("Nothing else waits for you.") if overdue else _("Nothing waits for you.")
    return {
        "mine": [*(task for task in overdue if task.owner & actor.roles), *mine],
        "queues": (
            (_("Overdue"), overdue, _("Nothing is overdue.")),
            (_("For me"), mine, none),
            (_("Waiting for others"), others, _("Nobody else is waited for.")),
        ),
        "exchanges": Exchange.objects.order_by("-opened_at") if actor.reads(Area.BOARD) else [],
        "now": now,
    }


def _open_tasks(now: datetime, actor: Actor) -> list[Task]:
    name = "agency__name_uk" if get_language() == "uk" else "agency__name_en"
    leads = dict(Lead.objects.values_list("stage", name))
    people = [*_doubts(), *_first_steps(), *_merges(actor), *_notices(), *_pairs(), *_clear_pairs(actor)]
    tasks = [*people, *_of_services(), *_lists(actor), *_rounds(), *_steps(now, actor), *_bulletins()]
    tasks += [*_accounts(now, actor), *_alarms(actor)]
    return [replace(task, agency=task.agency or leads.get(task.area.value, "")) for task in tasks]


def _doubts() -> list[Task]:
    tasks = []
    for wall in (Area.HELD, Area.SOUGHT):
        rows = Parked.objects.filter(state="OPEN", register=wall.value)
        if waiting := rows.count():
            text = ngettext("%(n)s row of a list needs you", "%(n)s rows of lists need you", waiting)
            owner = frozenset({Role.REGISTRAR})
            address = reverse("doubts")
            first = rows.aggregate(first=Min("intake__at"))["first"]
            said = text % {"n": waiting}
            tasks.append(Task(said, address, wall, owner, tells_how_many=True, since=first))
    return tasks


def _first_steps() -> list[Task]:
    """Records that wait for their first step: reported and not opened, captured and not on the register."""
    tasks = []
    for wall, state in ((Area.SOUGHT, "REPORTED"), (Area.HELD, "CAPTURED")):
        people = Person.objects.filter(register=wall.value, state=state, into=None).order_by("since", "key")
        if first := people.first():
            waiting = people.count()
            text = ngettext("%(n)s new record waits", "%(n)s new records wait", waiting) % {"n": waiting}
            address = reverse("person", args=[first.pk])
            owner = frozenset({Role.REGISTRAR})
            tasks.append(Task(text, address, wall, owner, tells_how_many=True, since=first.since))
    return tasks


def _merges(actor: Actor) -> list[Task]:
    """Merges, and their undoing, that somebody else asked for; and each that the actor asked for."""
    tasks = []
    for wall in (Area.HELD, Area.SOUGHT):
        for own in merging.asked_by(actor).filter(one__register=wall.value):
            text = _("Your merge waits for a second person")
            address = reverse("judgement", args=[own.pk])
            tasks.append(Task(text, address, wall, frozenset(), since=own.at))
        asked = merging.asked(actor).filter(one__register=wall.value)
        if first := asked.first():
            waiting = asked.count()
            text = ngettext(
                "%(n)s merge waits for a second person", "%(n)s merges wait for a second person", waiting
            )
            address = reverse("judgement", args=[first.pk])
            owner = frozenset({Role.REGISTRAR})
            tasks.append(Task(text % {"n": waiting}, address, wall, owner, since=first.at))
    return tasks


def _clear_pairs(actor: Actor) -> list[Task]:
    """Runs of the engine whose clear pairs wait for a sample to be read."""
    owner = frozenset({Role.TRACING})
    return [
        Task(
            ngettext("Confirm %(n)s clear pair", "Confirm %(n)s clear pairs", number) % {"n": number},
            reverse("clear-pairs", args=[run.pk]),
            Area.TRACING,
            owner,
            since=run.at,
        )
        for run, number in queries.clear_runs(actor)
    ]


def _notices() -> list[Task]:
    open_ = Notice.objects.filter(state="QUEUED", person__into=None)
    waiting = open_.count()
    if not waiting:
        return []
    text = ngettext(
        "Tell the bureau and the agency: %(n)s notice", "Tell the bureau and the agency: %(n)s notices", waiting
    )
    first = open_.order_by("due").values_list("due", flat=True)[0]
    owner = frozenset({Role.REGISTRAR})
    return [Task(text % {"n": waiting}, reverse("notices"), Area.HELD, owner, first, tells_how_many=True)]


def _pairs() -> list[Task]:
    pairs = queries.doubtful()
    waiting = pairs.count()
    if not waiting:
        return []
    first = pairs.aggregate(first=Min("line__list__at"))["first"]
    text = ngettext("Compare %(n)s pair", "Compare %(n)s pairs", waiting) % {"n": waiting}
    return [Task(text, reverse("tracing"), Area.TRACING, frozenset({Role.TRACING}), since=first)]


def _of_services() -> list[Task]:
    """Notes of tracing services, and files for them that the data protection officer has not let go yet."""
    tasks = []
    if first := pfif_in.waiting().first():
        waiting = pfif_in.waiting().count()
        text = ngettext(
            "Decide %(n)s note of a tracing service", "Decide %(n)s notes of tracing services", waiting
        ) % {"n": waiting}
        address = reverse("pfif-note", args=[first.pk])
        tasks.append(Task(text, address, Area.TRACING, frozenset({Role.TRACING}), since=first.at))
    for asked in Referral.objects.filter(state="ASKED").order_by("at", "key"):
        text = _("A file for a tracing service waits: %(service)s") % {"service": asked.service}
        address, owner = reverse("pfif-release", args=[asked.pk]), frozenset({Role.PROTECTION})
        tasks.append(Task(text, address, Area.JOURNAL, owner, tells_how_many=True, since=asked.at))
    return tasks


def _lists(actor: Actor) -> list[Task]:
    """Locked drafts that wait for signatures, and lists with names that wait for somebody else's leave."""
    tasks = []
    for draft in Draft.objects.filter(state="LOCKED").order_by("pk"):
        text = _("Sign list %(n)s of %(exchange)s") % {"n": draft.number, "exchange": draft.exchange_id}
        address = reverse("list-sign", args=[draft.exchange_id, draft.number])
        tasks.append(Task(text, address, Area.LISTS, ACTS["lists.sign"].roles))
    for handout in Handout.objects.filter(state="ASKED").select_related("draft").order_by("pk"):
        own = handout.by == actor.id
        text = _("A list with names waits for leave to go out: list %(n)s") % {"n": handout.draft.number}
        address = reverse("list-sign", args=[handout.draft.exchange_id, handout.draft.number])
        owner = frozenset() if own else ACTS["lists.hand-out"].roles
        tasks.append(Task(text, address, Area.LISTS, owner, since=handout.at))
    return tasks


def _accounts(now: datetime, actor: Actor) -> list[Task]:
    """Changes of accounts that this person can confirm, and those that they asked for."""
    tasks = []
    mine = {one.pk for one in staff.for_me(actor, now)}
    for one in staff.waiting(now):
        if one.pk in mine or one.asked_by == actor.id:
            text = _("A change of accounts waits for a second person: %(account)s") % {"account": one.account}
            address, owner = reverse("account-asked", args=[one.pk]), actor.roles if one.pk in mine else ()
            tasks.append(Task(text, address, Area.ACCOUNTS, frozenset(owner), since=one.asked_at))
    return tasks


def _alarms(actor: Actor) -> list[Task]:
    """Alarms that nobody has answered, for those who can."""
    owner = ACTS["alarms.acknowledge"].roles
    raised = open_alarms() if owner & actor.roles else []
    if not raised:
        return []
    text = ngettext("Answer %(n)s alarm", "Answer %(n)s alarms", len(raised)) % {"n": len(raised)}
    address = reverse("alarm", args=[raised[0].index])
    return [Task(text, address, Area.JOURNAL, owner, tells_how_many=True, since=raised[0].at)]


def _rounds() -> list[Task]:
    tasks = []
    for found in Round.objects.filter(
        state__in=("OPEN", "SENT", "BOTH"), exchange__state__in=("TERMS_AGREED", "LISTS_OPEN")
    ).select_related("exchange"):
        open_lines = found.offers.filter(answer="").count()
        if open_lines:
            text = ngettext("Answer %(n)s line of round %(r)s", "Answer %(n)s lines of round %(r)s", open_lines)
            address = reverse("round", args=[found.exchange_id, found.number])
            owner = frozenset({Role.NEGOTIATOR})
            tasks.append(
                Task(text % {"n": open_lines, "r": found.number}, address, Area.ROUNDS, owner, found.expires)
            )
    return tasks


def _steps(now: datetime, actor: Actor) -> list[Task]:
    tasks = []
    for exchange in Exchange.objects.filter(cases__isnull=False).distinct():
        mine = visible_to(actor).filter(exchange=exchange)
        due = Step.objects.filter(case__in=mine, code__in=seen_steps(actor), state="OPEN", due__lte=now)
        due = due.exclude(case__state="CLOSED").order_by("due")
        if count := due.count():
            text = ngettext("%(n)s step of care is due", "%(n)s steps of care are due", count) % {"n": count}
            first = due.values_list("due", flat=True)[0]
            tasks.append(
                Task(text, reverse("care", args=[exchange.pk]), Area.CARE, frozenset({Role.CASE}), first)
            )
    return tasks


def _bulletins() -> list[Task]:
    tasks = []
    for bulletin in Bulletin.objects.exclude(state="PUBLISHED"):
        owner = frozenset({Role.PRESS if bulletin.state == "APPROVED" else Role.APPROVER})
        text = _("Bulletin %(n)s waits for approval") % {"n": bulletin.number}
        tasks.append(
            Task(text, reverse("bulletin", args=[bulletin.exchange_id, bulletin.number]), Area.BULLETINS, owner)
        )
    return tasks
