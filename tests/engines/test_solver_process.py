"""The solver in a process of its own: whole results, refusals as raised, and a caller that survives."""

from __future__ import annotations

import json
import os
import signal
import threading

import pytest

from obmin.core import compose as composing
from obmin.core.compose.clash import NoListPossible
from obmin.engines import solver as engine
from obmin.engines.solver import Composer, SolverProcess, SolverStopped
from tests.core.compose.compose_cases import ON, SEED, count, crowd, person, register, terms

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


def bytes_of(found: composing.Composition) -> tuple[object, ...]:
    frames = (found.lines, found.direct, found.out, found.sealed_reasons)
    return (*(frame.write_csv() for frame in frames), json.dumps(found.proof))


def test_a_warm_composer_and_a_cold_one_write_the_same_bytes() -> None:
    """List after list from one process, with clauses edited between, against each from the beginning; and
    after its process was killed it starts another."""
    held, composer = crowd(700, seed=3), Composer()
    try:
        assert composer._process().call(exec, "import obmin.core.compose.pins as p; p.WORTH = 0") is None
        for number, most in ((60, 60), (60, 58), (64, 58), (64, 61)):
            clauses = (
                count("A", f"exactly: {number}", more=", phases: {P1: 20}"),
                count("B", "at_most: 30", track="civilian"),
            )
            agreement = terms("\n".join(clauses), phases=2)
            caps = (composing.Cap(most // 4, "facility", id="hub"),)
            cold = composing.compose(agreement, held, caps=caps, **GIVEN)
            warm = composer.compose("x-1", agreement, held, caps=caps, **GIVEN)
            assert bytes_of(warm) == bytes_of(cold)
            assert (number, most) == (60, 60) or number == 64 or warm.answer.work["pinned"] > 0
            if (number, most) == (64, 58):
                killed = composer._process()
                with pytest.raises(SolverStopped):
                    killed.call(os.kill, killed.call(os.getpid), signal.SIGKILL)
    finally:
        composer.stop()


def endless(*_: object) -> None:
    """A list that is never done, however fast the machine."""
    threading.Event().wait()


def test_a_list_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LONGEST", 0.3)
    monkeypatch.setattr(engine, "_composed", endless)
    composer = Composer()
    with pytest.raises(SolverStopped) as stopped:
        composer.compose("x-1", terms(count("A", "exactly: 2")), crowd(900), **GIVEN)
    assert stopped.value.code == "too-long"
    composer.stop()
