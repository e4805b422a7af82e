"""Work order is import order, in the code and in the tables."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignObject

from tests.architecture.source import PACKAGE, ROOT, modules, shown, tree

LAYERS: list[str] = next(
    contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    if contract["type"] == "layers"
)


def test_imports_keep_the_layers() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(linter)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_has_its_layer() -> None:
    packages = {file.parent.name for file in PACKAGE.glob("*/__init__.py")}
    assert packages == set(LAYERS)


def test_no_table_points_at_a_later_stage() -> None:
    """A foreign key given as a string closes a loop that no import shows."""
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in LAYERS
        for field in model._meta.get_fields()
        if isinstance(field, ForeignObject)
        and field.related_model._meta.app_label in LAYERS
        and LAYERS.index(field.related_model._meta.app_label) < LAYERS.index(model._meta.app_label)
    ]
    assert not wrong


def test_the_journal_points_at_nothing() -> None:
    """Ids as text: the journal outlives every row that it speaks of."""
    audit = apps.get_app_config("audit")
    outward = [
        f"{model._meta.label}.{field.name}"
        for model in audit.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignObject) and field.related_model._meta.app_label != "audit"
    ]
    assert not outward


def test_no_table_is_in_the_admin() -> None:
    """The admin would walk round the gate."""
    assert not [name for name in settings.INSTALLED_APPS if name.startswith("django.contrib.admin")]
    assert not [shown(file) for file in modules() if file.name == "admin.py"]


UPGRADES = "src/obmin/audit/apps.py"  # hears of the end of an upgrade, and of no row


def test_no_signals_and_no_saving_by_override() -> None:
    """News travels forward by being looked up; a model only holds."""
    wrong = []
    for file in modules():
        for node in ast.walk(tree(file)):
            signals = isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".signals")
            if signals and shown(file) != UPGRADES:
                wrong.append(f"{shown(file, node.lineno)}: imports signals")
            if (
                file.name == "models.py"
                and isinstance(node, ast.FunctionDef)
                and node.name in ("save", "delete")
            ):
                wrong.append(f"{shown(file, node.lineno)}: overrides {node.name}")
    assert not wrong
