"""The journal as a hash tree: what an entry is, how the tree grows, how anyone checks it.

The tree is that of RFC 6962 (SHA-256). Its leaves are salted commitments, so that an entry can be shown
or forgotten without touching the tree; checkpoints are signed notes in the C2SP tlog-checkpoint form.
The format of what leaves an instance is written down in docs/reference/journal.md.
"""

from __future__ import annotations

from obmin.core.chain.checkpoint import (
    Checkpoint,
    KeyedName,
    check_key_name,
    cosign,
    open_note,
    parse_checkpoint,
    public_key,
    sign_checkpoint,
    sign_note,
    signer,
)
from obmin.core.chain.entry import Leaf, canonical, commit, filler, leaf_content, read_canonical
from obmin.core.chain.growth import INTERVAL, Closing, closing
from obmin.core.chain.known import ANOTHER, OLDER, continues, cosigned_by
from obmin.core.chain.multiset import Sums, check_seal, seal, state, total
from obmin.core.chain.tree import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_inclusion,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "ANOTHER",
    "EMPTY",
    "INTERVAL",
    "OLDER",
    "Checkpoint",
    "Closing",
    "Frontier",
    "KeyedName",
    "Leaf",
    "Sums",
    "canonical",
    "check_key_name",
    "check_seal",
    "closing",
    "commit",
    "consistency_proof",
    "continues",
    "cosign",
    "cosigned_by",
    "filler",
    "inclusion_proof",
    "leaf_content",
    "leaf_hash",
    "node_hash",
    "open_note",
    "parse_checkpoint",
    "public_key",
    "read_canonical",
    "root_from_inclusion",
    "seal",
    "sign_checkpoint",
    "sign_note",
    "signer",
    "state",
    "total",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
]
