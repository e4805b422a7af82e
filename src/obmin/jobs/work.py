"""Long work: asked for on a page, done by one worker beside the web workers, watched while it runs.

A job's kind names a function in the settings' `OBMIN_JOBS`; it gets the account that asked, the arguments,
and a `tell(step, done, total)` that writes how far it is, at most once a second, and stops where the work was
cancelled. What a job changes it changes by acts, so a job that dies half-way leaves nothing half done.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from obmin.audit import journal
from obmin.core.errors import Refused
from obmin.jobs.models import Job

ROUND: Final = 600.0  # seconds between two rounds
LOST_AFTER: Final = timedelta(minutes=2)  # a running job that was silent for so long has lost its worker
Tell = Callable[[str, int, int], None]


class Cancelled(Refused):
    code = "cancelled"


def ask(kind: str, account: str, arguments: Mapping[str, Any]) -> Job:
    """Asks for a piece of work; what the same person has waiting or running is not asked for twice."""
    if kind not in settings.OBMIN_JOBS:
        raise Refused(f"There is no work of the kind {kind}.", code="not-found")
    waiting = Job.objects.filter(kind=kind, account=account, state__in=("WAITING", "RUNNING"), cancel=False)
    same = waiting.filter(arguments=dict(arguments)).first()
    if same is not None:
        return same
    number = Job.objects.count() + 1
    key = settings.OBMIN.derive("job", kind, str(number))[:8].hex()
    now = timezone.now()
    return Job.objects.create(key=key, kind=kind, account=account, arguments=dict(arguments), asked_at=now)


def cancel(job: Job) -> None:
    """Asks a job to stop at its next step; one that only waits is over at once."""
    if not Job.objects.filter(pk=job.pk, state="WAITING").update(state="CANCELLED"):
        Job.objects.filter(pk=job.pk, state="RUNNING").update(cancel=True)


def take() -> Job | None:
    """The next job to do, marked as running; jobs whose worker was lost are taken up again."""
    now = timezone.now()
    with transaction.atomic():
        Job.objects.filter(state="RUNNING", touched_at__lt=now - LOST_AFTER).update(state="WAITING")
        job = Job.objects.select_for_update().filter(state="WAITING").order_by("asked_at").first()
        if job is not None:
            Job.objects.filter(pk=job.pk).update(state="RUNNING", touched_at=now, step="", done=0, total=0)
            job.refresh_from_db()
    return job


def run(job: Job) -> None:
    """Does one job and writes what became of it.

    The work gets a `request` of its own, the same each time that the job is taken up: an act that was done
    before its worker was lost is known as done. A worker that was given up for lost writes nothing more.
    """
    work: Callable[..., str] = import_string(settings.OBMIN_JOBS[job.kind])
    try:
        result = work(job.account, tell=_teller(job), request=f"job/{job.pk}", **job.arguments)
        changes: dict[str, Any] = {"state": "DONE", "result": result}
    except Cancelled:
        changes = {"state": "CANCELLED"}
    except Refused as refused:
        changes = {"state": "FAILED", "failure": refused.message}
    except Exception:  # whatever went wrong belongs on the page of whoever asked
        changes = {"state": "FAILED", "failure": traceback.format_exc(limit=1).strip().splitlines()[-1]}
    _mine(job).update(touched_at=timezone.now(), **changes)


def serve(wanted: Callable[[], bool], rest: float = 0.5) -> None:
    """Works, job after job, for as long as the worker is wanted; between them it keeps the journal's clock and
    goes its rounds."""
    last = -ROUND
    while wanted():
        journal.close_when_due()
        if time.monotonic() - last >= ROUND:
            last = time.monotonic()
            go_round()
        job = take()
        if job is None:
            time.sleep(rest)
        else:
            run(job)


def go_round() -> None:
    """Does what the settings' `OBMIN_ROUNDS` name. Each looks whether anything is due; what fails is tried
    again the next time, and nothing else waits for it."""
    for name in settings.OBMIN_ROUNDS:
        try:
            import_string(name)()
        except Exception as failed:  # a sealed instance, above all: nothing else of the worker's may stop
            print(f"{name}: {failed}", file=sys.stderr)


def _mine(job: Job) -> QuerySet[Job]:
    """The job, as long as this worker is the last that touched it."""
    return Job.objects.filter(pk=job.pk, state="RUNNING", touched_at=job.touched_at)


def _teller(job: Job) -> Tell:
    last = 0.0

    def tell(step: str, done: int, total: int) -> None:
        nonlocal last
        if not _mine(job).filter(cancel=False).exists():
            raise Cancelled("The work was cancelled.")
        if time.monotonic() - last >= 1 or done == total:
            last = time.monotonic()
            now = timezone.now()
            if _mine(job).update(step=step, done=done, total=total, touched_at=now):
                job.touched_at = now

    return tell
