"""How a command answers: words for people, or with `--json` one document for machines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any


def say(options: argparse.Namespace, document: Mapping[str, Any], text: str, *, ok: bool = True) -> int:
    """Prints the answer; returns the exit code, 0 for yes and 1 for no."""
    if options.json:
        print(json.dumps({"ok": ok, **document}, ensure_ascii=False, sort_keys=True))
    elif text:
        print(text)
    return 0 if ok else 1
