"""Commands on agreements and lists: check, explain, verify, compose, fit."""

from __future__ import annotations

import argparse
import hashlib
import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import polars as pl

from obmin.cli.register import read
from obmin.cli.say import say
from obmin.core import compose as composing
from obmin.core import terms
from obmin.core.compose import Seed, lot
from obmin.core.errors import Incomplete, Problem, Unreadable
from obmin.core.terms import Agreement
from obmin.documents.forms import Kind, Made, PeopleList, Row
from obmin.documents.typeset import render
from obmin.documents.workbooks import workbook
from obmin.files import packages
from obmin.files.tables import read_table, write_table
from obmin.files.whole import write_bytes, write_text


def agreement_check(options: argparse.Namespace) -> int:
    """Well-formed and lawful, or every place that is not."""
    problems = [p for path in options.files for p in terms.check_text(_text(path), file=str(path))]
    if problems:
        raise Unreadable(problems)
    return say(options, {"files": [str(path) for path in options.files]}, "Well-formed and lawful.")


def agreement_explain(options: argparse.Namespace) -> int:
    text = terms.explain(agreement(options.file), options.language)
    return say(options, {"text": text}, text)


def agreement_verify(options: argparse.Namespace) -> int:
    """Kept or not, clause by clause, with the arithmetic; exit 1 unless everything is kept or excused."""
    as_of = date.fromisoformat(options.as_of) if options.as_of else None
    found = terms.verify(
        agreement(options.file), read_table(options.carried_out), as_of, file=str(options.carried_out)
    )
    rows = [
        {
            "clause": f.clause,
            "part": f.part,
            "reading": f.reading,
            "claim": f.claim,
            "verdict": f.verdict.value,
            "text": f.text.en,
        }
        for f in found.findings
    ]
    lines = [f"{r['clause']:12} {r['part']:6} {r['verdict']:12} {r['text']}" for r in rows]
    document = {"findings": rows, "unsaid": list(found.unsaid), "verdict": found.verdict.value}
    return say(options, document, "\n".join([*lines, f"In all: {found.verdict.value}."]), ok=found.kept)


def compose(options: argparse.Namespace) -> int:
    """The proven list, or exit 1 with the smallest set of clauses that clash."""
    concluded, register = agreement(options.agreement), read(options.register)
    on = date.fromisoformat(options.on) if options.on else terms.offer(concluded, options.party).judged_on
    seed = _seed(options.lot, lot.register_hash(register))
    result = composing.compose(
        concluded,
        register,
        party=options.party,
        policy=policy(options.policy),
        seed=seed,
        on=on,
        request=options.request,
    )
    if not result.proven:
        raise Incomplete("The list could not be proven best.", code="not-proven")
    _write(options.out, result, options.recipient)
    _print(options.out, result, register, f"{concluded.id}, {options.party}", on)
    counts = {"listed": result.lines.height, "direct": result.direct.height, "out": result.out.height}
    besides = f"{counts['direct']} direct cases besides, {counts['out']} not"
    text = f"{counts['listed']} on the list, {besides}: {options.out}"
    return say(options, counts | {"proof": result.proof}, text)


def fit(options: argparse.Namespace) -> int:
    """Which clause each line satisfies or breaks; exit 1 if any is broken."""
    people = read(options.list)
    if options.register:
        known = read(options.register)
        wanted = [c for c in known.columns if c == "id" or c not in people.columns]
        people = people.join(known.select(wanted), on="id", how="left")
    found = terms.fit(agreement(options.agreement), people, options.party)
    rows = [
        {
            "line": x.line,
            "id": x.id,
            "clause": x.clause,
            "fit": x.fit.value,
            "text": x.text.en,
            "fields": list(x.fields),
        }
        for x in found.lines()
    ]
    whole = [{"clause": w.clause, "fit": w.fit.value, "text": w.text.en} for w in found.whole]
    lines = [
        f"line {r['line']}, {r['id']}: {r['clause']} {r['fit']}: {r['text']}"
        for r in rows
        if r["fit"] != "satisfies"
    ]
    lines += [f"{w['clause']}: {w['fit']}: {w['text']}" for w in whole]
    return say(options, {"lines": rows, "whole": whole}, "\n".join(lines), ok=found.fits)


def _seed(path: Path | None, frozen: bytes) -> Seed:
    """From the values that both sides showed, or from the register alone. Never from the command line."""
    if path is None:
        return lot.of_register(frozen)
    try:
        return lot.read(json.loads(_text(path)), frozen)
    except json.JSONDecodeError as error:
        raise Unreadable(Problem(str(path), error.lineno, error.colno, error.msg, "JSON")) from error


def _write(folder: Path, result: composing.Composition, recipients: list[str]) -> None:
    one_receiver = "to" in result.lines.columns and result.lines["to"].n_unique() < 2
    write_table(result.lines.drop("to") if one_receiver else result.lines, folder / "list.csv")
    write_table(result.direct, folder / "direct.csv")
    write_table(result.out, folder / "out.csv")
    if recipients:
        write_bytes(
            folder / "reasons.age", packages.seal(result.sealed_reasons.write_csv().encode(), recipients)
        )
    write_text(
        folder / "proof.json", json.dumps(result.proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def _print(folder: Path, result: composing.Composition, register: pl.DataFrame, title: str, on: date) -> None:
    """The list as PDF and XLSX, with nothing in it that is not on the list itself."""
    people = {row["id"]: row for row in register.to_dicts()}
    counted = [(row["id"], row["phase"], row["clause"], True) for row in result.lines.iter_rows(named=True)]
    direct = [(row["id"], "", "", False) for row in result.direct.iter_rows(named=True)]
    rows = tuple(
        Row(
            number,
            name=_name(people[key]),
            birth_date=people[key].get("birth_date") or "",
            rank=people[key].get("rank") or "",
            track=people[key].get("category") or "",
            ground=clause,
            phase=phase,
            counted=inside,
        )
        for number, (key, phase, clause, inside) in enumerate(counted + direct, start=1)
    )
    made = Made(at=datetime.combine(on, time(), UTC), by="obmin compose")
    form = PeopleList(title, "", rows, _fingerprint(result), made)
    write_bytes(folder / "list.pdf", render(Kind.LIST, form, "en"))
    write_bytes(folder / "list.xlsx", workbook(form, "en"))


def _fingerprint(result: composing.Composition) -> str:
    """SHA-256 (hex) of everybody who is on the list, inside and outside the count."""
    return hashlib.sha256((result.lines.write_csv() + result.direct.write_csv()).encode()).hexdigest()


def _name(row: dict[str, str | None]) -> str:
    parts = (row.get("surname"), row.get("given"), row.get("patronymic"))
    return row.get("name") or " ".join(part for part in parts if part)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(Problem(str(path), None, None, str(error), "a text file in UTF-8")) from error


def policy(path: Path | None) -> composing.Policy:
    """The policy in a file, or the one that comes with Obmin."""
    if path is None:
        return composing.default_policy()
    return composing.read_policy(_text(path), file=str(path))


def agreement(path: Path) -> Agreement:
    """The agreement in a file. Raises Unreadable with every problem."""
    return terms.load(_text(path), file=str(path))
