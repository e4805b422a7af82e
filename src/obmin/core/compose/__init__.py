"""Composing: the exact list under an agreement, a reason for everybody, and a proof that shares no code."""

from obmin.core.compose.check import Verdict, check
from obmin.core.compose.compile import Ban
from obmin.core.compose.composition import Composition, compose
from obmin.core.compose.lot import Seed
from obmin.core.compose.policy import Policy, default_policy, read_policy
from obmin.core.compose.rows import Cap, Lock

__all__ = [
    "Ban",
    "Cap",
    "Composition",
    "Lock",
    "Policy",
    "Seed",
    "Verdict",
    "check",
    "compose",
    "default_policy",
    "read_policy",
]
