"""The cases, the same for every contestant.

`python NAME.py [--half tune|report] [--case NAME]… [--tables DIR] [--real DIR]`
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
from _figures import figures
from _noise import SEEDS, Lists, lists, trained_on

CASES = {
    "cyrillic": {"script": "cyrillic", "size": 10_000},
    "cyrillic doubled": {"script": "cyrillic", "size": 10_000, "level": 2.0},
    "cyrillic unseen": {"script": "cyrillic", "size": 10_000, "unseen": True},
    "arabic": {"script": "ar", "size": 10_000},
    "hebrew": {"script": "he", "size": 10_000},
}
Tool = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def real(path: Path, native: str, *, dates: bool) -> Lists:
    """A parliament: names in `native` letters against English ones, the year of birth or nothing."""
    rows = pl.read_csv(path, separator="\t", infer_schema=False, quote_char=None).sort("id", "lang", "name")
    rows = rows.unique(["id", "lang"], keep="first", maintain_order=True)
    sides = [rows.filter(pl.col("lang") == lang) for lang in (native, "en")]
    born = pl.col("birth_date").str.slice(0, 4) if dates else pl.lit(None, dtype=pl.String)
    sought, held = (
        side.select(id=pl.lit(mark) + pl.col("id"), name=pl.col("name"), birth_date=born)
        for mark, side in zip("SH", sides, strict=True)
    )
    both = sides[0].join(sides[1], on="id")["id"]
    return Lists(sought, held, pl.DataFrame({"sought_id": "S" + both, "held_id": "H" + both}))


def _cases(options: argparse.Namespace) -> Iterator[tuple[str, Lists]]:
    banned = trained_on(options.tables)
    for name, case in CASES.items():
        if not options.case or name in options.case:
            yield name, lists(seed=SEEDS[options.half][0], banned=banned, **case)
    if options.real:
        for country, native in (("bulgaria", "bg"), ("russia", "ru")):
            for dates in (True, False):
                name = f"{country}, {'year' if dates else 'no date'}"
                if not options.case or name in options.case:
                    yield name, real(options.real / f"{country}.tsv", native, dates=dates)


def run(tool: Tool) -> int:
    """Runs a contestant on every case and prints the document of the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=sorted(SEEDS), default="report")
    options.add_argument("--case", action="append", default=[])
    options.add_argument("--tables", type=Path, help="name tables learned from: none of their words is used")
    options.add_argument("--real", type=Path, help="folder of real lists: bulgaria.tsv, russia.tsv")
    chosen = options.parse_args()
    documents = []
    for name, made in _cases(chosen):
        start = time.perf_counter()
        pairs = tool(made.sought, made.held)
        seconds = time.perf_counter() - start
        found = figures(pairs, made.truth) | {
            "seconds": round(seconds, 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        print(name, found, file=sys.stderr)
        documents.append({"case": name, "figures": found})
    print(json.dumps(documents))
    return 0
