"""Obmin: from the register of prisoners to their year of care."""

__version__ = "0.1.0"
