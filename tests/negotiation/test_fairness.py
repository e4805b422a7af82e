"""Who was passed over: what is shown, to whom, and that it counts people as the lists left them."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from obmin.core.access import Role
from obmin.core.disclosure import LEAST
from obmin.core.errors import Incomplete, NotAllowed
from tests.negotiation.exchange import Story, officer
from tests.negotiation.test_workbench_pages import draft, entered, text_of  # noqa: F401

if TYPE_CHECKING:
    from obmin.negotiation.models import Draft

LISTS = officer(Role.LISTS)


def test_nothing_small_is_shown_and_nobody_is_named(draft: Draft) -> None:  # noqa: F811
    from obmin.negotiation import fairness

    found = fairness.report(actor=LISTS)
    assert found.exchanges == 1
    assert found.total is None or found.total % 10 == 0
    for rows in found.tables.values():
        for _question, _value, _times, people in rows:
            assert not re.fullmatch(r"\d+", people) or int(people) >= LEAST
    everybody = {*draft.lines.values_list("person_id", flat=True), *draft.left_out.values_list("person_id")}
    assert not any(key in str(found.tables) for key in map(str, everybody))


def test_whoever_was_taken_off_by_hand_was_not_passed_over_by_the_policy(draft: Draft) -> None:  # noqa: F811
    from obmin.core.compose.fairness import tally
    from obmin.negotiation import fairness, lists

    line = draft.lines.filter(direct=False).first()
    assert line is not None
    lists.take_off(line, actor=LISTS, reason="in hospital")
    row = tally([fairness.past(draft)]).filter(id=line.person_id).to_dicts()[0]
    assert (row["officer"], row["passed_over"], row["went"]) == (1, 0, 0)
    rest = tally([fairness.past(draft)])
    assert rest.height == 15
    assert rest["went"].sum() == 12


def test_there_is_no_report_without_a_list_or_by_another_duty(story: Story) -> None:
    from obmin.negotiation import fairness

    with pytest.raises(Incomplete):
        fairness.report(actor=LISTS)
    with pytest.raises(NotAllowed):
        fairness.report(actor=officer(Role.OBSERVER))


def test_an_observer_reads_the_report_and_nothing_else_of_the_lists(draft: Draft) -> None:  # noqa: F811
    from python_calamine import CalamineWorkbook

    from obmin.negotiation import fairness

    client = entered(Role.OBSERVER)
    assert "No report has been made yet" in text_of(client.get("/fairness"))
    assert client.post("/fairness").status_code == 403
    fairness.report(actor=LISTS)
    for language in ("en", "uk"):
        assert entered(Role.OBSERVER, language).get("/fairness").status_code == 200
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/fairness?as=xlsx").content))
    assert book.sheet_names == ["Report", "About"]
    assert client.get("/x/x-1/lists/1").status_code == 403
    assert entered(Role.NEGOTIATOR).get("/fairness").status_code == 403


def test_it_is_made_by_the_worker(draft: Draft) -> None:  # noqa: F811
    from obmin.jobs import work
    from obmin.negotiation.models import Fairness

    assert entered().post("/fairness").status_code == 302
    job = work.take()
    assert job is not None
    work.run(job)
    job.refresh_from_db()
    assert (job.state, job.failure, job.result) == ("DONE", "", "/fairness")
    assert Fairness.objects.count() == 1
