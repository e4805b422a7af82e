"""Runs a contestant on the cases, each in a process of its own: a crash or a slow case ends that case only.

`python NAME.py [--half tune|report] [--case NAME]… [--tables DIR] [--real DIR] [--limit SECONDS]`
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from _figures import figures
from _inputs import cases, read
from _noise import SEEDS

Tool = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def run(tool: Tool, takes: Callable[[str], bool] = bool) -> int:
    """Prints the document of the benchmark. `takes` says which cases are within the tool's reach."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=sorted(SEEDS), default="report")
    options.add_argument("--case", action="append", default=[], help="the beginning of a case's name")
    options.add_argument("--tables", type=Path, help="name tables learned from: none of their words is used")
    options.add_argument("--real", type=Path, help="folder of real lists: bulgaria.tsv, russia.tsv")
    options.add_argument("--limit", type=float, default=600, help="seconds for one case")
    options.add_argument("--place", type=Path, help="measure on the lists of this folder, in this process")
    chosen = options.parse_args()
    if chosen.place:
        print(json.dumps(_measure(tool, chosen.place)))
        return 0
    documents = []
    for case in cases(chosen):
        wanted = not chosen.case or case.name.startswith(tuple(chosen.case))
        if wanted and takes(case.name):
            found = _apart(case.place(), chosen.limit)
            print(case.name, found, file=sys.stderr, flush=True)
            documents.append({"case": case.name, "figures": found})
    print(json.dumps(documents))
    return 0


def _apart(place: Path, limit: float) -> dict[str, float]:
    """The figures of one case from a fresh process, or `crashed`, or `out_of_time` with the limit."""
    command = [sys.executable, sys.argv[0], "--place", str(place)]
    try:
        done = subprocess.run(command, timeout=limit, check=False, capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        return {"out_of_time": limit}
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return {"crashed": 1}
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(tool: Tool, place: Path) -> dict[str, float]:
    """Of the call in a fresh process, imports left out: seconds by the clock and of processor time."""
    given = read(place)
    start, worked = time.perf_counter(), time.process_time()
    pairs = tool(given.sought, given.held)
    spent = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - worked}
    peak = _peak()
    return figures(pairs, given.truth) | {k: round(v, 2) for k, v in spent.items()} | {"peak_mb": peak}


def _peak() -> int:
    """The most megabytes that this process held at once (not those of the process that started it)."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)
