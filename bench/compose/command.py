"""The cold command: `obmin compose` from a register file to everything it writes, process and all."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _cases import SIZES, tell

AGREEMENT = Path(__file__).parents[2] / "agreements" / "istanbul-2025-05-16.yaml"
MOST = 60_000  # a register of one row a person; larger ones come from an instance, not from a file


def register(path: Path, size: int, seed: int = 1) -> None:
    """Invented people whom a side could hold: most may go, some refuse, some are unfit."""
    r = np.random.default_rng(seed)
    days = r.integers(0, 1100, size)
    columns = {
        "id": [f"p{i:06d}" for i in range(size)],
        "name": [f"Name {i}" for i in range(size)],
        "category": r.choice(["military", "civilian"], size, p=[0.85, 0.15]),
        "health": r.choice(["none", "wounded", "direct"], size, p=[0.87, 0.1, 0.03]),
        "fitness": r.choice(["seated", "assisted", "unfit"], size, p=[0.84, 0.1, 0.06]),
        "will": r.choice(["consents", "refuses", "unknown"], size, p=[0.9, 0.06, 0.04]),
        "captured_on": [str(np.datetime64("2022-03-01") + int(d)) for d in days],
        "birth_date": [f"{1960 + i % 45}-05-05" for i in range(size)],
        "sex": r.choice(["1", "2"], size, p=[0.9, 0.1]),
        "facility": [f"F{i % 40}" for i in range(size)],
        "unit": [f"U{i % 60}" for i in range(size)],
        "tags": ["x"] * size,
    }
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))


def main() -> None:
    documents: list[dict[str, object]] = []
    for size in (n for n in SIZES if n <= MOST):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "register.csv"
            register(path, size)
            command = [sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())"]
            command += ["compose", str(AGREEMENT), str(path), "--party", "UKR", "--out", f"{folder}/out"]
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            figures = {"cold command": round(time.perf_counter() - began, 2)}
        documents.append({"case": f"1,000 of {size:,}", "figures": figures})
    tell(documents)


if __name__ == "__main__":
    main()
