"""HiGHS's own mixed-integer solver on the undivided question, until its limit."""

from _direct import measure

if __name__ == "__main__":
    measure(whole=True)
