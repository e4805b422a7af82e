"""Builds the tables that are shipped with this package: `python -m obmin.core.names.train DIR`.

DIR holds the tables of name pairs: native token, Latin token, count; Ukrainian form, Russian form.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from obmin.core.names.fold import coarse, readings

_HERE = Path(__file__).parent / "data"


def custom(directory: Path) -> list[str]:
    """Lines of the table of custom: kind (g, p), Ukrainian reading, Russian reading; sorted."""
    lines = set()
    for kind, name in (("g", "first"), ("p", "patronymic")):
        for row in (
            gzip.decompress((directory / f"names_uk_ru_{name}.tsv.gz").read_bytes()).decode().splitlines()
        ):
            native, others = row.split("\t")[:2]
            for other in others.split("|"):
                pair = [readings(form) for form in (native, other)]
                if not all(pair):
                    continue
                ukrainian, russian = (coarse(form[0]) for form in pair)
                if kind == "g" or ukrainian != russian:
                    lines.add(f"{kind}\t{ukrainian}\t{russian}")
    return sorted(lines)


def main(directory: Path) -> None:
    """Writes every table that can be built from DIR."""
    text = "\n".join(custom(directory)) + "\n"
    (_HERE / "custom.tsv.gz").write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
