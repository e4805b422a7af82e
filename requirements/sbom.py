"""A bill of materials in CycloneDX: everything that is installed with Obmin or needed to build and test it.

From the locks beside this file, with every hash in them, and from the lock of fonts, icons and browser scripts.
`python requirements/sbom.py OUT`; the same locks give the same components.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

import obmin

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENDORED = ROOT / "src" / "obmin" / "web" / "vendor.lock.json"
SCOPES = {
    "run": ComponentScope.REQUIRED,
    "build": ComponentScope.OPTIONAL,
    "dev": ComponentScope.EXCLUDED,  # never on a machine with real people's records
}


def locked(part: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and hashes of each pin of one lock."""
    text = re.sub(r"\\\n", " ", (HERE / f"{part}.txt").read_text("utf-8"))
    for line in text.splitlines():
        if found := re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", line):
            name = re.sub(r"[-_.]+", "-", found[1]).lower()
            yield name, found[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", line)


def _sha256(values: list[str]) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=value) for value in values]


def _licence(name: str) -> str:
    try:
        told = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    short = told.get("License-Expression") or told.get("License") or ""
    return short if len(short) < 100 and "\n" not in short else ""


def _library(name: str, version: str, hashes: list[str], scope: ComponentScope, licence: str) -> Component:
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        scope=scope,
        bom_ref=f"pkg:pypi/{name}@{version}",
        purl=PackageURL("pypi", None, name, version),
        hashes=_sha256(hashes),
        licenses=[DisjunctiveLicense(name=licence)] if licence else [],
    )


def _python() -> Iterator[Component]:
    seen: set[str] = set()
    for part, scope in SCOPES.items():
        for name, version, hashes in locked(part):
            if name not in seen:
                seen.add(name)
                yield _library(name, version, hashes, scope, _licence(name))


def _file(name: str, digest: str, version: str | None = None, **properties: str) -> Component:
    return Component(
        name=name,
        version=version,
        type=ComponentType.FILE,
        scope=ComponentScope.REQUIRED,
        bom_ref=f"file:{name}",
        hashes=_sha256([digest]),
        properties=[Property(name=f"obmin:{key}", value=value) for key, value in properties.items()],
    )


def _browser() -> Iterator[Component]:
    """What a browser loads and papers are set in, by the wheels it comes from and by each file put in place."""
    lock = json.loads(VENDORED.read_text("utf-8"))
    for package in lock["packages"]:
        yield _library(
            package["name"],
            package["version"],
            [package["sha256"]],
            ComponentScope.REQUIRED,
            package["licence"],
        )
    for name, digest in sorted(lock["files"].items()):
        yield _file(name, digest)
    script = Path(str(distribution("django-htmx").locate_file("django_htmx/static/django_htmx/htmx-2.min.js")))
    raw = script.read_bytes()
    found = re.search(rb'version:"(\d[0-9.]*)"', raw)
    yield _file(
        "htmx-2.min.js",
        hashlib.sha256(raw).hexdigest(),
        found[1].decode() if found else None,
        within="django-htmx",
    )


def bill() -> Bom:
    """The bill as CycloneDX has it."""
    bom = Bom(components=[*_python(), *_browser()])
    own = Component(name="obmin", version=obmin.__version__, type=ComponentType.APPLICATION, bom_ref="obmin")
    bom.metadata.component = own
    bom.register_dependency(own, [c for c in bom.components if c.scope is ComponentScope.REQUIRED])
    text = "\n".join(sorted(f"{c.bom_ref} {sorted(h.content for h in c.hashes)}" for c in bom.components))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, text)
    told = os.environ.get("SOURCE_DATE_EPOCH")
    bom.metadata.timestamp = datetime.fromtimestamp(int(told), UTC) if told else datetime.now(UTC)
    return bom


def main(out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    found = bill()
    out.write_text(JsonV1Dot6(found).output_as_string(indent=1) + "\n", "utf-8")
    print(f"{out}: {len(found.components)} components")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
