"""Commands on what a policy does to people: compare two of them, and look back on a series of exchanges."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import polars as pl

from obmin.cli.register import read
from obmin.cli.say import say
from obmin.cli.terms import agreement, policy
from obmin.core import compose as composing
from obmin.core import terms
from obmin.core.compose import compare as comparing
from obmin.core.compose import fairness as looking_back
from obmin.core.compose import lot
from obmin.core.compose.wording import say as word
from obmin.core.errors import Problem, Unreadable
from obmin.files.tables import read_table, write_table
from obmin.files.whole import write_bytes, write_text
from obmin.files.workbooks import workbook


def compare(options: argparse.Namespace) -> int:
    """Composes under both policies; writes who gains, loses and moves, and what each level gives up."""
    terms_of, register = agreement(options.agreement), read(options.register)
    policies = policy(options.policy), policy(options.other)
    on = date.fromisoformat(options.on) if options.on else terms.offer(terms_of, options.party).judged_on
    seed = lot.of_register(lot.register_hash(register))
    first, second = (
        composing.compose(
            terms_of, register, party=options.party, policy=p, seed=seed, on=on, language=options.language
        )
        for p in policies
    )
    found = comparing.compare(first, second, policies, options.language)
    costs = pl.DataFrame(
        [(c.policy, c.level, c.says, str(c.own), str(c.other)) for c in found.costs],
        schema=["policy", "level", "says", "own", "other"],
        orient="row",
    )
    write_table(found.people, options.out / "people.csv")
    write_table(costs, options.out / "costs.csv")
    write_bytes(options.out / "comparison.xlsx", workbook([("People", found.people), ("Costs", costs)]))
    counts = {
        "gains": len(found.changes.came),
        "loses": len(found.changes.left),
        "moves": len(found.changes.moved),
    }
    return say(options, counts | {"costs": costs.to_dicts()}, comparing.describe(found, options.language))


def fairness(options: argparse.Namespace) -> int:
    """Writes the tally of everybody for the composer, and the report that may be shown outside."""
    register = read(options.register)
    series = [_past(folder) for folder in options.past]
    found = looking_back.report(
        register, series, on=date.fromisoformat(options.on), key=lot.register_hash(register)
    )
    tally, shown = looking_back.tally(series), found.frame(options.language)
    write_table(tally, options.out / "tally.csv")
    write_table(shown, options.out / "report.csv")
    write_bytes(options.out / "report.xlsx", workbook([(word("fair-title", options.language), shown)]))
    document = {
        "exchanges": len(series),
        "people": found.total,
        "tables": {t.dimension: {"shown": dict(t.shown), "hidden": len(t.hidden)} for t in found.tables},
        "dropped": list(found.dropped),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(options.out / "report.json", text + "\n")
    lines = [" ".join(row) for row in shown.rows()]
    return say(options, document, "\n".join([*lines, f"{options.out}"]))


def _past(folder: Path) -> looking_back.Past:
    tables = {name: read_table(folder / f"{name}.csv") for name in ("list", "direct", "out")}
    for name, table in tables.items():
        wanted = {"id", "reason"} if name == "out" else {"id"}
        if lacking := sorted(wanted - set(table.columns)):
            raise Unreadable(
                Problem(str(folder / f"{name}.csv"), 1, None, ", ".join(table.columns), ", ".join(lacking))
            )
    return looking_back.Past(
        str(folder / "out.csv"),
        frozenset(tables["list"]["id"]),
        frozenset(tables["direct"]["id"]),
        tables["out"].select("id", "reason"),
    )
