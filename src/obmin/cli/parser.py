"""Every command and its arguments, in the order of the work."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from obmin import __version__
from obmin.cli import run


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; each command names the function of `cli.run` that it calls."""
    top = argparse.ArgumentParser(
        prog="obmin",
        description="For the people who bring prisoners of war home: nine stages, from register to bulletin.",
    )
    top.add_argument("--version", action="version", version=f"obmin {__version__}")
    commands = top.add_subparsers(metavar="command", required=True)
    _instance(commands)
    _backups(commands)
    _register(commands)
    _terms(commands)
    _rounds_and_after(commands)
    return top


KINDS = ("list", "manifest", "transfer-act", "repatriation-certificate", "capture-card")
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add(commands: _Commands, name: str, help: str, call: object) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=help, description=help)
    command.add_argument("--json", action="store_true", help="print one machine-readable document")
    command.set_defaults(run=call)
    return command


def _home(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--home", type=Path, default=None, help="the instance (default: OBMIN_HOME or ./obmin-home)"
    )


def _instance(commands: _Commands) -> None:
    demo = _add(commands, "demo", "play one exchange through all nine stages on this machine", run.demo)
    demo.add_argument("--out", type=Path, default=Path("demo-out"), help="where every artefact goes")
    demo.add_argument("--people", type=int, default=6000, help="people held on each side")
    demo.add_argument("--seed", type=int, default=1, help="the same seed leaves the same lists")
    init = _add(commands, "init", "make an instance, for training or live", run.init)
    _home(init)
    init.add_argument("--party", default="UKR", help="whose instance it is, ISO 3166-1 alpha-3")
    init.add_argument("--name", default="", help="what the instance is called")
    init.add_argument("--seed", help="what a training instance's ids and keys derive from (default: 1)")
    init.add_argument("--live", action="store_true", help="for real people: keys are drawn, nothing is made up")
    init.add_argument(
        "--officer",
        action="append",
        default=[],
        metavar="NAME=age1…",
        help="live: three of them, who hold the shares of its root; any two unseal it",
    )
    codes = _add(commands, "codes", "new one-time codes for a live instance's first officers", run.codes)
    _home(codes)
    _keys(commands)
    serve = _add(commands, "serve", "serve the web app on an instance", run.serve)
    _home(serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--check", action="store_true", help="say whether it is fit to be served, and stop")


def _keys(commands: _Commands) -> None:
    unseal = _add(commands, "unseal", "open a live instance: two of its officers, one by one", run.unseal)
    _home(unseal)
    _identity(unseal)
    keys = commands.add_parser("keys", help="the root key of a live instance and its officers")
    kinds = keys.add_subparsers(metavar="command", required=True)
    _home(_add(kinds, "status", "is the instance open, and who can open it", run.keys_status))
    _home(_add(kinds, "lock", "seal an open instance at once", run.keys_lock))
    rotate = _add(kinds, "rotate", "draw a new root and wrap every record's key under it", run.keys_rotate)
    _home(rotate)
    _identity(rotate, "of one who holds the old root; twice", action="append")
    rotate.add_argument(
        "--officer", action="append", required=True, metavar="NAME=age1…", help="who holds the new root; three"
    )
    rotate.add_argument("--account", required=True, help="the administrator's account")
    rotate.add_argument("--second", required=True, help="the data protection officer's account")
    rotate.add_argument("--reason", required=True, help="why; it stands in the journal")


def _identity(command: argparse.ArgumentParser, help: str = "an officer's key", action: str = "store") -> None:
    command.add_argument(
        "--identity", type=Path, required=True, action=action, metavar="FILE", help=f"{help}: an age identity"
    )


def _backups(commands: _Commands) -> None:
    backup = _add(commands, "backup", "everything of an instance in one encrypted file", run.backup)
    _home(backup)
    backup.add_argument("--to", type=Path, required=True, metavar="FILE")
    backup.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="age1…",
        help="who opens it; several (default: keys/backup.recipients of the instance)",
    )
    restore = _add(commands, "restore", "bring a backup back, verified, or try whether it can be", run.restore)
    _home(restore)
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--to", type=Path, metavar="DIR", help="the restored instance; new, or empty")
    restore.add_argument(
        "--identity", type=Path, action="append", default=[], metavar="KEYFILE", help="what opens the file"
    )
    restore.add_argument("--key", type=Path, help="the instance's public key for backups, as others keep it")
    restore.add_argument(
        "--known",
        type=Path,
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="a checkpoint that somebody else kept: an older copy is refused",
    )
    restore.add_argument("--accept-older", metavar="REASON", help="why an older copy may be taken; on record")
    restore.add_argument(
        "--shredded", type=Path, action="append", default=[], metavar="LIST", help="a newer keys/shredded.txt"
    )
    restore.add_argument("--database", metavar="URL", help="an empty PostgreSQL database to restore into")
    restore.add_argument("--drill", action="store_true", help="verify everything, leave nothing behind")


