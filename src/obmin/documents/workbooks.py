"""The same forms as workbooks: one row a person, and a sheet that says when, by whom and with which filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from obmin.documents.forms import Language, Manifest, PeopleList, Row, TransferAct
from obmin.documents.typeset import grouped, printed_at, shown, words
from obmin.files import workbooks

COLUMNS: Final[Mapping[type, tuple[str, ...]]] = {
    PeopleList: (
        "number", "name", "romanised", "birth_date", "mark", "track", "counted", "phase", "ground",
    ),
    Manifest: ("number", "name", "romanised", "birth_date", "track", "counted", "vehicle", "code"),
    TransferAct: ("number", "name", "romanised", "birth_date", "rank", "track", "counted", "mark"),
}  # fmt: skip


def workbook(form: PeopleList | Manifest | TransferAct, language: Language) -> bytes:
    """A list, a manifest or an act as XLSX; the same form gives the same bytes."""
    say = words(language)
    rows = list(form.rows)
    if isinstance(form, TransferAct):
        rows += form.exceptions
    columns = COLUMNS[type(form)]
    frame = pl.DataFrame(
        [[_cell(row, column, say) for column in columns] for row in rows],
        schema=[(say[column], pl.String) for column in columns],
        orient="row",
    )
    return workbooks.with_source(say["people-sheet"], frame, _facts(form, say))


def _facts(form: PeopleList | Manifest | TransferAct, say: Mapping[str, str]) -> dict[str, str]:
    """What the second sheet says."""
    if isinstance(form, PeopleList):
        facts = {say["paper"]: form.title, say["about"]: form.about}
    else:
        crossing = form.crossing
        facts = {
            say["paper"]: say["manifest" if isinstance(form, Manifest) else "transfer-act"],
            say["exchange"]: crossing.exchange,
            say["phase"]: crossing.phase,
            say["hands-over"]: say.get(f"party.{crossing.giver}", crossing.giver),
            say["receives"]: say.get(f"party.{crossing.taker}", crossing.taker),
            say["crossing"]: crossing.place,
            say["on"]: shown(crossing.on.isoformat()),
        }
    facts |= {
        say["people"]: str(len(form.rows)),
        say["fingerprint"]: grouped(form.fingerprint),
        say["printed"]: printed_at(form.made.at),
        say["who"]: form.made.by,
        say["scope"]: form.made.scope or say["everybody"],
    }
    if form.made.training:
        facts[say["note"]] = say["training"]
    return facts


def _cell(row: Row, column: str, say: Mapping[str, str]) -> str | None:
    """A cell as a reader reads it; dates stay ISO, so that a sheet can be sorted and read back."""
    match column:
        case "number":
            return str(row.number)
        case "counted":
            return say["inside" if row.counted else "outside"]
        case "track":
            return say.get(f"track.{row.track}", row.track) or None
        case "mark":
            return say.get(f"state.{row.mark}") or say.get(f"exception.{row.mark}", row.mark) or None
    value: str = getattr(row, column)
    return value or None
