"""The solver in a process of its own: whole results, refusals as raised, and a caller that survives."""

from __future__ import annotations

import os
import signal

import pytest

from obmin.core import compose as composing
from obmin.core.compose.clash import NoListPossible
from obmin.engines.solver import SolverProcess, SolverStopped
from tests.core.compose.compose_cases import ON, SEED, count, person, register, terms

GIVEN = {"party": "AAA", "policy": composing.default_policy(), "seed": SEED, "on": ON}


def test_the_same_list_and_the_same_refusal_as_at_home() -> None:
    people = register(*(person(f"p{i}", captured_on=f"202{i}-01-01") for i in range(4)))
    agreement = terms(count("A", "exactly: 2"))
    with SolverProcess() as solver:
        far = solver.call(composing.compose, agreement, people, **GIVEN)
        near = composing.compose(agreement, people, **GIVEN)
        assert far.lines.write_csv() == near.lines.write_csv()
        assert far.proof == near.proof
        with pytest.raises(NoListPossible) as none:
            solver.call(composing.compose, terms(count("A", "exactly: 9")), people, **GIVEN)
        assert none.value.clashes == ("A",)
        assert [r.possible for way in none.value.alone for r in way] == [4]
        assert solver.call(os.getpid) != os.getpid()


def test_a_solver_that_dies_is_said_to_have_stopped() -> None:
    with SolverProcess() as solver:
        pid = solver.call(os.getpid)
        with pytest.raises(SolverStopped, match="ended before"):
            solver.call(os.kill, pid, signal.SIGKILL)
        assert not solver.alive


def test_a_cancelled_call_ends() -> None:
    with SolverProcess() as solver, pytest.raises(SolverStopped) as stopped:
        solver.call_unless(lambda: True, signal.pause)
    assert stopped.value.code == "cancelled"
