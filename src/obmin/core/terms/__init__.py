"""The terms of an exchange as data: read, check, explain, compare, fit a list, verify what was done."""

from obmin.core.terms.load import load, schema
from obmin.core.terms.offer import offer

__all__ = ["load", "offer", "schema"]
