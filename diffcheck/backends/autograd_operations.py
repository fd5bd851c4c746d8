"""How many rounded operations stand behind one component: counted as autograd traces them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, log2
from typing import Any, Final

import numpy as np
from autograd.core import VJPNode
from autograd.tracer import Node, notrace_primitives, trace

# Primitives whose floating result is exact: they move, choose, compare or negate numbers.
EXACT: Final = frozenset(
    """
    _array_from_scalar_or_array abs absolute amax amin append array_from_args atleast_1d atleast_2d
    atleast_3d broadcast_to clip concatenate_args container_take container_untake diag diagonal
    dict_untake expand_dims fabs flip fliplr flipud fmax fmin full getitem make_diagonal make_dict
    make_sequence max maximum min minimum moveaxis negative pad partition ravel real repeat reshape
    roll rollaxis rot90 sequence_untake sort split squeeze stack swapaxes take tile transpose tril
    triu untake where
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)


def _pairwise(length: int) -> int:
    """Return the roundings a term passes through in a sum of `length` terms, added in pairs."""
    return 1 + ceil(log2(length)) if length > 1 else 1


def _reduced(args: tuple[Any, ...], output: Any) -> int:
    return _pairwise(np.size(args[0]) // max(np.size(output), 1))


def _inner(args: tuple[Any, ...], _output: Any) -> int:
    return _pairwise(np.shape(args[0])[-1] if np.ndim(args[0]) else 1)


def _largest(args: tuple[Any, ...], _output: Any) -> int:
    return _pairwise(max(np.size(a) for a in args if isinstance(a, np.ndarray)))


def _columns(args: tuple[Any, ...], _output: Any) -> int:
    # Backward error of an elimination of n columns: gamma_3n (Higham, Accuracy and Stability, §9).
    return 3 * int(np.shape(args[0])[-1])


def _orthogonal(args: tuple[Any, ...], _output: Any) -> int:
    # Orthogonal transformations: a small multiple of n again (ibid., §19); 10 n stands for it.
    return 10 * int(np.shape(args[0])[-1])


WEIGHTS: Final[Mapping[str, Callable[[tuple[Any, ...], Any], int]]] = {
    **dict.fromkeys(("sum", "mean", "prod", "var", "std", "cumsum", "logsumexp"), _reduced),
    **dict.fromkeys(("matmul", "dot", "inner"), _inner),
    **dict.fromkeys(
        ("einsum", "tensordot", "tensordot_adjoint_0", "tensordot_adjoint_1"), _largest
    ),
    **dict.fromkeys(("inv", "det", "slogdet", "solve", "cholesky"), _columns),
    **dict.fromkeys(("eigh", "eig", "svd", "norm"), _orthogonal),
}


def _is_floating(value: Any) -> bool:
    # Tuples are added part by part; a sum of parts counts once.
    return isinstance(value, tuple) or np.asarray(value).dtype.kind == "f"


class _Counted(Node):  # type: ignore[misc]  # autograd is untyped here: it may be absent
    """A node that adds its primitive's weight to the count of the trace it belongs to."""

    __slots__ = ("counts",)
    counts: list[int]

    def __init__(
        self,
        value: Any,
        fun: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        parent_argnums: tuple[int, ...],
        parents: tuple[_Counted, ...],
    ) -> None:
        del kwargs, parent_argnums
        self.counts = parents[0].counts
        name = getattr(fun, "__name__", "")
        if name not in EXACT and _is_floating(value):
            weigh = WEIGHTS.get(name)
            self.counts.append(weigh(args, value) if weigh else 1)

    def initialize_root(self, counts: list[int]) -> None:
        self.counts = counts


notrace_primitives[_Counted] = notrace_primitives[VJPNode]


def count_operations(function: Callable[[Any], Any], x: tuple[Any, ...]) -> int:
    """Bound the rounded operations that one component of `function(x)` passes through."""
    counts: list[int] = []
    trace(_Counted.new_root(counts), function, x)
    return sum(counts)
