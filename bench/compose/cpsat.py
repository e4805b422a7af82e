"""OR-tools CP-SAT on the undivided question, level by level, until its limit. Never beside HiGHS."""

from __future__ import annotations

import time

from _cases import LEVELS, LIMIT, PHASES, Case, cases, megabytes, tell, units
from ortools.sat.python import cp_model


def build(case: Case) -> tuple[cp_model.CpModel, list[list[int]], list[list[cp_model.IntVar]]]:
    model, who = cp_model.CpModel(), units(case)
    x = [[model.new_bool_var("") for _ in range(PHASES)] for _ in who]
    parts: dict[tuple[str, int, int], list[tuple[cp_model.IntVar, int]]] = {}
    for row, members in zip(x, who, strict=True):
        model.add_at_most_one(row)
        for name, codes in case.columns.items():
            heads: dict[int, int] = {}
            for member in members:
                heads[int(codes[member])] = heads.get(int(codes[member]), 0) + 1
            for code, n in heads.items():
                for phase, variable in enumerate(row):
                    parts.setdefault((name, code, phase), []).append((variable, n))
    for rule in case.rules:
        terms = [t for phase in rule.phases for t in parts.get((rule.column, rule.code, phase), [])]
        total = cp_model.LinearExpr.weighted_sum([v for v, _ in terms], [n for _, n in terms])
        model.add_linear_constraint(total, rule.low or 0, rule.high if rule.high is not None else case.size)
    return model, who, x


def main() -> None:
    documents: list[dict[str, object]] = []
    for case in cases():
        model, who, x = build(case)
        began, reached = time.perf_counter(), []
        for level in range(len(LEVELS)):
            scores = [int(case.scores[level][members].sum()) for members in who]
            flat = [v for row in x for v in row]
            goal = cp_model.LinearExpr.weighted_sum(flat, [s for s in scores for _ in range(PHASES)])
            model.maximize(goal)
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 2
            solver.parameters.max_time_in_seconds = max(LIMIT - (time.perf_counter() - began), 0.1)
            if solver.solve(model) != cp_model.OPTIMAL:
                break
            reached.append(round(solver.objective_value))
            model.add(goal >= reached[-1])
        figures = {
            "seconds": round(time.perf_counter() - began, 3),
            "proven levels": len(reached),
            **dict(zip(LEVELS, reached, strict=False)),
            "MB in all": megabytes(),
        }
        documents.append({"case": case.name, "figures": figures})
    tell(documents)


if __name__ == "__main__":
    main()
