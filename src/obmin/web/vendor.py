"""Third-party browser files: fetched at set-up by pinned version and hash, never committed.

`python -m obmin.web.vendor` takes the wheels named in `vendor.lock.json` through pip, checks each against
its hash, and puts fonts and icons into `web/static/vendor/` and fonts for papers into `documents/fonts/`,
with their licence texts. Each file put in place is checked against the lock again. `--check` only checks;
`--lock` writes the files' hashes anew after a version was changed. Without these files the app shows
system fonts, and words without icons.

The fonts are cut to the scripts in use, which makes them modified versions; their licence reserves the
name "Plex" for the originals, so the cut ones are called Obmin Sans and Obmin Sans Arabic.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from obmin.core.errors import Altered, Incomplete

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

WEB: Final = Path(__file__).resolve().parent
PACKAGE: Final = WEB.parent
LOCK: Final = WEB / "vendor.lock.json"
BROWSER: Final = WEB / "static" / "vendor"
PAPER: Final = PACKAGE / "documents" / "fonts"

SANS, ARABIC, ICONS = "fontpkg-ibm-plex-sans", "fontpkg-ibm-plex-sans-arabic", "python-lucide"
WEIGHTS: Final = {400: "Regular", 500: "Medium", 600: "SemiBold"}
SCRIPTS: Final = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,"
    "U+20A0-20BF,U+2122,U+2190-2193,U+2212,U+2215",
    "latin-ext": "U+0100-0130,U+0132-0151,U+0154-02BA,U+02BD-02C5,U+02C7-02D9,U+1E00-1EFF",
    "cyrillic": "U+0400-052F,U+2116",
    "arabic": "U+0600-06FF,U+0750-077F,U+08A0-08FF,U+FB50-FDFF,U+FE70-FEFF",
}


@lru_cache
def sprite() -> str:
    """The address of the icons' sprite; empty where it was not put in place."""
    from django.templatetags.static import static

    return static("vendor/icons.svg") if (BROWSER / "icons.svg").exists() else ""


@lru_cache
def fonts_are_here() -> bool:
    return (BROWSER / "fonts.css").exists()


def lock() -> dict[str, Any]:
    return dict(json.loads(LOCK.read_text("utf-8")))


def missing() -> list[str]:
    """Files of the lock that are not in place, or are not what the lock says: paths inside the package."""
    return [name for name, digest in lock()["files"].items() if _digest(PACKAGE / name) != digest]


def put_in_place(locked: dict[str, Any]) -> dict[str, str]:
    """Makes every file from the locked wheels; returns path inside the package → sha256."""
    with tempfile.TemporaryDirectory() as scratch:
        contents = {package["name"]: _fetch(package, Path(scratch)) for package in locked["packages"]}
        BROWSER.mkdir(parents=True, exist_ok=True)
        PAPER.mkdir(parents=True, exist_ok=True)
        made = [*_icons(contents[ICONS], locked), *_sans(contents[SANS]), *_arabic(contents[ARABIC])]
    made.append(_styles())
    return {path.relative_to(PACKAGE).as_posix(): _digest(path) for path in sorted(made)}


def _fetch(package: dict[str, str], scratch: Path) -> Path:
    """The unpacked wheel; pip refuses it if its hash is not the locked one."""
    name = package["name"]
    wanted = scratch / f"{name}.txt"
    wanted.write_text(f"{name}=={package['version']} --hash=sha256:{package['sha256']}\n", "utf-8")
    target = scratch / name
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "-d", str(target), "-r", str(wanted)]
    environment = os.environ | {"PIP_NO_INPUT": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise Incomplete(f"pip could not fetch {name} {package['version']}:\n{done.stderr.strip()}")
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target / "content")
    return target / "content"


def _icons(content: Path, locked: dict[str, Any]) -> list[Path]:
    """One sprite of the shapes the lock names, and the licence of the shapes."""
    shapes = sqlite3.connect(f"file:{content / 'lucide/data/lucide-icons.db'}?mode=ro", uri=True)
    symbols = []
    for name in sorted(locked["icons"]):
        row = shapes.execute("select svg from icons where name = ?", (name,)).fetchone()
        if row is None:
            raise Incomplete(f"the icon set has no shape called {name}")
        inner = re.sub(r"\s+", " ", re.sub(r"</?svg[^>]*>", "", row[0])).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
        )
    shapes.close()
    target = BROWSER / "icons.svg"
    target.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n", "utf-8")
    licence = BROWSER / "icons-LICENSE.txt"
    licence.write_text(locked["licences"]["lucide"], "utf-8")
    return [target, licence]


