"""The solver in a process of its own: if it dies or is cancelled the caller lives, and results come whole.

A `SolverProcess` stays warm between calls. What is called is an importable function of `core`; arguments and
results cross as Python objects, refusals come back as they were raised.
"""

from __future__ import annotations

from collections.abc import Callable
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


def _serve(pipe: Connection) -> None:
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer: tuple[bool, Any] = (True, function(*args, **kwargs))
        except Exception as error:
            answer = (False, error)
        pipe.send(answer)


def compose(*args: Any, cancelled: Callable[[], bool] = lambda: False, **kwargs: Any) -> Composition:
    """`core.compose.compose` in a process of its own, started for this one call."""
    with SolverProcess() as solver:
        return solver.call_unless(cancelled, composing.compose, *args, **kwargs)
