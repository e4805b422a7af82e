"""How clerks write a name in Latin letters, and how a typist spoils it. Shares no code with the product."""

from __future__ import annotations

import numpy as np

_SAME = dict(zip("абвдзклмнопрстуф", "abvdzklmnoprstuf", strict=True)) | {"ь": "", "ʼ": "", "ъ": "", "ґ": "g"}


def _habit(text: str) -> dict[str, str]:
    return _SAME | {
        native: (latin[0] if latin else "") for native, *latin in (part.split(":") for part in text.split())
    }


# Of a Ukrainian form, then of a Russian one. Each is one clerk's habit.
UKRAINIAN = tuple(
    _habit(each)
    for each in (
        "г:h е:e є:ie ж:zh и:y і:i ї:i й:i х:kh ц:ts ч:ch ш:sh щ:shch ю:iu я:ia",
        "г:h е:e є:ye ж:zh и:y і:i ї:yi й:y х:kh ц:ts ч:ch ш:sh щ:shch ю:yu я:ya",
        "г:g е:e є:e ж:zh и:i і:i ї:i й:y х:h ц:ts ч:ch ш:sh щ:sch ю:yu я:ya",
        "г:h е:e є:je ж:ż и:y і:i ї:ji й:j х:ch ц:c ч:cz ш:sz щ:szcz ю:ju я:ja в:w",
    )
)
RUSSIAN = tuple(
    _habit(each)
    for each in (
        "г:g е:e ё:e ж:zh и:i й:i ы:y э:e х:kh ц:ts ч:ch ш:sh щ:shch ю:iu я:ia ъ:ie",
        "г:g е:e ё:yo ж:zh и:i й:y ы:y э:e х:kh ц:ts ч:ch ш:sh щ:shch ю:yu я:ya",
        "г:g е:e ё:e ж:j и:i й:y ы:y э:e х:h ц:c ч:ch ш:sh щ:sch ю:u я:a",
        "г:g е:e ё:io ж:j и:i й:i ы:y э:e х:kh ц:ts ч:tch ш:ch щ:chtch ю:iou я:ia у:ou",
        "г:g е:e ё:jo ж:sch и:i й:i ы:y э:e х:ch ц:z ч:tsch ш:sch щ:schtsch ю:ju я:ja в:w з:s",
        "г:g е:e ё:ë ж:ž и:i й:j ы:y э:è х:h ц:c ч:č ш:š щ:šč ю:ju я:ja",
    )
)
UKRAINIAN_SHARE, RUSSIAN_SHARE = (0.5, 0.25, 0.15, 0.10), (0.4, 0.3, 0.12, 0.06, 0.06, 0.06)
_ARABIC = (
    {"A": "a", "I": "i", "U": "u", "'": "", "q": "q", "kh": "kh"},
    {"A": "a", "I": "ee", "U": "oo", "'": "'", "q": "k", "al-": "el-"},
    {"A": "a", "I": "i", "U": "ou", "'": "", "sh": "ch", "al-": "el ", "j": "dj"},
    {"A": "aa", "I": "ee", "U": "u", "'": "a", "al-": "Al "},
)
_HEBREW = (
    {"h": "h", "ts": "tz"},
    {"h": "ch", "ts": "z", "v": "w"},
    {"ts": "ts", "k": "q", "ia": "iya"},
    {"h": "kh", "o": "oh", "ts": "tz"},
)


def latin(word: str, habit: int, script: str) -> str:
    """A Cyrillic word by habit 0 to 9 (four of Ukrainian, six of Russian forms); a spoken word by 0 to 3."""
    if script == "cyrillic":
        table = UKRAINIAN[habit] if habit < 4 else RUSSIAN[habit - 4]
        small = word.lower()
        if habit in (1, 0) and small[:1] in "йюяєї":
            first = {"й": "y", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi"}[small[0]]
            return (first + "".join(table.get(letter, letter) for letter in small[1:])).capitalize()
        written = "".join(table.get(letter, letter) for letter in small).capitalize()
        return written[:-2] + "y" if habit in (5, 6) and written.endswith(("iy", "yy")) else written
    for sound, letters in (_ARABIC if script == "ar" else _HEBREW)[habit].items():
        word = word.replace(sound, letters)
    return "-".join(part.capitalize() for part in word.lower().split("-"))


_BESIDE = {
    "latin": "qwertyuiopasdfghjklzxcvbnm",
    "cyrillic": "йцукенгшщзхфывапролджэячсмитьбю",
    "ar": "ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ",
    "he": "קראטוןםפשדגכעיחלךףזסבהנמצתץ",
}


def typo(word: str, keyboard: str, rng: np.random.Generator) -> str:
    """One slip: a letter dropped, doubled, exchanged with the next, or hit beside."""
    if len(word) < 3:
        return word
    at = int(rng.integers(1, len(word)))
    kind = rng.random()
    if kind < 0.3:
        return word[:at] + word[at + 1 :]
    if kind < 0.45:
        return word[:at] + word[at] + word[at:]
    if kind < 0.65 and at < len(word) - 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    row = _BESIDE[keyboard]
    place = row.find(word[at].lower())
    beside = row[(place + (1 if rng.random() < 0.5 else -1)) % len(row)] if place >= 0 else row[0]
    return word[:at] + beside + word[at + 1 :]
