"""Jacobians and Hessians: of containers of arrays in containers of arrays, as the transforms nest.

The Jacobian of each array of the output in each array of the arguments has the shape of the one
followed by that of the other; they stand in a container of the output's form, in each place of
which is one of the argument's form (a tuple of these for a sequence of `argnums`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from diffcheck.engine.arguments import (
    Argnums,
    Function,
    check_result,
    check_sequences,
    first_of,
    is_single,
    positions_of,
    with_keywords,
)
from diffcheck.engine.columns import Given, basis, columns
from diffcheck.engine.directions import NeedsForward
from diffcheck.engine.polarised import polarised_hessian, polarised_product
from diffcheck.engine.tape import Tape
from diffcheck.engine.tensor import OPS, shape_of
from diffcheck.engine.transforms import (
    edge,
    jvp,
    may_be_smooth,
    output_value,
    pull_back,
    record,
    value_and_grad_by_reverse,
)
from diffcheck.engine.trees import leaves, rebuild, tree_map
from diffcheck.engine.values import zeros_like


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
        given = with_keywords(f, keywords)
        tape, jacobian = swept(given, args)
        if may_be_smooth(tape, jacobian):
            _, jacobian = swept(given, args, smooth=True)
        return jacobian

    def swept(given: Function, args: Any, *, smooth: bool = False) -> tuple[Tape, Any]:
        tape, output, inputs = record(given, args, positions, smooth=smooth)
        check_result("jacrev", output)

        def of_array(y: Any) -> Any:
            value = output_value(tape, y)
            rows = [
                leaves(pull_back(tape, y, inputs, unit, mask=pick)) for unit, pick in basis(value)
            ]
            found = [
                _stacked([row[k] for row in rows], shape_of(value), x)
                for k, x in enumerate(leaves(output_value(tape, inputs)))
            ]
            return first_of(rebuild(inputs, iter(found)), single)

        return tape, tree_map(of_array, output)

    return derivative


def _stacked(rows: list[Any], lead: tuple[int, ...], x: Any) -> Any:
    """Return the derivatives in x of all numbers of an output of shape `lead`."""
    if lead == ():
        return rows[0]
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
            return first_of(given.formed([parts[j] for _, parts in found]), single)

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
            return polarised_hessian(f, argnums)(*args, **keywords)

    return derivative


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return the Hessian of a scalar f times a direction, forward over reverse.

    The answer has the form of `primals`, one array for each. Through vectors of equal eigenvalues
    it is put together from second derivatives along single directions.

    >>> [float(p) for p in hvp(lambda x, z: x * x * z, (1.0, 2.0), (1.0, 0.0))]
    [4.0, 2.0]
    """
    check_sequences("hvp", primals, tangents)
    every = tuple(range(len(primals)))
    both = value_and_grad_by_reverse(f, every)
    try:
        return jvp(lambda *x: both(*x)[1], primals, tangents)[1]
    except NeedsForward:
        return polarised_product(f, primals, tangents)
