"""HiGHS on the undivided question: a column for each unit and phase, one level after the other."""

from __future__ import annotations

import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

import highspy
import numpy as np
from _cases import LEVELS, LIMIT, PHASES, SIZES, Case, make, megabytes, tell, units
from scipy.sparse import csc_matrix


def matrix(case: Case) -> tuple[csc_matrix, list[list[int]]]:
    who = units(case)
    rows, columns, values = [], [], []
    by_key: dict[tuple[str, int, int], list[int]] = {}
    for number, rule in enumerate(case.rules):
        for phase in rule.phases:
            by_key.setdefault((rule.column, rule.code, phase), []).append(number)
    for unit, members in enumerate(who):
        for phase in range(PHASES):
            column = unit * PHASES + phase
            heads: dict[int, int] = {}
            for member in members:
                for name, codes in case.columns.items():
                    for number in by_key.get((name, int(codes[member]), phase), ()):
                        heads[number] = heads.get(number, 0) + 1
            heads[len(case.rules) + unit] = 1
            rows += heads.keys()
            columns += [column] * len(heads)
            values += heads.values()
    shape = (len(case.rules) + len(who), len(who) * PHASES)
    return csc_matrix((np.array(values, float), (rows, columns)), shape=shape), who


def one(size: int, whole: bool, pipe: Connection) -> None:
    """One case, in a process that can be ended if the solver overstays its limit."""
    case = make(size)
    table, who = matrix(case)
    size = table.shape[1]
    inf = highspy.kHighsInf
    lows = [float(r.low) if r.low is not None else -inf for r in case.rules] + [0.0] * len(who)
    highs = [float(r.high) if r.high is not None else inf for r in case.rules] + [1.0] * len(who)
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, table.shape[0]
    lp.col_cost_ = np.zeros(size)
    lp.col_lower_, lp.col_upper_ = np.zeros(size), np.ones(size)
    lp.row_lower_, lp.row_upper_ = np.array(lows), np.array(highs)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = size, table.shape[0]
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = table.indptr, table.indices, table.data
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    h.passModel(lp)
    began, reached = time.perf_counter(), []
    for level in range(len(LEVELS)):
        cost = np.repeat([float(case.scores[level][members].sum()) for members in who], PHASES)
        h.changeColsCost(size, np.arange(size, dtype=np.int32), cost)
        left = LIMIT - (time.perf_counter() - began)
        h.setOptionValue("time_limit", max(left, 0.1) + h.getRunTime())
        h.run()
        if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        reached.append(round(h.getInfo().objective_function_value))
        at = np.flatnonzero(cost).astype(np.int32)
        h.addRow(h.getInfo().objective_function_value - 1e-6, inf, at.size, at, cost[at])
    pipe.send((round(time.perf_counter() - began, 3), reached, megabytes()))


def measure(whole: bool) -> None:
    documents: list[dict[str, object]] = []
    for size in SIZES:
        context = get_context("spawn")
        here, there = context.Pipe()
        child = context.Process(target=one, args=(size, whole, there))
        began = time.perf_counter()
        child.start()
        answered = here.poll(LIMIT + 60)  # building the model is not counted; a solver may ignore its limit
        seconds, reached, memory = here.recv() if answered else (time.perf_counter() - began, [], 0.0)
        child.kill()
        child.join()
        figures = {
            "seconds": seconds,
            "proven levels": len(reached),
            **dict(zip(LEVELS, reached, strict=False)),
            "MB in all": memory,
        }
        documents.append({"case": f"1,000 of {size:,}", "figures": figures})
    tell(documents)
