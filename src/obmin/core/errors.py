"""One tree of refusals. Each has a stable code; codes are part of the contract.

Refused
├── NotAllowed    this person may not do this
├── WrongState    the thing is not in the state that the act starts from
├── Stale         somebody changed it since it was read
├── Incomplete    something that must come first is missing
├── Infeasible    no answer exists; carries the clauses that clash
├── Unreadable    input that cannot be read; carries every problem found
├── NotFound      it does not exist, or may not be seen
└── Altered       a signature, hash or proof does not hold
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Refused(Exception):
    """Something was not done, for a reason that a person can act on.

    `code` is stable and made for machines; `message` is one or more plain sentences.
    """

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotAllowed(Refused):
    code = "not-allowed"


class WrongState(Refused):
    code = "wrong-state"


class Stale(Refused):
    code = "stale"


class Incomplete(Refused):
    code = "incomplete"


class Infeasible(Refused):
    """No answer exists. `clashes` names the clauses (stable clause ids) that cannot hold together."""

    code = "infeasible"

    def __init__(self, message: str, *, clashes: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.clashes = tuple(clashes)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place of an input.

    `row` counts as the reader's own program counts it (first line of a table is 1); `column` is the
    header as written, or a column number for text files; either may be absent.
    """

    file: str
    row: int | None
    column: str | int | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: found {self.found}; expected {self.expected}"


class Unreadable(Refused):
    """An input is unreadable or invalid. `problems` lists all that was found, in order of place."""

    code = "unreadable"

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class NotFound(Refused):
    code = "not-found"


class Altered(Refused):
    code = "altered"
