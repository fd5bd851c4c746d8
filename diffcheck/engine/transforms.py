"""Derivatives of functions: reverse mode, forward mode, and what is built from the two.

Every transform takes and gives arrays, tensors of outer traces (so that they nest), object arrays
of balls, or nested tuples, lists and dicts of them. The function must be written with the engine's
namespace. Floating-point warnings are silenced: inf and nan are results here, judged by others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from diffcheck.engine.arguments import (
    Argnums,
    Function,
    check_directions,
    check_positions,
    check_result,
    check_sequences,
    is_plain,
    is_single,
    positions_of,
    unlike_number,
    unlike_real,
    variable,
    with_keywords,
)
from diffcheck.engine.ball_trace import is_ball, is_complex, lift, lower
from diffcheck.engine.columns import Given, gradient, pulled_back
from diffcheck.engine.directions import NeedsForward
from diffcheck.engine.flow import has_nan, sweep
from diffcheck.engine.pushing import pushed
from diffcheck.engine.silence import IGNORED, restore, silence
from diffcheck.engine.sweep import in_kind
from diffcheck.engine.tape import Tape
from diffcheck.engine.tensor import OPS, Tensor, base, shape_of
from diffcheck.engine.trees import leaves, rebuild, tree_map
from diffcheck.engine.values import ones_like, zeros_like

ONE = np.float64(1)


def edge(transform: Function) -> Function:
    """Lift balls on the way in and lower them on the way out; silence floating-point warnings."""

    @wraps(transform)
    def call(*args: Any, **kwargs: Any) -> Any:
        token = silence(IGNORED)
        try:
            if not kwargs and all(map(is_plain, args)):
                return transform(*args)
            given = (args, kwargs)
            lifted = tree_map(lift, given)
            result = transform(*lifted[0], **lifted[1])
        finally:
            restore(token)
        raised = any(a is not b for a, b in zip(leaves(given), leaves(lifted), strict=True))
        return tree_map(lower, result) if raised else result

    return call


def record(
    f: Function, args: Sequence[Any], argnums: Sequence[int], *, smooth: bool = False
) -> tuple[Tape, Any, Any]:
    """Run f on a new tape; return the tape, the output, and the inputs as a tuple of trees."""
    tape = Tape(smooth=smooth)
    full = list(args)
    check_positions(args, argnums)
    for position in argnums:
        x = args[position]
        if type(x) is np.ndarray:
            full[position] = tape.input(variable(x))
        else:
            full[position] = tree_map(lambda leaf: tape.input(variable(leaf)), x)
    chosen = tuple([full[position] for position in argnums])
    output = f(*full)
    tape.end()
    return tape, output, chosen


def pull_back(
    tape: Tape,
    output: Any,
    inputs: Any,
    cotangent: Any,
    *,
    mask: Any = None,
    consume: bool = False,
) -> Any:
    """Return the cotangents of `inputs`, in their form; zeros where nothing flows.

    `mask` tells where the cotangent of a single output is not 0 for good. With `consume` the tape
    cannot be used again, and the answer may be None: see `flow.sweep`.
    """
    seeds: dict[int, Any] = {}
    if type(output) is Tensor and output.trace is tape:
        seeds[output.node] = cotangent
    else:
        for y, g in zip(leaves(output), leaves(cotangent), strict=True):
            if type(y) is Tensor and y.trace is tape:
                seeds[y.node] = seeds[y.node] + g if y.node in seeds else g
    masks = dict.fromkeys(seeds, mask) if mask is not None else None
    found = sweep(tape, seeds, masks=masks, consume=consume)
    if found is None:
        return None
    seen = {id(g) for g in seeds.values()}
    if all(type(x) is Tensor for x in inputs):
        return tuple([_finished(g, x.value, seen) for g, x in zip(found, inputs, strict=True)])
    cotangents = iter(found)
    return tree_map(lambda x: _finished(next(cotangents), x.value, seen), inputs)


def _finished(g: Any, x: Any, seen: set[int]) -> Any:
    """Return a cotangent as a transform may give it to its caller."""
    if type(g) is np.float64 and type(x) is np.float64:
        return g
    if (
        type(g) is np.ndarray and type(x) is np.ndarray and g.dtype is x.dtype and g is not x
        and g.base is None and g.shape == x.shape and id(g) not in seen
    ):  # fmt: skip
        seen.add(id(g))
        return g
    return _own(_in_kind(g, x), x, seen)


def _own(g: Any, x: Any, seen: set[int]) -> Any:
    """Return a cotangent that may be written to: no view, no argument, not another's too."""
    shared = type(g) is np.ndarray and (id(g) in seen or g is x or not g.flags.owndata)
    seen.add(id(g))
    return g.copy() if shared else g


