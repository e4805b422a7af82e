"""The product: check, explain and verify as the commands do."""

from __future__ import annotations

from _cases import SIZES, carried_out, longest, seconds, tell, text

from obmin.core.terms import check_text, explain, fit, load, verify


def main() -> None:
    documents: list[dict[str, object]] = []
    for name, one in (("check the May 2025 file", text()), ("check the longest file", longest())):
        documents.append({"case": name, "figures": {"seconds": seconds(lambda t=one: check_text(t, file="t"))}})
    agreement, long = load(text(), file="t"), load(longest(), file="t")
    documents.append(
        {"case": "explain the longest file", "figures": {"seconds": seconds(lambda: explain(long))}}
    )
    for size in SIZES:
        table = carried_out(size)
        took = {"seconds": seconds(lambda t=table: verify(agreement, t))}
        documents.append({"case": f"verify {size:,} people", "figures": took})
        ours = table.filter(table["from"] == "RUS").drop("from", "to")
        took = {"seconds": seconds(lambda t=ours: fit(agreement, t, "RUS"))}
        documents.append({"case": f"fit {size // 2:,} lines", "figures": took})
    tell(documents)


if __name__ == "__main__":
    main()
