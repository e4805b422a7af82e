"""Commands on what leaves an instance: signed packages and the journal."""

from __future__ import annotations

import argparse
from pathlib import Path

from obmin.cli.instance import home_of, open_home
from obmin.cli.say import say
from obmin.core import rounds
from obmin.core.errors import Problem, Unreadable
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
    """Exit 0 if the exported journal is whole and unaltered."""
    keys = _keys(options.file, options.key)
    report = journal.verify_export(options.file, keys)
    parts = f"{report.leaves} leaves, {report.opened} entries opened, {report.checkpoints} checkpoints"
    text = f"Whole and unaltered: {parts}."
    document = {
        "leaves": report.leaves,
        "opened": report.opened,
        "root": report.root,
        "cosigned": dict(report.cosigned),
    }
    return say(options, document, text)


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
    """Closes a stretch of an instance's journal and writes it whole."""
    open_home(home_of(options))
    from obmin.audit import journal as kept

    kept.close()
    kept.export(options.out)
    return say(options, {"out": str(options.out)}, str(options.out))


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
