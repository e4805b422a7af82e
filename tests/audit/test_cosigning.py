"""We sign that we saw another's journal only while it stays the one journal that we saw."""

from __future__ import annotations

import hashlib

import pytest

from obmin.audit import journal, rows
from obmin.audit.models import Cosigned
from obmin.core import chain
from obmin.core.errors import Altered
from obmin.vault.secrets import secret

pytestmark = pytest.mark.django_db

THEIRS, SEED = "obmin/rus/journal", b"t" * 32
KEY = chain.public_key(SEED)


def leaves(count: int, last: bytes = b"") -> list[bytes]:
    found = [hashlib.sha256(b"%d" % number).digest() for number in range(count)]
    return [*found[:-1], last] if last else found


def note(contents: list[bytes]) -> str:
    return chain.sign_checkpoint(THEIRS, len(contents), chain.Frontier().extend(contents).root(), SEED)


def proof(contents: list[bytes], old: int) -> list[bytes]:
    return chain.consistency_proof([chain.leaf_hash(content) for content in contents], old)


def test_a_journal_that_grew_is_cosigned_with_the_proof_that_it_did() -> None:
    first, second = leaves(16), leaves(48)
    journal.cosign(note(first), THEIRS, KEY)
    with pytest.raises(Altered):
        journal.cosign(note(second), THEIRS, KEY)
    signed = journal.cosign(note(second), THEIRS, KEY, proof(second, 16))
    ours = {THEIRS: KEY, journal.witness(): chain.public_key(secret("witness"))}
    assert journal.witness() in dict(chain.parse_checkpoint(signed, THEIRS, ours).signed_by)
    assert journal.cosign(note(second), THEIRS, KEY)  # the same once more
    assert Cosigned.objects.count() == 1
    assert rows.check().sound


def test_an_older_journal_and_another_one_are_not_cosigned() -> None:
    first, second = leaves(16), leaves(48)
    journal.cosign(note(second), THEIRS, KEY)
    with pytest.raises(Altered):
        journal.cosign(note(first), THEIRS, KEY, proof(second, 16))
    forked = leaves(48, last=bytes(32))
    with pytest.raises(Altered):
        journal.cosign(note(forked), THEIRS, KEY)
    longer = [*forked, bytes(32)]
    with pytest.raises(Altered):
        journal.cosign(note(longer), THEIRS, KEY, proof(longer, 48))
    with pytest.raises(Altered):
        journal.cosign(note(first).replace("16", "17"), THEIRS, KEY)
    assert Cosigned.objects.get().note == note(second)


def test_what_we_prove_of_our_own_growth_holds() -> None:
    one, two = journal.close(), journal.close()
    old, new = [chain.Frontier().extend(journal.contents(point.size)).root() for point in (one, two)]
    chain.verify_consistency(one.size, two.size, old, new, journal.grown(one.size, two.size))
