"""The array namespace `xp` that a program sees under our engine, made for one dtype.

It is `diffcheck.engine` with creation functions that make floats of the format under test. For
balls the dtype is float64: a literal that meets a ball becomes one there, with the format's
rounding as its radius (`engine.literal_rounding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np

from diffcheck import engine
from diffcheck.backends.base import MissingFunctionError
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.joining import stack
from diffcheck.engine.ops.manipulation import broadcast_to


class _Linalg:
    """`xp.linalg` of the engine."""

    def __getattr__(self, name: str) -> Any:
        return _find(getattr(engine, "linalg", None), f"linalg.{name}")


class EngineNamespace:
    """The engine's functions, with creation functions that give floats of one dtype."""

    linalg: Final = _Linalg()

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._dtype = dtype

    def __getattr__(self, name: str) -> Any:
        return _find(engine, name)

    def asarray(self, values: Any, dtype: Any = None) -> Any:
        """Return an array or tensor; float content that is not traced takes the dtype."""
        if isinstance(values, engine.Tensor) or _is_balls(values):
            return values
        if _holds_traced(values):
            return stack([self.asarray(value, dtype) for value in values])
        array = np.asarray(values)
        return array.astype(dtype or (self._dtype if array.dtype.kind == "f" else array.dtype))

    def array(self, values: Any, dtype: Any = None) -> Any:
        return self.asarray(values, dtype)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """Choose; two Python scalars make an array of the dtype, as they are weak everywhere."""
        if isinstance(x, float) and isinstance(y, (int, float)):
            return where(condition, self._dtype.type(x), y)
        if isinstance(x, int) and isinstance(y, float):
            return where(condition, x, self._dtype.type(y))
        return where(condition, x, y)

    def zeros(self, shape: Any, dtype: Any = None) -> Any:
        return np.zeros(shape, dtype=dtype or self._dtype)

    def ones(self, shape: Any, dtype: Any = None) -> Any:
        return np.ones(shape, dtype=dtype or self._dtype)

    def eye(self, rows: int, columns: int | None = None, *, k: int = 0, dtype: Any = None) -> Any:
        return np.eye(rows, columns, k=k, dtype=dtype or self._dtype)

    def full(self, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
        return broadcast_to(self.asarray(fill_value, dtype), shape)

    def linspace(self, start: Any, stop: Any, num: int = 50, *, endpoint: bool = True) -> Any:
        return np.linspace(start, stop, num, endpoint=endpoint, dtype=self._dtype)

    def arange(self, *limits: Any, dtype: Any = None) -> Any:
        if dtype is None and any(isinstance(limit, float) for limit in limits):
            dtype = self._dtype
        return np.arange(*limits, dtype=dtype)


def _find(module: Any, name: str) -> Any:
    last = name.rpartition(".")[2]
    if not hasattr(module, last):
        raise MissingFunctionError(f"the engine has no function {name!r}")
    return getattr(module, last)


def _is_balls(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == object


def _holds_traced(values: Any) -> bool:
    if isinstance(values, Sequence) and not isinstance(values, str):
        return any(_holds_traced(value) for value in values)
    return isinstance(values, engine.Tensor) or _is_balls(values)


@cache
def namespace(dtype: np.dtype[Any]) -> EngineNamespace:
    """Return the namespace whose floats have this dtype."""
    return EngineNamespace(dtype)
