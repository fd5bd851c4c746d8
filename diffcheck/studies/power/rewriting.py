"""Rules rewritten: each change of one place in a rule's source text, compiled again.

A rule is a function of a few lines; its syntax tree is found in the source of its module, changed
at one place and compiled with the rule's own globals, closure and defaults. Helpers that it calls,
of its own module or from its closure, are changed as well, for this rule alone.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from sys import modules
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any, Final

Change = tuple[str, Callable[[Any], ast.expr]]  # the operator, and what it makes of a node

OPPOSITE: Final = {
    "greater": "less", "less": "greater",
    "greater_equal": "less_equal", "less_equal": "greater_equal",
    "equal": "not_equal", "not_equal": "equal",
    "maximum": "minimum", "minimum": "maximum",
}  # fmt: skip
COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Lt: ast.GtE, ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
TRANSPOSITIONS: Final = frozenset({"matrix_transpose", "permute_dims", "swapaxes", "moveaxis"})
RESULT: Final = 1  # the position of y among a rule's parameters; the arguments follow


def rewritings(rule: Callable[..., Any]) -> Iterator[tuple[str, str, FunctionType]]:
    """Yield (operator, the changed text, the changed rule) for each change of one place."""
    if not isinstance(rule, FunctionType) or _tree_of(rule) is None:
        return
    yield from _changed_in(rule)
    for name in sorted(set(rule.__code__.co_names)):
        helper = rule.__globals__.get(name)
        if isinstance(helper, FunctionType) and helper.__module__ == rule.__module__:
            if hasattr(helper, "operation") or _tree_of(helper) is None:
                continue
            for operator, text, wrong in _changed_in(helper):
                names = {**rule.__globals__, name: wrong}
                yield operator, f"{name}: {text}", _with(rule, rule.__code__, names)
    for name, cell in zip(rule.__code__.co_freevars, rule.__closure__ or (), strict=True):
        inner = cell.cell_contents
        if isinstance(inner, FunctionType) and not hasattr(inner, "operation"):
            for operator, text, wrong in rewritings(inner):
                yield operator, text, _with(rule, rule.__code__, cells={name: CellType(wrong)})


def _changed_in(rule: FunctionType) -> Iterator[tuple[str, str, FunctionType]]:
    tree = _tree_of(rule)
    assert tree is not None
    places = list(ast.walk(tree))
    parameters = [a.arg for a in tree.args.args]
    for i, place in enumerate(places):
        for operator, change in _changes(place, parameters):
            wrong = copy.deepcopy(tree)
            target = list(ast.walk(wrong))[i]
            replacement = change(target)
            wrong = _Replacing(target, replacement).visit(wrong)
            code = _compiled(wrong, rule)
            if code is not None:
                text = ast.unparse(ast.fix_missing_locations(replacement))
                yield operator, f"{ast.unparse(place)} → {text}", _with(rule, code)


def _changes(place: ast.AST, parameters: list[str]) -> Iterator[Change]:
    """Yield what one place may be changed into."""
    match place:
        case ast.BinOp():
            yield from _of_binary(place.op)
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield "sign inside", lambda n: n.operand
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield "constant off by one", lambda n: ast.Constant(n.value + 1)
        case ast.Compare(ops=[one]) if type(one) in COMPARISONS:
            yield "kink side", lambda n: _compared(n, COMPARISONS[type(n.ops[0])]())
        case ast.Call(func=ast.Name(id=name)):
            yield from _of_call(name, place)
        case ast.Name(id=name, ctx=ast.Load()) if name in parameters[RESULT:]:
            for other in parameters[RESULT:]:
                if other != name:
                    stale = parameters[RESULT] in (name, other)
                    yield "stale output" if stale else "wrong operand", _renamed(other)


def _of_binary(op: ast.operator) -> Iterator[Change]:
    match op:
        case ast.Add() | ast.Sub():
            yield "dropped term", lambda n: n.left
            yield "dropped term", lambda n: _negated_if(isinstance(n.op, ast.Sub), n.right)
            yield "sign inside", _plus_for_minus
        case ast.Mult():
            yield "dropped factor", lambda n: n.left
            yield "dropped factor", lambda n: n.right
        case ast.Div():
            yield "dropped factor", lambda n: n.left
            yield "product for quotient", lambda n: ast.BinOp(n.left, ast.Mult(), n.right)


def _of_call(name: str, call: ast.Call) -> Iterator[Change]:
    count = len(call.args)
    if name in OPPOSITE and count == 2:
        yield "kink side", lambda n: ast.Call(_name(OPPOSITE[n.func.id]), n.args, n.keywords)
    elif name == "where" and count == 3:
        yield "kink side", lambda n: ast.Call(n.func, [n.args[0], *n.args[:0:-1]], n.keywords)
    elif name in TRANSPOSITIONS and count:
        yield "transposed", lambda n: n.args[0]
    elif count == 1 and not call.keywords:
        yield "dropped function", lambda n: n.args[0]


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _negated_if(condition: bool, node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), node) if condition else node


def _plus_for_minus(node: Any) -> ast.expr:
    other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
    return ast.BinOp(node.left, other, node.right)


def _compared(node: Any, other: ast.cmpop) -> ast.expr:
    return ast.Compare(node.left, [other], node.comparators)


def _renamed(name: str) -> Callable[[Any], ast.expr]:
    return lambda _node: _name(name)


class _Replacing(ast.NodeTransformer):
    """Puts one node in the place of another, which is told by identity."""

    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self._target, self._replacement = target, replacement

    def visit(self, node: ast.AST) -> Any:
        return self._replacement if node is self._target else self.generic_visit(node)


@cache
def _tree_of(rule: FunctionType) -> ast.Lambda | ast.FunctionDef | None:
    """Return the syntax tree of a function, told among those of its lines by its code."""
    module = modules[rule.__module__]
    for node in _functions(module):
        if _first_line(node) == rule.__code__.co_firstlineno:
            code = _compiled(node, rule)
            if code is not None and _same(code, rule.__code__):
                return node
    return None


def _first_line(node: ast.Lambda | ast.FunctionDef) -> int:
    decorators = getattr(node, "decorator_list", [])
    return decorators[0].lineno if decorators else node.lineno


@cache
def _functions(module: ModuleType) -> tuple[ast.Lambda | ast.FunctionDef, ...]:
    tree = ast.parse(inspect.getsource(module))
    return tuple(n for n in ast.walk(tree) if isinstance(n, (ast.Lambda, ast.FunctionDef)))


def _compiled(node: Any, rule: FunctionType) -> CodeType | None:
    """Return the code of a function's tree, its free variables those of the rule; None: none."""
    body = copy.deepcopy(node)
    if isinstance(body, ast.FunctionDef):
        body.decorator_list = []
        statements: list[ast.stmt] = [body]
    else:
        statements = [ast.Expr(body)]
    free = [ast.arg(name) for name in rule.__code__.co_freevars]
    arguments = ast.arguments([], free, None, [], [], None, [])
    outer = ast.FunctionDef("outer", arguments, statements, [], None)
    tree = ast.fix_missing_locations(ast.Module([outer], []))
    flags = rule.__code__.co_flags & 0x1000000  # from __future__ import annotations
    code = compile(tree, rule.__code__.co_filename, "exec", flags=flags, dont_inherit=True)
    return _nested(code, rule.__code__.co_name)


def _nested(code: CodeType, name: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name == name:
                return constant
            found = _nested(constant, name)
            if found is not None:
                return found
    return None


def _same(a: CodeType, b: CodeType) -> bool:
    return (a.co_code, a.co_names, a.co_varnames, a.co_freevars) == (
        b.co_code, b.co_names, b.co_varnames, b.co_freevars,
    ) and [c for c in a.co_consts if not isinstance(c, CodeType)] == [
        c for c in b.co_consts if not isinstance(c, CodeType)
    ]  # fmt: skip


def _with(
    rule: FunctionType,
    code: CodeType,
    names: dict[str, Any] | None = None,
    cells: dict[str, CellType] | None = None,
) -> FunctionType:
    """Return a rule with other code, other globals, or other contents of its closure."""
    own = dict(zip(rule.__code__.co_freevars, rule.__closure__ or (), strict=True))
    closure = tuple({**own, **(cells or {})}[name] for name in code.co_freevars)
    wrong = FunctionType(
        code, rule.__globals__ if names is None else names, rule.__name__, rule.__defaults__,
        closure or None,
    )  # fmt: skip
    wrong.__kwdefaults__ = rule.__kwdefaults__
    return wrong
