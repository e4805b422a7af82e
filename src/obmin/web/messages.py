"""The app's words in Ukrainian: taken from the sources, kept in one file, compiled at set-up.

`python -m obmin.web.messages extract` brings `locale/uk/LC_MESSAGES/django.po` up to date with the sources;
`compile` writes the `.mo` beside it (not committed); `check` says what is stale or not translated.
Nothing but Babel is needed. Words come from Python, from templates, and from the table of acts.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from obmin.core.acts import ACTS

WEB: Final = Path(__file__).resolve().parent
PACKAGE: Final = WEB.parent
PO: Final = WEB / "locale" / "uk" / "LC_MESSAGES" / "django.po"
MO: Final = PO.with_suffix(".mo")
KEYWORDS: Final = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLURALS: Final = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
)
HEADER: Final = """\
# Ukrainian words of Obmin.
# Kept up to date by `python -m obmin.web.messages extract`; translations are written by hand.
#"""

Id = str | tuple[str, ...]


def template() -> Catalog:
    """Every message of the sources in the order of their files, then the acts; places without line numbers."""
    catalog = Catalog(domain="django", charset="utf-8")
    for path in _sources():
        place = path.relative_to(PACKAGE).as_posix()
        for message, context in _found(path):
            catalog.add(message, locations=[(place, 0)], context=context)
    for act in ACTS.values():
        catalog.add(act.label, locations=[("core/acts.py", 0)])
    return catalog


def _sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE).as_posix()
        code = path.suffix == ".py" and "/migrations/" not in inside
        page = path.suffix in (".html", ".txt", ".xml") and "/templates/" in inside
        if code or page:
            yield path


def _found(path: Path) -> Iterator[tuple[Id, str | None]]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        text = _as_python(text, str(path))
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        if message and message != ("", ""):
            yield message, context


def _as_python(text: str, origin: str) -> str:
    """A template as the calls it makes: Django's own reading of it, freed from what Python cannot read."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    calls = re.findall(
        r"n?p?gettext\((?:[^()'\"]|u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")*\)", templatize(text, origin)
    )
    calls += re.findall(r"(?<!\w)_\(u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\)", templatize(text, origin))
    return "\n".join(calls)


def kept() -> Catalog:
    """The translations as they lie in the repository."""
    if not PO.exists():
        return Catalog(locale="uk", domain="django")
    with PO.open("rb") as file:
        return read_po(file, locale="uk", domain="django")


def merged() -> bytes:
    """What the file should be: the messages of now, with the translations that there are, without guesses."""
    old, new = kept(), template()
    catalog = Catalog(
        locale="uk",
        domain="django",
        project="Obmin",
        version="1",
        charset="utf-8",
        fuzzy=False,
        header_comment=HEADER,
    )
    for message in new:
        if message.id:
            before = old.get(message.id, message.context)
            catalog.add(
                message.id, _text(message, before), locations=message.locations, context=message.context
            )
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, omit_header=True, include_lineno=False, sort_by_file=False)
    head = f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: uk\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{head}"Plural-Forms: {PLURALS}\\n"\n\n'.encode() + buffer.getvalue()


def _text(message: Message, before: Message | None) -> str | tuple[str, ...]:
    if before is None or "fuzzy" in before.flags or isinstance(before.id, str) != isinstance(message.id, str):
        return ("", "", "") if message.pluralizable else ""
    return before.string if isinstance(before.string, str) else tuple(before.string or ())


def untranslated() -> list[str]:
    """Messages of the file that have no Ukrainian, or not in every plural form."""
    lacking = []
    for message in kept():
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and (not all(texts) or (message.pluralizable and len(texts) != 3)):
            lacking.append(message.id if isinstance(message.id, str) else message.id[0])
    return lacking


def misformed() -> list[str]:
    """Translations whose %(names)s differ from those of the message."""
    wrong = []
    for message in kept():
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        wanted = set().union(*(_names(text) for text in ids))
        if any(text and not (_names(text) <= wanted) for text in texts) or (
            isinstance(message.id, str) and message.string and _names(str(message.string)) != wanted
        ):
            wrong.append(ids[0])
    return wrong


def _names(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))


def compile_all() -> Path:
    """Writes the compiled catalogue; returns its path."""
    with MO.open("wb") as file:
        write_mo(file, kept())
    return MO


def main(arguments: list[str] | None = None) -> int:
    """The command; `check` answers 1 when something is stale or missing."""
    parser = argparse.ArgumentParser(prog="python -m obmin.web.messages")
    parser.add_argument("act", choices=("extract", "compile", "check"))
    act = parser.parse_args(arguments).act
    if act == "compile":
        print(f"{compile_all().relative_to(PACKAGE)} written")
        return 0
    if act == "extract":
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(merged())
        print(f"{len(kept())} messages, {len(untranslated())} without Ukrainian")
        return 0
    problems = [f"no Ukrainian: {text}" for text in untranslated()]
    problems += [f"its %(names)s differ: {text}" for text in misformed()]
    if not PO.exists() or PO.read_bytes() != merged():
        problems.append("the file is not what the sources say: run `python -m obmin.web.messages extract`")
    print("\n".join(problems) or f"{len(kept())} messages, all in Ukrainian")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
