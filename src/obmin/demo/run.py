"""Drives the story: starts each party's process, gives the word for each step, carries the files.

The driver is the courier and nothing more. It never opens a home's database and never reads a package.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from obmin.core.errors import Altered, Infeasible, Refused
from obmin.demo.stages import LOOK, STAGES, STEP_ORDER, StepName
from obmin.files.whole import write_bytes, write_text

PARTIES: Final = ("UKR", "RUS")
NEUTRAL: Final = "NTR"
PATIENCE: Final = 20  # seconds that a stopped party has to take back what it has begun

Tell = Callable[[str, float], None]


@dataclass(slots=True)
class Party:
    """The driver's end of one party's process."""

    code: str
    home: Path
    out: Path
    process: subprocess.Popen[str]
    answer: dict[str, Any] = field(default_factory=dict)

    def ask(self, step: str) -> None:
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(json.dumps({"step": step}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        self.answer = (
            json.loads(line) if line else {"ok": False, "code": "gone", "reason": f"{self.code} has stopped."}
        )


def play(out: Path, *, people: int, seed: int, tell: Tell) -> dict[str, Any]:
    """Plays the whole story into `out`, or finishes it, or plays it again to verify it; returns the summary."""
    began = time.perf_counter()
    from obmin.demo import setting

    setting.homes(out, people=people, seed=seed)
    seconds: dict[str, float] = dict.fromkeys(STAGES, 0.0)
    counts: dict[str, dict[str, Any]] = {name: {} for name in STAGES}
    with _parties(out, tell) as parties:
        # The people are invented while the parties' processes start.
        setting.registers(out, people=people, seed=seed)
        _together(parties, LOOK.name)
        for party in parties:
            _heard(party, LOOK, counts)
        setting.sweep(out)
        seconds["register"] += time.perf_counter() - began
        for number, step in enumerate(STEP_ORDER):
            tell(step.title, number / len(STEP_ORDER))
            then = time.perf_counter()
            _together([party for party in parties if party.code in step.who], step.name)
            _carry(parties)
            seconds[step.stage] += time.perf_counter() - then
            for party in parties:
                if party.code in step.who:
                    _heard(party, step, counts)
    summary = {
        "format": "obmin-summary/1",
        "people": people,
        "seed": seed,
        "seconds": round(time.perf_counter() - began, 2),
        "stages": [
            {"number": i, "name": name, "seconds": round(seconds[name], 2), "counts": counts[name], "ok": True}
            for i, name in enumerate(STAGES, start=1)
        ],
    }
    write_text(out / "summary.json", json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    tell("done", 1.0)
    return summary


def _together(parties: list[Party], step: str) -> None:
    threads = [threading.Thread(target=party.ask, args=(step,)) for party in parties]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _heard(party: Party, step: StepName, counts: dict[str, dict[str, Any]]) -> None:
    if not party.answer.get("ok"):
        reason = f"{party.code}, {step.title}: {party.answer.get('reason')}"
        code = str(party.answer.get("code", "broken"))
        if code == Infeasible.code:
            raise Infeasible(reason)
        raise (Altered if party.answer.get("no") else Refused)(reason, code=code)
    counts[step.stage].setdefault(party.code, {}).update(party.answer["counts"])


def _carry(parties: list[Party]) -> None:
    """Takes what lies in each outbox to those it is addressed to: `NAME.TO.age` goes to the inbox of TO."""
    homes = {party.code: party.home for party in parties}
    for party in parties:
        for letter in sorted((party.home / "outbox").glob("*.age")):
            to = letter.suffixes[-2].lstrip(".")
            box = homes[to] / "inbox" / letter.name
            if not box.exists():
                write_bytes(box, letter.read_bytes())


@contextmanager
def _parties(out: Path, tell: Tell) -> Iterator[list[Party]]:
    places = {code: (out / "sides" / code / "home", out / "sides" / code) for code in PARTIES}
    places[NEUTRAL] = (out / "neutral" / "home", out / "neutral")
    # Each home says where its database lies: what the caller set for an instance of its own is not meant here.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("OBMIN_")}
    parties: list[Party] = []
    try:
        for code, (home, folder) in places.items():
            other = next((p for p in PARTIES if p != code), "") if code in PARTIES else ""
            command = [sys.executable, "-m", "obmin.demo.side", str(home), str(folder), str(out), other]
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=surroundings,
                encoding="utf-8",
            )
            threading.Thread(target=_listen, args=(process, tell), daemon=True).start()
            parties.append(Party(code, home, folder, process))
        yield parties
    except BaseException:
        for party in parties:
            party.process.send_signal(signal.SIGINT)
        raise
    finally:
        for party in parties:
            _end(party.process)


def _end(process: subprocess.Popen[str]) -> None:
    """A party ends when nobody speaks to it any more; one that does not is stopped."""
    with suppress(BrokenPipeError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _listen(process: subprocess.Popen[str], tell: Tell) -> None:
    assert process.stderr
    for line in process.stderr:
        try:
            said = json.loads(line)
            tell(f"{said['party']}: {said['step']}", -1.0)
        except (ValueError, KeyError, TypeError):
            sys.stderr.write(line)
