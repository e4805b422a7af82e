"""This product, as it comes; the index is kept on disk and read back, as a command would."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from _cases import Find, run
from _people import Register

from obmin.engines.search import Index


def tool(people: Register) -> Find:
    index = Index.build(pl.DataFrame({"id": people.ids, "name": people.names}))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.obmin-index"
        index.save(path)
        print(f"{path.stat().st_size / 1e6:.0f} MB on disk", file=sys.stderr)
        begun = time.perf_counter()
        index = Index.load(path)
        print(f"read back in {time.perf_counter() - begun:.2f} s", file=sys.stderr)
    index.search("Nobody")
    return lambda text: [hit.id for hit in index.search(text)]


if __name__ == "__main__":
    sys.exit(run(tool))
