"""The array namespace `xp` that a program sees under PyTorch, made for one dtype and device.

`array_api_compat.torch` gives the array API's names, axes and defaults; then `torch.special` and
`torch.nn.functional`. Names and forms of arguments are translated, never formulas: a function that
torch lacks is missing here, so that what is measured is torch's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial, wraps
from types import ModuleType
from typing import Any, Final

import array_api_compat.torch as compat
import numpy as np
import torch
from torch.nn import functional

from diffcheck.backends.base import MissingFunctionError

_MODULES: Final[tuple[ModuleType, ...]] = (compat, torch.special, functional)
_LINALG_MODULES: Final[tuple[ModuleType, ...]] = (compat.linalg, torch.linalg)


def _over_axes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function that wants its axes named take None for all of them."""

    def reduced(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        axes = tuple(range(x.ndim)) if axis is None else axis
        return function(x, axes, keepdims)

    return reduced


def _along_last(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis=-1: function(x, dim=axis)


def _gelu(x: Any, approximate: bool = True) -> Any:
    return functional.gelu(x, approximate="tanh" if approximate else "none")


def _take(x: Any, indices: Any, axis: int | None = None) -> Any:
    if axis is None:
        return torch.take(x, indices)
    return compat.take(x, indices, axis=axis)


def _polygamma(n: Any, x: Any) -> Any:
    return torch.special.polygamma(int(n), x)


def _layer_norm(x: Any, weight: Any = None, bias: Any = None, *, eps: float = 1e-5) -> Any:
    return functional.layer_norm(x, x.shape[-1:], weight, bias, eps)


_OTHER_NAMES: Final[dict[str, Callable[..., Any]]] = {
    "log_expit": functional.logsigmoid,
    "log_sigmoid": functional.logsigmoid,
    "sigmoid": torch.special.expit,
    "j0": torch.special.bessel_j0,
    "j1": torch.special.bessel_j1,
    "y0": torch.special.bessel_y0,
    "y1": torch.special.bessel_y1,
    "logsumexp": _over_axes(torch.logsumexp),
    "softmax": _along_last(torch.softmax),
    "log_softmax": _along_last(torch.log_softmax),
    "gelu": _gelu,
    "polygamma": _polygamma,
    "take": _take,
    "layer_norm": _layer_norm,
    "dot": compat.matmul,
    "concatenate": compat.concat,
}
# torch has other functions by these names.
_LACKING: Final = frozenset(
    {"embedding", "dropout", "group_norm", "batch_norm", "rms_norm", "convolve", "conv1d", "conv2d"}
)
_LINALG_NAMES: Final[dict[str, Callable[..., Any]]] = {"expm": torch.linalg.matrix_exp}


class _Linalg:
    """`xp.linalg`: the array API's, then `torch.linalg`."""

    def __getattr__(self, name: str) -> Any:
        if name in _LINALG_NAMES:
            return _LINALG_NAMES[name]
        return _find(name, _LINALG_MODULES, "linalg.")


class TorchNamespace:
    """torch's functions; those that create tensors give floats of one dtype on one device."""

    linalg: Final = _Linalg()

    def __init__(self, dtype: torch.dtype, device: str) -> None:
        self._dtype = dtype
        self._device = device

    def __getattr__(self, name: str) -> Any:
        if name in _LACKING:
            raise MissingFunctionError(f"torch has no function {name!r}")
        found = _OTHER_NAMES[name] if name in _OTHER_NAMES else _find(name, _MODULES, "")
        return self._accepting(found) if callable(found) else found

    def _accepting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Let a function take what it would refuse: NumPy arrays, and a number as its operand."""

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            made = [self.asarray(a) if isinstance(a, np.ndarray) else a for a in args]
            if made and isinstance(made[0], (int, float)):
                made[0] = self._number(made[0])
            return function(*made, **kwargs)

        return call

    def _number(self, value: float) -> Any:
        return torch.asarray(value, dtype=self._dtype, device=self._device)

    def asarray(self, values: Any, dtype: Any = None) -> Any:
        """Return a tensor; float content that is no tensor yet takes the namespace's dtype."""
        if isinstance(values, torch.Tensor):
            return values if dtype is None else values.to(dtype)
        if _holds_tensor(values):
            return torch.stack([self.asarray(value, dtype) for value in values])
        array = np.asarray(values)
        made = self._dtype if array.dtype.kind == "f" else None
        return torch.asarray(array, dtype=dtype or made, device=self._device)

    def array(self, values: Any, dtype: Any = None) -> Any:
        return self.asarray(values, dtype)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """Choose; Python numbers take the dtype, as torch's default would be float32."""
        chosen = [self._number(v) if isinstance(v, (int, float)) else v for v in (x, y)]
        return torch.where(self.asarray(condition), *chosen)

    def zeros(self, shape: Any, dtype: Any = None) -> Any:
        return torch.zeros(shape, dtype=dtype or self._dtype, device=self._device)

    def ones(self, shape: Any, dtype: Any = None) -> Any:
        return torch.ones(shape, dtype=dtype or self._dtype, device=self._device)

    def eye(self, rows: int, columns: int | None = None, *, k: int = 0, dtype: Any = None) -> Any:
        make = partial(compat.eye, k=k, device=self._device)
        return make(rows, columns, dtype=dtype or self._dtype)

    def full(self, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
        return torch.broadcast_to(self.asarray(fill_value, dtype), tuple(np.atleast_1d(shape)))

    def linspace(self, start: Any, stop: Any, num: int = 50, *, endpoint: bool = True) -> Any:
        return self.asarray(np.linspace(start, stop, num, endpoint=endpoint))

    def arange(self, *limits: Any, dtype: Any = None) -> Any:
        return self.asarray(np.arange(*limits), dtype)


def _find(name: str, modules: Sequence[ModuleType], prefix: str) -> Any:
    for module in modules:
        if hasattr(module, name):
            return getattr(module, name)
    raise MissingFunctionError(f"torch has no function {prefix + name!r}")


def _holds_tensor(values: Any) -> bool:
    if isinstance(values, Sequence) and not isinstance(values, str):
        return any(_holds_tensor(value) for value in values)
    return isinstance(values, torch.Tensor)


@cache
def namespace(format_name: str, device: str) -> TorchNamespace:
    """Return the namespace for the format of this name, as `float32`, on a device of torch."""
    return TorchNamespace(getattr(torch, format_name), device)
