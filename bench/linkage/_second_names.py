"""Words of names for the second noise model, built from sounds, and how clerks write them in each script.

Nothing is taken from a list of names. A Slavic word is kept in Ukrainian letters; an Arabic or Hebrew one as
sounds (small vowels short, capitals long or emphatic), from which its own letters and Latin ones are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Rng = np.random.Generator

ONSETS = "б в г д ж з к л м н п р с т х ц ч ш бр вр гл др кр кл пл ст тр хв хр шк шт гн зд сл см св щ"
CODAS = "б в г д з к л м н п р с т ш ль нь рт нд лб рк рш сь ск вк йд ць мп ґ"
VOWELS = "а а о о е и у і я ю є"
SURNAME_ENDS = (
    "енко енко енко енко ук чук юк ко "
    "ський ський цький ик ак ець ило ай ура ун ів ин ович ар ій ота ла ань ей'ко"
)
MALE_ENDS = "ан он ій рій мир слав дан ило тин ар ент ель им ид ос"
FEMALE_ENDS = "ана ина ія рина мира слава дана ета іна еля ара ида ося"


def choose(rng: Rng, items: str | Sequence[str]) -> str:
    """One of the items, or of the words of a text, each as likely."""
    among = items.split() if isinstance(items, str) else items
    return among[int(rng.integers(len(among)))]


def _stem(rng: Rng, syllables: int) -> str:
    made = ""
    for _ in range(syllables):
        made += choose(rng, ONSETS) + choose(rng, VOWELS)
    return made + choose(rng, CODAS)


def slavic(rng: Rng, kind: str) -> str:
    """A word in Ukrainian letters; `kind`: surname (the man's form), male, female, or place."""
    stem = _stem(rng, 1 if rng.random() < 0.6 else 2)
    if kind == "surname":
        end = choose(rng, SURNAME_ENDS)
    elif kind == "place":
        end = choose(rng, "івка ове ськ поле пільськ ичі не")
    else:
        end = choose(rng, MALE_ENDS if kind == "male" else FEMALE_ENDS)
    if end[0] in "аеиіоуяює" and stem[-1] == "ь":
        stem = stem[:-1]
    return stem + end


def patronymic(father: str, *, female: bool) -> str:
    """From a man's given name in Ukrainian letters."""
    if father.endswith("ій"):
        return father[:-2] + ("іївна" if female else "ійович")
    return father.removesuffix("о").removesuffix("ь") + ("івна" if female else "ович")


def woman(surname: str) -> str:
    """A woman's form of a surname that has one."""
    for man, hers in (("ський", "ська"), ("цький", "цька"), ("ин", "ина")):
        if surname.endswith(man):
            return surname.removesuffix(man) + hers
    return surname


RUSSIAN_ENDS = (
    ("ський", "ский"), ("цький", "цкий"), ("ська", "ская"), ("цька", "цкая"), ("ів", "ов"), ("ець", "ец"),
    ("ійович", "иевич"), ("іївна", "иевна"), ("івна", "овна"), ("івка", "овка"), ("ичі", "ичи"),
)  # fmt: skip
BY_SOUND = str.maketrans({"і": "и", "и": "ы", "ї": "и", "є": "е", "ґ": "г", "'": "ъ"})
BY_TRADITION = str.maketrans({"і": "е", "и": "и", "ї": "и", "є": "е", "ґ": "г", "'": "ь"})


def russian(word: str, *, by_sound: bool) -> str:
    """The word as a Russian clerk writes it, by ear or as such words are traditionally put into Russian."""
    end = ""
    for theirs, ours in RUSSIAN_ENDS:
        if word.endswith(theirs):
            word, end = word.removesuffix(theirs), ours
            break
    if not end and word.endswith("ій"):
        word, end = word[:-2], "ий"
    return word.translate(BY_SOUND if by_sound else BY_TRADITION) + end


def _table(text: str) -> dict[str, str]:
    return {pair[0]: pair[1:] for pair in text.split()}


PLAIN = "аa бb вv дd еe зz кk лl мm нn оo пp рr сs тt уu фf "
ENGLISH = PLAIN + "жzh хkh цts чch шsh щshch ь ' "
OFFICIAL = _table(ENGLISH + "гh ґg єie иy іi їi йi юiu яia")
SPOKEN = _table(ENGLISH + "гh ґg єye иy іi їyi йy юyu яya хh щsch")
RUSSIFIED = _table(ENGLISH + "гg ґg єe иi іi їi йy юyu яya")
POLISH = _table(PLAIN + "вw жz хch цc чcz шsz щszcz ь ' гh ґg єje иy іi їji йj юju яja")
GERMAN = _table(PLAIN + "вw жsh хch цz чtsch шsch щschtsch ь ' гh ґg єje иy іi їji йj юju яja зs")
FRENCH = _table(PLAIN + "уou жj хkh цts чtch шch щchtch ь ' гg ґg єie иi іi їi йi юiou яia")
PASSPORT = _table(ENGLISH + "гg ёe иi йi ъie ыy эe юiu яia")
MAPS = _table(ENGLISH + "гg ёye иi йy ъ ыy эe юyu яya")
TURKISH = _table(PLAIN + "гg ёyo жj хh цts чc шs щs ъ ыi эe юyu яya иi йy ь")
SOVIET = _table(PLAIN + "уou гg ёe жj хkh цts чtch шch щchtch ъ ь ыy эe юiou яia иi йi")
FROM_UKRAINIAN = (OFFICIAL, OFFICIAL, SPOKEN, SPOKEN, RUSSIFIED, POLISH, GERMAN, FRENCH)
FROM_RUSSIAN = (PASSPORT, PASSPORT, MAPS, MAPS, TURKISH, SOVIET)
INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}