def _in_kind(g: Any, x: Any) -> Any:
    """Return a cotangent in the shape and dtype of its input, zeros for None."""
    if g is None:
        return zeros_like(x)
    if shape_of(g) != shape_of(x):  # a sum's cotangent that nothing needed in full
        g = OPS["broadcast_to"](g, shape=shape_of(x))
        g = g.copy() if type(g) is np.ndarray else g
    if not is_ball(x) and base(g).dtype != base(x).dtype:
        return OPS["astype"](g, dtype=base(x).dtype)
    return g


def output_value(tape: Tape, output: Any) -> Any:
    if type(output) is Tensor:
        return output.value if output.trace is tape else output
    return tree_map(lambda y: y.value if type(y) is Tensor and y.trace is tape else y, output)


def value(f: Function) -> Function:
    """Return f itself, to be called on arrays or balls like any derivative of it.

    Called bare, f would meet object arrays with NumPy's own operators, which know nothing of
    literals, and would warn of every overflow.

    >>> float(value(lambda x: x / 4)(2.0))
    0.5
    """

    @edge
    def call(*args: Any) -> Any:
        return f(*args)

    return call


def _weakly(g: Any, y: Any) -> Any:
    """Return a cotangent or tangent of y; a Python number, which is weak, in the dtype of y."""
    if type(g) not in (int, float, complex) or is_ball(y):
        return g
    return lift(np.asarray(g).astype(np.asarray(base(y)).dtype)[()])


def _seed(g: Any, y: Any) -> Any:
    """Return a cotangent of y as a sweep over plain arrays takes it, in the dtype of y."""
    value = y.value if type(y) is Tensor else y
    g = _weakly(g, y)
    plain = isinstance(g, (np.ndarray, np.generic)) and isinstance(value, (np.ndarray, np.generic))
    return in_kind(g, value) if plain and not is_ball(value) else g


