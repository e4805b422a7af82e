"""Art. 117: whoever came home under Arts. 109-110 is not used on active military service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """On what ground the person came home."""

    DIRECT = "direct"  # Art. 110, first group
    NEUTRAL = "neutral"  # Art. 110, by way of a neutral country
    LONG_CAPTIVITY = "long-captivity"  # Art. 109, second paragraph
    AGREEMENT = "agreement"  # able-bodied, under a special agreement
    AFTER_HOSTILITIES = "after-hostilities"  # Art. 118
    UNKNOWN = "unknown"


class Hostilities(StrEnum):
    ACTIVE = "active"
    CEASED = "ceased"


@dataclass(frozen=True, slots=True)
class Service:
    """What the gate looks at. `legal_decision` is the reference of a recorded decision of the legal
    officer that allows the service in question; empty where there is none."""

    basis: Basis
    hostilities: Hostilities
    legal_decision: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    code: str
    reason: str


_OPEN = Decision(True, "ok", "")
_COVERED = (Basis.DIRECT, Basis.NEUTRAL, Basis.LONG_CAPTIVITY)


def active_service(case: Service) -> Decision:
    """Whether active service is open (I-20).

    Under Arts. 109-110 it is shut while hostilities last, whatever anyone decides. How far the article
    reaches for the able-bodied under a special agreement is disputed: then, and where the ground is not
    known, a recorded legal decision is needed.
    """
    if case.hostilities is Hostilities.CEASED:
        return _OPEN
    if case.basis in _COVERED:
        return Decision(
            False,
            "art-117",
            "Came home under Arts. 109-110: no active service until the hostilities end (Art. 117).",
        )
    return _decided(case)


def service(case: Service) -> Decision:
    """Whether service that is not active is open: under Arts. 109-110 by recorded legal decision only."""
    if case.hostilities is Hostilities.CEASED or case.basis is Basis.AGREEMENT:
        return _OPEN
    return _decided(case)


def _decided(case: Service) -> Decision:
    if case.legal_decision:
        return _OPEN
    return Decision(
        False, "legal-decision", "Whether Art. 117 applies needs a recorded decision of the legal officer."
    )
