"""How many rounded operations stand behind one component: counted as torch dispatches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, log2, prod
from typing import Any, Final

import torch
from torch.utils._python_dispatch import TorchDispatchMode

# Operations whose floating result is exact: they move, choose, compare or negate numbers.
EXACT: Final = frozenset(
    """
    abs alias amax amin arange argmax argmin as_strided cat ceil clamp clamp_max clamp_min clone
    constant_pad_nd contiguous copy copy_ copysign detach diag_embed diagonal diagonal_copy empty
    empty_like empty_strided expand eye fill fill_ flip floor full full_like gather gt heaviside
    index index_put index_select isfinite isinf isnan le lift_fresh linspace masked_fill
    masked_scatter max maximum min minimum narrow neg new_empty new_empty_strided new_full
    new_zeros new_ones ones ones_like permute relu repeat reshape roll round scalar_tensor scatter
    select select_backward select_scatter sgn sign slice slice_backward slice_scatter sort split
    split_with_sizes squeeze stack t take threshold_backward to topk transpose tril triu trunc
    unbind unfold unsqueeze view where zero_ zeros zeros_like _reshape_alias _to_copy
    _unsafe_view
    """.split()  # noqa: SIM905 - words in rows read better than quoted ones
)


def _pairwise(length: int) -> int:
    """Return the roundings a term passes through in a sum of `length` terms, added in pairs."""
    return 1 + ceil(log2(length)) if length > 1 else 1


def _reduced(arguments: tuple[Any, ...], output: Any) -> int:
    return _pairwise(arguments[0].numel() // max(output.numel(), 1))


def _along_axis(arguments: tuple[Any, ...], _output: Any) -> int:
    x = arguments[0]
    return _pairwise(x.shape[arguments[1]] if x.ndim else 1)


def _inner(arguments: tuple[Any, ...], _output: Any) -> int:
    return _pairwise(arguments[0].shape[-1])


def _added_product(arguments: tuple[Any, ...], _output: Any) -> int:
    return 1 + _pairwise(arguments[1].shape[-1])


def _columns(arguments: tuple[Any, ...], _output: Any) -> int:
    # Backward error of an elimination of n columns: gamma_3n (Higham, Accuracy and Stability, §9).
    return 3 * int(arguments[0].shape[-1])


def _orthogonal(arguments: tuple[Any, ...], _output: Any) -> int:
    # Orthogonal transformations: a small multiple of n again (ibid., §19); 10 n stands for it.
    return 10 * int(arguments[0].shape[-1])


WEIGHTS: Final[Mapping[str, Callable[[tuple[Any, ...], Any], int]]] = {
    **dict.fromkeys(("sum", "mean", "prod", "logsumexp", "var", "linalg_vector_norm"), _reduced),
    **dict.fromkeys(("cumsum", "cumprod", "logcumsumexp", "_softmax", "_log_softmax"), _along_axis),
    **dict.fromkeys(("mm", "bmm", "mv", "dot"), _inner),
    **dict.fromkeys(("addmm", "addmv", "baddbmm"), _added_product),
    **dict.fromkeys(
        (
            "linalg_cholesky_ex",
            "linalg_inv_ex",
            "linalg_lu_factor_ex",
            "linalg_solve_triangular",
            "linalg_lu_solve",
            "_linalg_det",
            "_linalg_slogdet",
            "_linalg_solve_ex",
        ),
        _columns,
    ),
    **dict.fromkeys(("_linalg_eigh", "_linalg_svd", "linalg_qr", "linalg_matrix_exp"), _orthogonal),
}


class _Counter(TorchDispatchMode):  # type: ignore[misc]  # torch is untyped here: it may be absent
    """Adds up the weights of all that is dispatched inside."""

    def __init__(self) -> None:
        super().__init__()
        self.count: int = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        first = output[0] if isinstance(output, (tuple, list)) and output else output
        name = func.overloadpacket.__name__
        rounds = name not in EXACT and isinstance(first, torch.Tensor) and first.is_floating_point()
        if rounds and prod(first.shape):
            weigh = WEIGHTS.get(name)
            self.count += weigh(args, first) if weigh else 1
        return output


def count_operations(function: Callable[[], Any]) -> int:
    """Bound the rounded operations that one component of a call's result passes through."""
    counter = _Counter()
    with counter:
        function()
    return counter.count
