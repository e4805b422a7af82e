"""A list, a manifest and an act carry who goes, and nothing of why or from where (I-18)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import polars as pl
import pytest

from obmin.documents.forms import Crossing, Kind, Made
from obmin.documents.from_register import form
from obmin.documents.workbooks import workbook

ON = date(2025, 5, 23)
GROUNDS = {
    "health": "wounded",
    "fitness": "stretcher",
    "fitness_until": "1999-09-09",
    "will": "undecided",
    "will_on": "1998-08-08",
    "judicial": "pending",
    "dp_consent": "withheld",
    "own_consent": "asked",
    "finding": "psychiatric",
    "facility": "табір-насіння",
    "region": "край-насіння",
    "tags": "мітка-насіння",
    "group": "родина-насіння",
    "captured_on": "1997-07-07",
}


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("kind", [Kind.LIST, Kind.MANIFEST, Kind.TRANSFER_ACT])
def test_no_ground_stands_on_paper(kind: Kind, language: str) -> None:
    row = {"id": "1", "name": "Садженко Олекса", "birth_date": "1971-02-03", "rank": "рядовий", **GROUNDS}
    made = Made(at=datetime(2025, 5, 23, tzinfo=UTC), by="x", scope="y")
    crossing = Crossing("x-1", "P1", "UKR", "RUS", "Bridge", ON)
    paper = form(kind, pl.DataFrame([row]), file="list.csv", on=ON, made=made, crossing=crossing)
    with ZipFile(BytesIO(workbook(paper, language))) as book:  # type: ignore[arg-type]
        told = repr(paper) + "".join(book.read(name).decode() for name in book.namelist())
    assert "Садженко Олекса" in told
    assert [word for word in GROUNDS.values() if word in told] == []