def vjp(f: Function, *args: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return f(*args) and its pullback: from the output's cotangent to those of all arguments.

    The pullback reads the arguments again: they must not be written to before it is called.

    >>> y, pullback = vjp(lambda x, z: x * z, 2.0, 3.0)
    >>> [float(g) for g in pullback(1.0)]
    [3.0, 2.0]
    """
    lifted = tuple(tree_map(lift, a) for a in args)
    raised = any(a is not b for a, b in zip(leaves(args), leaves(lifted), strict=True))
    with np.errstate(all="ignore"):
        tape, output, inputs = record(f, lifted, range(len(args)))
    check_result("vjp", output)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        check_directions("the pullback of vjp", output, cotangent, what="cotangent")
        with np.errstate(all="ignore"):
            ys = iter(leaves(output))
            given = tree_map(lambda g: _seed(lift(g), next(ys)), cotangent)
            try:
                found = pull_back(tape, output, inputs, given)
                if may_be_smooth(tape, found):
                    again, y, xs = record(f, lifted, range(len(args)), smooth=True)
                    found = pull_back(again, y, xs, given)
            except NeedsForward:
                found = pulled_back(Given(f, lifted, range(len(args))), given)
        return tuple(tree_map(lower, found) if raised else found)

    value = output_value(tape, output)
    return (tree_map(lower, value) if raised else value), pullback


def value_and_grad(f: Function, argnums: Argnums = 0) -> Function:
    """Return a function that gives f and its gradient in the arguments `argnums`.

    f must give one real number; raises `OperationError` otherwise. An int for `argnums` gives one
    gradient, a sequence a tuple of them. Keyword arguments are passed on to f, as constants.

    >>> value, gradient = value_and_grad(lambda x: x * x)(3.0)
    >>> float(value), float(gradient)
    (9.0, 6.0)
    """
    return _value_and_grad(f, argnums, forward=True)


def value_and_grad_by_reverse(f: Function, argnums: Argnums = 0) -> Function:
    """Return `value_and_grad` where reverse mode can do it; it raises `NeedsForward` elsewhere."""
    return _value_and_grad(f, argnums, forward=False)


def may_be_smooth(tape: Tape, cotangents: Any) -> bool:
    """Whether a nan may be a root of 0 that is squared: asked only where there is one."""
    asked = tape.rooted and not (tape.nested or tape.smooth)
    return asked and any(map(has_nan, leaves(cotangents)))


def _value_and_grad(f: Function, argnums: Argnums, *, forward: bool) -> Function:
    positions, single = positions_of(argnums), is_single(argnums)

    @edge
    def derivative(*args: Any, **keywords: Any) -> tuple[Any, Any]:
        given = with_keywords(f, keywords)
        tape, output, inputs = record(given, args, positions)
        if type(output) is not Tensor:
            check_result("grad", output, number=True)
        if shape_of(output) != ():
            raise unlike_number(output)
        value = output_value(tape, output)
        if type(value) is np.float64:
            seed = ONE
        elif is_complex(value):
            raise unlike_real(output)
        else:
            seed = ones_like(output)
        try:
            found = pull_back(tape, output, inputs, seed, consume=True)
            if found is None:
                tape, output, inputs = record(given, args, positions)
                found = pull_back(tape, output, inputs, seed)
            if may_be_smooth(tape, found):
                tape, output, inputs = record(given, args, positions, smooth=True)
                found = pull_back(tape, output, inputs, seed)
        except NeedsForward:
            if not forward:
                raise
            found = gradient(Given(given, args, positions))
        return value, (found[0] if single else found)

    return derivative


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """Return the gradient function of f, by one reverse sweep; see `value_and_grad`.

    At a kink the derivative is the subgradient of least norm (abs and norms: 0; equal operands of
    maximum share), and counts as constant there. So a function that is smooth where its parts have
    a kink has its first derivative, and its second one only where a square shows that it is, as
    abs(x)**2 and norm(x) * norm(x) do: cos(abs(x)) has 0 at 0 for its second derivative, which is
    -1, and norm(x)**3 a nan. A root of 0 has no derivative but where it is squared, as in
    sqrt(sum(x * x))**2; there a compiled program gives a nan.

    >>> float(grad(grad(lambda x: x**3))(2.0))
    12.0
    """
    both = value_and_grad(f, argnums)

    def derivative(*args: Any, **keywords: Any) -> Any:
        return both(*args, **keywords)[1]

    return derivative


@edge
def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return f(*primals) and its derivative in the direction `tangents`, by forward mode.

    >>> y, dy = jvp(lambda x, z: x * z, (2.0, 3.0), (1.0, 0.0))
    >>> float(y), float(dy)
    (6.0, 3.0)
    """
    check_sequences("jvp", primals, tangents)
    check_directions("jvp", list(primals), list(tangents), what="tangent")
    xs = [variable(x) for x in leaves(list(primals))]
    ts = [_weakly(t, x) for t, x in zip(leaves(list(tangents)), xs, strict=True)]
    return pushed(lambda *duals: f(*rebuild(list(primals), iter(duals))), xs, ts)
