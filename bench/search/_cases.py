"""Asks a tool every question; counts who is found among the first ten, milliseconds, memory."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from _people import ASKED, KINDS, SEEDS, SIZE, WITHOUT_PATRONYMIC, Question, Register, register

Find = Callable[[str], Sequence[str]]  # ids, the nearest first
TOP = 10


def run(tool: Callable[[Register], Find], asked: int = ASKED) -> int:
    """Prints the figures of a tool that makes itself ready from a register; of each kind `asked` at most.

    OBMIN_BENCH_SIZE and OBMIN_BENCH_HALF (tune, report) choose a smaller register and the other half.
    """
    size = int(os.environ.get("OBMIN_BENCH_SIZE", SIZE))
    seed = SEEDS[os.environ.get("OBMIN_BENCH_HALF", "report")]
    documents = []
    for shape in WITHOUT_PATRONYMIC:
        people, questions = register(seed, size, shape)
        held = _megabytes()
        begun, worked = time.perf_counter(), time.process_time()
        find = tool(people)
        ready = {
            "ready_seconds": time.perf_counter() - begun,
            "ready_cpu_seconds": time.process_time() - worked,
            "more_megabytes": _megabytes() - held,
        }
        print(f"{shape}ready: {_short(ready)}", file=sys.stderr)
        documents.append({"case": f"{size:,} {shape}ready", "figures": ready})
        for kind in KINDS:
            chosen = [question for question in questions if question.kind == kind][:asked]
            figures = _figures(find, chosen)
            print(f"{shape}{kind}: {_short(figures)}", file=sys.stderr)
            documents.append({"case": f"{size:,} {shape}{kind}", "figures": figures})
    print(json.dumps(documents))
    return 0


def _short(figures: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4g}" for name, value in figures.items())


def _figures(find: Find, questions: Sequence[Question]) -> dict[str, float]:
    wall, cpu, found = [], [], 0
    for question in questions:
        begun, worked = time.perf_counter(), time.thread_time()
        ids = find(question.text)
        wall.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.thread_time() - worked) * 1000)
        found += question.answer in ids[:TOP]
    return {
        "recall_at_10": found / len(questions),
        "median_ms": float(np.median(wall)),
        "p95_ms": float(np.percentile(wall, 95)),
        "p95_cpu_ms": float(np.percentile(cpu, 95)),
    }


def _megabytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
