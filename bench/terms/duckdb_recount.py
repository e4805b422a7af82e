"""The quotas of May 2025 counted again in SQL: each track, direction and day; no reasons, no doubt.

This is the least that anybody would write by hand to say whether those numbers were kept.
"""

from __future__ import annotations

import duckdb
from _cases import SIZES, agreed, carried_out, seconds, tell

PEOPLE = """
select "from", category, date, count(*) from came
where coalesce(health, '') <> 'direct' group by all
"""


def recount(table: object, size: int) -> bool:
    """Whether every number is as agreed."""
    with duckdb.connect(config={"threads": 2}) as base:
        base.register("came", table)
        found = {tuple(row[:3]): row[3] for row in base.execute(PEOPLE).fetchall()}
    return found == agreed(size)


def main() -> None:
    documents = []
    for size in SIZES:
        table = carried_out(size).to_arrow()
        took = {"seconds": seconds(lambda t=table, n=size: recount(t, n))}
        documents.append({"case": f"verify {size:,} people", "figures": took})
    tell(documents)


if __name__ == "__main__":
    main()
