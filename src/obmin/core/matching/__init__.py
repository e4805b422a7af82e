"""The decisions of record linkage: levels of agreement, weights, one-to-one assignment, reasons."""
