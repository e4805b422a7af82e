"""Keeps a process's memory to itself: no core dump, no debugger of the same user, no page in the swap file."""

from __future__ import annotations

import ctypes
import resource
from typing import Final

_DUMPABLE: Final = 4  # PR_SET_DUMPABLE, prctl(2)
_ALL_WHEN_USED: Final = 1 | 2 | 4  # MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT, mlockall(2)


def keep() -> bool:
    """Closes this process's memory to others. Whether it also stays out of the swap file.

    Locking needs the right to lock without bound (`LimitMEMLOCK=infinity`, or `CAP_IPC_LOCK`): under a bound,
    the process would fail later, when it grows.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    without_bound = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, without_bound)
    except (ValueError, OSError):
        return False
    return int(libc.mlockall(_ALL_WHEN_USED)) == 0
