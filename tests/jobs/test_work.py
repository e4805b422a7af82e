"""Long work: one worker at a time has a job, a lost one is taken up again, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from obmin.audit.perform import done, perform
from obmin.core.access import Actor, Role
from obmin.core.errors import Incomplete, Refused
from obmin.jobs import work
from obmin.jobs.models import Job
from obmin.negotiation.models import Exchange

pytestmark = pytest.mark.django_db
NEGOTIATOR = Actor.of("n", frozenset({Role.NEGOTIATOR}), party="UKR")
DURING: dict[str, Any] = {}


def opens(account: str, *, tell: work.Tell, request: str, key: str) -> str:
    """Work with one act in it; `DURING` does something just before and just after that act."""
    tell("First", 0, 2)
    DURING.get("before", lambda: None)()
    tell("Second", 2, 2)
    if done(request) is None:
        with perform("terms.open", actor=NEGOTIATOR, request=request) as gate:
            Exchange.objects.create(key=key, name_en="X", name_uk="X", other="RUS", opened_at=gate.now)
            gate.outcome = key
            DURING.get("inside", lambda: None)()
    DURING.get("after", lambda: None)()
    return f"/{key}"


@pytest.fixture(autouse=True)
def kinds(settings: Any) -> Iterator[None]:
    settings.OBMIN_JOBS = {"opens": f"{__name__}.opens"}
    work_import, work.import_string = work.import_string, lambda _: opens
    yield
    work.import_string = work_import
    DURING.clear()


def silent(job: Job) -> None:
    """Its worker has said nothing for too long."""
    Job.objects.filter(pk=job.pk).update(touched_at=timezone.now() - work.LOST_AFTER - timedelta(seconds=1))


def asked(key: str = "a", account: str = "n") -> Job:
    return work.ask("opens", account, {"key": key})


def taken() -> Job:
    job = work.take()
    assert job is not None
    return job


def test_a_job_is_done_once_and_says_where_its_result_lies() -> None:
    asked()
    work.run(taken())
    job = Job.objects.get()
    assert (job.state, job.result, job.step, job.done, job.total) == ("DONE", "/a", "Second", 2, 2)
    assert work.take() is None


def test_two_workers_never_have_the_same_job_and_the_oldest_goes_first() -> None:
    first, second = asked("a"), asked("b")
    assert [taken().pk, taken().pk] == [first.pk, second.pk]
    assert work.take() is None


def test_the_same_work_is_asked_for_once_by_one_person() -> None:
    first = asked()
    assert asked().pk == first.pk
    assert asked(account="other").pk != first.pk  # they could not open somebody else's
    work.cancel(first)
    assert asked().pk != first.pk
    with pytest.raises(Refused):
        work.ask("dance", "n", {})


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_at_its_next_step() -> None:
    work.cancel(asked())
    assert Job.objects.get().state == "CANCELLED"
    assert work.take() is None
    asked("b")
    job = taken()
    DURING["before"] = lambda: work.cancel(job)
    work.run(job)
    assert Job.objects.get(pk=job.pk).state == "CANCELLED"
    assert not Exchange.objects.exists()


def test_what_is_done_when_it_is_cancelled_is_told_as_done() -> None:
    asked()
    job = taken()
    DURING["after"] = lambda: work.cancel(job)
    work.run(job)
    assert Job.objects.get().state == "DONE"
    assert Exchange.objects.exists()


def test_a_job_whose_worker_died_before_its_act_is_done_by_the_next() -> None:
    asked()

    def die() -> None:
        raise SystemExit

    DURING["inside"] = die
    job = taken()
    with pytest.raises(SystemExit):
        work.run(job)
    assert not Exchange.objects.exists()  # half of an act is nothing
    assert work.take() is None  # it may still be alive
    silent(job)
    DURING.clear()
    work.run(taken())
    assert (Job.objects.get().state, Exchange.objects.count()) == ("DONE", 1)


def test_a_job_whose_worker_died_after_its_act_is_not_done_again() -> None:
    asked()

    def die() -> None:
        raise SystemExit

    DURING["after"] = die
    job = taken()
    with pytest.raises(SystemExit):
        work.run(job)
    silent(job)
    DURING.clear()
    work.run(taken())
    assert (Job.objects.get().state, Job.objects.get().result) == ("DONE", "/a")
    assert Exchange.objects.count() == 1


def test_a_worker_given_up_for_lost_writes_nothing_more() -> None:
    asked()
    job = taken()
    DURING["before"] = lambda: (silent(job), taken())
    work.run(job)
    found = Job.objects.get()
    assert (found.state, found.result) == ("RUNNING", "")
    assert not Exchange.objects.exists()


def test_a_job_that_was_cancelled_while_its_worker_was_lost_stops() -> None:
    asked()
    job = taken()
    work.cancel(job)
    silent(job)
    work.run(taken())
    assert Job.objects.get().state == "CANCELLED"
    assert not Exchange.objects.exists()


@pytest.mark.parametrize(("error", "says"), [(Incomplete("Not yet."), "Not yet."), (KeyError("x"), "KeyError")])
def test_what_went_wrong_stands_on_the_page_and_undoes_the_act(error: Exception, says: str) -> None:
    def fail() -> None:
        raise error

    DURING["inside"] = fail
    asked()
    work.run(taken())
    found = Job.objects.get()
    assert (found.state, says in found.failure) == ("FAILED", True)
    assert not Exchange.objects.exists()
