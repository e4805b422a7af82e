"""Every agreement in the repository composes, says what clashes, or is refused; historic ones always are."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.errors import Refused
from obmin.core.terms import load
from tests.core.compose.compose_cases import ISTANBUL, ON, SEED, crowd

FILES = sorted(ISTANBUL.parent.glob("*.yaml"))


@pytest.fixture(scope="module")
def held() -> pl.DataFrame:
    return crowd(6000, seed=2)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_it_composes_or_says_why_not(file: Path, held: pl.DataFrame) -> None:
    agreement = load(file.read_text(encoding="utf-8"), file=file.name)
    for party in agreement.parties:
        try:
            result = composing.compose(
                agreement, held, party=party.code, policy=composing.default_policy(), seed=SEED, on=ON
            )
        except Refused as no:
            code = (
                no.code
                if no.code != "historic" or "Art." in no.message.replace("Arts.", "Art.")
                else "no article"
            )
            said = (code, agreement.historic, bool(getattr(no, "clashes", ())))
        else:
            said = ("proven" if result.proven else "unproven", agreement.historic, False)
        assert said in {
            ("historic", True, False),
            ("terms-open", False, False),
            ("infeasible", False, True),
            ("proven", False, False),
        }
