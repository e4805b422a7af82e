"""Refeeding risk before the first meal (NICE CG32 criteria; decision support, a clinician signs)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Risk(StrEnum):
    EXTREME = "extreme"
    HIGH = "high"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"  # not measured yet: no feast, small meals, until a clinician has looked


@dataclass(frozen=True, slots=True)
class Intake:
    """What is known on arrival; `None` where it is not. `bmi` in kg/m², `loss` in per cent of body weight
    in the last 3-6 months, `days` of almost no intake. `low_minerals`: potassium, phosphate or magnesium
    low before feeding; `risk_drugs`: alcohol misuse, insulin, chemotherapy, antacids or diuretics."""

    bmi: float | None = None
    loss: float | None = None
    days: int | None = None
    low_minerals: bool | None = None
    risk_drugs: bool | None = None


@dataclass(frozen=True, slots=True)
class Refeeding:
    """`start` is the most to begin with in kcal per kg and day; 0 where nothing limits it by this rule."""

    risk: Risk
    start: int
    reasons: tuple[str, ...]


def refeeding_risk(intake: Intake) -> Refeeding:
    """The risk class: extreme, high by one major or two minor signs, none found, or not known."""
    bmi, loss, days = intake.bmi, intake.loss, intake.days
    extreme = _named(
        ("BMI below 14", bmi is not None and bmi < 14), ("no intake for more than 15 days", (days or 0) > 15)
    )
    if extreme:
        return Refeeding(Risk.EXTREME, 5, extreme)
    major = _named(
        ("BMI below 16", bmi is not None and bmi < 16),
        ("weight loss above 15 %", (loss or 0) > 15),
        ("almost no intake for more than 10 days", (days or 0) > 10),
        ("low potassium, phosphate or magnesium", bool(intake.low_minerals)),
    )
    minor = _named(
        ("BMI below 18.5", bmi is not None and bmi < 18.5),
        ("weight loss above 10 %", (loss or 0) > 10),
        ("almost no intake for more than 5 days", (days or 0) > 5),
        ("alcohol, insulin, chemotherapy, antacids or diuretics", bool(intake.risk_drugs)),
    )
    if major or len(minor) >= 2:
        return Refeeding(Risk.HIGH, 10, major or minor)
    if None in (bmi, loss, days, intake.low_minerals, intake.risk_drugs):
        return Refeeding(Risk.UNKNOWN, 10, minor)
    return Refeeding(Risk.NONE_FOUND, 0, minor)


def _named(*signs: tuple[str, bool]) -> tuple[str, ...]:
    return tuple(text for text, holds in signs if holds)
