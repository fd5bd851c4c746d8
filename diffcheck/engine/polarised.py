"""Second derivatives from those along single directions, by forward mode twice.

With q(d) the one along d, the second derivative along d and e is (q(d + e) - q(d) - q(e))/2. Where
eigenvalues are equal there is no other way: see `engine.directions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from diffcheck.engine.arguments import (
    Argnums,
    Function,
    first_of,
    is_single,
    positions_of,
    with_keywords,
)
from diffcheck.engine.columns import Given, basis
from diffcheck.engine.tensor import OPS, base, shape_of
from diffcheck.engine.transforms import edge, jvp
from diffcheck.engine.trees import leaves, tree_map
from diffcheck.engine.values import zeros_like


def polarised_hessian(f: Function, argnums: Argnums) -> Function:
    """Return `hessian` of a function of n numbers, which runs n(n + 1)/2 times."""
    positions, single = positions_of(argnums), is_single(argnums)

    @edge
    def derivative(*args: Any, **keywords: Any) -> Any:
        given = Given(with_keywords(f, keywords), args, positions)
        units = [(k, unit) for k, x in enumerate(given.flat) for unit, _ in basis(x)]
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
                [first_of(given.formed([block(j, k, m) for m in count]), single) for k in count]
            )
            return first_of(tree, single)

        return tree_map(of_array, form)

    return derivative


@edge
def polarised_product(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return `hvp` of a function that gives a number; of n numbers it runs 2n + 1 times.

    The directions are taken at one length: the difference of squares would cancel.
    """
    given = Given(f, primals, range(len(primals)))
    direction = leaves(list(tangents))
    size = float(max((np.max(np.abs(base(t)), initial=0) for t in direction), default=0)) or 1.0
    direction = [t / size for t in direction]

    def along(d: list[Any]) -> Any:
        return _twice(given.call, given.flat, d)

    def entry(k: int, unit: Any) -> Any:
        alone = [unit if i == k else zeros_like(x) for i, x in enumerate(given.flat)]
        both = [d + u for d, u in zip(direction, alone, strict=True)]
        return 0.5 * size * (along(both) - own - along(alone))

    own = along(direction)
    found = []
    for k, x in enumerate(given.flat):
        parts = [entry(k, unit) for unit, _ in basis(x)]
        found.append(OPS["reshape"](OPS["stack"](*parts, axis=0), shape=shape_of(x)))
    return given.formed(found)


def _twice(f: Function, x: list[Any], direction: list[Any]) -> Any:
    """Return the second derivative of f at x along a direction."""

    def once(*x: Any) -> Any:
        return jvp(f, x, direction)[1]

    return jvp(once, x, direction)[1]
