"""Names for the benchmark, invented by a seed: no list of people was read.

Surnames are put together from syllables and an ending. Given names and patronymics are of two sorts: common
words of the two languages, or (`unseen`) syllables too. Arabic and Hebrew names are roots drawn by chance in
the patterns of those languages, so that the written and the spoken form are both known.
"""
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Ukrainian form, Russian form; the commonest first.
MEN = (
    "Олександр Александр,Сергій Сергей,Володимир Владимир,Андрій Андрей,Микола Николай,Іван Иван,Віктор Виктор,"
    "Михайло Михаил,Василь Василий,Юрій Юрий,Петро Пётр,Олексій Алексей,Ігор Игорь,Дмитро Дмитрий,"
    "Роман Роман,"
    "Євген Евгений,Максим Максим,Павло Павел,Богдан Богдан,Артем Артём,Віталій Виталий,"
    "Руслан Руслан,Денис Денис,"
    "Ярослав Ярослав,Григорій Григорий,Антон Антон,Степан Степан,Тарас Тарас,Костянтин Константин,Назар Назар,"
    "Вадим Вадим,Станіслав Станислав,Едуард Эдуард,Кирило Кирилл,Яків Яков,Захар Захар,Федір Фёдор,Ілля Илья"
)
WOMEN = (
    "Оксана Оксана,Олена Елена,Наталія Наталья,Тетяна Татьяна,Ірина Ирина,Світлана Светлана,Людмила Людмила,"
    "Юлія Юлия,Катерина Екатерина,Галина Галина,Марія Мария,Ганна Анна,Вікторія Виктория,Дарина Дарья"
)
# Ukrainian father's name stem and Russian, from which both patronymics are made: -ович/-івна, -ович/-овна.
FATHERS = (
    "Олександр Александр,Володимир Владимир,Іван Иван,Віктор Виктор,Михайл Михайл,Петр Петр,Степан Степан,"
    "Роман Роман,Богдан Богдан,Максим Максим,Павл Павл,Руслан Руслан,Ярослав Ярослав,"
    "Антон Антон,Тарас Тарас,Назар Назар,"
    "Федор Фёдор,Захар Захар,Станіслав Станислав,Едуард Эдуард,Леонід Леонид,Данил Данил"
)


def _list(text: str) -> list[str]:
    return text.split()


_ONSETS = _list("б в г д ж з к л м н п р с т х ц ч ш бр гр др кр пр тр сл см ст хв шк")
_MIDDLES = _list("а о у е и і я ю")
_CODAS = _list("б в г д ж з к л м н п р с т х ч ш рб рд нд лк рч сь ль нь йд")
_ENDINGS = (("енко", "енко"), ("чук", "чук"), ("ський", "ский"), ("ук", "ук"), ("ов", "ов"), ("ін", "ин"), ("ак", "ак"),
            ("ець", "ец"), ("ик", "ик"), ("єв", "ев"), ("ишин", "ишин"), ("юк", "юк"))  # fmt: skip
_ENDING_SHARE = (24, 10, 14, 9, 13, 7, 6, 4, 5, 4, 2, 2)


@dataclass(frozen=True, slots=True)
class Form:
    """A word of a name in the forms in which it may be recorded: `native` first; `spoken` for Latin clerks."""

    native: tuple[str, ...]
    spoken: tuple[str, ...]


def russian(word: str) -> str:
    """A Ukrainian word in Russian letters, sound by sound."""
    return word.translate(
        str.maketrans({"и": "ы", "і": "и", "ї": "и", "є": "е", "ґ": "г", "ʼ": "ъ", "Є": "Е", "І": "И"})
    )


def surnames(rng: np.random.Generator, count: int, banned: frozenset[str]) -> list[Form]:
    """`count` different surnames, none of `banned` (lower case)."""
    share = np.asarray(_ENDING_SHARE) / sum(_ENDING_SHARE)
    found: dict[str, Form] = {}
    while len(found) < count:
        stem = str(rng.choice(_ONSETS)) + str(rng.choice(_MIDDLES)) + str(rng.choice(_CODAS))
        if rng.random() < 0.45:
            stem += str(rng.choice(_MIDDLES)) + str(rng.choice(_CODAS[:17]))
        uk_end, ru_end = _ENDINGS[int(rng.choice(len(_ENDINGS), p=share))]
        if stem.endswith("ь"):
            stem = stem[:-1]
        uk, ru = (stem + uk_end).capitalize(), (russian(stem) + ru_end).capitalize()
        if uk.lower() not in banned and ru.lower() not in banned:
            found.setdefault(uk, Form((uk, ru), (uk, ru)))
    return list(found.values())


