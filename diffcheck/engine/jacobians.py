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
    check_positions,
    check_result,
    is_single,
    positions_of,
    with_keywords,
)
from diffcheck.engine.forward import ForwardTrace
from diffcheck.engine.tensor import OPS, shape_of, tensor_of
from diffcheck.engine.transforms import edge, output_value, pull_back, record, variable
from diffcheck.engine.trees import leaves, rebuild, tree_map
from diffcheck.engine.values import ones_like, zeros_like

BLOCK = 2**18  # numbers of the tangents of one array that go through a function together


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
            tree = rebuild(inputs, iter(found))
            return tree[0] if single else tree

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
        check_positions(args, positions)
        chosen = tuple(tree_map(variable, args[position]) for position in positions)
        flat = leaves(chosen)

        def of_one(k: int, x: Any) -> Any:
            """Return f's result where array number k of the arguments is x."""
            trees = rebuild(chosen, iter([*flat[:k], x, *flat[k + 1 :]]))
            given = list(args)
            for position, tree in zip(positions, trees, strict=True):
                given[position] = tree
            output = f(*given, **keywords)
            check_result("jacfwd", output)
            return output

        found = [_columns(partial(of_one, k), x) for k, x in enumerate(flat)]
        form = found[0][0] if found else f(*args, **keywords)
        columns = [leaves(column) for _, column in found]
        in_outputs = iter(range(len(leaves(form))))

        def of_array(_: Any) -> Any:
            j = next(in_outputs)
            tree = rebuild(chosen, iter([column[j] for column in columns]))
            return tree[0] if single else tree

        return tree_map(of_array, form)

    return derivative


def _columns(f: Function, x: Any) -> tuple[Any, list[Any]]:
    """Return a result of f, and the derivatives in x of each of its arrays."""
    shape = shape_of(x)
    count = int(np.prod(shape, dtype=np.int64))
    if not count:
        y = f(x)
        return y, [
            OPS["broadcast_to"](zeros_like(x), shape=shape_of(part) + shape) for part in leaves(y)
        ]
    picks = np.eye(count, dtype=bool).reshape((count, *shape))
    block = max(1, BLOCK // count)
    blocks = []
    for start in range(0, count, block):
        trace = ForwardTrace(min(block, count - start))
        basis = OPS["where"](picks[start : start + block], ones_like(x), zeros_like(x))
        y = f(tensor_of(x, trace, basis))
        trace.ended = True
        blocks.append([trace.tangents_of(part) for part in leaves(y)])
    return y, [
        _columns_last(OPS["concat"](*parts, axis=0), shape) for parts in zip(*blocks, strict=True)
    ]


def _columns_last(found: Any, shape: tuple[int, ...]) -> Any:
    """Return tangents with the axis of their directions last, and in the shape of the argument."""
    axes = (*range(1, len(shape_of(found))), 0)
    return OPS["reshape"](OPS["permute_dims"](found, axes=axes), shape=shape_of(found)[1:] + shape)


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """Return the function of second derivatives of f, forward over reverse.

    >>> hessian(lambda x: x[0] * x[0] * x[1])(np.array([1.0, 2.0])).tolist()
    [[4.0, 2.0], [2.0, 0.0]]
    """
    return jacfwd(jacrev(f, argnums), argnums)
