"""What the story leaves, held against the registers by counting in plain Python, without the product's code."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from tests.demo.conftest import SIDES, Run, obmin

STAGES = ["register", "tracing", "terms", "composing", "rounds", "reception", "handover", "care", "bulletins"]
PHASES = {"P1": 390, "P2": 307, "P3": 303}
DAYS = {"P1": "2025-05-23", "P2": "2025-05-24", "P3": "2025-05-25"}
FIT = {"seated", "assisted", "stretcher", "intensive"}
AGREEMENT = Path(__file__).parents[2] / "agreements" / "istanbul-2025-05-16.yaml"


def held_back(person: dict[str, str]) -> bool:
    """By a court: accused or convicted, and not both consents that the law asks for."""
    if person["judicial"] not in ("pending", "convicted"):
        return False
    own = person["own_consent"] == "given" or person["judicial"] == "pending"
    return not (person["dp_consent"] == "given" and own)


def may_go(person: dict[str, str]) -> bool:
    return person["will"] == "consents" and person["fitness"] in FIT and not held_back(person)


def other(side: str) -> str:
    return "RUS" if side == "UKR" else "UKR"


def sent_home(story: Run, side: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Whom a side handed over: the row of the table of what was carried out, and the row of its register."""
    register = {row["id"]: row for row in story.rows("sides", side, "registers", "held.csv")}
    known = {r["line"]: r["source"].split("/", 1)[1] for r in story.rows("story", f"offered-{side}.csv")}
    carried = story.rows("handover", side, "carried-out.csv")
    return [(row, register[known[row["id"]]]) for row in carried if row["from"] == side]


def test_nine_stages_are_well_and_nothing_is_said_where_nobody_looks(story: Run) -> None:
    summary = json.loads((story.out / "summary.json").read_text())
    assert [stage["name"] for stage in summary["stages"]] == STAGES
    assert [stage["number"] for stage in summary["stages"]] == list(range(1, 10))
    assert all(stage["ok"] is True and stage["counts"] for stage in summary["stages"])
    spent = sum(stage["seconds"] for stage in summary["stages"])
    assert 0.9 * summary["seconds"] - 1 <= spent <= summary["seconds"] + 1
    assert (summary["people"], summary["seed"]) == (6000, 1)
    assert story.complained == ""
    assert "\r" not in story.said


def test_every_artefact_of_the_contract_is_there(story: Run) -> None:
    out = story.out
    for side in SIDES:
        folder = out / "sides" / side
        for number in (1, 2):
            for name in ("list.csv", "direct.csv", "out.csv", "proof.json", "reasons.age"):
                assert (folder / "lists" / str(number) / name).stat().st_size > 0
        assert (folder / "home" / "instance.toml").exists()
        assert (folder / "journal.txt").stat().st_size > 0
        assert {path.name for path in (folder / "keys").glob("*.pub")} >= {
            "rounds.pub",
            "acts.pub",
            "journal.pub",
        }
        assert list((out / "reception" / side).iterdir())
        assert list((out / "handover" / side).iterdir())
    assert (out / "neutral" / "home" / "instance.toml").exists()
    kinds = ["wanted", "reply", "proposal", "reply", "proposal", "reply", "freeze"]
    names = {f"{i:02d}-{kind}-{side}" for i, kind in enumerate(kinds, start=1) for side in SIDES}
    found = {path.name for path in (out / "rounds").iterdir()}
    assert found == {name + end for name in names for end in (".age", ".json", ".json.minisig")}
    assert not [path for path in out.rglob("*") if path.name.endswith((".new", ".old"))]


