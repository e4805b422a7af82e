"""What a home is on the disk: whose it is, what it holds, what is wrong with it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obmin.core.errors import Incomplete, Unreadable
from obmin.demo.run import NEUTRAL
from obmin.files import instance
from obmin.files.instance import Instance, Mode
from tests.architecture.source import PACKAGE

BEGAN = datetime(2026, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def live(tmp_path: Path) -> Instance:
    return instance.create_live(tmp_path / "live", party="UKR", name="Штаб", began=BEGAN)


def test_a_live_home_is_fit_as_it_was_made(live: Instance) -> None:
    assert instance.faults(live) == []
    assert (live.mode, live.seed, live.training) == (Mode.LIVE, None, False)
    assert len(live.secret("sessions")) == 32


@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_name_comes_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("n")
    assert instance.create_live(folder / "live", party="UKR", name=name, began=BEGAN).name == name
    home = instance.create_training(folder / "t", party="UKR", name=name, seed=name, began=BEGAN)
    assert (home.name, home.seed) == (name, name)


def test_what_is_drawn_is_never_drawn_again(live: Instance) -> None:
    kept = live.secret("sessions")
    with pytest.raises(FileExistsError):
        instance.draw_secret(live.home, "sessions")
    assert live.secret("sessions") == kept
    live.secret_file("sessions").unlink()
    with pytest.raises(Incomplete):
        live.secret("sessions")
    assert instance.faults(live) == [f"{live.secret_file('sessions')} is gone."]


def test_a_live_home_begins_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("mine")
    with pytest.raises(Incomplete, match="not empty"):
        instance.create_live(tmp_path, party="UKR", name="N", began=BEGAN)
    assert [p.name for p in tmp_path.iterdir()] == ["letter"]


@pytest.mark.parametrize("name", [".", "keys", "keys/sessions.secret", "instance.toml", "files"])
@pytest.mark.parametrize("bit", [0o040, 0o020, 0o010, 0o004, 0o002, 0o001])
def test_what_is_open_to_others_is_named(live: Instance, name: str, bit: int) -> None:
    path = live.home / name
    path.chmod(path.stat().st_mode | bit)
    assert [f.split(" is open")[0] for f in instance.faults(live)] == [str(path)]


@pytest.mark.parametrize("party", ["UKR", "RUS", NEUTRAL])
@pytest.mark.parametrize("seed", ["0", "1", "99"])
def test_training_keys_are_named(live: Instance, party: str, seed: str) -> None:
    training = Instance(live.home, party, "", Mode.TRAINING, seed, BEGAN)
    live.secret_file("sessions").write_bytes(training.secret("sessions"))
    assert instance.faults(live) == [f"{live.secret_file('sessions')} is a training key."]


def test_a_short_secret_is_named(live: Instance) -> None:
    live.secret_file("sessions").write_bytes(b"short")
    assert "is no secret of 32 bytes" in instance.faults(live)[0]


CHANGES: dict[str, Callable[[str], str]] = {
    "a seed in a live home": lambda text: text + 'seed = "1"\n',
    "a live home called training": lambda text: text.replace('"live"', '"training"'),
    "another mode": lambda text: text.replace('"live"', '"demo"'),
    "no party": lambda text: text.replace("party", "side"),
    "no TOML": lambda text: text + "=",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_home_of_two_minds_is_not_read(live: Instance, what: str) -> None:
    path = live.home / instance.FILE
    path.write_text(CHANGES[what](path.read_text("utf-8")), "utf-8")
    with pytest.raises(Unreadable):
        instance.load(live.home)


def test_a_live_home_says_nothing_of_its_secrets(live: Instance) -> None:
    assert set(tomllib.loads((live.home / instance.FILE).read_text("utf-8"))) == {
        "party",
        "name",
        "mode",
        "began",
    }


def test_only_the_sessions_secret_is_asked_of_the_home() -> None:
    """Every other secret of a live instance lies under its root, and is asked of the vault."""
    asked = {
        (file.relative_to(PACKAGE).as_posix(), ast.unparse(node.args[0]))
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("OBMIN.secret")
    }
    assert {place for place, _ in asked} == {"config/settings.py", "vault/process.py", "vault/secrets.py"}
    assert {what for place, what in asked if place == "config/settings.py"} == {"'sessions'"}
