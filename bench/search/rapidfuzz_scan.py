"""rapidfuzz over everybody, names sorted by word and in plain Latin letters."""

from __future__ import annotations

import sys

from _cases import TOP, Find, run
from _fold import fold
from _people import Register
from rapidfuzz import fuzz, process


def tool(people: Register) -> Find:
    names = [fold(name) for name in people.names]

    def find(text: str) -> list[str]:
        found = process.extract(fold(text), names, scorer=fuzz.token_sort_ratio, limit=TOP)
        return [people.ids[at] for _, _, at in found]

    return find


if __name__ == "__main__":
    sys.exit(run(tool, asked=20))
