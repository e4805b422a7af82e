"""Names as people write them: scripts, romanisation, readings, parts."""

from obmin.core.names.fold import coarse, readings, skeleton
from obmin.core.names.parts import Parts, split
from obmin.core.names.romanise import romanise
from obmin.core.names.scripts import script_of

__all__ = ["Parts", "coarse", "readings", "romanise", "script_of", "skeleton", "split"]
