"""The terms of an exchange as data: read, check, explain, compare, fit a list, verify what was done.

agreement = load(text, file="terms.yaml")     # Unreadable with every place that is wrong
check(agreement)                                 # problems of meaning and of law, each with its line
explain(agreement, "uk"), timeline_svg(agreement, "uk")
offer(agreement, "UKR")                          # what one party's list must satisfy
fit(agreement, people, "RUS")                    # their list, line by line, clause by clause
verify(agreement, carried_out, as_of=None)       # was it kept, with the arithmetic
diff(old, new)                                   # two versions in plain words
"""

from obmin.core.terms.check import check, check_text
from obmin.core.terms.edit import Field, fields, with_values
from obmin.core.terms.explain import diff, explain
from obmin.core.terms.findings import Finding, Verdict, Verification
from obmin.core.terms.fit import Fit, LineFit, ListFit, WholeFit, fit
from obmin.core.terms.load import load, schema
from obmin.core.terms.model import Agreement
from obmin.core.terms.offer import Offer, offer
from obmin.core.terms.timeline import timeline_svg
from obmin.core.terms.verify import verify

__all__ = [
    "Agreement",
    "Field",
    "Finding",
    "Fit",
    "LineFit",
    "ListFit",
    "Offer",
    "Verdict",
    "Verification",
    "WholeFit",
    "check",
    "check_text",
    "diff",
    "explain",
    "fields",
    "fit",
    "load",
    "offer",
    "schema",
    "timeline_svg",
    "verify",
    "with_values",
]
