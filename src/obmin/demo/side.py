"""One party's own process: it opens its own home and does, step by step, what the story asks of it.

Started as `python -m obmin.demo.side HOME OUT SHARED OTHER`. Reads one JSON document a line on standard input
(`{"step": NAME}`) and answers each with one on standard output. Progress goes to standard error.
Parties never share memory or a database: what passes between them are files.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from obmin.core.errors import Refused
from obmin.files.instance import Instance

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Side:
    """A party in the story. `out` is its folder of artefacts, `shared` the folder that all may read."""

    instance: Instance
    other: str
    out: Path
    shared: Path

    @property
    def party(self) -> str:
        return self.instance.party

    def request(self, *parts: str) -> str:
        """The name of one act of the story, the same in each run, so that a repeat is known as one."""
        return "/".join(("story", *parts))

    def progress(self, step: str, share: float) -> None:
        print(
            json.dumps({"party": self.party, "step": step, "share": round(share, 3)}),
            file=sys.stderr,
            flush=True,
        )


Play = Callable[[Side], Counts]


def moment(day: int, hour: int = 9, minute: int = 0, month: int = 5) -> datetime:
    """A moment of the story, in 2025."""
    return datetime(2025, month, day, hour, minute, tzinfo=UTC)


def main(home: str, out: str, shared: str, other: str) -> None:
    os.environ["OBMIN_HOME"] = home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    import django

    django.setup()
    from django.conf import settings

    from obmin.demo.story import STEPS

    steps = {step.name: step.play for step in STEPS}
    side = Side(settings.OBMIN, other, Path(out), Path(shared))
    for line in sys.stdin:
        name = json.loads(line)["step"]
        began = time.perf_counter()
        try:
            answer: dict[str, object] = {"ok": True, "counts": steps[name](side)}
        except Refused as refusal:
            answer = {"ok": False, "code": refusal.code, "reason": refusal.message}
        except Exception:
            answer = {"ok": False, "code": "broken", "reason": traceback.format_exc()}
        answer["seconds"] = round(time.perf_counter() - began, 3)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:5])