def test_lists_have_the_form_of_the_contract(story: Run) -> None:
    for side in SIDES:
        folder = ("sides", side, "lists", "2")
        listed, direct, left = (story.rows(*folder, f"{n}.csv") for n in ("list", "direct", "out"))
        assert list(listed[0]) == ["id", "phase", "position", "clause", "reason"]
        assert list(direct[0]) == list(left[0]) == ["id", "reason"]
        everybody = [row["id"] for row in (*listed, *direct, *left)]
        assert len(everybody) == len(set(everybody)) == len(story.rows("sides", side, "registers", "held.csv"))
        assert all(row["reason"] for row in (*listed, *direct, *left))
        for phase in PHASES:
            positions = [int(row["position"]) for row in listed if row["phase"] == phase]
            assert sorted(positions) == list(range(min(positions), min(positions) + len(positions)))
        proof = json.loads(story.out.joinpath(*folder, "proof.json").read_text())
        assert proof["optimal"] is True
        assert proof["objective"] == proof["bound"]
        assert {"seed", "versions", "verdicts"} <= set(proof)


def test_stock_minisign_verifies_every_package_and_every_act(story: Run) -> None:
    minisign = shutil.which("minisign")
    assert minisign, "There is no minisign on this machine. `make test` installs it: apt-get install minisign"

    def holds(message: Path, signature: Path, key: Path) -> bool:
        asked = [minisign, "-V", "-q", "-p", str(key), "-m", str(message), "-x", str(signature)]
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0

    rounds = sorted((story.out / "rounds").glob("*.json"))
    assert len(rounds) == 14
    for path in rounds:
        key = story.out / "sides" / path.stem[-3:] / "keys" / "rounds.pub"
        assert holds(path, path.with_suffix(".json.minisig"), key), path.name
        assert not holds(path, path.with_suffix(".json.minisig"), key.with_name("acts.pub"))
    for side in SIDES:
        acts = sorted((story.out / "handover" / side).glob("act-*.json"))
        assert len(acts) == 6
        for act in acts:
            said = json.loads(act.read_text())
            for who, party in (("sender", said["from"]), ("receiver", said["to"])):
                key = story.out / "sides" / party / "keys" / "acts.pub"
                assert holds(act, act.with_name(f"{act.stem}.{who}.minisig"), key), f"{act} {who}"


def test_a_thousand_each_way_in_the_phases_agreed(story: Run) -> None:
    for side in SIDES:
        rows = [row for row, _ in sent_home(story, side)]
        counted = [row for row in rows if row["health"] != "direct"]
        assert len(counted) == 1000
        assert Counter(row["phase"] for row in counted) == PHASES
        assert Counter((row["phase"], row["category"]) for row in counted) == {
            ("P1", "military"): 270,
            ("P1", "civilian"): 120,
            ("P2", "military"): 307,
            ("P3", "military"): 303,
        }
        assert all(row["date"] == DAYS[row["phase"]] and row["to"] == other(side) for row in rows)


def test_every_direct_case_who_may_travel_goes_besides(story: Run) -> None:
    for side in SIDES:
        went = sent_home(story, side)
        direct = {person["id"] for row, person in went if row["health"] == "direct"}
        register = story.rows("sides", side, "registers", "held.csv")
        assert direct == {p["id"] for p in register if p["health"] == "direct" and may_go(p)}
        assert len(direct) > 100
        assert not [p for row, p in went if row["health"] != "direct" and p["health"] == "direct"]


def test_nobody_goes_who_may_not(story: Run) -> None:
    for side in SIDES:
        went = sent_home(story, side)
        assert [person["id"] for _, person in went if not may_go(person)] == []
        assert all(p["fitness_until"] >= row["date"] for row, p in went if p["health"] != "direct")
        assert all(row["category"] == p["category"] for row, p in went if row["health"] != "direct")


def test_nobody_is_on_two_lines(story: Run) -> None:
    for side in SIDES:
        went = sent_home(story, side)
        assert len({person["id"] for _, person in went}) == len(went)
        for package in (story.out / "rounds").glob(f"*-proposal-{side}.json"):
            lines = [line["id"] for line in json.loads(package.read_text())["lines"]]
            assert len(set(lines)) == len(lines)
        number = Counter(p["service_number"] for _, p in went if p["service_number"])
        assert not [n for n, times in number.items() if times > 1]


