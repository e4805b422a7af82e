"""Invented people and places for the training exchange. Nobody in here has ever lived.

Everything follows from (people, sought, seed): the same three give the same bytes on every machine.
What the shares are and where they come from: docs/reference/invented-people.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from obmin.demo.world.desk import Agency, Officer, agencies, officers, reception
from obmin.demo.world.population import Nation, draw, populate
from obmin.demo.world.registers import service_numbers, write
from obmin.demo.world.stock import load

__all__ = ["FATES", "OTHER", "SIDES", "Agency", "Officer", "World", "agencies", "make", "officers", "reception"]

SIDES: Final = ("UKR", "RUS")
OTHER: Final = {"UKR": "RUS", "RUS": "UKR"}
FATES: Final = ("held", "missing", "dead", "elsewhere")


@dataclass(frozen=True, slots=True)
class World:
    """Both sides' registers and what is true.

    `held[side]` and `sought[side]`: frames with the columns of `core.person.COLUMNS`, all text.
    `truth[side]`: `sought_id, held_id, fate` for each row of `sought[side]`; `held_id` is in the other
    side's `held`, null unless `fate` is "held". `summaries[side]`: `id, need` for each row of `held[side]`:
    what the sealed medical summary will tell the receiving doctor (isolation, psychiatric, or null).
    """

    people: int
    seed: int
    held: dict[str, pl.DataFrame]
    sought: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]
    summaries: dict[str, pl.DataFrame]


def make(people: int = 6000, sought: int | None = None, seed: int = 1) -> World:
    """The world with `people` held by each side and `sought` sought by each (`people * 10 // 3` if not said).

    Raises ValueError if `people` < 1 or fewer are sought than are held.
    """
    wanted = people * 10 // 3 if sought is None else sought
    if people < 1:
        raise ValueError(f"people is {people}; at least one person must be held by each side")
    if wanted < people:
        raise ValueError(f"sought is {wanted}, held {people}: everybody held is sought by somebody")
    names, shares = load("names.yaml"), load("shares.yaml")
    held: dict[str, pl.DataFrame] = {}
    seeks: dict[str, pl.DataFrame] = {}
    truth: dict[str, pl.DataFrame] = {}
    summaries: dict[str, pl.DataFrame] = {}
    for number, side in enumerate(SIDES):
        nation = populate(side, held=people, sought=wanted, names=names, shares=shares, seed=seed)
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 21 + number])))
        numbers = service_numbers(nation, rng)
        holder = OTHER[side]
        order_held, order_sought = rng.permutation(people), rng.permutation(wanted)
        held[holder] = write(nation, order_held, numbers, side=holder, kind="held", rng=rng, shares=shares)
        seeks[side] = write(nation, order_sought, numbers, side=side, kind="sought", rng=rng, shares=shares)
        truth[side] = _truth(nation, seeks[side], order_sought, held[holder], order_held)
        needs = shares["needs"]
        need = draw(rng, [*needs.values(), 1.0 - sum(needs.values())], people)
        words = pl.Series([*needs, None], dtype=pl.Utf8)
        summaries[holder] = pl.DataFrame({"id": held[holder]["id"], "need": words.gather(need)})
    return World(people, seed, held, seeks, truth, summaries)


def _truth(
    nation: Nation, sought: pl.DataFrame, order_sought: np.ndarray, held: pl.DataFrame, order_held: np.ndarray
) -> pl.DataFrame:
    row_of = np.empty(nation.held, dtype=np.int64)
    row_of[order_held] = np.arange(nation.held)
    captive = order_sought < nation.held
    at = row_of[np.where(captive, order_sought, 0)]
    nothing = pl.Series([None] * len(order_sought), dtype=pl.Utf8)
    return pl.DataFrame(
        {
            "sought_id": sought["id"],
            "held_id": held["id"].gather(at).zip_with(pl.Series(captive), nothing),
            "fate": pl.Series(FATES).gather(nation.fate[order_sought]),
        }
    )
