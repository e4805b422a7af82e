"""Was the agreement kept? One general evaluator: clause by clause, per reading, per account, as of a day."""

from __future__ import annotations

from datetime import date
from typing import assert_never

import polars as pl

from obmin.core.terms import acts, amounts, sequence
from obmin.core.terms.amounts import Part
from obmin.core.terms.facts import claimants, prepare
from obmin.core.terms.findings import Finding, Verdict, Verification
from obmin.core.terms.ground import Ground, flows_of
from obmin.core.terms.model import Act, Agreement, Clause, Count, Every, Form, Order, Priority, Total
from obmin.core.terms.wording import both, waiting


def verify(
    agreement: Agreement,
    carried_out: pl.DataFrame,
    as_of: date | None = None,
    version: int | None = None,
    *,
    file: str = "carried-out table",
) -> Verification:
    """Findings for every clause of a version (the latest unless told).

    `carried_out` as in `facts`; `as_of`: the day on which the verdict is given, by which later rows have
    not happened yet; None: the record is complete. Raises Unreadable, with the row of `file`, for cells that
    cannot be read and people who came twice; KeyError for a version that does not exist.
    """
    v = agreement.version(version)
    facts = prepare(carried_out, v.beside, file=file).until(as_of)
    ground = Ground(agreement, v, facts, as_of)
    findings: list[Finding] = []
    unsaid: list[str] = []
    for clause in v.clauses:
        if clause.form is None:
            unsaid.append(clause.id)
            continue
        for reading, form in [("", clause.form), *((r.by, r.form) for r in clause.readings)]:
            flows = flows_of(form, v)
            for claim in claimants(facts, flows) or ("",):
                account = ground.in_account_of(claim or None)
                findings += [
                    Finding(clause.id, p.verdict, p.text, p.part, reading, claim, p.fields)
                    for p in _parts(account, clause, form)
                ]
    return Verification(agreement.id, v.number, as_of, tuple(findings), tuple(unsaid))


def _parts(ground: Ground, clause: Clause, form: Form) -> list[Part]:
    return _condition(ground, clause) or _dispatch(ground, clause, form)


def _condition(ground: Ground, clause: Clause) -> list[Part]:
    """A clause that is lifted, sealed, or whose condition has not come has no other verdict."""
    lifted = [e for e in clause.unless if not ground.event(e).happened.empty]
    if lifted:
        words = ground.agreement.words(lifted[0])
        text = both(f"lifted: “{words.en}”", f"знято: «{words.uk or words.en}»")
        return [Part(Verdict.EXCUSED, text)]
    absent = tuple(e for e in clause.given if ground.event(e).happened.empty)
    if any(not ground.event(e).empty for e in absent):
        words = ground.agreement.words(absent[0])
        text = both(
            f"does not bind: “{words.en}” did not happen", f"не зобов'язує: «{words.uk or words.en}» не сталося"
        )
        return [Part(Verdict.EXCUSED, text)]
    if absent:
        return [Part(Verdict.OPEN, waiting(ground.agreement, absent))]
    secret = tuple(e for e in clause.sealed if ground.event(e).happened.empty)
    if secret:
        return [Part(Verdict.OPEN, waiting(ground.agreement, secret))]
    return []


def _dispatch(ground: Ground, clause: Clause, form: Form) -> list[Part]:
    match form:
        case Count():
            return amounts.count(ground, clause, form)
        case Total():
            return amounts.total(ground, clause, form)
        case Every():
            return acts.every(ground, clause, form)
        case Act():
            return acts.act(ground, clause, form)
        case Order():
            return sequence.order(ground, clause, form)
        case Priority():
            return acts.priority(ground, clause, form)
        case _:
            assert_never(form)
