"""What the keeper's process answers, sealed and open, and while a new root is drawn."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from django.conf import settings

from obmin.core.errors import Altered, Incomplete, Refused
from obmin.core.secrecy import Cell, Class
from obmin.vault import process, roots, secrets
from obmin.vault.keeper import Holder, Locked, Reader

LEFT: Final = 3600.0  # seconds for which what a first officer has left is kept
OVERLAP: Final = 60.0  # seconds for which rows read before a rotation still open after it
_SEALED: Final = frozenset({"status", "leave", "left", "root", "lock"})  # what a sealed keeper answers, too


class Office:
    """The keeper's answers. `aside` says whether its memory stays out of the swap file."""

    def __init__(self, aside: bool = False) -> None:
        self._aside = aside
        self._peeled: dict[str, bytes] = {}
        self._peeled_at = 0.0
        self._next: bytes | None = None
        self._before: tuple[Holder, float] | None = None
        self._guard = Lock()

    def answer(self, question: Any) -> Any:
        """One answer to [what, argument…]; raises `Refused` where there is none."""
        if not isinstance(question, list) or not question or not isinstance(question[0], str):
            raise Incomplete("The keeper does not understand the question.")
        what, *arguments = question
        if what in _SEALED:
            with self._guard:
                return getattr(self, f"_{what}")(*arguments)
        holder = self._holder()
        match what, arguments:
            case "seal", [of, rows]:
                return holder.seal(Class(of), [(place, content) for place, content in rows])
            case "open", [of, rows, reader]:
                cells = [(place, Cell(*cell)) for place, cell in rows]
                return self._opened(holder, Class(of), cells, Reader(*reader))
            case "mark" | "find" | "arrange", _:
                return getattr(holder, what)(*arguments)
            case "renew", [root, officers]:
                return self._renew(holder, root, officers)
            case "rewrap", [of, wrapped] if self._next is not None:
                return holder.rewrap(self._next, Class(of), wrapped)
            case "adopt", []:
                return hmac.compare_digest(roots.check_value(holder.root), roots.in_force().check_value)
        raise Incomplete("The keeper does not know what it is asked.")

    def _holder(self) -> Holder:
        """Who holds the root in force. A rotation takes hold here, with the first question after its commit.

        So whoever seals inside an act, and waited while the keys were wrapped anew, seals under the new root.
        """
        with self._guard:
            if not process.own():
                raise Locked("The instance is sealed: two officers open it with `obmin unseal`.")
            holder = process.own()[-1]
            if self._next is None or roots.check_value(self._next) != roots.in_force().check_value:
                return holder
            self._before = holder, time.monotonic() + OVERLAP
            holder = process.holder(self._next)
            holder.names = self._before[0].names
            self._next = None
            self._take(holder)
            return holder

    def _opened(self, holder: Holder, of: Class, rows: list[tuple[bytes, Cell]], reader: Reader) -> list[bytes]:
        try:
            return holder.open(of, rows, reader)
        except Altered:
            if self._before is None or time.monotonic() > self._before[1]:
                self._before = None
                raise
            return self._before[0].open(of, rows, reader)

    def _status(self) -> dict[str, Any]:
        own = process.own()
        counts = own[-1].opened if own else {}
        return {
            "open": bool(own),
            "waiting": bool(self._left()) and not own,
            "pid": os.getpid(),
            "aside": self._aside,
            "opened": {f"{of}/{how}": rows for (of, how), rows in sorted(counts.items())},
        }

    def _leave(self, peeled: Mapping[str, bytes]) -> bool:
        if process.own():
            raise Refused("The instance is open already.", code="open")
        self._peeled = {**self._left(), **peeled}
        self._peeled_at = time.monotonic()
        return True

    def _left(self) -> dict[str, bytes]:
        if time.monotonic() - self._peeled_at > LEFT:
            self._peeled = {}
        return self._peeled

    def _root(self, root: bytes) -> bool:
        roots.verify(root)
        self._peeled = {}
        self._take(process.holder(root))
        return True

    def _lock(self) -> bool:
        self._peeled, self._next, self._before = {}, None, None
        process.be_none()
        secrets.forget()
        return True

    def _renew(self, holder: Holder, root: bytes, officers: Mapping[str, str]) -> tuple[int, str]:
        """Draws the next root and seals it to its officers, for whoever shows the one in force."""
        if not hmac.compare_digest(root, holder.root):
            raise Altered("This is not the root that the records are sealed under.")
        number, drawn = roots.in_force().number + 1, roots.draw()
        roots.lay_down(settings.OBMIN.home, number, drawn, officers)
        with self._guard:
            self._next = drawn
        return number, roots.check_value(drawn)

    def _take(self, holder: Holder) -> None:
        process.be(holder)
        if not settings.OBMIN.training:
            roots.forget_others(settings.OBMIN.home)
