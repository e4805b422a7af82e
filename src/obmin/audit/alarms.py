"""Temporary."""

from enum import StrEnum


class Kind(StrEnum):
    BULK_READING = "bulk-reading"


def raise_(kind, about, actor):
    pass
