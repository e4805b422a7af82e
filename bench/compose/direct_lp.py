"""The direct linear problem, fractions allowed: what the progressive one must beat by twenty."""

from _direct import measure

if __name__ == "__main__":
    measure(whole=False)
