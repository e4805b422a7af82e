"""A new root for as many cells: every key unwrapped and wrapped anew, in memory. No peer has such keys."""

from __future__ import annotations

import os

from _cases import CLASSES, PEOPLE, ROOT, tell, timed

from obmin.core.secrecy import KEY_SIZE, Class, class_key, rewrap, seal_cells


def main() -> None:
    other = bytes(32)
    seconds = 0.0
    for name in CLASSES:
        old, new = class_key(ROOT, Class(name)), class_key(other, Class(name))
        cells = seal_cells(old, ((b"x", b"", os.urandom(KEY_SIZE)) for _ in range(PEOPLE)))
        spent, _ = timed(lambda o=old, n=new, c=cells: [rewrap(o, n, cell.wrapped) for cell in c])
        seconds += spent
    tell([{"case": f"new root, {PEOPLE * len(CLASSES)} keys", "figures": {"rewrap_s": round(seconds, 3)}}])


if __name__ == "__main__":
    main()
