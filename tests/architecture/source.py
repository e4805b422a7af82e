"""The project's own files, as the tests of the house read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "obmin"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def committed() -> tuple[Path, ...]:
    """Every file that is, or with the next commit would be, part of the repository."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = sorted({ROOT / name for name in listed.stdout.split("\0") if name})
    return tuple(file for file in files if file.is_file())


@cache
def modules() -> tuple[Path, ...]:
    """The package's modules, without migrations, which are generated."""
    return tuple(file for file in sorted(PACKAGE.rglob("*.py")) if "migrations" not in file.parts)


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def functions(node: ast.AST) -> Iterator[Function]:
    """Every function and method below a node, outer before inner."""
    for child in ast.walk(node):
        if isinstance(child, Function):
            yield child


def shown(file: Path, line: int | None = None) -> str:
    name = file.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"
