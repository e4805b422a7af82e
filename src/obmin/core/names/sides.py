"""A whole name taken apart by what stands as surname and as given name in other rows of the same lists.

For scripts without vowels, whose given names no table knows well enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from obmin.core.names.parts import Parts, sound

# Words that belong to the next one: articles, servant of, father of, son of.
_PARTICLES: Final = frozenset(
    ("al", "el", "abd", "abdul", "abdel", "abu", "abou", "ibn", "bin", "ben", "bint", "bar", "de", "van",
     "عبد", "أبو", "ابو", "ابن", "بن", "بنت", "בן", "בר", "אבו")
)  # fmt: skip


def by_side(name: str, known: Mapping[str, float]) -> Parts:
    """The parts of a name. The surname stands at one end; where nothing tells at which, it is the last word.

    >>> from obmin.core.names.parts import lean
    >>> by_side("Haddad Karim", lean(["Haddad"] * 3, ["Karim"] * 3)).given
    'Karim'
    """
    surname, comma, others = name.partition(",")
    words = _words(others if comma else name)
    if comma and words:
        return Parts(" ".join(_words(surname)) or None, words[0], " ".join(words[1:]) or None)
    words = words or _words(surname)
    if len(words) < 2:
        return Parts(words[0] if words else None, None, None)
    leans = [known.get(sound(word), 0.0) for word in words]
    if leans[0] - leans[1] > leans[-1] - leans[0]:
        return Parts(words[0], words[1], " ".join(words[2:]) or None)
    return Parts(words[-1], words[0], " ".join(words[1:-1]) or None)


def _words(name: str) -> list[str]:
    found: list[str] = []
    before = ""
    for word in name.split():
        if word.lower() in _PARTICLES:
            before += word + " "
        else:
            found.append(before + word)
            before = ""
    return [*found, before.strip()] if before else found
