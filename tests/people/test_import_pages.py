"""Importing a list on the screen, with nothing but plain requests."""

from __future__ import annotations

import html
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from obmin.accounts import people as accounts
from obmin.accounts.models import Account
from obmin.core.access import Role
from obmin.core.intake import recognise
from obmin.files.lists import read_list
from obmin.jobs import work
from obmin.jobs.models import Job
from obmin.people import import_pages, imports
from obmin.people.models import Intake, Parked, Person
from tests.people import nasty

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar() -> Client:
    accounts.begin(
        agencies=[accounts.AgencyName("HQ", "Headquarters", "Штаб")],
        leads={},
        officers=[accounts.Officer("reg", "Вигадана Особа", "Vyhadana Osoba", "HQ", (Role.REGISTRAR,))],
    )
    client = Client()
    client.force_login(Account.objects.get(pk="reg"), backend="obmin.accounts.backend.Links")
    client.cookies["obmin-language"] = "en"
    return client


def told(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def given(client: Client, **more: Any) -> Any:
    said = {"register": "held", "power": "RUS", "source": "s-1", "text": "", "sheet": ""}
    return client.post("/imports", said | more, follow=True)


def test_a_file_is_checked_imported_and_its_doubts_decided(registrar: Client, tmp_path: Path) -> None:
    nasty.workbook(tmp_path / "l.xlsx")
    sent = SimpleUploadedFile("l.xlsx", (tmp_path / "l.xlsx").read_bytes())
    check = given(registrar, file=sent)
    page = told(check)
    assert "nothing is saved yet" in page
    assert not Person.objects.exists()
    for word in (
        "“30.02.1990” is a day that does not exist",
        "perhaps “Стеценко Юхим”",
        "Write a day of the calendar.",
    ):
        assert word in page
    here = check.redirect_chain[-1][0]
    fix = openpyxl.load_workbook(BytesIO(registrar.get(f"{here}/rows-to-fix").content)).active
    assert fix.max_row - 1 == sum(row.verdict in ("doubtful", "refused") for row in nasty.ROWS)
    seen = re.search(r'name="seen" value="(\d+)"', check.content.decode())
    assert seen
    report = registrar.post(here, {"seen": seen[1], "act": "import"}, follow=True)
    assert Intake.objects.get().new == Person.objects.count() > 30
    assert "Rows that need somebody" in told(report)
    row = Parked.objects.filter(state="OPEN").order_by("number").first()
    assert row is not None
    doubt = registrar.get(f"/doubts/{row.pk}")
    assert "14.05.87" in told(doubt)
    after = registrar.post(f"/doubts/{row.pk}", {"seen": row.version, "answer": "new"}, follow=True)
    assert after.status_code == 200
    row.refresh_from_db()
    assert (row.state, row.person is not None) == ("NEW", True)
    taken = {"seen": Intake.objects.get().version, "reason": "The wrong file"}
    assert "taken back" in told(registrar.post(f"/intakes/{row.intake_id}", taken, follow=True))


def test_pasted_rows_are_read_and_the_columns_can_be_corrected(registrar: Client) -> None:
    pasted = "Хто\tКоли\nГай Ян\t05.06.1980\nМороз Лев\t07.08.1981"
    check = given(registrar, text=pasted)
    assert check.redirect_chain[-1][0].endswith("/columns")  # no head that we know
    assert "Гай Ян · Мороз Лев" in told(check)
    read = registrar.post(check.redirect_chain[-1][0], {"c0": "name", "c1": "birth_date"}, follow=True)
    assert "Import 2 good rows" in told(read)
    again = given(registrar, text=pasted)
    assert "Import 2 good rows" in told(again)  # remembered


def test_what_is_missing_is_said_at_its_field(registrar: Client) -> None:
    answer = given(registrar, register="", source="", power="Росія")
    assert answer.status_code == 422
    for word in ("Choose one of the registers.", "Write three letters.", "Name the source.", "paste the rows"):
        assert word in told(answer)


def test_a_long_list_is_the_workers(registrar: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LARGE", 0)
    answer = given(registrar, text="ПІБ;Дата народження\nГай Ян;05.06.1980")
    for _ in range(2):
        job = work.take()
        assert job is not None
        work.run(job)
        job.refresh_from_db()
        assert (job.state, job.failure) == ("DONE", "")
        assert (job.done, job.total) != (0, 0)
        answer = registrar.get(job.result, follow=True)
        if not Person.objects.exists():
            registrar.post(job.result, {"seen": "2", "act": "import"})
    assert Person.objects.count() == 1
    assert "What became of a list" in told(answer)
    assert Job.objects.count() == 2


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_template_is_a_list_that_we_read(language: str, tmp_path: Path) -> None:
    with translation.override(language):
        (tmp_path / "t.xlsx").write_bytes(import_pages.template())
    listed = read_list(tmp_path / "t.xlsx")
    assert recognise(listed.grid.rows).columns == tuple(name for name, *_ in import_pages.TEMPLATE)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet["D2"].is_date
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)
