"""What each command does, by the name that the parser calls it."""

from __future__ import annotations

from obmin.cli.backups import backup, restore
from obmin.cli.instance import codes, demo, init
from obmin.cli.keys import keys_lock, keys_rotate, keys_status, unseal
from obmin.cli.papers import documents
from obmin.cli.policies import compare, fairness
from obmin.cli.records import (
    journal_export,
    journal_forget,
    journal_keep,
    journal_prove,
    journal_verify,
    round_diff,
    round_verify,
)
from obmin.cli.register import check, reconcile, search
from obmin.cli.serve import serve
from obmin.cli.terms import agreement_check, agreement_explain, agreement_verify, compose, fit

__all__ = [
    "agreement_check",
    "agreement_explain",
    "agreement_verify",
    "backup",
    "check",
    "codes",
    "compare",
    "compose",
    "demo",
    "documents",
    "fairness",
    "fit",
    "init",
    "journal_export",
    "journal_forget",
    "journal_keep",
    "journal_prove",
    "journal_verify",
    "keys_lock",
    "keys_rotate",
    "keys_status",
    "reconcile",
    "restore",
    "round_diff",
    "round_verify",
    "search",
    "serve",
    "unseal",
]
