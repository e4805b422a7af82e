"""The same people for every contestant: six contents of the usual length for each."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

PEOPLE = 100_000
CLASSES = ("identity", "location", "family", "medical", "will", "court")
ROOT = bytes(range(32))


def contents() -> dict[str, list[bytes]]:
    """By class, what is known of each person, as canonical JSON."""

    def text(value: dict[str, str]) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    def identity(n: int) -> dict[str, str]:
        return {
            "name": f"Вигаданенко{n} Ілля Олексійович", "romanised": f"Vyhadanenko{n} Illia Oleksiiovych",
            "surname": f"Вигаданенко{n}", "given": "Ілля", "patronymic": "Олексійович", "sex": "1",
            "birth_date": f"19{60 + n % 40}-0{1 + n % 9}-1{n % 10}", "service_number": f"НГ-{n:06}",
            "citizenship": "UKR", "rank": "солдат", "rank_code": "OR-1", "number": f"camp/{n}",
        }  # fmt: skip

    return {
        "identity": [text(identity(n)) for n in range(PEOPLE)],
        "location": [text({"facility": f"RUS-{n % 97}", "captured_on": "2024-06-01"}) for n in range(PEOPLE)],
        "family": [text({"group": f"g{n % 997}"}) for n in range(PEOPLE)],
        "medical": [text({"fitness": "seated", "health": "none", "basis": "act"}) for n in range(PEOPLE)],
        "will": [text({"will": "consents", "on": "2025-05-20", "basis": "act"}) for n in range(PEOPLE)],
        "court": [text({"judicial": "none", "basis": "claim"}) for n in range(PEOPLE)],
    }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    found = work()
    return round(time.perf_counter() - began, 3), found


def tell(documents: list[dict[str, Any]]) -> None:
    json.dump(documents, sys.stdout)


def measured(seal: Callable[[str, list[bytes]], Any], open_: Callable[[str, Any], list[bytes]]) -> None:
    """Seals everything, opens everything, compares, and prints."""
    given = contents()
    began = time.process_time()
    sealing, sealed = timed(lambda: {of: seal(of, rows) for of, rows in given.items()})
    between = time.process_time()
    opening, opened = timed(lambda: {of: open_(of, rows) for of, rows in sealed.items()})
    ended = time.process_time()
    assert opened == given
    figures = {
        "seal_s": sealing,
        "open_s": opening,
        "seal_cpu_s": between - began,  # of one core: what others do on the machine counts less
        "open_cpu_s": ended - between,
    }
    tell([{"case": f"{PEOPLE} people x {len(CLASSES)}", "figures": figures}])
