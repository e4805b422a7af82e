"""Commands on what leaves an instance: signed packages and the journal."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from obmin.cli.instance import home_of, open_home, set_up
from obmin.cli.keys import together
from obmin.cli.say import say
from obmin.core import rounds
from obmin.core.errors import Altered, Incomplete, Problem, Unreadable
from obmin.files import journal, packages
from obmin.files.whole import write_text


def round_verify(options: argparse.Namespace) -> int:
    """Exit 0 if the signature beside the package holds under this key."""
    body = _bytes(options.package)
    signature = _bytes(options.package.with_name(options.package.name + ".minisig")).decode("utf-8", "replace")
    comment = packages.verify(body, signature, packages.read_public_key(_bytes(options.key).decode()))
    contents = rounds.from_data(packages.parse(body), str(options.package))
    way = f"from {contents.sender} to {contents.receiver}"
    text = f"The signature holds: round {contents.round}, {contents.kind}, {way}."
    return say(options, {"comment": comment, "round": contents.round, "kind": contents.kind.value}, text)


def round_diff(options: argparse.Namespace) -> int:
    """What one side changed between two of its lists, by line."""
    old, new = (rounds.from_data(packages.parse(_bytes(p)), str(p)) for p in (options.old, options.new))
    found = rounds.diff(old.lines, new.lines)
    lines = [f"+ {line.id} {line.name}" for line in found.added] + [
        f"- {line.id} {line.name}" for line in found.taken_off
    ]
    lines += [f"~ {after.id} {before.name} -> {after.name}" for before, after in found.changed]
    counts = {
        "added": len(found.added),
        "taken-off": len(found.taken_off),
        "changed": len(found.changed),
        "same": len(found.same),
    }
    return say(options, counts, "\n".join([*lines, ", ".join(f"{v} {k}" for k, v in counts.items())]))


def journal_verify(options: argparse.Namespace) -> int:
    """Exit 0 if the exported journal, or an instance's with all its tables, is whole and unaltered."""
    known = [_bytes(path).decode("utf-8", "replace") for path in options.since]
    if options.file is None:
        return _instance_verify(options, known)
    cosigners = [
        packages.read_public_key(_bytes(path).decode("utf-8", "replace")).raw for path in options.cosigner
    ]
    report = journal.verify_export(
        options.file, _keys(options.file, options.key), known, cosigners, options.need or len(cosigners)
    )
    parts = f"{report.leaves} leaves, {report.opened} entries opened, {report.checkpoints} checkpoints"
    text = f"Whole and unaltered: {parts}."
    if known:
        text += f" It continues what {len(known)} known checkpoints signed."
    if report.cosigned:
        signed = ", ".join(f"{name} up to leaf {size}" for name, size in report.cosigned.items())
        text += f" Cosigned by {signed}."
    if report.unchecked:
        text += f" No key was given for {', '.join(report.unchecked)}."
    document = {
        "leaves": report.leaves,
        "opened": report.opened,
        "root": report.root,
        "cosigned": dict(report.cosigned),
    }
    return say(options, document, text)


def _instance_verify(options: argparse.Namespace, known: Sequence[str]) -> int:
    if options.cosigner or options.need:
        raise Incomplete("Cosigners sign what is handed out: name an exported journal to check them.")
    if options.database:
        os.environ["OBMIN_DATABASE_URL"] = options.database
    set_up(home_of(options))
    from obmin.audit.inspection import inspect

    found = inspect(known)
    if found.problems:
        raise Altered("\n".join(found.problems))
    size = (
        f"{found.entries} leaves, {found.checkpoints} checkpoints; {found.tables} tables with {found.rows} rows"
    )
    document = {"leaves": found.entries, "checkpoints": found.checkpoints, "rows": found.rows}
    return say(options, document, f"The journal is whole and the tables are as it left them: {size}.")


def journal_prove(options: argparse.Namespace) -> int:
    """Writes the proof that one entry is in the journal, and the line that opens it."""
    proof, line = journal.prove(options.file, options.index, _keys(options.file, options.key))
    write_text(options.out, proof)
    write_text(options.out.with_name(options.out.name + ".entry"), line + "\n")
    return say(
        options,
        {"bytes": len(proof), "out": str(options.out)},
        f"{options.out}, {len(proof)} bytes; the entry beside it.",
    )


def journal_export(options: argparse.Namespace) -> int:
    """Hands out the journal, whole, as the act of two officers that it is.

    Of a live instance two who hold its root show their keys, and an auditor and a data protection officer
    stand for the act. In a training one the first of each does.
    """
    home = home_of(options)
    open_home(home)
    from dataclasses import replace

    from django.conf import settings

    from obmin.accounts import people
    from obmin.audit.export import hand_out
    from obmin.core.access import Role

    if settings.OBMIN.training:
        auditor, second = people.holder(Role.AUDITOR), people.holder(Role.PROTECTION)
    else:
        if not options.account or not options.second:
            raise Incomplete("Name who hands it out: --account and --second, and two keys: --identity, twice.")
        together(home, options.identity)
        auditor, second = people.actor(options.account), people.actor(options.second)
    hand_out(options.out, actor=replace(auditor, fresh=True), second=second, reason=options.reason)
    return say(options, {"out": str(options.out)}, str(options.out))


def journal_keep(options: argparse.Namespace) -> int:
    """Takes an instance's tables as they stand after a change past the gate, so that work goes on."""
    set_up(home_of(options))
    from obmin.accounts import people
    from obmin.audit import answers

    actor, second = people.actor(options.account), people.actor(options.second)
    kept = answers.keep_rows(actor=actor, second=second, reason=options.reason)
    text = f"Kept as they stand: {', '.join(kept) or 'no table differed'}. The alarm about it stays open."
    return say(options, {"tables": list(kept)}, text)


def journal_forget(options: argparse.Namespace) -> int:
    """Destroys what opens one entry; its leaf and the tree stay."""
    set_up(home_of(options))
    from obmin.accounts import people
    from obmin.audit import answers

    actor, second = people.actor(options.account), people.actor(options.second)
    answers.forget(options.index, actor=actor, second=second, reason=options.reason)
    return say(options, {"entry": options.index}, f"Nothing opens entry {options.index} any more.")


def _keys(path: Path, key: Path | None) -> dict[str, bytes]:
    """The journal's public key under its origin: as given, or as it lies beside the file in `keys/`."""
    public = key or path.parent / "keys" / "journal.pub"
    lines = _bytes(path)[:400].decode("utf-8", "replace").split("\n")
    origin = lines[1] if len(lines) > 1 else ""
    return {origin: packages.read_public_key(_bytes(public).decode()).raw}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(Problem(str(path), None, None, str(error), "a file that can be read")) from error
