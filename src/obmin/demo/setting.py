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
from obmin.demo.stages import BOTH
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
SHARED: Final = ("story", "rounds", "reception", "handover", "documents", "bulletins")


def lay(out: Path, *, people: int, seed: int) -> None:
    """Makes the folders, homes and registers of the story, or finds them as they were made."""
    mark = out / "story" / "story.json"
    plot = {"format": FORMAT, "people": people, "seed": seed}
    if mark.exists():
        if json.loads(mark.read_text(encoding="utf-8")) != plot:
            raise Incomplete(f"{out} holds another story ({mark.read_text().strip()}); name another folder.")
        return
    if people < 1:
        raise Incomplete("--people is at least 1.")
    made = world.make(people, seed=seed)
    for side in BOTH:
        folder = out / "sides" / side
        create_training(folder / "home", party=side, name=NAMES[side], seed=f"{seed}", began=BEGAN)
        write_table(made.held[side], folder / "registers" / "held.csv")
        write_table(made.sought[side], folder / "registers" / "sought.csv")
        write_table(made.summaries[side], folder / "registers" / "examinations.csv")
        write_table(made.truth[side], out / "story" / f"truth-{side}.csv")
    create_training(out / "neutral" / "home", party="NTR", name=NAMES["NTR"], seed=f"{seed}", began=BEGAN)
    write_text(mark, json.dumps(plot, sort_keys=True) + "\n")


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
