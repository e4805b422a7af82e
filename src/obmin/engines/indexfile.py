"""An index on disk: a line that names it, a line of JSON that says where each array lies, then the arrays.

Read by mapping: what is never looked at is never read. A damaged file is refused, by its checksum.
"""

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from obmin.core.errors import Problem, Unreadable
from obmin.files import whole

_MAGIC: Final = b"obmin search index\n"
_ALIGNED: Final = 64  # bytes

Arrays = dict[str, NDArray[Any]]


def write(path: Path, version: int, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes the arrays under their names, whole or not at all."""
    body = bytearray()
    places = {}
    for name, array in arrays.items():
        body += bytes(-len(body) % _ALIGNED)
        places[name] = [array.dtype.str, list(array.shape), len(body)]
        body += np.ascontiguousarray(array).tobytes()
    told = {"version": version, "check": zlib.crc32(body), "length": len(body), "arrays": places}
    head = _MAGIC + json.dumps(told, sort_keys=True).encode()
    head += b" " * (-(len(head) + 1) % _ALIGNED) + b"\n"
    whole.write_bytes(path, head + body)


def read(path: Path, version: int) -> Arrays:
    """The arrays that `write` wrote; `Unreadable` for any other file, version or a damaged one."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise ValueError("another kind of file")
            told = json.loads(file.readline())
            begins = file.tell()
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        if told["version"] != version:
            raise ValueError(f"version {told['version']}")
        body = memoryview(mapped)[begins:]
        if len(body) != told["length"] or zlib.crc32(body) != told["check"]:
            raise ValueError("a damaged file")
        return {
            name: np.frombuffer(mapped, dtype, int(np.prod(shape)), begins + at).reshape(shape)
            for name, (dtype, shape, at) in told["arrays"].items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        wanted = f"a search index of version {version}"
        raise Unreadable(Problem(str(path), None, None, str(error) or "nothing", wanted)) from error
