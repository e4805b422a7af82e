"""What each command does, by the name that the parser calls it."""

from __future__ import annotations

from obmin.cli.instance import demo, init, serve
from obmin.cli.papers import documents
from obmin.cli.records import journal_export, journal_prove, journal_verify, round_diff, round_verify
from obmin.cli.register import check, reconcile, search
from obmin.cli.terms import agreement_check, agreement_explain, agreement_verify, compose, fit

__all__ = [
    "agreement_check",
    "agreement_explain",
    "agreement_verify",
    "check",
    "compose",
    "demo",
    "documents",
    "fit",
    "init",
    "journal_export",
    "journal_prove",
    "journal_verify",
    "reconcile",
    "round_diff",
    "round_verify",
    "search",
    "serve",
]
