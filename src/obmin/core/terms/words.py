"""Plain words in both languages, and the three events that the model itself knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RECEIVED: Final = "received"  # a person, a body or a thing reached the receiver
HELD: Final = "held"  # a person was attested to be in the holder's hands
SIGNED: Final = "signed"  # the moment at which the agreement was concluded


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words in both languages; `uk` is empty where only English was written."""

    en: str
    uk: str = ""

    def in_language(self, language: str) -> str:
        return self.uk or self.en if language == "uk" else self.en


NOTHING: Final = Text("")
UNIT: Final = Text("unit", "одиниця")