Speller = Callable[[str, Rng], str]


def latin_speller(rng: Rng) -> Speller:
    """A clerk who writes a Ukrainian word in Latin letters, by one table, from its own or its Russian form."""
    through_russian, by_sound = rng.random() < 0.5, rng.random() < 0.3
    table = (FROM_RUSSIAN if through_russian else FROM_UKRAINIAN)[int(rng.integers(6))]
    ending = choose(rng, ("y", "iy", "ii", "yi", "yy", "ij"))

    def spell(word: str, _: Rng) -> str:
        if through_russian:
            word = russian(word, by_sound=by_sound)
        tail = ""
        if word.endswith(("ий", "ій")):
            word, tail = word[:-2], ending
        first = INITIAL.get(word[:1], "") if table is OFFICIAL else ""
        if first:
            word = word[1:]
        return first + "".join(table.get(letter, "") for letter in word) + tail

    return spell


ARABIC_SOUNDS = "b t ^ j H x d V r z s $ S D T Z 3 g f q k l m n h w y A I U @"
ARABIC_SIGNS = "ب ت ث ج ح خ د ذ ر ز س ش ص ض ط ظ ع غ ف ق ك ل م ن ه و ي ا ي و ة"
ARABIC = dict(zip(ARABIC_SOUNDS.split(), ARABIC_SIGNS.split(), strict=True))
ARABIC_LATIN = {
    "^": ("th", "t", "s"), "j": ("j", "g", "dj"), "H": ("h",), "x": ("kh", "ch", "h"), "V": ("dh", "z", "d"),
    "$": ("sh", "ch"), "S": ("s", "ss"), "D": ("d", "dh"), "T": ("t",), "Z": ("z", "dh", "d"),
    "3": ("", "'", "a"), "g": ("gh", "g"), "q": ("q", "k", "g"), "w": ("w", "ou", "v"), "y": ("y", "i"),
    "A": ("a", "aa"),
    "I": ("i", "ee", "y"), "U": ("u", "ou", "oo"), "@": ("a", "ah", "eh"), "a": ("a", "e"), "i": ("i", "e"),
    "u": ("u", "o"),
}  # fmt: skip
ARABIC_PATTERNS = (
    "1A2i3", "1a2I3", "ma12U3", "1a22A3", "mu1a22i3", "1u2a3", "1a23A3", "1a2A3", "1i2A3", "1a2I3@", "ma12a3",
    "1A2i3@", "1a23",
)  # fmt: skip


