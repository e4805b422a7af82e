"""The commands around a list: exit codes, whole outputs, and the same answer as the functions give."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from obmin.cli import main
from obmin.core.compose import lot
from tests.core.compose.compose_cases import HEAD, count, crowd

AGREEMENT = HEAD.replace("HOSTILITIES", "active") + (
    "versions:\n  - version: 1\n    agreed: 2025-05-16\n    clauses:\n      " + count("A", "exactly: 30") + "\n"
)
POLICY = """
policy: women
version: 1
levels:
  - id: women
    says: {en: "women first", uk: "спершу жінки"}
    points: [{who: {sex: "2"}, points: 1}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "terms.yaml").write_text(AGREEMENT, encoding="utf-8")
    (tmp_path / "women.yaml").write_text(POLICY, encoding="utf-8")
    people = crowd(300, seed=3, clean=True).with_columns(region=pl.lit("R"))
    people.write_csv(tmp_path / "register.csv")
    return tmp_path


def compose(folder: Path, out: str, *more: str) -> int:
    given = ["compose", str(folder / "terms.yaml"), str(folder / "register.csv"), "--party", "AAA"]
    return main([*given, "--out", str(folder / out), *more])


def exchanged(folder: Path, **shown: str) -> Path:
    values = {"AAA": b"ours" * 8, "BBB": b"theirs" * 6}
    record = {
        "exchange": "E1",
        "commitments": {p: lot.commit("E1", p, v).hex() for p, v in values.items()},
        "values": {p: v.hex() for p, v in values.items()} | shown,
    }
    (folder / "lot.json").write_text(json.dumps(record), encoding="utf-8")
    return folder / "lot.json"


def test_the_lot_that_both_sides_committed_to_stands_in_the_proof(folder: Path) -> None:
    assert compose(folder, "plain") == 0
    assert compose(folder, "drawn", "--lot", str(exchanged(folder))) == 0
    plain, drawn = (json.loads((folder / n / "proof.json").read_text("utf-8")) for n in ("plain", "drawn"))
    assert plain["lot"] == {"source": "register", "register": plain["seed"]}
    assert drawn["lot"]["source"] == "committed"
    assert drawn["lot"]["register"] == plain["seed"]
    assert drawn["objective"] == plain["objective"]
    assert drawn["seed"] != plain["seed"]


def test_a_value_that_was_not_committed_to_is_an_answer_no(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compose(folder, "out", "--lot", str(exchanged(folder, BBB=(b"x" * 20).hex()))) == 1
    assert "BBB shows another value" in capsys.readouterr().out
    assert not (folder / "out").exists()


def test_a_lot_that_is_no_record_cannot_be_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "lot.json").write_text("{", encoding="utf-8")
    assert compose(folder, "out", "--lot", str(folder / "lot.json")) == 2
    assert "lot.json, row 1" in capsys.readouterr().err


def test_no_command_takes_a_seed(folder: Path) -> None:
    with pytest.raises(SystemExit):
        compose(folder, "out", "--seed", "1")


def test_historic_terms_end_with_one_and_the_article(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    historic = AGREEMENT.replace(
        "hostilities:", "historic: true\nhistoric_because: {en: 'by rank, Art. 16'}\nhostilities:"
    )
    (folder / "terms.yaml").write_text(historic, encoding="utf-8")
    assert compose(folder, "out") == 1
    told = capsys.readouterr()
    assert "Art. 16" in told.out + told.err


def test_a_request_asks_for_people_of_whom_little_is_known(folder: Path) -> None:
    people = pl.read_csv(folder / "register.csv", infer_schema=False)
    people.drop("will", "fitness").write_csv(folder / "register.csv")
    assert compose(folder, "offer") == 1
    assert compose(folder, "request", "--request") == 0
    assert json.loads((folder / "request" / "proof.json").read_text("utf-8"))["kind"] == "request"


def test_two_policies_are_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["compare", str(folder / "terms.yaml"), str(folder / "register.csv"), "--party", "AAA"]
    assert main([*given, "--other", str(folder / "women.yaml"), "--out", str(folder / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    people = pl.read_csv(folder / "out" / "people.csv", infer_schema=False)
    counted = dict(people.group_by("change").len().iter_rows())
    assert told["gains"] == told["loses"] == counted["gains"] == counted["loses"] > 0
    assert (folder / "out" / "costs.csv").exists()
    assert (folder / "out" / "comparison.xlsx").exists()


def test_a_series_is_looked_back_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, more in (("one", []), ("two", ["--policy", str(folder / "women.yaml")])):
        assert compose(folder, name, *more) == 0
    capsys.readouterr()
    given = ["fairness", str(folder / "register.csv"), str(folder / "one"), str(folder / "two")]
    given += ["--on", "2025-05-23", "--out", str(folder / "fair")]
    assert main([*given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["exchanges"] == 2
    tally = pl.read_csv(folder / "fair" / "tally.csv")
    assert tally.height == 300
    assert tally["went"].sum() == 60
    report = pl.read_csv(folder / "fair" / "report.csv", infer_schema=False)
    assert "time held" in report["what"].to_list()
    assert {p.name for p in (folder / "fair").iterdir()} == {
        "tally.csv",
        "report.csv",
        "report.xlsx",
        "report.json",
    }
    assert main([*given, "--language", "uk"]) == 0
    assert "час у полоні" in (folder / "fair" / "report.csv").read_text("utf-8")


def test_a_folder_that_is_no_composition_cannot_be_looked_back_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["fairness", str(folder / "register.csv"), str(folder), "--on", "2025-05-23"]
    assert main([*given, "--out", str(folder / "fair")]) == 2
    assert "list.csv" in capsys.readouterr().err
