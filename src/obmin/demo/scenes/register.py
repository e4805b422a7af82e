"""Stage 1 in the story: the instance begins, two registers come in, what is established is recorded."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from django.core.management import call_command

from obmin.accounts import people as accounts
from obmin.audit.perform import done
from obmin.core.access import Role
from obmin.demo import world
from obmin.demo.side import Counts, Side, moment
from obmin.files.tables import read_register, read_table
from obmin.negotiation import keys
from obmin.people import records, register
from obmin.people.models import Identity, Person, Register

STAGE_NAMES = ("register", "tracing", "terms", "lists", "rounds", "reception", "handover", "care", "bulletins")


def begin(side: Side) -> Counts:
    """Makes the database, appoints the officers, and lays out the public keys for the others to read."""
    call_command("migrate", verbosity=0, skip_checks=True)
    officers = _officers(side)
    if done(request := side.request("begin")) is None:
        agencies = world.agencies(side.party if side.other else "UKR")
        accounts.begin(
            agencies=[accounts.AgencyName(a.code, a.en, a.uk) for a in agencies],
            leads={stage: a.code for a in agencies for stage in a.stages},
            officers=officers,
            request=request,
        )
    keys.publish(side.out / "keys")
    return {"officers": len(officers)}


def bring_in(side: Side) -> Counts:
    """Imports whom we hold and whom we seek, as two acts, through the same reader that a person uses."""
    actor = accounts.holder(Role.REGISTRAR)
    powers = {Register.HELD: side.other, Register.SOUGHT: side.party}
    for number, which in enumerate((Register.HELD, Register.SOUGHT)):
        if done(request := side.request("import", which.value)) is None:
            side.progress(f"importing {which.value}", number / 2)
            table = read_register(side.out / "registers" / f"{which.value}.csv")
            register.import_list(
                table.frame,
                actor=actor,
                register=which,
                power=powers[which],
                source=f"{side.party}-list",
                request=request,
                at=moment(17, 8 + number),
            )
    return {which.value: Person.objects.filter(register=which).count() for which in Register}


def establish(side: Side) -> Counts:
    """What the interviewer, the doctor and the court record: until now all of it was only claimed."""
    rows = _held_with_keys(side.out / "registers" / "held.csv", side.party)
    if done(request := side.request("interviews")) is None:
        known = [
            (r["key"], r["will"] or "unknown", r["will_on"] or "")
            for r in rows
            if r["will"] not in (None, "unknown")
        ]
        register.record_interviews(
            known, actor=accounts.holder(Role.INTERVIEWER), request=request, at=moment(18, 16)
        )
    if done(request := side.request("examinations")) is None:
        summaries = read_table(side.out / "registers" / "examinations.csv")
        needs = {row["id"]: row["need"] or "" for row in summaries.to_dicts()}
        found = [
            (
                r["key"],
                r["health"] or "unknown",
                r["fitness"] or "unknown",
                r["fitness_until"] or "",
                needs[r["id"]],
                "2025-05-18",
            )
            for r in rows
        ]
        register.record_examinations(
            found, actor=accounts.holder(Role.MEDICAL), request=request, at=moment(18, 17)
        )
    if done(request := side.request("court")) is None:
        cases = [
            (r["key"], r["judicial"], r["dp_consent"] or "none", r["own_consent"] or "none")
            for r in rows
            if r["judicial"] not in (None, "none")
        ]
        register.record_court_decisions(
            cases, actor=accounts.holder(Role.LEGAL), request=request, at=moment(18, 18)
        )
    return {"established": len(rows)}


def _held_with_keys(path: Path, party: str) -> list[dict[str, str]]:
    frame = read_register(path).frame
    keyed = records.frame(Identity, Register.HELD).select("key", source="number")
    joined = frame.with_columns(source=pl.lit(f"{party}-list/") + pl.col("id")).join(
        keyed, on="source", how="inner"
    )
    return joined.sort("key").to_dicts()


def _officers(side: Side) -> list[accounts.Officer]:
    cast = world.officers(side.party) if side.other else world.officers("UKR")
    return [
        accounts.Officer(
            o.id if side.other else o.id.replace("UKR", "NTR"),
            o.name,
            o.name_latin,
            o.agency,
            (o.role,),
            o.places if side.other else (),
        )
        for o in cast
    ]
