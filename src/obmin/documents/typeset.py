"""Forms to PDF, by Typst. The same form gives the same bytes: no clock, no network, no fonts of the machine.

Typst runs in this process on templates of ours; a form reaches them as data and is never markup.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import segno
import typst
from ruamel.yaml import YAML

from obmin.documents.forms import (
    CaptureCards,
    Certificates,
    Form,
    Kind,
    Language,
    Manifest,
    PeopleList,
    Row,
    TransferAct,
)

HERE: Final = Path(str(files("obmin.documents")))
KINDS: Final[Mapping[type, Kind]] = {
    PeopleList: Kind.LIST,
    Manifest: Kind.MANIFEST,
    TransferAct: Kind.TRANSFER_ACT,
    Certificates: Kind.CERTIFICATE,
    CaptureCards: Kind.CAPTURE_CARD,
}
ROW: Final = tuple(field.name for field in fields(Row))
CYRILLIC: Final = range(0x400, 0x530)


def render(kind: Kind, data: Form, language: Language) -> bytes:
    """One form as a PDF; raises ValueError if `data` is not the form of `kind`."""
    if KINDS[type(data)] is not kind:
        raise ValueError(f"{type(data).__name__} is no {kind}")
    told = {field.name: _told(getattr(data, field.name)) for field in fields(data)}
    fingerprint = told.get("fingerprint", "")
    told |= {
        "say": words(language),
        "also": words("uk" if language == "en" else "en"),
        "language": language,
        "fingerprint": grouped(fingerprint),
        "code": _code(fingerprint) if fingerprint else "",
        "whole_fingerprint": fingerprint,
    }
    inputs = {"data": json.dumps(told, ensure_ascii=False, default=_plain)}
    pdf: bytes = typst.compile(
        HERE / "templates" / f"{kind}.typ",
        root=HERE / "templates",
        font_paths=_fonts(),
        sys_inputs=inputs,
        format="pdf",
        timestamp=int(data.made.at.timestamp()),
    )
    _laid_out.add(len(told.get("rows", ())))
    return pdf


@lru_cache(maxsize=2)
def words(language: Language) -> Mapping[str, str]:
    """Every label of the papers in one language, by its key."""
    return {key: said[language] for key, said in _wording().items()}


def shown(day: str) -> str:
    """A date as papers write it, with the precision that it has.

    >>> shown("1987-05-14"), shown("1987-05"), shown("1987"), shown("")
    ('14.05.1987', '05.1987', '1987', '')
    """
    return ".".join(reversed(day.split("-")))


def printed_at(at: datetime) -> str:
    """A moment with its zone, as every print bears it."""
    zone = at.strftime("%z")
    return at.strftime("%d.%m.%Y %H:%M UTC") + (f"{zone[:3]}:{zone[3:]}" if zone.strip("+-0") else "")


def grouped(fingerprint: str) -> str:
    """The first 80 bits of a fingerprint as people read it aloud: five groups of four.

    >>> grouped("0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    '0F1E 2D3C 4B5A 6978 8796'
    """
    short = fingerprint[:20].upper()
    return " ".join(short[place : place + 4] for place in range(0, len(short), 4))


@lru_cache(maxsize=1)
def _wording() -> Mapping[str, Mapping[str, str]]:
    text = (HERE / "wording.yaml").read_text(encoding="utf-8")
    wording: Mapping[str, Mapping[str, str]] = YAML(typ="safe").load(text)
    return wording


class _LaidOut:
    """How many rows Typst remembers. It forgets what ten papers in a row did not use, and keeps about 90 kB a
    row until then: so ten empty papers now and again, or a long-lived process would grow by half a gigabyte.
    """

    ROWS: Final = 2_000

    def __init__(self) -> None:
        self.rows = 0

    def add(self, rows: int) -> None:
        self.rows += rows
        if self.rows > self.ROWS:
            for _ in range(11):
                typst.compile(b"", format="pdf", font_paths=_fonts())
            self.rows = 0


_laid_out: Final = _LaidOut()


def _told(value: Any) -> Any:
    """A form as JSON can say it; a row with the language of its name and its date as papers write it."""
    if isinstance(value, Row):
        row = {name: getattr(value, name) for name in ROW}
        return row | {"lang": _language_of(value.name), "birth_date": shown(value.birth_date)}
    if isinstance(value, tuple):
        return [_told(one) for one in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The fonts beside this file, if they were put there, and Typst's own; never those of the machine."""
    return typst.Fonts(font_paths=[HERE / "fonts"], include_system_fonts=False, include_embedded_fonts=True)


def _language_of(name: str) -> str:
    return "uk" if any(ord(letter) in CYRILLIC for letter in name) else "en"


def _code(text: str) -> str:
    """A QR code as SVG, one path, black on nothing."""
    out = io.BytesIO()
    segno.make_qr(text, error="m", mask=0).save(out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return printed_at(value)
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    raise TypeError(type(value).__name__)
