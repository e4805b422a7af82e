"""A live instance: private, drawn, sealed until two officers come, and never a training one."""

from __future__ import annotations

import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from obmin.cli.instance import FIRST_DUTIES
from tests.cli.command import Served, done, environment, holder, obmin, serving
from tests.cli.conftest import Live


def modes(folder: Path) -> dict[str, int]:
    return {p.name: stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.rglob("*"))}


def test_it_is_its_owners_alone(live_made: Live) -> None:
    assert {name: oct(mode) for name, mode in modes(live_made.home).items() if mode & 0o077} == {}


def test_it_has_no_seed_and_no_secret_but_its_sessions(live_made: Live) -> None:
    told = tomllib.loads((live_made.home / "instance.toml").read_text("utf-8"))
    assert (told["mode"], told["party"], told["name"], "seed" in told) == ("live", "UKR", "Штаб", False)
    assert [p.name for p in live_made.home.rglob("*.secret")] == ["sessions.secret"]


def test_two_lives_have_nothing_in_common(live_made: Live, tmp_path: Path) -> None:
    named = [part for o in live_made.officers for part in ("--officer", f"{o.name}={o.recipient}")]
    done("init", "--live", "--home", tmp_path / "b", "--party", "UKR", "--name", "Штаб", *named)
    one, other = ((h / "keys" / "sessions.secret").read_bytes() for h in (live_made.home, tmp_path / "b"))
    assert one != other


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a[:-2], "three first officers; 2"),
        (lambda a: [*a, "--officer", a[-1].replace("=", "x=")], "twice"),
        (lambda a: [*a[:-1], "X=age1wrong"], "no age recipient"),
        (lambda a: [*a[:-1], "A+B=" + a[-1].split("=")[1]], "NAME=age1"),
        (lambda a: [*a[:-1], "../x=" + a[-1].split("=")[1]], "NAME=age1"),
        (lambda a: [*a, "--seed", "1"], "no seed"),
        (lambda a: a[2:], "--name"),
    ],
)
def test_what_is_missing_or_wrong_makes_no_instance(live_made: Live, tmp_path: Path, change, said) -> None:
    officers = [part for o in live_made.officers for part in ("--officer", f"{o.name}={o.recipient}")]
    found = obmin("init", "--live", "--home", tmp_path / "h", *change(["--name", "N", *officers]))
    assert found.returncode == 2
    assert said in found.stderr
    assert not (tmp_path / "h").exists()


