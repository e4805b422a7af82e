"""Third-party files are those of the lock, and nothing needs them in order to work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from obmin.web import vendor
from obmin.web.templatetags import web as tags

PLACED = (vendor.BROWSER / "icons.svg").exists()
placed = pytest.mark.skipif(not PLACED, reason="third-party files were not put in place on this machine")


def test_the_lock_pins_everything_and_names_no_host() -> None:
    locked = vendor.lock()
    assert all(re.fullmatch(r"[0-9a-f]{64}", package["sha256"]) for package in locked["packages"])
    assert all(package["version"] and package["licence"] for package in locked["packages"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in locked["files"].values())
    assert "http" not in json.dumps(locked["packages"])
    assert sum("OFL" in name or "LICENSE" in name for name in locked["files"]) == 5


@placed
def test_every_file_is_what_the_lock_says() -> None:
    assert vendor.missing() == []


@placed
def test_a_changed_byte_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in vendor.lock()["files"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((vendor.PACKAGE / name).read_bytes())
    monkeypatch.setattr(vendor, "PACKAGE", tmp_path)
    assert vendor.missing() == []
    with (tmp_path / "web/static/vendor/icons.svg").open("ab") as file:
        file.write(b" ")
    assert vendor.missing() == ["web/static/vendor/icons.svg"]


def test_every_icon_that_is_named_is_in_the_lock() -> None:
    known = set(vendor.lock()["icons"])
    named: set[str] = set()
    for path in vendor.PACKAGE.rglob("*"):
        if path.suffix == ".html":
            named |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text("utf-8")))
        elif path.suffix == ".py":
            text = path.read_text("utf-8")
            named |= set(re.findall(r'icon="([\w-]+)"', text))
            named |= (
                set(re.findall(r'Link\([^()]*(?:\([^()]*\)[^()]*)*, "([a-z]+(?:-[a-z]+)*)"(?:, |\))', text))
                & known
            )
    assert named
    assert named - known == set()


def test_without_the_sprite_the_word_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "sprite", lambda: "")
    assert tags.icon("lock") == ""
    assert tags.state("readiness", "ready") == '<span class="state ok">Ready</span>'


@placed
def test_modified_fonts_do_not_bear_the_reserved_name() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    for path in [*vendor.BROWSER.glob("*.woff2"), *vendor.PAPER.glob("Obmin*.ttf")]:
        names = {
            record.toUnicode()
            for record in ttlib.TTFont(path)["name"].names
            if record.nameID in (1, 3, 4, 6, 16)
        }
        assert not any("Plex" in name for name in names), path.name
