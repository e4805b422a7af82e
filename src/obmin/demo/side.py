"""One party's own process: it opens its own home and does, step by step, what the story asks of it.

Started as `python -m obmin.demo.side HOME OUT SHARED OTHER`. Reads one JSON document a line on standard input
(`{"step": NAME}`) and answers each with one on standard output. Progress goes to standard error.
Parties never share memory or a database: what passes between them are files.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from obmin.core.errors import Altered, Incomplete, Infeasible, Refused
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


def look(side: Side) -> Counts:
    """Refuses a home in which a person has acted since the story: it is theirs now, and stays as it is."""
    if not side.instance.database.exists():
        return {}
    from django.db import connection

    from obmin.audit.models import Entry

    if Entry._meta.db_table not in connection.introspection.table_names():
        return {}  # the story was stopped before its first act
    others = Entry.objects.exclude(act__in=("", "instance.sign-in")).exclude(request__startswith="story/")
    acts = [entry for entry in others.order_by("index") if "refused" not in json.loads(entry.body)]
    if acts:
        raise Incomplete(
            f"{side.instance.home} has been changed by a person ({len(acts)} acts, the first: {acts[0].act} "
            f"at {acts[0].at}). It stays as it is; play the story into another folder."
        )
    return {}


def main(home: str, out: str, shared: str, other: str) -> None:
    os.environ["OBMIN_HOME"] = home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "obmin.config.settings")
    import django

    alone = (Path(home) / ".story").open("w")
    fcntl.flock(alone, fcntl.LOCK_EX)  # a party of a run that was stopped may still be at its last step
    django.setup()
    from django.conf import settings

    from obmin.demo.stages import LOOK
    from obmin.demo.story import STEPS

    steps = {LOOK.name: look, **{step.name: step.play for step in STEPS}}
    side = Side(settings.OBMIN, other, Path(out), Path(shared))
    for line in sys.stdin:
        name = json.loads(line)["step"]
        began = time.perf_counter()
        try:
            answer: dict[str, object] = {"ok": True, "counts": steps[name](side)}
        except Refused as refusal:
            no = isinstance(refusal, Infeasible | Altered)
            answer = {"ok": False, "no": no, "code": refusal.code, "reason": refusal.message}
        except Exception:
            answer = {"ok": False, "code": "broken", "reason": traceback.format_exc()}
        answer["seconds"] = round(time.perf_counter() - began, 3)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:5])
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)  # what was open has been taken back on the way here
