"""A JAX function's primal as exact mathematics: its jaxpr evaluated on SymPy expressions.

Calls are read through, `custom_vjp` and `custom_jvp` to their primal, so no rule under test has a
part in it. What only moves numbers runs as it is, on the numbers' positions. Control flow over
symbols becomes `Piecewise`. A float constant stands for exactly the number it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import sympy
from jax.extend.core import Literal

from diffcheck.backends.base import Unsupported
from diffcheck.backends.jax_calls import body_of, scan_counts
from diffcheck.backends.jax_symbolic_linalg import FACTORIZATIONS
from diffcheck.backends.jax_symbolic_rules import MOVES, RULES, Unreadable, exactly
from diffcheck.case import sym
from diffcheck.case.symarrays import array
from diffcheck.case.symlet import let

Values = list[Any]

# They are other numbers in another dtype, so that no mathematics is common to the formats.
RANDOM: Final = "random numbers that are drawn inside: draw them outside and give them as arguments"


def symbolic(function: Callable[..., Any], arguments: Sequence[Any]) -> Callable[..., Values]:
    """Return the primal as a function of symbols, or object arrays of them, to flat outputs.

    `arguments` give shapes and dtypes. The function that is returned raises `Unsupported` that
    names the primitive where one has no form in SymPy.
    """
    closed = jax.make_jaxpr(function)(*arguments)

    def of_symbols(*symbols: Any) -> Values:
        try:
            arrays = [array(s) for s in symbols]
            outputs = _read(_evaluate(closed.jaxpr, closed.consts, arrays))
        except Unreadable as error:
            raise Unsupported(f"the primal cannot be read: {error}") from error
        return [entry for output in outputs for entry in np.asarray(exactly(output)).flat]

    return of_symbols


def _evaluate(jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> Values:
    values: dict[Any, Any] = dict(zip(jaxpr.constvars, map(constant, consts), strict=True))
    values.update(zip(jaxpr.invars, arguments, strict=True))

    def value(atom: Any) -> Any:
        return np.asarray(atom.val) if isinstance(atom, Literal) else values[atom]

    for equation in jaxpr.eqns:
        results: Values
        try:
            results = _apply(equation, _read([value(atom) for atom in equation.invars]))
        except Unreadable as error:
            results = [error] * len(equation.outvars)  # matters only if it is used
        values.update(zip(equation.outvars, results, strict=True))
    return [value(atom) for atom in jaxpr.outvars]


def constant(x: Any) -> Any:
    """Return an array that a jaxpr closes over; raise `Unreadable` for a random key."""
    if jnp.issubdtype(getattr(x, "dtype", np.float64), jax.dtypes.extended):
        raise Unreadable(RANDOM)
    return np.asarray(x)


def _read(values: Values) -> Values:
    """Return values all of which could be read; raise the first reason otherwise."""
    for value in values:
        if isinstance(value, Unreadable):
            raise value
    return values


def _apply(equation: Any, operands: Values) -> Values:
    name, body = equation.primitive.name, body_of(equation)
    if name.startswith("random_"):
        raise Unreadable(RANDOM)
    if body is not None:
        return _evaluate(*body, operands)
    if name in _CONTROL:
        return _CONTROL[name](equation.params, operands)
    if not any(map(_is_floating, operands)):
        return run_concretely(equation, operands)
    if name in MOVES:
        return _moved(equation, operands)
    if name in FACTORIZATIONS:
        return FACTORIZATIONS[name](*operands, **equation.params)
    if name not in RULES:
        raise Unreadable(f"the primitive {name} has no form in SymPy here")
    shape = equation.outvars[0].aval.shape
    result = np.asarray(RULES[name](*operands, **equation.params), dtype=object)
    return [_named(array(np.broadcast_to(result, shape)))]


def _is_floating(x: Any) -> bool:
    return bool(x.dtype.kind not in "iub")


def _named(values: Any) -> Any:
    """Name what is long, so that what is used twice is one node; conditions stay as they are."""
    entries = [x for x in values.flat if not (isinstance(x, sympy.Expr) and not x.is_Atom)]
    return values if len(entries) == values.size else array(let(values))


def run_concretely(equation: Any, operands: Values) -> Values:
    """Run an equation that touches integers alone, as it is."""
    params = equation.params
    if "fill_value" in params:  # what lies outside is at no position
        params = {**params, "fill_value": -1}
    results = equation.primitive.bind(*operands, **params)
    several = results if equation.primitive.multiple_results else [results]
    return [np.asarray(result) for result in several]


def _moved(equation: Any, operands: Values) -> Values:
    """Run a movement on the positions of the numbers, then put the numbers there."""
    pool: list[Any] = []
    positions = []
    conditions = equation.outvars[0].aval.dtype.kind == "b"
    for operand, atom in zip(operands, equation.invars, strict=True):
        if atom.aval.dtype.kind in ("iu" if conditions else "iub"):
            if operand.dtype.kind not in "iub":
                raise Unreadable(f"{equation.primitive.name} at places that depend on the inputs")
            positions.append(operand)
            continue
        entries = np.asarray(exactly(operand))
        count = np.arange(len(pool), len(pool) + entries.size, dtype=np.int32)
        positions.append(count.reshape(entries.shape))
        pool.extend(entries.flat)
    found = run_concretely(equation, positions)
    if any(np.any((p < 0) | (p >= len(pool))) for p in found):
        raise Unreadable(f"{equation.primitive.name} outside of its array")
    entries = np.empty(len(pool), dtype=object)
    entries[:] = pool
    return [array(entries[np.asarray(p)]) for p in found]


def _cond(params: Any, operands: Values) -> Values:
    index, *others = operands
    branches = _chosen(params["branches"], index)
    results = [_read(_evaluate(b.jaxpr, b.consts, others)) for b in branches]
    if len(results) == 1:
        return results[0]
    # The index is a truth value made a number: 0 where it is false. Halfway nothing is undecided.
    condition = np.asarray(index).item() > sympy.S.Half
    return [
        array(sym.where(condition, exactly(yes), exactly(no)))
        for no, yes in zip(*results, strict=True)
    ]


def _chosen(branches: Sequence[Any], index: Any) -> Sequence[Any]:
    if index.dtype.kind in "iub":
        return [branches[int(np.clip(int(index), 0, len(branches) - 1))]]
    if len(branches) != 2:
        raise Unreadable("a switch whose index depends on the inputs")
    return branches


def _while(params: Any, operands: Values) -> Values:
    asked, done = params["cond_nconsts"], params["body_nconsts"]
    for_condition, for_body = operands[:asked], operands[asked : asked + done]
    condition, body = params["cond_jaxpr"], params["body_jaxpr"]
    carried = operands[asked + done :]
    while True:
        asks = [*for_condition, *carried]
        (again,) = _read(_evaluate(condition.jaxpr, condition.consts, asks))
        if again.dtype.kind not in "iub":
            raise Unreadable("a while loop whose end depends on the inputs")
        if not again:
            return carried
        carried = _read(_evaluate(body.jaxpr, body.consts, [*for_body, *carried]))


def _scan(params: Any, operands: Values) -> Values:
    body, (consts, carry) = params["jaxpr"], scan_counts(params)
    constants, carried = operands[:consts], operands[consts : consts + carry]
    walked = operands[consts + carry :]
    rows = []
    order = range(params["length"])
    for i in reversed(order) if params["reverse"] else order:
        row = [np.asarray(x[i]) for x in walked]
        found = _read(_evaluate(body.jaxpr, body.consts, [*constants, *carried, *row]))
        carried = found[:carry]
        rows.append(found[carry:])
    ordered = rows[::-1] if params["reverse"] else rows
    return [*carried, *(array(np.stack(list(column))) for column in zip(*ordered, strict=True))]


def _linear_solve(params: Any, operands: Values) -> Values:
    """Solve as the primal does; the equation's own rule is not asked."""
    lengths, solve = params["const_lengths"], params["jaxprs"].solve
    before = lengths.matvec + lengths.vecmat
    constants = operands[before : before + lengths.solve]
    return _evaluate(solve.jaxpr, solve.consts, [*constants, *operands[sum(lengths) :]])


_CONTROL: Final[dict[str, Callable[[Any, Values], Values]]] = {
    "cond": _cond,
    "custom_linear_solve": _linear_solve,
    "while": _while,
    "scan": _scan,
}
