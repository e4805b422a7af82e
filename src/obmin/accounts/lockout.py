"""When somebody may try to sign in again. Pure: counts and moments in, an answer out.

Failures are counted for an account *from a network* together. By account alone, an enemy who knows a name could
shut everybody out on the day; by network alone, one careless officer would shut out a whole office.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FREE: Final = 3  # failures of a pair before it has to wait
FIRST: Final = timedelta(seconds=5)  # the first wait; each following one is twice as long
LONGEST: Final = timedelta(minutes=5)
LOCKS: Final = 10  # failures of a pair that lock it until an administrator unlocks it
FORGOTTEN: Final = timedelta(hours=24)  # a pair's failures, after the last
NETWORK_FREE: Final = 60  # failures of one network before all its attempts wait
NETWORK_WAIT: Final = timedelta(seconds=10)
NETWORK_FORGOTTEN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Count:
    """Failures so far, when the last was, and whether the pair was locked."""

    failures: int
    last: datetime
    locked: bool = False


def network(address: str) -> str:
    """The network of an address: /24 for IPv4 (also inside IPv6), /48 for IPv6; "unknown" for anything else."""
    try:
        found = ipaddress.ip_address(address.strip().strip("[]").split("%")[0])
    except ValueError:
        return "unknown"
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = inner or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def remembered(count: Count | None, at: datetime, forgotten: timedelta = FORGOTTEN) -> int:
    """How many failures still count at `at`. A lock does not fade."""
    if count is None or (not count.locked and at - count.last >= forgotten):
        return 0
    return count.failures


def wait(count: Count | None, at: datetime) -> timedelta | None:
    """How long this pair still waits; zero: it may try; `None`: it is locked."""
    failures = remembered(count, at)
    if count is None or failures < FREE:
        return timedelta(0)
    if count.locked or failures >= LOCKS:
        return None
    pause: timedelta = min(FIRST * 2 ** (failures - FREE), LONGEST)
    return max(timedelta(0), count.last + pause - at)


def network_wait(count: Count | None, at: datetime) -> timedelta:
    """How long every attempt from this network still waits. A network is slowed, never locked."""
    if count is None or remembered(count, at, NETWORK_FORGOTTEN) < NETWORK_FREE:
        return timedelta(0)
    return max(timedelta(0), count.last + NETWORK_WAIT - at)