def test_a_folder_with_something_in_it_stays_as_it_is(live_made: Live, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("mine")
    officers = [part for o in live_made.officers for part in ("--officer", f"{o.name}={o.recipient}")]
    found = obmin("init", "--live", "--home", tmp_path, "--name", "N", *officers)
    assert (found.returncode, [p.name for p in tmp_path.iterdir()]) == (2, ["letter"])


def test_a_training_home_never_becomes_live(live: Live) -> None:
    path = live.home / "instance.toml"
    path.write_text(path.read_text("utf-8") + 'seed = "1"\n', "utf-8")
    found = obmin("codes", "--home", live.home)
    assert (found.returncode, "training seed in a live home" in found.stderr) == (2, True)


def test_a_home_that_others_can_read_is_not_opened(live: Live) -> None:
    (live.home / "obmin.sqlite3").chmod(0o640)
    found = obmin("serve", "--home", live.home)
    assert (found.returncode, "open to others" in found.stderr) == (2, True)


def test_a_lost_secret_is_not_drawn_anew(live: Live) -> None:
    (live.home / "keys" / "sessions.secret").unlink()
    found = obmin("serve", "--home", live.home)
    assert (found.returncode, "is gone" in found.stderr) == (2, True)
    assert not (live.home / "keys" / "sessions.secret").exists()


def test_what_needs_its_keys_says_that_it_is_sealed(live: Live, tmp_path: Path) -> None:
    for command in (["codes"], ["backup", "--to", tmp_path / "b"]):
        found = obmin(*command, "--home", live.home)
        assert found.returncode == 2
        assert "keeper" in found.stderr
    assert not (tmp_path / "b").exists()


def test_sealed_it_shows_nothing_until_two_of_its_officers_come(
    live: Live, served: Served, tmp_path: Path
) -> None:
    for path in ("/", "/sign-in", "/people", "/news", "/nothing"):
        answer = served.get(path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30"), path
        assert "sealed" in answer.text
    in_ukrainian = served.get("/", **{"Accept-Language": "uk"}).text
    assert "obmin unseal" in in_ukrainian
    assert "This instance is sealed" not in in_ukrainian
    for _ in range(2):  # one officer twice is one officer
        obmin("unseal", "--home", live.home, "--identity", live.officers[0].file)
    assert obmin("unseal", "--home", live.home, "--identity", holder(tmp_path, "X").file).returncode == 2
    assert served.get("/sign-in").status == 503
    done("unseal", "--home", live.home, "--identity", live.officers[2].file)
    door = served.get("/sign-in")
    assert door.status == 200
    assert served.get("/").status == 302
    for word in ("Training", "Invented", "Nobody here is real"):
        assert word not in door.text
    _codes_for_the_first_officers(live)
    _nothing_for_others(live)


def _codes_for_the_first_officers(live: Live) -> None:
    lines = done("codes", "--home", live.home).splitlines()
    for officer, duty in zip(live.officers, FIRST_DUTIES, strict=True):
        assert any(officer.name in line and duty in line for line in lines)


def _nothing_for_others(live: Live) -> None:
    """After it was served, unsealed and backed up."""
    done("backup", "--home", live.home, "--to", live.home.parent / "b")
    assert {name: oct(mode) for name, mode in modes(live.home).items() if mode & 0o077} == {}
    assert stat.S_IMODE((live.home.parent / "b").stat().st_mode) == 0o600


def test_in_the_clear_it_is_served_to_this_machine_alone(live: Live) -> None:
    found = obmin("serve", "--home", live.home, "--host", "0.0.0.0")
    assert found.returncode == 2
    assert "OBMIN_TLS=proxy" in found.stderr


def test_it_is_fit_to_be_deployed_behind_a_proxy(live: Live) -> None:
    """The framework's own deployment checks, none silenced, warnings and all."""
    code = (
        "import os, sys; os.umask(0o077)\nimport django; django.setup()\n"
        "from django.conf import settings\n"
        "assert settings.SILENCED_SYSTEM_CHECKS == [] and not settings.DEBUG\n"
        "from django.core.management import call_command\n"
        "call_command('check', deploy=True, fail_level='WARNING')\n"
    )
    told = environment(
        {
            "OBMIN_HOME": str(live.home),
            "OBMIN_TLS": "proxy",
            "OBMIN_HOSTS": "obmin.example",
            "DJANGO_SETTINGS_MODULE": "obmin.config.settings",
        }
    )
    found = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "no issues (0 silenced)" in found.stdout
    assert obmin("serve", "--check", "--home", live.home, OBMIN_TLS="proxy").returncode == 0
    alone = obmin("serve", "--check", "--home", live.home)
    assert (alone.returncode, "OBMIN_TLS" in alone.stdout) == (1, True)


def test_only_the_proxy_says_who_comes_and_how(live: Live) -> None:
    """What came to the proxy in the clear is sent to HTTPS; a visitor's own word for it counts for nothing."""
    with serving(
        live.home, OBMIN_TLS="proxy", OBMIN_HOSTS="obmin.example", OBMIN_PROXY_ADDRESS="192.0.2.1"
    ) as it:
        live.unseal()
        claimed = it.get("/sign-in", **{"X-Forwarded-Proto": "https", "Host": "obmin.example"})
        assert (claimed.status, claimed.headers["Location"]) == (301, "https://obmin.example/sign-in")
    with serving(live.home, OBMIN_TLS="proxy", OBMIN_HOSTS="obmin.example") as it:
        live.unseal()
        through = it.get("/sign-in", **{"X-Forwarded-Proto": "https", "Host": "obmin.example"})
        assert through.status == 200
        assert through.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert it.get("/sign-in", **{"X-Forwarded-Proto": "https", "Host": "evil.example"}).status == 400
