"""Every agreement in the repository composes, clashes, or is refused with the reason; historic ones always are."""

from __future__ import annotations

import polars as pl
import pytest

from obmin.core import compose as composing
from obmin.core.errors import Infeasible, Refused
from obmin.core.terms import load
from tests.core.compose.compose_cases import ISTANBUL, ON, SEED, crowd

FILES = sorted(ISTANBUL.parent.glob("*.yaml"))


@pytest.fixture(scope="module")
def held() -> pl.DataFrame:
    return crowd(6000, seed=2)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_it_composes_or_says_why_not(file: object, held: pl.DataFrame) -> None:
    agreement = load(file.read_text(encoding="utf-8"), file=file.name)  # type: ignore[attr-defined]
    for party in agreement.parties:
        given = {"party": party.code, "policy": composing.default_policy(), "seed": SEED, "on": ON}
        if agreement.historic:
            with pytest.raises(Refused) as refused:
                composing.compose(agreement, held, **given)
            assert refused.value.code == "historic"
            continue
        try:
            result = composing.compose(agreement, held, **given)
        except Infeasible as none:
            assert none.clashes
        except Refused as open_terms:
            assert open_terms.code == "terms-open"
        else:
            assert result.proven, [v for v in result.verdicts if not v.ok]
