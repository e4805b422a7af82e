"""A JSON Schema validator over the same file: form alone; no lines, no meaning, no law."""

from __future__ import annotations

import json
from pathlib import Path

from _cases import longest, seconds, tell, text
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "reference" / "agreement.schema.json"


def problems(one: str, validator: Draft202012Validator) -> int:
    reader = YAML(typ="safe", pure=True)
    plain = json.loads(json.dumps(reader.load(one), default=str))
    return sum(1 for _ in validator.iter_errors(plain))


def main() -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    tell(
        [
            {"case": name, "figures": {"seconds": seconds(lambda t=one: problems(t, validator))}}
            for name, one in (("check the May 2025 file", text()), ("check the longest file", longest()))
        ]
    )


if __name__ == "__main__":
    main()
