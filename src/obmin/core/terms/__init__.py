"""The terms of an exchange as data: read, check, explain, compare, fit a list, verify what was done."""
