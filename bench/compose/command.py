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
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(
            [
                "id",
                "name",
                "category",
                "health",
                "fitness",
                "will",
                "captured_on",
                "birth_date",
                "sex",
                "facility",
                "unit",
                "group",
                "tags",
            ]
        )
        for i in range(size):
            table.writerow(
                [
                    f"p{i:06d}",
                    f"Name {i}",
                    r.choice(["military", "civilian"], p=[0.85, 0.15]),
                    r.choice(["none", "wounded", "direct"], p=[0.87, 0.1, 0.03]),
                    r.choice(["seated", "assisted", "unfit"], p=[0.84, 0.1, 0.06]),
                    r.choice(["consents", "refuses", "unknown"], p=[0.9, 0.06, 0.04]),
                    str(np.datetime64("2022-03-01") + int(days[i])),
                    f"{1960 + i % 45}-05-05",
                    r.choice(["1", "2"], p=[0.9, 0.1]),
                    f"F{i % 40}",
                    f"U{i % 60}",
                    "",
                    "x",
                ]
            )


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
