"""Every write passes the gate, and everything the table of acts allows is done somewhere."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path

from obmin.core.acts import ACTS
from tests.architecture.source import PACKAGE, Function, functions, modules, shown, tree

STAGES = ("people", "negotiation", "reception", "handover", "care", "bulletins")
WRITES = frozenset(
    {"create", "save", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
)
BULK = frozenset({"insert", "update"})  # obmin.vault.rows

# Functions that write rows on behalf of acts that other modules open; nobody else may call them.
LENT = {
    "src/obmin/vault/rows.py": "many rows at once, for stage modules inside an open act",
    "src/obmin/audit/rows.py": "sums over the tables, and the notes of which rows an act touched",
    "src/obmin/audit/triggers.py": "what the database itself does when a row is touched",
    "src/obmin/config/sqlcipher/base.py": "a database engine: it passes on what the models ask",
    "src/obmin/audit/start.py": "looks at the tables' columns before an upgrade",
}


def test_every_stage_function_that_writes_opens_the_gate() -> None:
    wrong = [
        f"{shown(file, function.lineno)} {function.name}"
        for file in _stage_modules()
        for function in ungated(tree(file))
    ]
    assert not wrong, "these write without opening the gate (`with perform(...)`) or being handed an open one"


def test_private_writers_stay_in_their_module() -> None:
    """A private function may write because only its own module's acts call it."""
    wrong = [
        f"{shown(file, node.lineno)}: {alias.name}"
        for file in modules()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("obmin")
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert not wrong


def test_only_stage_modules_write_many_rows() -> None:
    wrong = [
        shown(file)
        for file in modules()
        if file.relative_to(PACKAGE).parts[0] not in (*STAGES, "accounts")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ImportFrom) and node.module == "obmin.vault.rows"
    ]
    assert not wrong


def test_no_statement_goes_past_the_models() -> None:
    """A statement by hand would be a write that no other test here sees."""
    wrong = [
        shown(file, node.lineno)
        for file in modules()
        if shown(file) not in LENT
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute)
        and node.attr in ("cursor", "raw", "executemany")
        and _from_django(file)
    ]
    assert not wrong


def test_views_and_queries_never_write() -> None:
    wrong = [
        f"{shown(file, node.lineno)}: {ast.unparse(node.func)}"
        for file in modules()
        if file.stem in ("views", "pages", "queries", "queues", "forms")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and _writes(node) and not _is_form_save(file, node)
    ]
    assert not wrong


def test_every_act_of_the_table_is_done_somewhere() -> None:
    assert sorted(set(ACTS) - set(_performed())) == []


def test_every_act_that_is_done_is_in_the_table() -> None:
    assert sorted(set(_performed()) - set(ACTS)) == []


def test_each_act_is_opened_in_one_module() -> None:
    """Doors to one act in two modules would drift apart."""
    opened: dict[str, set[str]] = {}
    for name, place in _performances():
        opened.setdefault(name, set()).add(place.split()[0])
    assert {name: sorted(places) for name, places in opened.items() if len(places) > 1} == {}


def test_this_test_sees_an_ungated_write() -> None:
    planted = textwrap.dedent(
        """
        def gated(actor):
            with perform("x.y", actor=actor) as gate:
                _keep(gate)

        def handed(gate: Gate):
            Row(gate.new_id()).save()

        def bare(actor):
            Row.objects.filter(pk=1).update(state="X")

        def through(actor):
            _keep(None)

        def _keep(gate):
            insert(Row, ("key",), [])
        """
    )
    assert [function.name for function in ungated(ast.parse(planted))] == ["bare", "through"]


# --- reading the code ---------------------------------------------------------------------------------


def ungated(module: ast.Module) -> list[Function]:
    """Public functions of a module that write, themselves or through its private ones, and open no gate."""
    known = {function.name: function for function in functions(module)}
    return [
        function
        for function in known.values()
        if not function.name.startswith("_")
        and not _gated(function)
        and _reaches_a_write(function, known, set())
    ]


def _reaches_a_write(function: Function, known: dict[str, Function], seen: set[str]) -> bool:
    seen.add(function.name)
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    if any(_writes(call) for call in calls):
        return True
    called = {call.func.id for call in calls if isinstance(call.func, ast.Name)} & set(known)
    return any(
        _reaches_a_write(known[name], known, seen)
        for name in sorted(called - seen)
        if name.startswith("_")  # a public one answers for itself
    )


def _writes(call: ast.Call) -> bool:
    """A write, by the shape of the call: `dict.update(other)` and `hash.update(data)` are none."""
    if isinstance(call.func, ast.Name):
        return call.func.id in BULK
    if isinstance(call.func, ast.Attribute):
        if call.func.attr == "update":
            return not call.args and bool(call.keywords)
        return call.func.attr in WRITES
    return False


def _gated(function: Function) -> bool:
    handed = any(
        _names(argument.annotation, "Gate")
        for argument in ast.walk(function.args)
        if isinstance(argument, ast.arg)
    )
    return handed or any(_opens(node) is not None for node in ast.walk(function))


def _names(annotation: ast.expr | None, name: str) -> bool:
    return annotation is not None and name in ast.unparse(annotation).replace('"', "").split(".")[-1:]


def _opens(node: ast.AST) -> ast.expr | None:
    """What a `with perform(…)` opens: the expression that names the act."""
    if not isinstance(node, ast.With):
        return None
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "perform":
            return call.args[0]
    return None


def _performances() -> Iterator[tuple[str, str]]:
    for file in modules():
        tables = _tables(tree(file))
        for function in functions(tree(file)):
            for node in ast.walk(function):
                named = _opens(node)
                if named is not None:
                    place = f"{shown(file)} {function.name}"
                    acts = _acts(named, _assigned(function), tables)
                    assert acts, f"{place}: which act this opens cannot be read: {ast.unparse(named)}"
                    yield from ((act, place) for act in acts)


def _acts(named: ast.expr, assigned: dict[str, ast.expr], tables: dict[str, list[str]]) -> list[str]:
    """The acts that an expression can name: a literal, one or the other, a variable, an entry of a table."""
    match named:
        case ast.Constant(value=str(word)):
            return [word]
        case ast.IfExp(body=one, orelse=other):
            return _acts(one, assigned, tables) + _acts(other, assigned, tables)
        case ast.Name(id=name) if name in assigned:
            return _acts(assigned[name], {}, tables)
        case ast.Subscript(value=ast.Name(id=name)) if name in tables:
            return tables[name]
    return []


def _assigned(function: Function) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _tables(module: ast.Module) -> dict[str, list[str]]:
    found = {}
    for node in module.body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        target = node.targets[0] if isinstance(node, ast.Assign) else target
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
            words = [entry.value for entry in value.values if isinstance(entry, ast.Constant)]
            found[target.id] = [word for word in words if isinstance(word, str)]
    return found


def _performed() -> list[str]:
    return [name for name, _ in _performances()]


def _stage_modules() -> list[Path]:
    return [
        file
        for file in modules()
        if file.relative_to(PACKAGE).parts[0] in STAGES and shown(file) not in LENT and file.name != "models.py"
    ]


def _from_django(file: Path) -> bool:
    return "django.db" in file.read_text(encoding="utf-8")


def _is_form_save(file: Path, call: ast.Call) -> bool:
    return file.stem == "forms" and isinstance(call.func, ast.Attribute) and call.func.attr == "save"
