"""Pairs of a person of ours and a line of theirs: what is asked of people, and what their answers decide."""
