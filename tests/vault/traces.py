"""Looks for known words in every byte of a folder, in each of the forms in which programs write text."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import polars as pl

CHUNK = 1 << 23


def forms(word: str) -> dict[str, bytes]:
    """The word as UTF-8, UTF-16, percent-encoded, JSON-escaped, base64 (at three offsets) and hex."""
    plain = word.encode()
    found = {
        "UTF-8": plain,
        "UTF-8, small letters": word.casefold().encode(),
        "UTF-8, capitals": word.upper().encode(),
        "UTF-16 LE": word.encode("utf-16-le"),
        "UTF-16 BE": word.encode("utf-16-be"),
        "percent": quote(word, safe="").encode(),
        "percent, small": quote(word, safe="").lower().encode(),
        "JSON": json.dumps(word)[1:-1].encode(),
        "JSON, capitals": json.dumps(word)[1:-1].upper().replace("\\U", "\\u").encode(),
        "hex": plain.hex().encode(),
        "hex, capitals": plain.hex().upper().encode(),
    }
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + plain)
        # Without what depends on the neighbours: the first letters and the last.
        found[f"base64 {shift}"] = text[(0, 2, 3)[shift] : len(text) - (4 if (shift + len(plain)) % 3 else 0)]
    return found


def search(folders: Iterable[Path], words: Iterable[str]) -> list[str]:
    """What was found where: `file: form of word`. Nothing is what one wants."""
    needles: dict[str, str] = {}
    for word in words:
        for form, data in forms(word).items():
            assert len(data) >= 5, f"{word!r} as {form} would be found anywhere"
            needles.setdefault(data.decode("latin-1"), f"{form} of {word}")
    longest = max(map(len, needles))
    found = []
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        told = [text for text in (path.name,) if any(needle in text for needle in needles)]
        found += [f"{path}: in its name" for _ in told]
        if path.is_file():
            seen = {hit for text in _texts(path, longest) for hit in _hits(text, list(needles))}
            found += [f"{path}: {needles[hit]}" for hit in sorted(seen)]
    return found


def _texts(path: Path, longest: int) -> Iterator[str]:
    """The file, byte for letter, in stretches that overlap."""
    with path.open("rb") as file:
        rest = b""
        while part := file.read(CHUNK):
            yield (rest + part).decode("latin-1")
            rest = part[-longest:]


def _hits(text: str, needles: list[str]) -> list[str]:
    hits: list[str] = pl.Series([text]).str.extract_many(needles, overlapping=True).list.unique()[0].to_list()
    return hits
