"""tantivy: each word within two slips, the best hundred ranked by rapidfuzz; in plain Latin letters."""

from __future__ import annotations

import sys

import tantivy
from _cases import Find, run
from _fold import fold
from _people import Register
from rapidfuzz import fuzz


def tool(people: Register) -> Find:
    shape = tantivy.SchemaBuilder()
    shape.add_text_field("name", stored=True, tokenizer_name="whitespace")
    shape.add_text_field("id", stored=True, tokenizer_name="raw")
    schema = shape.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    for key, name in zip(people.ids, people.names, strict=True):
        writer.add_document(tantivy.Document(id=[key], name=[fold(name)]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def find(text: str) -> list[str]:
        asked = fold(text)
        words = [
            (
                tantivy.Occur.Should,
                tantivy.Query.fuzzy_term_query(schema, "name", word, distance=1 + (len(word) > 5)),
            )
            for word in asked.split()
        ]
        hits = searcher.search(tantivy.Query.boolean_query(words), limit=100).hits
        found = [searcher.doc(address) for _, address in hits]
        found.sort(key=lambda each: -fuzz.token_sort_ratio(asked, each["name"][0]))
        return [each["id"][0] for each in found]

    return find


if __name__ == "__main__":
    sys.exit(run(tool))