def _register(commands: _Commands) -> None:
    check = _add(commands, "check", "report every problem of any file, row by row", run.check)
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    search = _add(commands, "search", "find the nearest people in any spelling or script", run.search)
    search.add_argument("register", type=Path, metavar="REGISTER")
    search.add_argument("name", metavar="NAME")
    search.add_argument("--birth-date")
    search.add_argument("--top", type=int, default=10)
    reconcile = _add(commands, "reconcile", "match two registers one to one, with reasons", run.reconcile)
    reconcile.add_argument("sought", type=Path, metavar="SOUGHT")
    reconcile.add_argument("held", type=Path, metavar="HELD")
    reconcile.add_argument("--out", type=Path, required=True, help="matches.csv")
    reconcile.add_argument(
        "--report", type=Path, metavar="DIR", help="a workbook to work through, and how it was counted"
    )
    reconcile.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")


def _terms(commands: _Commands) -> None:
    agreement = commands.add_parser("agreement", help="check, explain and verify an agreement")
    acts = agreement.add_subparsers(metavar="act", required=True)
    check = _add(acts, "check", "is it well-formed and lawful", run.agreement_check)
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    explain = _add(acts, "explain", "say it in plain words", run.agreement_explain)
    explain.add_argument("file", type=Path, metavar="FILE")
    explain.add_argument("--language", choices=("en", "uk"), default="en")
    verify = _add(acts, "verify", "was it kept, clause by clause", run.agreement_verify)
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--carried-out", type=Path, required=True, metavar="TABLE")
    verify.add_argument("--as-of", help="judge as of this date")
    compose = _add(
        commands, "compose", "the lists by phase, proven, with a reason for each person", run.compose
    )
    compose.add_argument("agreement", type=Path, metavar="AGREEMENT")
    compose.add_argument("register", type=Path, metavar="REGISTER")
    compose.add_argument("--party", required=True, help="who holds the people of the register")
    compose.add_argument("--out", type=Path, required=True, metavar="DIR")
    compose.add_argument("--policy", type=Path, help="another policy than the default one")
    compose.add_argument("--on", help="the date to judge ages and fitness on (default: the agreement's)")
    compose.add_argument(
        "--request",
        action="store_true",
        help="the register is what we know of people whom PARTY holds: ask for them",
    )
    compose.add_argument(
        "--lot", type=Path, metavar="FILE", help="the values that both sides committed to and showed, as JSON"
    )
    compose.add_argument(
        "--recipient", action="append", default=[], help="age key of a legal or medical officer"
    )
    compare = _add(
        commands, "compare", "two policies on one register: who gains, who loses, what it costs", run.compare
    )
    compare.add_argument("agreement", type=Path, metavar="AGREEMENT")
    compare.add_argument("register", type=Path, metavar="REGISTER")
    compare.add_argument("--party", required=True, help="who holds the people of the register")
    compare.add_argument(
        "--policy", type=Path, help="the first policy (default: the one that comes with Obmin)"
    )
    compare.add_argument("--other", type=Path, required=True, help="the second policy")
    compare.add_argument("--on", help="the date to judge ages and fitness on (default: the agreement's)")
    compare.add_argument("--language", choices=("en", "uk"), default="en")
    compare.add_argument("--out", type=Path, required=True, metavar="DIR")
    fairness = _add(
        commands, "fairness", "who was passed over in a series of exchanges, how often and why", run.fairness
    )
    fairness.add_argument("register", type=Path, metavar="REGISTER")
    fairness.add_argument(
        "past", nargs="+", type=Path, metavar="DIR", help="what `compose` wrote, exchange by exchange"
    )
    fairness.add_argument("--on", required=True, help="the day to which time held is counted")
    fairness.add_argument("--language", choices=("en", "uk"), default="en")
    fairness.add_argument("--out", type=Path, required=True, metavar="DIR")
    fit = _add(commands, "fit", "which clause each line of a list satisfies or breaks", run.fit)
    fit.add_argument("agreement", type=Path, metavar="AGREEMENT")
    fit.add_argument("list", type=Path, metavar="LIST")
    fit.add_argument("--register", type=Path)
    fit.add_argument("--party", required=True, help="who holds the people of the list")