def _sans(content: Path) -> list[Path]:
    """Sans: one variable file for each script in browsers, three weights for papers."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer  # type: ignore[import-untyped]

    source = content / "fontpkg_ibm_plex_sans/files/IBMPlexSans[wdth,wght].ttf"
    made = [_licence(content / "fontpkg_ibm_plex_sans/LICENSE", BROWSER / "sans-OFL.txt")]
    made.append(_licence(content / "fontpkg_ibm_plex_sans/LICENSE", PAPER / "sans-OFL.txt"))
    for script in ("latin", "latin-ext", "cyrillic"):
        font = _cut(TTFont(source, recalcTimestamp=False), script)
        font = instancer.instantiateVariableFont(font, {"wdth": 100, "wght": (400, 400, 600)})
        made.append(_browser(font, "Obmin Sans", "Regular", BROWSER / f"sans-{script}.woff2"))
    for weight, word in WEIGHTS.items():
        font = instancer.instantiateVariableFont(
            TTFont(source, recalcTimestamp=False), {"wdth": 100, "wght": weight}
        )
        target = PAPER / f"ObminSans-{word}.ttf"
        _name(font, "Obmin Sans", word)
        font["OS/2"].usWeightClass = weight
        font.save(target)
        made.append(target)
    return made


def _arabic(content: Path) -> list[Path]:
    """Arabic: three weights in browsers, cut; two for papers, as they came."""
    from fontTools.ttLib import TTFont

    folder = content / "fontpkg_ibm_plex_sans_arabic"
    made = [
        _licence(folder / "LICENSE", BROWSER / "arabic-OFL.txt"),
        _licence(folder / "LICENSE", PAPER / "arabic-OFL.txt"),
    ]
    for weight, word in WEIGHTS.items():
        source = folder / f"files/IBMPlexSansArabic-{word}.ttf"
        font = _cut(TTFont(source, recalcTimestamp=False), "arabic")
        made.append(_browser(font, "Obmin Sans Arabic", word, BROWSER / f"arabic-{weight}.woff2"))
        if weight != 500:
            target = PAPER / source.name
            target.write_bytes(source.read_bytes())
            made.append(target)
    return made


def _cut(font: TTFont, script: str) -> TTFont:
    from fontTools.subset import Options, Subsetter, parse_unicodes  # type: ignore[import-untyped]

    options = Options(layout_features=["*"], notdef_outline=True, recalc_timestamp=False)
    cutter = Subsetter(options)
    cutter.populate(unicodes=parse_unicodes(SCRIPTS[script].replace("U+", "")))
    cutter.subset(font)
    return font


def _browser(font: TTFont, family: str, style: str, target: Path) -> Path:
    _name(font, family, style)
    font.flavor = "woff2"
    font.save(target)
    return target


def _name(font: TTFont, family: str, style: str) -> None:
    """Gives a modified font its own name; who made it and its licence stay."""
    table = font["name"]
    kept = [record for record in table.names if record.nameID in (0, 5, 13, 14)]
    table.names = kept
    joined = f"{family} {style}"
    plain = family.replace(" ", "")
    for identity, text in {1: family, 2: style, 3: joined, 4: joined, 6: f"{plain}-{style}"}.items():
        table.setName(text, identity, 3, 1, 0x409)
    if style not in ("Regular", "Bold"):
        table.setName(joined, 1, 3, 1, 0x409)
        table.setName("Regular", 2, 3, 1, 0x409)
        table.setName(family, 16, 3, 1, 0x409)
        table.setName(style, 17, 3, 1, 0x409)
    if "STAT" in font and "fvar" not in font:
        del font["STAT"]


def _licence(source: Path, target: Path) -> Path:
    target.write_bytes(source.read_bytes())
    return target


def _styles() -> Path:
    rules = [
        _face("Obmin Sans", "400 600", f"sans-{script}", SCRIPTS[script])
        for script in ("latin", "latin-ext", "cyrillic")
    ]
    rules += [
        _face("Obmin Sans Arabic", str(weight), f"arabic-{weight}", SCRIPTS["arabic"]) for weight in WEIGHTS
    ]
    target = BROWSER / "fonts.css"
    target.write_text("\n".join(rules) + "\n", "utf-8")
    return target


def _face(family: str, weight: str, file: str, characters: str) -> str:
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
        f'src:url("{file}.woff2") format("woff2");unicode-range:{characters}}}'
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 when every file is in place and is what the lock says."""
    parser = argparse.ArgumentParser(
        prog="python -m obmin.web.vendor", description="fonts and icons, by pinned hash"
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether every file is in place and unchanged"
    )
    parser.add_argument("--lock", action="store_true", help="write the files' hashes into the lock anew")
    wish = parser.parse_args(arguments)
    locked = lock()
    if not wish.lock and not (absent := missing()):
        print(f"{len(locked['files'])} files are in place and are what the lock says")
        return 0
    if wish.check:
        print("not in place, or changed: " + ", ".join(absent), file=sys.stderr)
        return 1
    made = put_in_place(locked)
    if wish.lock:
        LOCK.write_text(json.dumps(locked | {"files": made}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    elif changed := [name for name, digest in locked["files"].items() if made.get(name) != digest]:
        raise Altered(f"made, but not what the lock says: {', '.join(changed)}")
    print(f"{len(made)} files put in place")
    return 0


if __name__ == "__main__":
    sys.exit(main())
