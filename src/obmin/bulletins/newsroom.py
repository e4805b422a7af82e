"""The public newsroom as plain files: one page in English, one in Ukrainian, and a feed. No script, no cookie.

Only published bulletins are in it, and of them only what the public page shows. Any web server, or a
memory stick, can carry the folder.
"""

from __future__ import annotations

from email.utils import format_datetime
from importlib import resources
from pathlib import Path
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import override

from obmin.bulletins.models import Bulletin
from obmin.files.whole import write_text

LANGUAGES: Final = {"en": "index.html", "uk": "uk.html"}
STYLE: Final = "newsroom.css"


def write(folder: Path) -> int:
    """Writes index.html, uk.html, feed.xml and one style sheet into `folder`; how many notices."""
    published = list(Bulletin.objects.filter(state="PUBLISHED").order_by("-number"))
    for language, name in LANGUAGES.items():
        with override(language):
            page = render_to_string("bulletins/newsroom.html", _page(published, language))
        write_text(folder / name, page)
    write_text(folder / "feed.xml", render_to_string("bulletins/feed.xml", _page(published, "en")))
    style = resources.files("obmin.bulletins") / "templates" / "bulletins" / STYLE
    write_text(folder / STYLE, style.read_text(encoding="utf-8"))
    return len(published)


def _page(published: list[Bulletin], language: str) -> dict[str, Any]:
    notices = [
        {
            "id": f"{one.exchange_id}-{one.number}",
            "at": one.published_at,
            "stamp": format_datetime(one.published_at) if one.published_at else "",
            "title": one.title_uk if language == "uk" else one.title_en,
            "text": one.text_uk if language == "uk" else one.text_en,
            "title_uk": one.title_uk,
            "text_uk": one.text_uk,
        }
        for one in published
    ]
    return {"notices": notices, "language": language, "pages": LANGUAGES, "style": STYLE}