def _journal_export(acts: _Commands) -> None:
    export = _add(acts, "export", "write the journal of an instance for others to check", run.journal_export)
    _home(export)
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--reason", default="Asked for at the console", help="why; it stands in the journal")
    export.add_argument("--account", help="live: the auditor's account")
    export.add_argument("--second", help="live: the data protection officer's account")
    export.add_argument(
        "--identity",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="live: an officer's key; twice",
    )


def _rounds_and_after(commands: _Commands) -> None:
    rounds = commands.add_parser("round", help="list rounds as signed packages")
    acts = rounds.add_subparsers(metavar="act", required=True)
    verify = _add(acts, "verify", "does the signature of a package hold", run.round_verify)
    verify.add_argument("package", type=Path, metavar="NAME.json")
    verify.add_argument("--key", type=Path, required=True, help="the sender's public key")
    diff = _add(acts, "diff", "what changed between two packages", run.round_diff)
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    papers = _add(
        commands, "documents", "print capture cards, certificates, lists, manifests, acts", run.documents
    )
    papers.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    papers.add_argument("register", type=Path, metavar="REGISTER")
    papers.add_argument("--out", type=Path, required=True, metavar="DIR")
    papers.add_argument("--on", help="the date on the papers (default: today)")
    papers.add_argument("--language", choices=("en", "uk"), default="en")
    papers.add_argument("--from", dest="giver", help="who hands over (manifests and acts)")
    papers.add_argument("--to", dest="taker", help="who receives (manifests and acts)")
    papers.add_argument("--place", help="where (manifests and acts)")
    papers.add_argument("--exchange", default="", help="which exchange (manifests and acts)")
    papers.add_argument("--phase", default="", help="which phase (manifests and acts)")
    journal = commands.add_parser("journal", help="the audit trail, checkable offline")
    acts = journal.add_subparsers(metavar="act", required=True)
    check = _add(acts, "verify", "is a journal whole, and what it accounts for unaltered", run.journal_verify)
    check.add_argument("file", type=Path, nargs="?", metavar="JOURNAL", help="an exported one; none: --home's")
    check.add_argument("--key", type=Path, help="the instance's public journal key")
    check.add_argument(
        "--since", type=Path, action="append", default=[], metavar="NOTE", help="a checkpoint that you kept"
    )
    check.add_argument(
        "--cosigner", type=Path, action="append", default=[], metavar="KEY", help="a cosigner's public key"
    )
    check.add_argument("--need", type=int, default=0, help="how many of them must have signed (default: all)")
    _home(check)
    check.add_argument("--database", metavar="URL", help="where the instance's tables are, if not in its home")
    prove = _add(acts, "prove", "prove that one entry is in the journal", run.journal_prove)
    prove.add_argument("file", type=Path, metavar="JOURNAL")
    prove.add_argument("index", type=int)
    prove.add_argument("--key", type=Path, help="the instance's public journal key")
    prove.add_argument("--out", type=Path, required=True)
    keep = _add(acts, "keep", "take the tables as they stand after a change past the gate", run.journal_keep)
    _home(keep)
    keep.add_argument("--account", required=True, help="the administrator's account")
    keep.add_argument("--second", required=True, help="the data protection officer's account")
    keep.add_argument("--reason", required=True, help="why they stay; it stands in the journal")
    forget = _add(acts, "forget", "destroy what opens one entry; the tree stays", run.journal_forget)
    forget.add_argument("index", type=int)
    _home(forget)
    forget.add_argument("--account", required=True, help="the data protection officer's account")
    forget.add_argument("--second", required=True, help="the approver's account")
    forget.add_argument("--reason", required=True, help="why; it stands in the journal")
    _journal_export(acts)
