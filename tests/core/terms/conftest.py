from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from obmin.core.terms import Agreement, load

ROOT = Path(__file__).parents[3]
MOVES = [
    ("2025-05-23", "P1", "military", 270),
    ("2025-05-23", "P1", "civilian", 120),
    ("2025-05-24", "P2", "military", 307),
    ("2025-05-25", "P3", "military", 303),
]


@pytest.fixture(scope="session")
def text() -> str:
    return (ROOT / "agreements" / "istanbul-2025-05-16.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def istanbul(text: str) -> Agreement:
    return load(text, file="terms.yaml")


def people(party: str, other: str, direct: int = 7) -> list[dict[str, str]]:
    rows = [
        {"id": f"{party}-{day}-{track}-{n}", "from": party, "to": other, "date": day, "phase": phase}
        | {"category": track, "health": "none", "will": "consents", "fitness": "seated", "judicial": "none"}
        for day, phase, track, count in MOVES
        for n in range(count)
    ]
    return rows + [
        rows[0] | {"id": f"{party}-direct-{n}", "category": "military", "health": "direct"}
        for n in range(direct)
    ]


@pytest.fixture(scope="session")
def received() -> pl.DataFrame:
    """1,000 people each way in their phases, and seven direct cases a side besides."""
    return pl.DataFrame(people("RUS", "UKR") + people("UKR", "RUS"))