def arabic(rng: Rng, kind: str) -> str:
    """Sounds of a word on three root letters; a surname ends in -I as often as not."""
    root = [choose(rng, "b t j H x d r z s $ S D T 3 g f q k l m n h w y") for _ in range(3)]
    word = choose(rng, ARABIC_PATTERNS)
    for place, letter in zip("123", root, strict=True):
        word = word.replace(place, letter)
    if kind == "surname" and rng.random() < 0.5:
        word = word.removesuffix("@") + "I"
    return word


def arabic_letters(word: str, rng: Rng) -> str:
    """In Arabic letters: no short vowels, doubled letters once; last letters now and then without dots."""
    written = ""
    for place, sound in enumerate(word):
        if sound in "aiu" or (place and sound == word[place - 1]):
            continue
        written += ARABIC[sound]
    if written.endswith("ة") and rng.random() < 0.2:
        written = written[:-1] + "ه"
    if written.endswith("ي") and rng.random() < 0.15:
        written = written[:-1] + "ى"
    return written


HEBREW_SOUNDS = "' b v g d h z H T y k x l m n s 3 p f c q r $ t"
HEBREW_SIGNS = "א ב ב ג ד ה ז ח ט י כ כ ל מ נ ס ע פ פ צ ק ר ש ת"
HEBREW = dict(zip(HEBREW_SOUNDS.split(), HEBREW_SIGNS.split(), strict=True))
HEBREW_LATIN = {
    "'": ("",), "3": ("", "'"), "H": ("h", "ch", "kh"), "x": ("kh", "ch", "h"), "T": ("t",),
    "c": ("tz", "ts", "z"), "q": ("k", "q", "c"), "k": ("k", "c"), "$": ("sh", "sch"), "v": ("v", "w", "b"),
    "f": ("f", "ph"),
    "y": ("y", "i", "j"), "i": ("i", "ee"), "u": ("u", "oo"), "t": ("t", "th"), "z": ("z", "s"),
}  # fmt: skip
HEBREW_PATTERNS = (
    "1a2a3", "1e2e3", "1i2o3", "1a2i3", "1o2e3", "ma12i3", "1a22o3i", "1e2u3a", "1i23on", "1a23i", "1a2u3",
    "1i23a", "1o2i3", "1e2i3el", "1a23an",
)  # fmt: skip
FINAL = str.maketrans({"כ": "ך", "מ": "ם", "נ": "ן", "פ": "ף", "צ": "ץ"})


def hebrew(rng: Rng, kind: str) -> str:
    """Sounds of a word on three root letters; a surname may end in -man, -sky or -berg."""
    word = choose(rng, HEBREW_PATTERNS)
    for place in "123":
        hard = place == "1"
        letters = "' b g d h z H T y k l m n s 3 p c q r $ t" if hard else "v g d z H T x l m n s f c q r $ t 3"
        word = word.replace(place, choose(rng, letters))
    if kind == "surname" and rng.random() < 0.25:
        word += choose(rng, ("man", "ski", "berg", "i"))
    return word


def hebrew_letters(word: str, rng: Rng) -> str:
    """In Hebrew letters; inner i with a yod mostly, o and u with a vav nearly always."""
    written = ""
    for place, sound in enumerate(word):
        last = place == len(word) - 1
        if sound in "ae":
            written += "ה" if last else ""
        elif sound == "i":
            written += "י" if last or rng.random() < 0.75 else ""
        elif sound in "ou":
            written += "ו" if rng.random() < 0.93 else ""
        elif place and sound == word[place - 1]:
            continue
        else:
            written += HEBREW[sound]
    return written[:-1] + written[-1:].translate(FINAL)


def semitic_speller(rng: Rng, script: str) -> Speller:
    """A clerk who writes the sounds in Latin letters, mostly in one habit for each sound."""
    table = ARABIC_LATIN if script == "arabic" else HEBREW_LATIN
    habit = {sound: choose(rng, ways) for sound, ways in table.items()}
    single = rng.random() < 0.4

    def spell(word: str, rng: Rng) -> str:
        written = ""
        for place, sound in enumerate(word):
            if single and place and sound == word[place - 1]:
                continue
            ways = table.get(sound, (sound,))
            written += choose(rng, ways) if rng.random() < 0.15 else habit.get(sound, sound)
        return written

    return spell
