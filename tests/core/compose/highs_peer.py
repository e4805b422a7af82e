"""A second peer, for what OR-tools leaves open: HiGHS on the undivided question, a yes-or-no a person and slot.

It shares the solver's library but none of its classes, fixings or levels-in-one. Run as a script in a process
of its own; reads a JSON list of questions, writes the value of each level for each, null where there is none.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import highspy
import numpy as np

NODES = 20_000  # for each level


def best(question: dict[str, Any]) -> list[int | str] | None:
    """The value of each level; `unproven` in place of the first that was not proven within the nodes."""
    people, slots = question["people"], question["slots"]
    shares = [level["shares"] for level in question["levels"] if "shares" in level]
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    h.setOptionValue("mip_rel_gap", 0.0)
    h.setOptionValue("mip_abs_gap", 1 - 1e-6)
    h.setOptionValue("mip_max_nodes", NODES)
    h.changeObjectiveSense(highspy.ObjSense.kMaximize)
    for may in question["open"]:
        for is_open in may:
            h.addVar(0.0, float(is_open))
    for over in shares:
        for _ in over:
            h.addVar(0.0, highspy.kHighsInf)
    number = people * slots
    for at in range(number):
        h.changeColIntegrality(at, highspy.HighsVarType.kInteger)
    constrain(h, question, slots)
    values: list[int | str] = []
    extra = number
    for level in question["levels"]:
        cost = objective(level, slots, extra, number + sum(map(len, shares)))
        if "shares" in level:
            soften(h, level, slots, extra)
            extra += len(level["shares"])
        everything = np.arange(cost.size, dtype=np.int32)
        h.changeColsCost(cost.size, everything, cost)
        h.run()
        status = h.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            return [*values, "unproven"]
        values.append(round(h.getInfo().objective_function_value))
        at = np.flatnonzero(cost).astype(np.int32)
        h.addRow(float(values[-1]), highspy.kHighsInf, at.size, at, cost[at])
    return values


def constrain(h: Any, question: dict[str, Any], slots: int) -> None:
    inf = highspy.kHighsInf
    for person in range(question["people"]):
        at = np.arange(person * slots, (person + 1) * slots, dtype=np.int32)
        h.addRow(-inf, 1.0, at.size, at, np.ones(at.size))
    for row in question["rows"]:
        entries = [(i * slots + s, w) for i, w in enumerate(row["weights"]) if w for s in row["slots"]]
        at = np.array([c for c, _ in entries], np.int32)
        low = -inf if row["low"] is None else float(row["low"])
        high = inf if row["high"] is None else float(row["high"])
        h.addRow(low, high, at.size, at, np.array([w for _, w in entries], float))
    for first, *others in question["groups"]:
        for other in others:
            for s in range(slots):
                at = np.array([first * slots + s, other * slots + s], np.int32)
                h.addRow(0.0, 0.0, 2, at, np.array([1.0, -1.0]))


def objective(level: dict[str, Any], slots: int, extra: int, width: int) -> Any:
    cost = np.zeros(width)
    if "scores" in level:
        cost[: len(level["scores"]) * slots] = np.repeat(level["scores"], slots)
    elif "keep" in level:
        for person, slot in enumerate(level["keep"]):
            if slot is not None:
                cost[person * slots + slot] = 1
    else:
        cost[extra : extra + len(level["shares"])] = -1
    return cost


def soften(h: Any, level: dict[str, Any], slots: int, extra: int) -> None:
    for code, share in enumerate(level["shares"]):
        people = [i for i, c in enumerate(level["codes"]) if c == code]
        at = [i * slots + s for i in people for s in range(slots)] + [extra + code]
        values = [1.0] * (len(at) - 1) + [-1.0]
        h.addRow(-highspy.kHighsInf, float(share), len(at), np.array(at, np.int32), np.array(values))


if __name__ == "__main__":
    json.dump([best(q) for q in json.load(sys.stdin)], sys.stdout)
