"""Progress on a terminal: one line that changes, and nothing where nobody looks."""

from __future__ import annotations

from types import TracebackType
from typing import TextIO


class Teller:
    """Writes how far the work is to a terminal; to anything else it writes nothing."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.shown = stream.isatty()
        self.line = ""

    def __enter__(self) -> Teller:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write("")

    def tell(self, step: str, share: float) -> None:
        """Says what is being done; `share` is how much of the whole is done, or negative if not known."""
        self._write(f"[{round(share * 100):3d} %] {step}" if share >= 0 else f"        {step}")

    def _write(self, line: str) -> None:
        if self.shown:
            self.stream.write("\r" + line.ljust(len(self.line)) + ("\r" if not line else ""))
            self.stream.flush()
            self.line = line