def test_who_declined_between_the_rounds_did_not_go(story: Run) -> None:
    for side in SIDES:
        first, second = ({r["id"] for r in story.rows("sides", side, "lists", n, "list.csv")} for n in "12")
        assert len(first - second) == len(second - first) == 1
        lines = story.query(side, "SELECT person_id, line FROM negotiation_listline")
        numbers = {row["line"]: row["source"] for row in story.rows("story", f"offered-{side}.csv")}
        named = {key: str(numbers[line]).split("/", 1)[1] for key, line in lines if line in numbers}
        assert named[(first - second).pop()] not in {person["id"] for _, person in sent_home(story, side)}


def test_both_sides_tell_the_same(story: Run) -> None:
    ours, theirs = (story.rows("handover", side, "carried-out.csv") for side in SIDES)
    assert sorted(map(str, ours)) == sorted(map(str, theirs))
    acts = {side: story.out / "handover" / side for side in SIDES}
    for phase in PHASES:
        assert (acts["UKR"] / f"act-{phase}-out.json").read_bytes() == (
            acts["RUS"] / f"act-{phase}-in.json"
        ).read_bytes()


def test_the_agreement_is_kept_and_one_change_breaks_it(story: Run, tmp_path: Path) -> None:
    carried = story.out / "handover" / "UKR" / "carried-out.csv"

    def verdict(text: str) -> int:
        table = tmp_path / "carried-out.csv"
        table.write_text(text, encoding="utf-8")
        return obmin("agreement", "verify", str(AGREEMENT), "--carried-out", str(table)).returncode

    text = carried.read_text(encoding="utf-8")
    assert verdict(text) == 0
    head, *lines = text.splitlines()
    number = next(i for i, line in enumerate(lines) if line.endswith(",") and ",P2," in line)
    fewer = [line for i, line in enumerate(lines) if i != number]
    assert verdict("\n".join([head, *fewer]) + "\n") == 1
    lines[number] = lines[number].replace("2025-05-24", "2025-05-25")
    assert verdict("\n".join([head, *lines]) + "\n") == 1


def test_every_journal_is_whole_and_one_letter_changed_shows(story: Run, tmp_path: Path) -> None:
    for side in SIDES:
        journal, key = (
            story.out / "sides" / side / "journal.txt",
            story.out / "sides" / side / "keys" / "journal.pub",
        )
        told = obmin("journal", "verify", str(journal), "--key", str(key), "--json")
        assert told.returncode == 0
        assert "obmin/ntr/witness" in journal.read_text()
    changed = tmp_path / "journal.txt"
    changed.write_text(journal.read_text().replace('"act":"rounds.freeze"', '"act":"rounds.frieze"'))
    assert obmin("journal", "verify", str(changed), "--key", str(key)).returncode == 1


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_newsroom_is_small_plain_and_in_both_languages(story: Run) -> None:
    for side in SIDES:
        folder = story.out / "bulletins" / side
        assert sum(path.stat().st_size for path in folder.iterdir()) < 100_000
        for name, language, word in (("index.html", "en", "come home"), ("uk.html", "uk", "додому")):
            text = (folder / name).read_text(encoding="utf-8")
            tags = _Tags()
            tags.feed(text)
            assert ("html", {"lang": language}) in tags.seen
            assert word in text
            assert "1000" in text
            assert not [tag for tag, _ in tags.seen if tag in ("script", "iframe", "img", "form")]
            links = [a.get("href") or "" for _, a in tags.seen if "href" in a]
            assert all((folder / link).exists() for link in links)
        feed = ET.parse(folder / "feed.xml").getroot()
        assert feed.tag == "rss"
        assert len(feed.findall("./channel/item")) == 1


def test_nothing_that_leaves_says_why_somebody_stays(story: Run) -> None:
    secret = ("refuses", "convicted", "pending", "unfit", "exam-refused", "stretcher")
    for side in SIDES:
        for path in [
            *(story.out / "rounds").glob(f"*-{side}.json"),
            *(story.out / "bulletins" / side).iterdir(),
        ]:
            text = path.read_text(encoding="utf-8")
            assert not [word for word in secret if word in text], path.name
        for number in "12":
            reasons = {row["reason"] for row in story.rows("sides", side, "lists", number, "out.csv")}
            assert not [r for r in reasons if any(word in r for word in (*secret, "court", "will"))]
