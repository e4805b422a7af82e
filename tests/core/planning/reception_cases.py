"""Small receptions for the planner's tests."""

from __future__ import annotations

import polars as pl
from hypothesis import strategies as st

from obmin.core.planning.resources import Site, Vehicle

ON = "2025-05-23"
HEALTH = ("direct", "neutral", "wounded", "sick", "none", "unknown", None)
FITNESS = ("seated", "assisted", "stretcher", "intensive", None)


def crowd(*rows: dict[str, str | None]) -> pl.DataFrame:
    columns = ("id", "sex", "birth_date", "health", "fitness", "finding", "group")
    return pl.DataFrame(
        [{c: row.get(c) for c in columns} for row in rows], schema=dict.fromkeys(columns, pl.Utf8), orient="row"
    )


def site(
    code: str, minutes: int = 60, female: int = 2, staff: dict[str, int] | None = None, **places: int
) -> Site:
    return Site(code, code, code, "MOH", minutes, minutes, places, staff or {}, female)


@st.composite
def crowds(draw: st.DrawFn, most: int = 30) -> pl.DataFrame:
    count = draw(st.integers(0, most))
    return crowd(
        *(
            {
                "id": f"P{i:03d}",
                "sex": draw(st.sampled_from(["1", "1", "2", None])),
                "birth_date": draw(st.sampled_from(["1950-01-01", "1959", "1960-05", "1990-02-03", None])),
                "health": draw(st.sampled_from(HEALTH)),
                "fitness": draw(st.sampled_from(FITNESS)),
                "finding": draw(st.sampled_from([None, None, None, "isolation", "psychiatric"])),
                "group": draw(st.sampled_from([None, None, "G1", "G2", "G3"])),
            }
            for i in range(count)
        )
    )


@st.composite
def houses(draw: st.DrawFn) -> list[Site]:
    kinds = ("intensive", "surgical", "isolation", "psychiatric", "general", "women")
    return [
        site(
            f"S{i}",
            minutes=draw(st.sampled_from([20, 100, 200, 300, 400])),
            female=draw(st.integers(0, 1)),
            staff=draw(
                st.sampled_from([{}, {"doctor": 1, "nurse": 1}, {"doctor": 1, "nurse": 3, "psychologist": 2}])
            ),
            **{kind: draw(st.integers(0, 8)) for kind in kinds},
        )
        for i in range(draw(st.integers(1, 4)))
    ]


@st.composite
def fleets(draw: st.DrawFn, most: int = 3) -> list[Vehicle]:
    makes = (
        ("coach", 20, 0, 0),
        ("low-floor-bus", 6, 2, 0),
        ("ambulance", 2, 1, 0),
        ("intensive-ambulance", 0, 0, 1),
    )
    return [
        Vehicle(f"{kind}-{n}", kind, *room) for kind, *room in makes for n in range(draw(st.integers(0, most)))
    ]
