"""The journal of a live instance leaves it by two people, who show the keys that open the root together."""

from __future__ import annotations

from obmin.core import chain
from obmin.files import journal
from tests.vault.conftest import Live


def test_it_leaves_by_an_auditor_a_protection_officer_and_two_keys(live: Live) -> None:
    assert live.unseal(0, 1)
    live.living("appoint", "auditor-1", "auditor")
    out = live.home.parent / "journal.txt"
    command = ["journal", "export", "--out", str(out), "--reason", "Asked for by the neutral"]
    who = ["--account", "auditor-1", "--second", "first-2"]
    one, other = ["--identity", str(live.key(0))], ["--identity", str(live.key(2))]
    for wrong in ([*who, *one], [*who, *one, *one], [*who[:2], *one, *other]):
        live.obmin(*command, *wrong, fails=True)
        assert not out.exists()
    live.obmin(*command, "--account", "first-1", "--second", "first-2", *one, *other, fails=True)
    assert not out.exists()
    live.obmin(*command, *who, *one, *other)
    key = bytes.fromhex(live.living("public"))
    assert journal.verify_export(out, {"obmin/ukr/journal": key}).leaves % chain.INTERVAL == 0
