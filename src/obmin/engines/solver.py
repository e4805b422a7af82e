"""The solver in a process of its own: if it dies or is cancelled the caller lives, and results come whole.

A `SolverProcess` stays warm between calls. What is called is an importable function of `core`; arguments and
results cross as Python objects, refusals come back as they were raised.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, ParamSpec, TypeVar, cast

from obmin.core import compose as composing
from obmin.core.compose import Composition
from obmin.core.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")

GLANCE: Final = 0.1  # seconds between two looks at whether the call was cancelled
IDLE: Final = 600.0  # seconds without a call after which the child ends
LONGEST: Final = 600.0  # seconds for one list
MEMORY: Final = 8 << 30  # bytes of address space for the child
KEPT: Final = 2  # lists from which the child could begin again


class SolverStopped(Refused):
    """The solver's process ended before it answered: cancelled, out of memory, or killed."""

    code = "solver-stopped"


class SolverProcess:
    """One child process that answers one call at a time. Use it as a context manager, or call `stop`."""

    def __init__(self) -> None:
        context = get_context("spawn")  # a fork would carry the parent's threads and database connections over
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="obmin-solver", daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> SolverProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def wakes(self) -> bool:
        """Whether the child still answers: one that has been idle for long has ended."""
        try:
            return self.alive and self.call(_awake)
        except SolverStopped:
            return False

    def call(
        self,
        function: Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """The function's result, computed in the child. Raises what it raised, or SolverStopped."""
        return self.call_unless(lambda: False, function, *args, **kwargs)

    def call_unless(
        self,
        cancelled: Callable[[], bool],
        function: Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """As `call`; once `cancelled()` is true the child is stopped and SolverStopped raised."""
        try:
            self._pipe.send((function, args, kwargs))
            while not self._pipe.poll(GLANCE):
                if cancelled():
                    self.stop()
                    raise SolverStopped("the calculation was cancelled", code="cancelled")
                if not self.alive and not self._pipe.poll():
                    raise EOFError
            ok, result = self._pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as gone:
            self.stop()
            raise SolverStopped("the solver's process ended before it answered") from gone
        if not ok:
            raise result
        return cast(R, result)

    def stop(self) -> None:
        """Ends the child; harmless when it has ended."""
        self._process.terminate()
        self._process.join()
        self._pipe.close()


def _awake() -> bool:
    return True


class Composer:
    """Composing in one process that stays warm, and begins each list where the last of the same key ended.

    The process starts with the first call and ends when nobody has called for IDLE seconds, so that what it
    knows of people does not stay. Whether it was warm or cold makes no difference to any result.
    """

    def __init__(self) -> None:
        self._solver: SolverProcess | None = None

    def compose(self, key: str, *args: Any, **kwargs: Any) -> Composition:
        """`core.compose.compose`; `key` names what is edited again and again.

        Raises SolverStopped where the process dies or needs more than LONGEST seconds (code `too-long`).
        """
        until = time.monotonic() + LONGEST
        try:
            return self._process().call_unless(lambda: time.monotonic() > until, _composed, key, args, kwargs)
        except SolverStopped as stopped:
            if stopped.code != "cancelled":
                raise
            minutes = round(LONGEST / 60)
            said = f"Composing took more than {minutes} minutes and was stopped. Nothing was changed."
            raise SolverStopped(said, code="too-long") from None

    def stop(self) -> None:
        """Ends the process, if there is one; the next call starts another."""
        if self._solver is not None:
            self._solver.stop()
            self._solver = None

    def _process(self) -> SolverProcess:
        if self._solver is None or not self._solver.wakes():
            self.stop()
            self._solver = SolverProcess()
        return self._solver


def _serve(pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    while pipe.poll(IDLE):
        try:
            function, args, kwargs = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer: tuple[bool, Any] = (True, function(*args, **kwargs))
        except Exception as error:
            answer = (False, error)
        pipe.send(answer)


_last: dict[str, Composition] = {}  # of the child: by key, the oldest first


def _composed(key: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Composition:
    """In the child: composes from where it ended the last time, and keeps what the next time begins with."""
    found = composing.compose(*args, before=_last.pop(key, None), **kwargs)
    bare = replace(found, answer=replace(found.answer, memory=None))
    if found.answer.memory is not None:
        _last[key] = found
        if len(_last) > KEPT:
            del _last[next(iter(_last))]
    return bare


def compose(*args: Any, cancelled: Callable[[], bool] = lambda: False, **kwargs: Any) -> Composition:
    """`core.compose.compose` in a process of its own, started for this one call."""
    with SolverProcess() as solver:
        return solver.call_unless(cancelled, composing.compose, *args, **kwargs)