def given(rng: np.random.Generator, *, women: bool, unseen: bool, banned: frozenset[str]) -> list[Form]:
    if unseen:
        return _invented(rng, 14 if women else 40, "а" if women else "", banned)
    return [
        Form((uk, ru), (uk, ru)) for uk, ru in (pair.split() for pair in (WOMEN if women else MEN).split(","))
    ]


def patronymics(rng: np.random.Generator, *, women: bool, unseen: bool, banned: frozenset[str]) -> list[Form]:
    if unseen:
        stems = [(form.native[0], form.native[1]) for form in _invented(rng, 30, "", banned)]
    else:
        stems = [(uk, ru) for uk, ru in (pair.split() for pair in FATHERS.split(","))]
    uk_end, ru_end = ("івна", "овна") if women else ("ович", "ович")
    return [Form((uk + uk_end, ru + ru_end), (uk + uk_end, ru + ru_end)) for uk, ru in stems]


def _invented(rng: np.random.Generator, count: int, end: str, banned: frozenset[str]) -> list[Form]:
    found: dict[str, Form] = {}
    while len(found) < count:
        word = "".join(
            str(rng.choice(part))
            for part in (_ONSETS[:18], _MIDDLES[:4], _CODAS[:15], _MIDDLES[:4], _CODAS[:15])
        )
        uk = (word + end).capitalize()
        if uk.lower() not in banned:
            found.setdefault(uk, Form((uk, russian(uk)), (uk, russian(uk))))
    return list(found.values())


# Sounds of roots: native letter, sounds by which clerks write it.
_ARABIC = (("ب", "b"), ("ت", "t"), ("ج", "j"), ("ح", "h"), ("خ", "kh"), ("د", "d"), ("ر", "r"), ("ز", "z"), ("س", "s"),
           ("ش", "sh"), ("ص", "s"), ("ط", "t"), ("ف", "f"), ("ق", "q"), ("ك", "k"), ("ل", "l"), ("م", "m"), ("ن", "n"),
           ("ه", "h"), ("ع", "'"), ("غ", "gh"))  # fmt: skip
_HEBREW = (("ב", "b"), ("ג", "g"), ("ד", "d"), ("ז", "z"), ("ח", "h"), ("ט", "t"), ("כ", "k"), ("ל", "l"), ("מ", "m"),
           ("נ", "n"), ("ס", "s"), ("פ", "p"), ("צ", "ts"), ("ק", "k"), ("ר", "r"), ("ש", "sh"), ("ת", "t"))  # fmt: skip
# Patterns: 1 2 3 are the root's consonants; after | the sounds (capital vowels are written long).
_ARABIC_PATTERNS = ("1ا23|1A2i3", "1222ي3|1a2I3", "م12و3|ma12U3", "12ا3|1a22A3", "123|1a2a3", "12ي3|1u2ay3", "أ123|a12a3",
                    "12و3|1a2U3", "1ي2ا3|1ay2A3", "12ان|1a2AN")  # fmt: skip
_HEBREW_PATTERNS = ("12ו3|1a2o3", "12י3|1a2i3", "1י23|1i2e3", "12יאל|1a2iel", "12ון|1a2on", "מ12ו3|ma12o3", "12יה|1a2ia",
                    "1ו23|1o2e3", "12ן|1a2an", "123י|1a2a3i")  # fmt: skip


def semitic(
    rng: np.random.Generator, script: str, count: int, banned: frozenset[str], *, article: bool
) -> list[Form]:
    """Names of chance roots. `spoken` in a plain spelling with A, I, U for long vowels."""
    letters, patterns = (_ARABIC, _ARABIC_PATTERNS) if script == "ar" else (_HEBREW, _HEBREW_PATTERNS)
    found: dict[str, Form] = {}
    while len(found) < count:
        root = [letters[int(k)] for k in rng.choice(len(letters), 3, replace=False)]
        written, said = str(rng.choice(patterns)).replace("222", "2").split("|")
        for at, (letter, sound) in enumerate(root, start=1):
            written, said = written.replace(str(at), letter), said.replace(str(at), sound)
        if article and script == "ar" and rng.random() < 0.4:
            written, said = "ال" + written, "al-" + said
        if written not in banned:
            found.setdefault(written, Form((written,), (said,)))
    return list(found.values())
