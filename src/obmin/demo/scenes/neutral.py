"""What the neutral does in the story: it checks both signatures and cosigns both journals. It sees no names."""

from __future__ import annotations

from obmin.audit import journal
from obmin.audit.models import Checkpoint
from obmin.core.errors import Altered
from obmin.demo.side import Counts, Side, moment
from obmin.demo.stages import BOTH
from obmin.files import packages
from obmin.files.packages import read_public_key
from obmin.files.whole import write_text
from obmin.negotiation import keys


def witness(side: Side) -> Counts:
    """Both freezes are signed, and both bind the same two lists."""
    keys.learn((party, side.shared / "sides" / party / "keys") for party in BOTH)
    agreed = set()
    for party in BOTH:
        path = side.shared / "rounds" / f"07-freeze-{party}.json"
        body = path.read_bytes()
        key = read_public_key((side.shared / "sides" / party / "keys" / "rounds.pub").read_text())
        packages.verify(body, path.with_suffix(".json.minisig").read_text(), key)
        agreed.add(packages.parse(body)["agreed"])
    if len(agreed) != 1:
        raise Altered("The two sides have locked different lists.")
    statement = packages.canonical({"agreed": agreed.pop(), "format": "obmin-witness/1", "witness": side.party})
    write_text(side.out / "witness.json", statement.decode())
    signature = packages.sign(statement, keys.signing("witness"), comment="obmin witness")
    write_text(side.out / "witness.json.minisig", signature)
    return {"freezes": len(BOTH)}


def checkpoint(side: Side) -> Counts:
    """A stretch of the journal is closed, and its checkpoint laid out for others to sign."""
    found = Checkpoint.objects.order_by("-size").first() or journal.close(at=moment(26, 18))
    text, signatures = found.note.split("\n\n", maxsplit=1)
    ours = signatures.splitlines(keepends=True)[0]  # the first is our own, whoever has signed since
    write_text(side.out / "checkpoint.note", f"{text}\n\n{ours}")
    return {"leaves": found.size}


def cosign(side: Side) -> Counts:
    """The neutral's cosignature under each side's checkpoint."""
    for party in BOTH:
        note = (side.shared / "sides" / party / "checkpoint.note").read_text(encoding="utf-8")
        path = side.out / f"checkpoint-{party}.note"
        if not path.exists() or path.read_text(encoding="utf-8").split("\n\n")[0] != note.split("\n\n")[0]:
            write_text(path, journal.cosign(note, f"obmin/{party.lower()}/journal", keys.journal_key(party)))
    return {"cosigned": len(BOTH)}


def take_cosigned(side: Side) -> None:
    """Keeps the cosignature under our own checkpoint."""
    note = (side.shared / "neutral" / f"checkpoint-{side.party}.note").read_text(encoding="utf-8")
    witness_key = packages.raw_public_key(keys.theirs("NTR", "witness"))
    journal.keep_cosigned(note, {"obmin/ntr/witness": witness_key})
