"""Commands on registers: check, search, reconcile. They read and write files and carry no authority."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from obmin.cli.say import say
from obmin.cli.tell import Teller
from obmin.core import terms
from obmin.core.errors import Problem, Refused, Unreadable
from obmin.core.intake import Weight, doubles, explain, recognise
from obmin.core.intake import read as read_lines
from obmin.files import packages, pfif
from obmin.files.lists import read_list
from obmin.files.tables import read_register, write_table
from obmin.files.whole import write_bytes, write_text
from obmin.files.workbooks import workbook

if TYPE_CHECKING:
    from obmin.engines.linkage import Reconciliation


def check(options: argparse.Namespace) -> int:
    """Every problem of every file; exit 2 if there is any."""
    problems: list[Problem] = []
    for path in options.files:
        try:
            problems += _problems(path)
        except Unreadable as unreadable:
            problems += unreadable.problems
        except Refused as refused:
            problems.append(Problem(str(path), None, None, refused.message, "a file that can be read"))
    if problems:
        raise Unreadable(problems)
    return say(options, {"files": [str(path) for path in options.files]}, "Nothing is wrong.")


def search(options: argparse.Namespace) -> int:
    from obmin.engines.search import Index

    path: Path = options.register
    index = Index.load(path) if path.suffix == ".obmin-index" else Index.build(read(path))
    hits = index.search(options.name, birth_date=options.birth_date, top=options.top)
    results = [{"id": hit.id, "score": round(hit.score, 4), "why": hit.why} for hit in hits]
    text = "\n".join(f"{r['score']:.3f}  {r['id']}  {r['why']}" for r in results)
    return say(options, {"results": results}, text or "Nobody is near this name.", ok=bool(results))


def reconcile(options: argparse.Namespace) -> int:
    from obmin.engines.linkage import reconcile as run

    sought, held = read(options.sought), read(options.held)
    with Teller(sys.stderr) as teller:
        found = run(sought, held, engine=options.engine, progress=teller.tell)
    columns = ["sought_id", "held_id", "weight", "probability", "decision", "reason"]
    write_table(found.matches.select(columns), options.out)
    if options.report:
        _report(options.report, sought, held, found)
    clear = found.matches.filter(found.matches["decision"] == "match").height
    counts = {"pairs": found.matches.height, "match": clear, "review": found.matches.height - clear}
    return say(
        options,
        counts | {"out": str(options.out)},
        f"{clear} clear pairs, {counts['review']} to look at: {options.out}",
    )


def _report(place: Path, sought: pl.DataFrame, held: pl.DataFrame, found: Reconciliation) -> None:
    """Writes `pairs.xlsx` and `parameters.json` into a folder, each whole or not at all."""
    from obmin.engines.report import tables

    book = workbook(tables(sought, held, found))
    told = json.dumps(found.parameters, ensure_ascii=False, indent=2, sort_keys=True)
    place.mkdir(parents=True, exist_ok=True)
    write_bytes(place / "pairs.xlsx", book)
    write_text(place / "parameters.json", told + "\n")


def read(path: Path) -> pl.DataFrame:
    """A register table without a problem, or `Unreadable` with every one."""
    register = read_register(path)
    if register.problems:
        raise Unreadable(register.problems)
    return register.frame


def _problems(path: Path) -> list[Problem]:
    """The problems of one file, by what it is."""
    if not path.exists():
        return [Problem(str(path), None, None, "nothing", "a file")]
    if path.suffix in (".yaml", ".yml"):
        return terms.check_text(path.read_text(encoding="utf-8"), file=str(path))
    if path.suffix == ".json":
        packages.parse(path.read_bytes())
        return []
    if path.suffix == ".xml" or pfif.looks_like(_start(path)):
        return list(pfif.read(_start(path, pfif.LARGEST + 1), path.name).problems)
    try:
        return list(read_register(path).problems)
    except Unreadable as unreadable:
        return _of_list(path, unreadable)


def _start(path: Path, bytes_: int = pfif.START) -> bytes:
    with path.open("rb") as opened:
        return opened.read(bytes_)


def _of_list(path: Path, unreadable: Unreadable) -> list[Problem]:
    """What is wrong in a list as officers have them: heads in other words, no column `id`."""
    listed = read_list(path)
    head = recognise(listed.grid.rows)
    if "id" in (written.strip().casefold() for written in head.written):  # a register table, and it is broken
        raise unreadable
    if not any(head.columns):
        found = "the heads " + ", ".join(head.written[:30])
        return [Problem(str(path), max(head.row, 0) + 1, None, found, "at least one column that we know")]
    with Teller(sys.stderr) as teller:
        teller.tell("Reading the rows", -1)
        lines = read_lines(listed.grid, head, now=datetime.now(UTC).year)
        teller.tell("Looking for people who stand twice", -1)
        again = doubles(lines)
    return [
        Problem(str(path), line.number, one.column or None, *explain(one))
        for line in lines
        for one in (*line.findings, *((again[line.number],) if line.number in again else ()))
        if one.weight is not Weight.NOTE
    ]
