"""The same quotas by a loop in plain Python over the rows."""

from __future__ import annotations

from collections import Counter

from _cases import SIZES, agreed, carried_out, seconds, tell


def recount(rows: list[dict[str, str]], size: int) -> bool:
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row["health"] != "direct":
            found[row["from"], row["category"], row["date"]] += 1
    return found == agreed(size)


def main() -> None:
    documents = []
    for size in SIZES:
        rows = carried_out(size).to_dicts()
        took = {"seconds": seconds(lambda r=rows, n=size: recount(r, n))}
        documents.append({"case": f"verify {size:,} people", "figures": took})
    tell(documents)


if __name__ == "__main__":
    main()
