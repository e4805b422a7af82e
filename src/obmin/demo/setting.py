"""The setting of the story: homes, invented registers, officers, and what the officers know.

Laid once, by the driver. What the invented officers know and the instances do not (who is whom in truth)
lies in `story/`, which stands for their own knowledge: phone calls, photographs, comrades' words.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from obmin.core.errors import Incomplete
from obmin.demo import world
from obmin.demo.stages import ALL, BOTH
from obmin.files.instance import create_training
from obmin.files.tables import write_table
from obmin.files.whole import write_text

BEGAN: Final = datetime(2025, 5, 16, 15, tzinfo=UTC)
NAMES: Final = {
    "UKR": "Coordination centre, Ukraine",
    "RUS": "Coordination centre, Russia",
    "NTR": "Neutral intermediary",
}
FORMAT: Final = "obmin-story/1"
MARK: Final = "story/story.json"
SHARED: Final = ("story", "rounds", "reception", "handover", "documents", "bulletins")


def homes(out: Path, *, people: int, seed: int) -> None:
    """Makes the three homes, or finds them as they were made for this very story."""
    mark = out / MARK
    if mark.exists() and json.loads(mark.read_text(encoding="utf-8")) != _plot(people, seed):
        raise Incomplete(f"{out} holds another story ({mark.read_text().strip()}); name another folder.")
    if people < 1:
        raise Incomplete("--people is at least 1.")
    for party in ALL:
        home = out / ("neutral" if party == "NTR" else f"sides/{party}") / "home"
        create_training(home, party=party, name=NAMES[party], seed=f"{seed}", began=BEGAN)


def registers(out: Path, *, people: int, seed: int) -> None:
    """Invents the people and writes the registers, once; the mark that names the story comes last."""
    if (out / MARK).exists():
        return
    made = world.make(people, seed=seed)
    for side in BOTH:
        folder = out / "sides" / side / "registers"
        write_table(made.held[side], folder / "held.csv")
        write_table(made.sought[side], folder / "sought.csv")
        write_table(made.summaries[side], folder / "examinations.csv")
        write_table(made.truth[side], out / "story" / f"truth-{side}.csv")
    write_text(out / MARK, json.dumps(_plot(people, seed), sort_keys=True) + "\n")


def _plot(people: int, seed: int) -> dict[str, str | int]:
    return {"format": FORMAT, "people": people, "seed": seed}


def sweep(out: Path) -> None:
    """Removes what processes that were killed had begun to write; whole files have other names."""
    for folder in (out / "sides", out / "neutral", *(out / name for name in SHARED)):
        for left in sorted(folder.rglob(".*.new")):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def share(place: str, of: int) -> int:
    """A number below `of` that is fixed by a name: how the story picks without a die."""
    return int.from_bytes(hashlib.sha256(place.encode()).digest()[:8], "big") % of
