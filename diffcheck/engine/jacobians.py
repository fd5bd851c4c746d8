"""Jacobians and Hessians: of containers of arrays in containers of arrays, as the transforms nest.

The Jacobian of each array of the output in each array of the arguments has the shape of the one
followed by that of the other; they stand in a container of the output's form, in each place of
which is one of the argument's form (a tuple of these for a sequence of `argnums`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from diffcheck.engine.arguments import (
    Argnums,
    Function,
    check_result,
    is_single,
    positions_of,
    with_keywords,
)
from diffcheck.engine.columns import Given, columns
from diffcheck.engine.directions import NeedsForward
from diffcheck.engine.tensor import OPS, shape_of
from diffcheck.engine.transforms import edge, jvp, output_value, pull_back, record
from diffcheck.engine.trees import leaves, rebuild, tree_map
from diffcheck.engine.values import ones_like, zeros_like


def _basis(x: Any) -> list[tuple[Any, Any]]:
    """Return the unit arrays in the shape and kind of x, in C order, each with where it is 1."""
    zero, one = zeros_like(x), ones_like(x)
    shape = shape_of(x)
    count = int(np.prod(shape, dtype=np.int64))
    picks = np.eye(count, dtype=bool).reshape((count, *shape))
    return [(OPS["where"](pick, one, zero), pick) for pick in picks]


def jacrev(f: Function, argnums: Argnums = 0) -> Function:
    """Return the Jacobian function of f, by a reverse sweep for each number of its output.

    >>> jacrev(lambda x: x * x)(np.array([1.0, 2.0])).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    by_rows = _rows(f, argnums)

    def derivative(*args: Any, **keywords: Any) -> Any:
        try:
            return by_rows(*args, **keywords)
        except NeedsForward:
            return jacfwd(f, argnums)(*args, **keywords)

    return derivative


def _rows(f: Function, argnums: Argnums) -> Function:
    """Return `jacrev` where reverse mode can do it; raises `NeedsForward` where it cannot."""
    positions, single = positions_of(argnums), is_single(argnums)

    @edge
    def derivative(*args: Any, **keywords: Any) -> Any:
        tape, output, inputs = record(with_keywords(f, keywords), args, positions)
        check_result("jacrev", output)

        def of_array(y: Any) -> Any:
            value = output_value(tape, y)
            rows = [
                leaves(pull_back(tape, y, inputs, unit, mask=pick)) for unit, pick in _basis(value)
            ]
            found = [
                _stacked([row[k] for row in rows], shape_of(value), x)
                for k, x in enumerate(leaves(output_value(tape, inputs)))
            ]
            return _first(rebuild(inputs, iter(found)), single)

        return tree_map(of_array, output)

    return derivative


def _stacked(rows: list[Any], lead: tuple[int, ...], x: Any) -> Any:
    """Return the derivatives in x of all numbers of an output of shape `lead`."""
    shape = lead + shape_of(x)
    if not rows:
        return OPS["broadcast_to"](zeros_like(x), shape=shape)
    return OPS["reshape"](OPS["stack"](*rows, axis=0), shape=shape)


def jacfwd(f: Function, argnums: Argnums = 0) -> Function:
    """Return the Jacobian function of f, by forward mode in all directions.

    Those of one array go through f together, in blocks of as many as keep a block of tangents of
    the size of that array below `BLOCK` numbers.

    >>> jacfwd(lambda x: x * x)(np.array([1.0, 2.0])).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    positions, single = positions_of(argnums), is_single(argnums)

    @edge
    def derivative(*args: Any, **keywords: Any) -> Any:
        given = Given(with_keywords(f, keywords), args, positions)
        found = [columns(partial(given.of_one, k), x) for k, x in enumerate(given.flat)]
        form = found[0][0] if found else given.call()
        check_result("jacfwd", form)
        in_outputs = iter(range(len(leaves(form))))

        def of_array(_: Any) -> Any:
            j = next(in_outputs)
            return _first(given.formed([parts[j] for _, parts in found]), single)

        return tree_map(of_array, form)

    return derivative


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """Return the function of second derivatives of f, forward over reverse.

    >>> hessian(lambda x: x[0] * x[0] * x[1])(np.array([1.0, 2.0])).tolist()
    [[4.0, 2.0], [2.0, 0.0]]
    """
    by_rows = jacfwd(_rows(f, argnums), argnums)

    def derivative(*args: Any, **keywords: Any) -> Any:
        try:
            return by_rows(*args, **keywords)
        except NeedsForward:
            return _polarised(f, argnums)(*args, **keywords)

    return derivative


def _polarised(f: Function, argnums: Argnums) -> Function:
    """Return `hessian` from second derivatives along single directions, by forward mode twice.

    With q(d) the one along d, its product of d and e is (q(d + e) - q(d) - q(e))/2. For n numbers
    f runs n(n + 1)/2 times.
    """
    positions, single = positions_of(argnums), is_single(argnums)

    @edge
    def derivative(*args: Any, **keywords: Any) -> Any:
        given = Given(with_keywords(f, keywords), args, positions)
        units = [(k, unit) for k, x in enumerate(given.flat) for unit, _ in _basis(x)]
        form: Any = None

        def along(*places: int) -> list[Any]:
            """Return the second derivatives along the sum of some units, of each array."""
            nonlocal form
            direction = [zeros_like(x) for x in given.flat]
            for place in places:
                k, unit = units[place]
                direction[k] = direction[k] + unit
            form = _twice(given.call, given.flat, direction)
            return leaves(form)

        pure = [along(a) for a in range(len(units))]
        mixed = {
            (a, b): [
                0.5 * (both - one - other)
                for both, one, other in zip(along(a, b), pure[a], pure[b], strict=True)
            ]
            for a in range(len(units))
            for b in range(a)
        }

        def entry(a: int, b: int) -> list[Any]:
            return pure[a] if a == b else mixed[max(a, b), min(a, b)]

        def block(j: int, k: int, m: int) -> Any:
            """Return the second derivatives of output j in the arrays k and m."""
            rows, columns_ = ([a for a, (n, _) in enumerate(units) if n == i] for i in (k, m))
            parts = [entry(a, b)[j] for a in rows for b in columns_]
            shape = shape_of(given.flat[k]) + shape_of(given.flat[m])
            stacked = OPS["stack"](*parts, axis=-1)
            return OPS["reshape"](stacked, shape=shape_of(stacked)[:-1] + shape)

        places = iter(range(len(leaves(form))))
        count = range(len(given.flat))

        def of_array(_: Any) -> Any:
            j = next(places)
            tree = given.formed(
                [_first(given.formed([block(j, k, m) for m in count]), single) for k in count]
            )
            return _first(tree, single)

        return tree_map(of_array, form)

    return derivative


def _first(tree: Any, single: bool) -> Any:
    return tree[0] if single else tree


def _twice(f: Function, x: list[Any], direction: list[Any]) -> Any:
    """Return the second derivative of f at x along a direction."""

    def once(*x: Any) -> Any:
        return jvp(f, x, direction)[1]

    return jvp(once, x, direction)[1]
