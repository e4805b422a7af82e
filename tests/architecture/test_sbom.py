"""The bill of materials names all that is locked, with every hash, and nothing that is not."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.architecture.source import ROOT
from tests.architecture.test_dependencies import PARTS, REQUIREMENTS, pinned

SCHEMA = "bom-1.6.SNAPSHOT.schema.json"


def write(out: Path) -> dict[str, Any]:
    """As `make sbom` writes it."""
    found = importlib.util.spec_from_file_location("sbom", REQUIREMENTS / "sbom.py")
    assert found
    assert found.loader
    sbom = importlib.util.module_from_spec(found)
    found.loader.exec_module(sbom)
    sbom.main(out)
    told: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return write(tmp_path_factory.mktemp("sbom") / "build" / "sbom.json")


def digests(component: dict[str, Any]) -> set[str]:
    return {h["content"] for h in component["hashes"] if h["alg"] == "SHA-256"}


def of_python(bill: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {c["purl"]: c for c in bill["components"] if "purl" in c}


def test_it_is_cyclonedx(bill: dict[str, Any]) -> None:
    import cyclonedx.schema._res as shapes

    folder = Path(next(iter(shapes.__path__)))
    schema = json.loads((folder / SCHEMA).read_text("utf-8"))
    registry = jsonschema.validators.validator_for(schema)
    from referencing import Registry, Resource

    others = {
        name: Resource.from_contents(json.loads((folder / file).read_text("utf-8")))
        for name, file in (
            ("spdx.schema.json", "spdx.SNAPSHOT.schema.json"),
            ("jsf-0.82.schema.json", "jsf-0.82.SNAPSHOT.schema.json"),
        )
    }
    base = schema["$id"].rpartition("/")[0]
    known = Registry().with_resources([(f"{base}/{name}", what) for name, what in others.items()])
    registry(schema, registry=known).validate(bill)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


def test_everything_locked_is_in_it_with_every_hash(bill: dict[str, Any]) -> None:
    there = of_python(bill)
    for part in PARTS:
        text = (REQUIREMENTS / f"{part}.txt").read_text("utf-8")
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
        for name, version in pinned(part).items():
            (block,) = [b for b in blocks if re.match(rf"{re.escape(name)}(\[.*?\])?==", _canonical(b))]
            wanted = set(re.findall(r"sha256:([0-9a-f]{64})", block))
            assert digests(there[f"pkg:pypi/{name}@{version}"]) == wanted, name


def test_what_runs_is_told_from_what_only_tests(bill: dict[str, Any]) -> None:
    there = {c["name"]: c["scope"] for c in of_python(bill).values()}
    assert {there[name] for name in pinned("run")} == {"required"}
    assert {there[name] for name in set(pinned("dev")) - set(pinned("run")) - set(pinned("build"))} == {
        "excluded"
    }
    needed = next(d for d in bill["dependencies"] if d["ref"] == "obmin")["dependsOn"]
    assert {f"pkg:pypi/{name}@{version}" for name, version in pinned("run").items()} <= set(needed)


def test_fonts_icons_and_scripts_are_in_it(bill: dict[str, Any]) -> None:
    lock = json.loads((ROOT / "src" / "obmin" / "web" / "vendor.lock.json").read_text("utf-8"))
    of_files = {c["name"]: digests(c) for c in bill["components"] if c["type"] == "file"}
    assert {name: {digest} for name, digest in lock["files"].items()}.items() <= of_files.items()
    for package in lock["packages"]:
        there = of_python(bill)[f"pkg:pypi/{package['name']}@{package['version']}"]
        assert digests(there) == {package["sha256"]}
    import django_htmx

    script = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert of_files["htmx-2.min.js"] == {hashlib.sha256(script.read_bytes()).hexdigest()}


def test_nothing_else_is_in_it(bill: dict[str, Any]) -> None:
    locked = {f"pkg:pypi/{n}@{v}" for part in PARTS for n, v in pinned(part).items()}
    lock = json.loads((ROOT / "src" / "obmin" / "web" / "vendor.lock.json").read_text("utf-8"))
    locked |= {f"pkg:pypi/{p['name']}@{p['version']}" for p in lock["packages"]}
    assert set(of_python(bill)) == locked


def test_the_same_locks_give_the_same_bill(bill: dict[str, Any], tmp_path: Path) -> None:
    again = write(tmp_path / "again.json")
    assert {**again, "metadata": 0} == {**bill, "metadata": 0}
    names = [c["bom-ref"] for c in bill["components"]]
    assert len(names) == len(set(names))


def _canonical(block: str) -> str:
    name, equals, rest = block.partition("==")
    return re.sub(r"[-_.]+", "-", name).lower() + equals + rest
