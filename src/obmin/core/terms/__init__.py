"""The terms of an exchange as data: read, check, explain, compare, fit a list, verify what was done."""

from obmin.core.terms.findings import Finding, Verdict, Verification
from obmin.core.terms.load import load, schema
from obmin.core.terms.offer import offer
from obmin.core.terms.verify import verify

__all__ = ["Finding", "Verdict", "Verification", "load", "offer", "schema", "verify"]
