"""The array namespace `xp` that a program sees under autograd, made for one dtype.

`autograd.numpy` first, then `autograd.scipy.special`. Names and forms of arguments are translated,
never formulas: a function that autograd lacks is missing here, so that what is measured is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from types import ModuleType
from typing import Any, Final

import autograd.numpy as anp
import autograd.scipy.linalg as asl
import autograd.scipy.special as asp
import numpy as np
from autograd.tracer import Box, isbox

from diffcheck.backends.base import MissingFunctionError
from diffcheck.floats import FORMATS

_MODULES: Final[tuple[ModuleType, ...]] = (anp, asp)
_LINALG_MODULES: Final[tuple[ModuleType, ...]] = (anp.linalg, asl)


def _cumulative_sum(x: Any, *, axis: int | None = None) -> Any:
    return anp.cumsum(x, axis=axis)


def _logsumexp(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return asp.logsumexp(x, axis=axis, keepdims=keepdims)


def _take(x: Any, indices: Any, axis: int | None = None) -> Any:
    if axis is None:
        return anp.ravel(x)[indices]
    return x[(slice(None),) * (axis % anp.ndim(x)) + (indices,)]


# The array API's names of functions that autograd has by NumPy's older ones.
_OTHER_NAMES: Final[dict[str, Callable[..., Any]]] = {
    "concat": anp.concatenate,
    "cumulative_sum": _cumulative_sum,
    "logsumexp": _logsumexp,
    "take": _take,
}
_LINALG_NAMES: Final[dict[str, Callable[..., Any]]] = {
    "trace": anp.trace,
    "diagonal": anp.diagonal,
    "matmul": anp.matmul,
    "outer": anp.outer,
    "tensordot": anp.tensordot,
}


class _Linalg:
    """`xp.linalg`: `autograd.numpy.linalg`, then `autograd.scipy.linalg`."""

    def __getattr__(self, name: str) -> Any:
        if name in _LINALG_NAMES:
            return _LINALG_NAMES[name]
        return _find(name, _LINALG_MODULES, "linalg.")


class AutogradNamespace:
    """autograd's functions; those that create arrays give floats of one dtype."""

    linalg: Final = _Linalg()

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._dtype = dtype

    def __getattr__(self, name: str) -> Any:
        return _OTHER_NAMES[name] if name in _OTHER_NAMES else _find(name, _MODULES, "")

    def asarray(self, values: Any, dtype: Any = None) -> Any:
        """Return an array; float content that is not traced takes the namespace's dtype."""
        if isbox(values) or _holds_box(values):
            return anp.array(values) if isinstance(values, (list, tuple)) else values
        array = np.asarray(values)
        return array.astype(dtype or (self._dtype if array.dtype.kind == "f" else array.dtype))

    def array(self, values: Any, dtype: Any = None) -> Any:
        return self.asarray(values, dtype)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """Choose; two Python numbers make an array of the dtype, as they are weak everywhere."""
        if isinstance(x, (int, float)) and isinstance(y, (int, float)):
            x = self._dtype.type(x)
        return anp.where(condition, x, y)

    def zeros(self, shape: Any, dtype: Any = None) -> Any:
        return np.zeros(shape, dtype=dtype or self._dtype)

    def ones(self, shape: Any, dtype: Any = None) -> Any:
        return np.ones(shape, dtype=dtype or self._dtype)

    def eye(self, rows: int, columns: int | None = None, *, k: int = 0, dtype: Any = None) -> Any:
        return np.eye(rows, columns, k=k, dtype=dtype or self._dtype)

    def full(self, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
        return anp.broadcast_to(self.asarray(fill_value, dtype), shape)

    def linspace(self, start: Any, stop: Any, num: int = 50, *, endpoint: bool = True) -> Any:
        return np.linspace(start, stop, num, endpoint=endpoint, dtype=self._dtype)

    def arange(self, *limits: Any, dtype: Any = None) -> Any:
        return self.asarray(np.arange(*limits), dtype)


def _find(name: str, modules: Sequence[ModuleType], prefix: str) -> Any:
    for module in modules:
        if hasattr(module, name):
            return getattr(module, name)
    raise MissingFunctionError(f"autograd has no function {prefix + name!r}")


def _holds_box(values: Any) -> bool:
    if isinstance(values, (list, tuple)):
        return any(_holds_box(value) for value in values)
    return isinstance(values, Box)


@cache
def namespace(format_name: str) -> AutogradNamespace:
    """Return the namespace for the format of this name, as `float32`."""
    return AutogradNamespace(FORMATS[format_name].dtype)
