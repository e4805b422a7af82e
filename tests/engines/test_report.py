"""The workbook of a reconciliation: nobody's row is missing from it, and none stands twice."""

import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from obmin.cli import main
from obmin.files.tables import write_table
from tests.engines.test_linkage import lists


def test_every_row_of_both_lists_stands_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sought, held = lists(120)
    names = {"sought": sought.with_columns(note=pl.lit("=1+1")), "held": held}
    for name, frame in names.items():
        write_table(frame, tmp_path / f"{name}.csv")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "mine.txt").write_text("kept")
    files = [str(tmp_path / name) for name in ("sought.csv", "held.csv", "matches.csv", "report")]
    assert main(["reconcile", *files[:2], "--out", files[2], "--report", files[3]]) == 0
    capsys.readouterr()
    book = openpyxl.load_workbook(tmp_path / "report" / "pairs.xlsx")
    sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}
    assert [*sheets] == ["In doubt", "Clear", "Sought, no pair", "Held, no pair", "Evidence"]
    pairs = sheets["In doubt"][1:] + sheets["Clear"][1:]
    for mark, frame in names.items():
        alone = sheets[f"{mark.title()}, no pair"]
        at = ["sought", "held"].index(mark)
        found = [row[at] for row in pairs] + [row[alone[0].index("id")] for row in alone[1:]]
        assert sorted(found) == sorted(frame["id"])
    head, first = sheets["Clear"][:2]
    sides = {mark: dict(zip(frame["id"], frame["name"], strict=True)) for mark, frame in names.items()}
    assert first[head.index("sought name")] == sides["sought"][first[0]]
    assert first[head.index("held name")] == sides["held"][first[1]]
    assert {cell.data_type for row in book["Sought, no pair"].iter_rows() for cell in row} <= {
        "s",
        "inlineStr",
        "n",
    }
    told = json.loads((tmp_path / "report" / "parameters.json").read_text("utf-8"))
    assert told["engine"] == "duckdb"
    assert (tmp_path / "report" / "mine.txt").read_text() == "kept"
