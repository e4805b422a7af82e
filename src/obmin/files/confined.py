"""Reading what a stranger sent, in a process of its own that may take only so much time and memory.

The child is `python -m obmin.files.sheets`; it answers with one JSON document on its standard output. Whatever
happens to it (a crash, the limit, an answer too long) the caller gets `Unreadable` and nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from obmin.core.errors import Problem, Unreadable

CPU_SECONDS: Final = 10
MEMORY: Final = 512 * 1024 * 1024
ANSWER: Final = 256 * 1024 * 1024
EXPECTED: Final = f"a table that can be read in {CPU_SECONDS} s and {MEMORY >> 20} MB"


def read(kind: str, path: Path, sheet: str | None = None) -> Mapping[str, Any]:
    """What the child found in the file: `rows` (text or null), `formulas`, `errors`, `merged`, or `refused`."""
    command = [
        sys.executable,
        "-m",
        "obmin.files.sheets",
        kind,
        str(path),
        *(() if sheet is None else (sheet,)),
    ]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        close_fds=True,
    )
    assert child.stdout is not None
    try:
        answer = child.stdout.read(ANSWER + 1)
    finally:
        if child.poll() is None and len(answer) > ANSWER:
            child.kill()
        child.stdout.close()
        code = child.wait()
    if code != 0 or len(answer) > ANSWER:
        found = f"a file that a reader gave up on ({'too large' if len(answer) > ANSWER else f'code {code}'})"
        raise Unreadable(Problem(str(path), None, None, found, EXPECTED))
    told: Mapping[str, Any] = json.loads(answer)
    if "refused" in told:
        raise Unreadable(Problem(str(path), None, None, told["refused"], told["expected"]))
    return told


def confine() -> None:
    """Called by the child before it opens the file."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _environment() -> dict[str, str]:
    """Nothing of ours but where code lies: the child learns no setting and no secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
    source = str(Path(__file__).resolve().parents[2])
    return kept | {"POLARS_MAX_THREADS": "1", "PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1"}
