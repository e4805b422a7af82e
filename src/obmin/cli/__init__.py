"""The `obmin` command. Exit codes: 0 done and yes, 1 done and no, 2 could not be done."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from obmin.cli.parser import parser
from obmin.core.errors import Altered, Infeasible, Refused


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. The one place where refusals become exit codes."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (Infeasible, Altered) as answer:
        _say(options, {"ok": False, "code": answer.code, "reason": answer.message}, answer.message)
        return 1
    except Refused as refusal:
        if getattr(options, "json", False):
            _say(options, {"ok": False, "code": refusal.code, "reason": refusal.message}, "")
        print(refusal.message, file=sys.stderr)
        return 1 if refusal.code in ANSWERS else 2
    except BrokenPipeError:
        return 2
    except KeyboardInterrupt:
        print("Stopped. What was half done has been taken back.", file=sys.stderr)
        return 130


# Refusals that are an answer ("no"), not a failure to answer.
ANSWERS = frozenset({"historic", "too-few-people", "reciprocal-after-hostilities"})


def _say(options: object, document: dict[str, object], text: str) -> None:
    if getattr(options, "json", False):
        print(json.dumps(document, ensure_ascii=False, sort_keys=True))
    elif text:
        print(text)
