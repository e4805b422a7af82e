"""What compiling works on: the terms, the people who may stand, and the rows that grow from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from obmin.core.compose.problem import Codes, Part, Row, Slot
from obmin.core.terms.model import Agreement, Flow
from obmin.core.terms.offer import Offer
from obmin.core.terms.predicates import evaluate

Mask = NDArray[np.bool_]


def in_flow(flow: Flow, people: pl.DataFrame, on: date) -> Mask:
    """Who is surely of the flow: track, predicate, names. Never whoever it cannot be told of."""
    tracks = [t.value for t in flow.tracks]
    mask = pl.Series([True]).extend_constant(True, max(0, people.height - 1)).head(people.height)
    if tracks:
        mask = people["category"].is_in(tracks) if "category" in people.columns else ~mask
    mask = mask.fill_null(False) & evaluate(flow.who, people, on).fill_null(False)
    if flow.named:
        mask = mask & by_name(people, flow.named)
    return mask.to_numpy().astype(bool)


def by_name(people: pl.DataFrame, names: Iterable[str]) -> pl.Series:
    wanted = list(names)
    found = people["id"].is_in(wanted)
    if "name" in people.columns:
        found = found | people["name"].is_in(wanted).fill_null(False)
    return found


@dataclass(slots=True)
class Draft:
    """A question under construction. `people` are the candidates only, sorted by id."""

    offer: Offer
    agreement: Agreement
    people: pl.DataFrame
    on: date
    slots: tuple[Slot, ...]
    rows: list[Row] = field(default_factory=list)
    attributes: dict[str, Codes] = field(default_factory=dict)
    covers: dict[str, Mask] = field(default_factory=dict)

    def flag(self, name: str, mask: Mask) -> Part:
        """An attribute that is 1 for those in the mask, and the part that counts them."""
        self.attributes[name] = mask.astype(np.int32)
        return Part(name, np.array([0, 1], np.int64))

    def mask(self, flow: Flow) -> Mask:
        return in_flow(flow, self.people, self.on)

    def column(self, name: str) -> list[str | None]:
        return self.people[name].to_list() if name in self.people.columns else [None] * self.people.height

    def codes(self, name: str) -> tuple[Codes, tuple[str, ...]]:
        """The column as codes and the sorted values they stand for; unknown is the empty value."""
        cells = self.people[name].fill_null("") if name in self.people.columns else None
        if cells is None:
            return np.zeros(self.people.height, np.int32), ("",)
        values = pl.concat([cells, pl.Series([""])]).unique().sort()
        return cells.cast(pl.Enum(values)).to_physical().to_numpy().astype(np.int32), tuple(values.to_list())

    def at(self, flow: Flow, phase: str = "") -> tuple[int, ...]:
        """The slots that a flow speaks of, in one phase or in all."""
        return tuple(
            i
            for i, s in enumerate(self.slots)
            if (not flow.receivers or s.receiver in flow.receivers) and (not phase or s.phase == phase)
        )

    def during(self, phase: str) -> tuple[int, ...]:
        """The slots of a phase; all of them if it is empty."""
        return tuple(i for i, s in enumerate(self.slots) if not phase or s.phase == phase)


def asking(offer: Offer) -> list[Flow]:
    """The flows that ask for people: a number of them, or some by name."""
    return [q.flow for q in offer.quotas] + [n.flow for n in offer.named]


def slots_of(offer: Offer) -> tuple[Slot, ...]:
    """Every (phase, receiver), by phase; one empty phase where the agreement has none."""
    flows = asking(offer)
    receivers = sorted({r for f in flows for r in f.receivers}) or [""]
    if receivers != [""] and any(not f.receivers for f in flows):
        receivers = ["", *receivers]
    phases = [p.id for p in offer.phases] or [""]
    return tuple(Slot(r, p) for p in phases for r in receivers)
