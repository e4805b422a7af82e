"""Why a pair is proposed, in English: the evidence for it, the evidence against it, and its nearest rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from obmin.core.matching.weights import Field


def reason(fields: Sequence[Field], level: Mapping[str, int], bits: Mapping[str, float], margin: float) -> str:
    """One line: each known field with its level and bits, the strongest first; then the runner-up.

    >>> field = Field("sex", ("other", "same"), (0.01, 0.99), (0.5, 0.5))
    >>> reason([field], {"sex": 1}, {"sex": 0.985}, 4.0)
    'for: sex same +1.0; next best 4.0 bits behind'
    """
    known = [field for field in fields if level[field.name] >= 0]
    order = sorted(known, key=lambda field: (-abs(bits[field.name]), field.name))
    said = {
        "for": [_say(field, level, bits) for field in order if bits[field.name] > 0.05],
        "against": [_say(field, level, bits) for field in order if bits[field.name] < -0.05],
    }
    pieces = [f"{side}: " + ", ".join(evidence) for side, evidence in said.items() if evidence]
    if margin < 100.0:
        behind = (
            f"next best {margin:.1f} bits behind"
            if margin > 0
            else f"another pair is {-margin:.1f} bits ahead or equal"
        )
        pieces.append(behind)
    return "; ".join(pieces)


def _say(field: Field, level: Mapping[str, int], bits: Mapping[str, float]) -> str:
    return f"{field.name} {field.levels[level[field.name]]} {bits[field.name]:+.1f}"
