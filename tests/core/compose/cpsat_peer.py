"""A peer that shares nothing with the solver: OR-tools, one yes-or-no for each person and slot.

Run as a script in a process of its own (OR-tools and HiGHS cannot be loaded together). Reads a JSON list of
questions, writes the value of each level for each, or null where no list exists.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ortools.sat.python import cp_model

WORK = 4.0  # deterministic units for each level


def best(question: dict[str, Any]) -> list[int | str] | None:
    """The value of each level; `unproven` in place of the first that was not proven within the work."""
    model = cp_model.CpModel()
    x = [[model.new_bool_var("") for _ in range(question["slots"])] for _ in range(question["people"])]
    constrain(model, x, question)
    values: list[int | str] = []
    for level in question["levels"]:
        goal = expression(model, x, level)
        model.maximize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        solver.parameters.max_deterministic_time = WORK
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            return [*values, "unproven"]
        values.append(round(solver.objective_value))
        model.add(goal >= values[-1])
    return values


def constrain(model: cp_model.CpModel, x: list[list[Any]], question: dict[str, Any]) -> None:
    for row, may in zip(x, question["open"], strict=True):
        model.add_at_most_one(row)
        for variable, is_open in zip(row, may, strict=True):
            if not is_open:
                model.add(variable == 0)
    for row in question["rows"]:
        total = sum(w * x[i][s] for i, w in enumerate(row["weights"]) if w for s in row["slots"])
        if row["low"] is not None:
            model.add(total >= row["low"])
        if row["high"] is not None:
            model.add(total <= row["high"])
    for first, *others in question["groups"]:
        for other in others:
            for one, same in zip(x[first], x[other], strict=True):
                model.add(one == same)


def expression(model: cp_model.CpModel, x: list[list[Any]], level: dict[str, Any]) -> Any:
    if "scores" in level:
        return sum(score * v for score, row in zip(level["scores"], x, strict=True) for v in row)
    if "keep" in level:
        return sum(x[i][s] for i, s in enumerate(level["keep"]) if s is not None)
    above = []
    for code, share in enumerate(level["shares"]):
        heads = sum(v for c, row in zip(level["codes"], x, strict=True) if c == code for v in row)
        over = model.new_int_var(0, len(x), "")
        model.add(over >= heads - share)
        above.append(over)
    return -sum(above)


if __name__ == "__main__":
    json.dump([best(q) for q in json.load(sys.stdin)], sys.stdout)
