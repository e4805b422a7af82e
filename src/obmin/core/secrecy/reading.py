"""How much one person may open in a while; whoever opens more is stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `people` different people in `seconds`."""

    people: int
    seconds: float


RECORDS: Final = Limit(50, 600)  # whole records: where somebody is held, their family, health, will, court
NAMES: Final = Limit(1000, 600)  # names on pages of a list


@dataclass(slots=True)
class Window:
    """Whom one reader opened of late. The moment is an argument, in seconds."""

    limit: Limit
    _seen: deque[tuple[float, str]] = field(default_factory=deque)
    _last: dict[str, float] = field(default_factory=dict)

    def admits(self, keys: Iterable[str], moment: float) -> bool:
        """Whether all of `keys` may be opened now; then they count. Nothing counts of what is refused."""
        self._forget(moment)
        asked = set(keys)
        if len(self._last.keys() | asked) > self.limit.people:
            return False
        for key in sorted(asked):
            self._last[key] = moment
            self._seen.append((moment, key))
        return True

    def _forget(self, moment: float) -> None:
        while self._seen and self._seen[0][0] <= moment - self.limit.seconds:
            at, key = self._seen.popleft()
            if self._last.get(key) == at:
                del self._last[key]
