"""Names in plain Latin letters, for tools that know no other script: the same for each of them."""

from __future__ import annotations

_LATIN = "a b v g g d e e e zh z i i i i k l m n o p r s t u f h c ch sh sh - - i e iu ia"
_LETTERS = dict(zip("абвгґдеєёжзиіїйклмнопрстуфхцчшщьъыэюя", _LATIN.split(" "), strict=True))
_TABLE = str.maketrans({letter: latin.replace("-", "") for letter, latin in _LETTERS.items()} | {"ʼ": ""})
_PAIRS = "shch:sh tsch:ch tch:ch cz:ch sz:sh sch:sh kh:h ts:c ou:u w:v y:i j:i ii:i ie:e č:ch š:sh ž:zh ż:zh"
_SAME = tuple(pair.split(":") for pair in _PAIRS.split(" "))


def fold(name: str) -> str:
    """A name in small Latin letters, one habit of writing for another where that is plain."""
    text = name.lower().translate(_TABLE)
    for habit, plain in _SAME:
        text = text.replace(habit, plain)
    return text
