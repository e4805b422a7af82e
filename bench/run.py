"""Runs every benchmark, each peer in an environment of its own.

`python bench/run.py [--list] [FOLDER…] [-- ARGUMENTS OF THE SCRIPTS]`

A script that fails is reported and makes the exit code 1; the others still run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
KEPT = ROOT / "build" / "bench"
PEERS = ROOT / ".venv" / "peers"


@dataclass(frozen=True, slots=True)
class Contestant:
    """One script; with `requirements` it is a peer and has an environment of its own."""

    script: Path
    requirements: Path | None

    @property
    def folder(self) -> str:
        return self.script.parent.name

    @property
    def name(self) -> str:
        return self.script.stem


def contestants(folders: list[str]) -> list[Contestant]:
    """The scripts of the named folders, or of all; in each folder this product first, for ratios are to it."""
    found = []
    for script in sorted(BENCH.glob("*/*.py"), key=lambda path: (path.parent, path.stem != "product", path)):
        if script.name.startswith("_") or (folders and script.parent.name not in folders):
            continue
        requirements = script.with_suffix(".txt")
        found.append(Contestant(script, requirements if requirements.exists() else None))
    return found


def interpreter(contestant: Contestant) -> Path:
    """The Python that runs it; a peer's environment is made at first, and made anew when its lock changes."""
    if contestant.requirements is None:
        return Path(sys.executable)
    place = PEERS / f"{contestant.folder}-{contestant.name}"
    python, stamp = place / "bin" / "python", place / "installed"
    wanted = contestant.requirements.read_text("utf-8")
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        print(f"{contestant.folder}: an environment for {contestant.name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        subprocess.run([*install, "-r", str(contestant.requirements)], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def measure(contestant: Contestant, arguments: list[str]) -> list[dict[str, Any]]:
    """What the contestant printed; raises `CalledProcessError` or `ValueError` where that was no document."""
    print(f"{contestant.folder}: {contestant.name}", file=sys.stderr)
    command = [str(interpreter(contestant)), str(contestant.script), *arguments]
    done = subprocess.run(command, cwd=contestant.script.parent, stdout=subprocess.PIPE, text=True, check=True)
    printed = json.loads(done.stdout)
    documents = printed if isinstance(printed, list) else [printed]
    return [{"who": contestant.name, **document} for document in documents]


def table(documents: list[dict[str, Any]]) -> str:
    """One line for each case, contestant and figure, with the ratio to the first contestant of the case."""
    first: dict[tuple[str, str], float] = {}
    lines = []
    for document in sorted(documents, key=lambda each: str(each["case"])):
        for figure, value in document["figures"].items():
            base = first.setdefault((document["case"], figure), float(value))
            ratio = f"{value / base:8.2f}" if base else "       -"
            lines.append(f"{document['case']:<28} {document['who']:<20} {figure:<16} {value:>12.4g} {ratio}")
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(description="Ratios against other tools.")
    options.add_argument("folders", nargs="*", metavar="FOLDER")
    options.add_argument("--list", action="store_true", help="say what there is and run nothing")
    given = sys.argv[1:]
    split = given.index("--") if "--" in given else len(given)
    chosen, arguments = options.parse_args(given[:split]), given[split + 1 :]
    found = contestants(chosen.folders)
    if not found:
        print(
            "There is no benchmark here yet." if not chosen.folders else "No such benchmark.", file=sys.stderr
        )
        return 2
    if chosen.list:
        print(
            "\n".join(
                f"{each.folder}/{each.name}{' (own environment)' if each.requirements else ''}"
                for each in found
            )
        )
        return 0
    kept: dict[str, list[dict[str, Any]]] = {}
    failed = []
    for contestant in found:  # every environment first: one folder's lists may lie in a peer's
        try:
            interpreter(contestant)
        except subprocess.CalledProcessError as error:
            print(f"{contestant.folder}/{contestant.name}: {error}", file=sys.stderr)
    for contestant in found:
        try:
            kept.setdefault(contestant.folder, []).extend(measure(contestant, arguments))
        except (subprocess.CalledProcessError, ValueError) as error:
            failed.append(f"{contestant.folder}/{contestant.name}: {error}")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    KEPT.mkdir(parents=True, exist_ok=True)
    for folder, documents in kept.items():
        (KEPT / f"{folder}.json").write_text(
            json.dumps(documents, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
        print(f"\n{folder}\n{table(documents)}")
    if failed:
        print("\nFailed:\n" + "\n".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
