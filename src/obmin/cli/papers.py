"""Papers from a file: `obmin documents KIND REGISTER --out DIR`."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time

from obmin.cli.say import say
from obmin.core.errors import Unreadable
from obmin.documents.forms import Crossing, Kind, Made
from obmin.documents.from_register import form, lay
from obmin.files.tables import read_register


def documents(options: argparse.Namespace) -> int:
    """Prints one kind of paper for everybody in a register table."""
    register = read_register(options.register)
    if register.problems:
        raise Unreadable(register.problems)
    on = date.fromisoformat(options.on) if options.on else datetime.now(UTC).date()
    crossing = None
    if options.giver and options.taker and options.place:
        crossing = Crossing(options.exchange, options.phase, options.giver, options.taker, options.place, on)
    made = Made(at=datetime.combine(on, time(), UTC), by="obmin documents", scope=options.register.name)
    kind = Kind(options.kind)
    paper = form(
        kind,
        register.frame,
        file=str(options.register),
        on=on,
        made=made,
        crossing=crossing,
        lines=register.lines,
    )
    paths = [str(path) for path in lay(kind, paper, options.out, options.language)]
    return say(options, {"files": paths}, "\n".join(paths))
