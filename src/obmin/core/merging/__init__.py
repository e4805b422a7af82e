"""One human in two records: what was said of pairs, and what it comes to. Only people say it."""

from obmin.core.merging.algebra import Answer, Said, clash, groups, partition
from obmin.core.merging.strictest import Known, strictest

__all__ = ["Answer", "Known", "Said", "clash", "groups", "partition", "strictest"]
