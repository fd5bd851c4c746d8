"""Arrays x + iε for the complex step: a real program runs on them as on real numbers.

Comparisons, |x|, max and their kind go by the real part (Martins, Sturdza & Alonso 2003, "The
complex-step derivative approximation", §3); what is not analytic otherwise is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.backends.base import MissingFunctionError

_BY_REAL_PART: Final = frozenset(
    {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}
)
_STEPS: Final = frozenset({np.sign, np.floor, np.ceil, np.trunc, np.rint})
_CHOICES: Final[dict[np.ufunc, Callable[[Any, Any], Any]]] = {
    np.maximum: np.greater_equal,
    np.fmax: np.greater_equal,
    np.minimum: np.less_equal,
    np.fmin: np.less_equal,
}
_CONJUGATING: Final = frozenset({np.conjugate, np.vecdot, np.vecmat})
# Conjugates or magnitudes inside: functions of complex numbers, but not analytic ones.
_NOT_ANALYTIC: Final = frozenset(
    {"cholesky", "eigh", "eigvalsh", "svd", "qr", "pinv", "norm", "vector_norm", "matrix_norm"}
)


class Perturbed(np.ndarray):  # complex64 or complex128
    """A complex array whose imaginary part is a perturbation of a real one."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *inputs: Any, **kwargs: Any) -> Any:
        plain = tuple(_plain(x) for x in inputs)
        if ufunc in _CONJUGATING:
            raise TypeError(f"{ufunc.__name__} conjugates: it is not analytic")
        if ufunc in _BY_REAL_PART:
            return getattr(ufunc, method)(*map(np.real, plain), **kwargs)
        if ufunc in _STEPS:
            return _wrapped(ufunc(np.real(plain[0])) + 0j)
        if ufunc is np.absolute:
            return _wrapped(np.where(np.real(plain[0]) < 0, -plain[0], plain[0]))
        if ufunc in _CHOICES and method == "__call__":
            first = _CHOICES[ufunc](*map(np.real, plain))
            return _wrapped(np.where(first, *plain))
        outputs = kwargs.get("out", ())
        if outputs:
            kwargs["out"] = tuple(_plain(x) for x in outputs)
        return _wrapped(getattr(ufunc, method)(*plain, **kwargs))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _wrapped(super().__array_function__(func, types, args, kwargs))

    def __getitem__(self, key: Any) -> Any:
        return _wrapped(super().__getitem__(key))


def _plain(x: Any) -> Any:
    return x.view(np.ndarray) if isinstance(x, Perturbed) else x


def _wrapped(result: Any) -> Any:
    if isinstance(result, (tuple, list)):
        return type(result)(map(_wrapped, result))
    array = np.asarray(result)
    return array.view(Perturbed) if array.dtype.kind == "c" else result


def perturbed(x: NDArray[Any], step: NDArray[Any]) -> Any:
    """Return x + i·step."""
    return (x + np.asarray(1j, dtype=np.result_type(x, np.complex64)) * step).view(Perturbed)


class AnalyticNamespace:
    """A namespace without its functions that are not analytic."""

    def __init__(self, functions: Any) -> None:
        self._functions = functions

    def __getattr__(self, name: str) -> Any:
        if name in _NOT_ANALYTIC:
            raise MissingFunctionError(f"the complex step has no {name}: it is not analytic")
        if name == "linalg":
            return AnalyticNamespace(self._functions.linalg)
        return getattr(self._functions, name)
