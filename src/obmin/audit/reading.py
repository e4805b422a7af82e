"""Temporary."""

from enum import StrEnum


class What(StrEnum):
    RECORD = "record"
    PAGE = "page"
    SEARCH = "search"


def record(actor, what, keys):
    pass
