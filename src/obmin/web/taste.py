"""How one reader wants pages: theme, rows, single keys. Kept in cookies; nothing of it is about people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "theme": ("system", "light", "dark"),
    "rows": ("usual", "compact"),
    "keys": ("on", "off"),
}
YEAR: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Taste:
    theme: str = "system"
    rows: str = "usual"
    keys: str = "on"


def cookie(name: str) -> str:
    return f"obmin-{name}"


def of(request: HttpRequest) -> Taste:
    """The reader's choices; an unknown value counts as not chosen."""
    chosen = {
        name: value
        for name, allowed in CHOICES.items()
        if (value := request.COOKIES.get(cookie(name), "")) in allowed
    }
    return Taste(**chosen)
