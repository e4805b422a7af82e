"""Is this the journal that others have seen? One answer for a file, an instance, and a backup brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from obmin.core.chain.checkpoint import Checkpoint
from obmin.core.errors import Altered

OLDER = "older-copy"
ANOTHER = "another-journal"


def continues(kept: Iterable[Checkpoint], size: int, root_at: Callable[[int], bytes]) -> None:
    """Raises `Altered` unless a journal of `size` leaves contains each tree that others kept a checkpoint of.

    `root_at` gives the journal's own root (32 bytes) over its first so many leaves. The refusal's code is
    `older-copy` where the journal ends before what others have seen, `another-journal` where it went
    another way.
    """
    for point in sorted(kept, key=lambda p: -p.size):
        if point.size > size:
            raise Altered(
                f"This is an older copy: others hold a checkpoint of {point.size} leaves; here are {size}.",
                code=OLDER,
            )
        if root_at(point.size) != point.root:
            raise Altered(
                f"Another journal was shown to others: their checkpoint of {point.size} leaves differs.",
                code=ANOTHER,
            )


def cosigned_by(last: Checkpoint, cosigners: Iterable[str], need: int) -> Mapping[str, int]:
    """Which of the cosigners signed the last checkpoint, and when (POSIX seconds).

    Raises `Altered` where fewer than `need` of them did.
    """
    wanted = set(cosigners)
    found = {name: at for name, at in last.signed_by if name in wanted}
    if len(found) < need:
        raise Altered(
            f"{len(found)} of the cosigners that you named signed the last checkpoint ({last.size} leaves);"
            f" {need} are needed.",
            code="not-cosigned",
        )
    return found
