"""The register's own page, asked over HTTP of a running instance: from the request to the last byte.

python page.py                  prints the figures as JSON; builds an instance of its own
OBMIN_BENCH_SIZE=100000         people on the register; OBMIN_BENCH_HOME keeps the instance for the next time
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from _people import KINDS, SEEDS, register

SIZE = int(os.environ.get("OBMIN_BENCH_SIZE", "100000"))
ASKED = 40  # questions of each kind: two hundred in all
AT_ONCE = 50_000  # people of one act of the import
PORT = 8797
# One account opens no more than a thousand names in ten minutes: each kind of question has a reader of its own.
READERS = dict(
    zip(
        KINDS, ("registrar", "tracing-officer", "list-officer", "legal-officer", "medical-officer"), strict=True
    )
)
OBMIN = [sys.executable, "-c", "import sys; from obmin.cli import main; sys.exit(main())"]
LINK = re.compile(r"^\s+([a-z, -]+?)\s{2,}\S.*?\s{2,}(http\S+/sign-in/\w+)$", re.M)
FILL = """
import sys, polars as pl, django; django.setup()
from obmin.core.access import Actor, Role
from obmin.people import register
from obmin.people.models import Register
frame = pl.read_parquet(sys.argv[1])
officer = Actor.of("r", frozenset({Role.REGISTRAR}), party="UKR")
for at in range(0, len(frame), int(sys.argv[2])):
    register.import_list(frame[at : at + int(sys.argv[2])], actor=officer, register=Register.HELD, power="RUS",
                         source=f"bench-{at}", request=f"bench/{at}")
"""


def surroundings(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OBMIN_", "DJANGO_"))}
    return kept | {"OBMIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "obmin.config.settings"}


def built(home: Path, names: list[str], ids: list[str]) -> None:
    """A training instance with these people in our hands, each with a date of birth and a unit."""
    import polars as pl

    if (home / "built").exists():
        return
    env = surroundings(home)
    subprocess.run([*OBMIN, "init", "--home", str(home), "--seed", "b"], env=env, check=True, stdout=sys.stderr)
    rng = np.random.default_rng([SEEDS["report"], 1])
    born = np.datetime64("1960-01-01") + rng.integers(0, 16_000, len(ids))
    unit = [f"А{n:04}" for n in rng.integers(0, 2_000, len(ids))]
    table = home / "people.parquet"
    columns = {"id": ids, "name": names, "birth_date": [str(day) for day in born], "unit": unit}
    pl.DataFrame(columns).write_parquet(table)
    subprocess.run([sys.executable, "-c", FILL, str(table), str(AT_ONCE)], env=env, check=True)
    (home / "built").touch()


@contextmanager
def served(home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of the running instance, and one-time links by role."""
    said = home / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen(
            [*OBMIN, "serve", "--home", str(home), "--port", str(PORT)],
            env=surroundings(home),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        url, links = f"http://localhost:{PORT}", dict[str, str]()
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/news", timeout=60).read()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(said.read_text()) from None
                time.sleep(0.5)
        for roles, link in LINK.findall(said.read_text()):
            links |= dict.fromkeys(roles.split(", "), link)
        yield url, links
    finally:
        process.terminate()
        process.wait(timeout=30)


def signed_in(link: str) -> urllib.request.OpenerDirector:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = opener.open(link).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    fields = {"csrfmiddlewaretoken": token[1] if token else ""}
    opener.open(urllib.request.Request(link, urllib.parse.urlencode(fields).encode(), {"Referer": link}))
    return opener


def main() -> int:
    kept = os.environ.get("OBMIN_BENCH_HOME")
    if kept:
        return measured(Path(kept))
    with tempfile.TemporaryDirectory() as folder:
        return measured(Path(folder))


def measured(folder: Path) -> int:
    people, questions = register(SEEDS["report"], SIZE, asked=ASKED)
    home = folder / f"home-{SIZE}"
    begun = time.perf_counter()
    built(home, people.names, people.ids)
    print(f"built in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    names = dict(zip(people.ids, people.names, strict=True))
    documents = []
    with served(home) as (url, links):
        opener = signed_in(links["interviewer"])
        begun = time.perf_counter()
        opener.open(f"{url}/register/held?q=Nobody").read()
        print(f"first answer after {time.perf_counter() - begun:.2f} s", file=sys.stderr)
        opener.open(f"{url}/register/held?q=Nobody").read()
        everyone = []
        for kind in KINDS:
            opener, took, found = signed_in(links[READERS[kind]]), [], 0
            for question in (each for each in questions if each.kind == kind):
                address = f"{url}/register/held?{urllib.parse.urlencode({'q': question.text})}"
                begun = time.perf_counter()
                page = opener.open(address).read()
                took.append((time.perf_counter() - begun) * 1000)
                found += names[question.answer].encode() in page
            everyone += took
            documents.append(document(kind, took, found / len(took)))
        documents.append(document("all", everyone, float("nan")))
    print(json.dumps(documents))
    return 0


def document(kind: str, took: list[float], share: float) -> dict[str, object]:
    p50, p95 = np.percentile(took, [50, 95])
    figures = {"page_p50_ms": float(p50), "page_p95_ms": float(p95)}
    if share == share:
        figures["on_page"] = share
    print(f"{kind}: " + "  ".join(f"{name} {value:.4g}" for name, value in figures.items()), file=sys.stderr)
    return {"case": f"{SIZE:,} on the page, {kind}", "figures": figures}


if __name__ == "__main__":
    sys.exit(main())
