"""The array namespace `xp` that a program sees under JAX, made for one format.

`jax.numpy` first, then `jax.scipy.special`, then `jax.nn`. Functions that create arrays make floats
of the format, where `jax.numpy` under 64 bits would make float64; integers stay integers. Programs
run under strict promotion, so a float64 constant that slips in is an error, not a silent change.
(The engine's namespace gives the same: `diffcheck.backends.engine` binds the format likewise.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from types import ModuleType
from typing import Any, Final

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import jax.scipy.special as jsp
import numpy as np

from diffcheck.backends.base import MissingFunctionError
from diffcheck.floats import FORMATS

_MODULES: Final[tuple[ModuleType, ...]] = (jnp, jsp, jax.nn)
_LINALG_MODULES: Final[tuple[ModuleType, ...]] = (jnp.linalg, jsl)
# Functions whose own code mixes dtypes: float64 constants in float32, float32 logits in float64.
_MIXES_DTYPES: Final = frozenset({"owens_t", "dot_product_attention", "hyp1f1"})
_OTHER_NAMES: Final[dict[str, Callable[..., Any]]] = {"log_expit": jax.nn.log_sigmoid}


def _find(name: str, modules: tuple[ModuleType, ...]) -> Any:
    for module in modules:
        if hasattr(module, name):
            found = getattr(module, name)
            return _promoting(found) if name in _MIXES_DTYPES else found
    where = ", ".join(module.__name__ for module in modules)
    raise MissingFunctionError(f"JAX has no function {name!r} (looked in {where})")


def _promoting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of JAX that may promote within: what it returns is checked all the same."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        with jax.numpy_dtype_promotion("standard"):
            return function(*args, **options)

    return call


def _limits(start: Any, stop: Any = None, step: Any = 1) -> tuple[Any, Any, Any]:
    return (0, start, step) if stop is None else (start, stop, step)


class _Linalg:
    """`xp.linalg`: `jax.numpy.linalg`, then `jax.scipy.linalg` (for `expm`)."""

    def __getattr__(self, name: str) -> Any:
        return _find(name, _LINALG_MODULES)


class JaxNamespace:
    """Array functions whose creation functions give floats of one dtype."""

    linalg: Final = _Linalg()

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._dtype = dtype

    def __getattr__(self, name: str) -> Any:
        return _OTHER_NAMES[name] if name in _OTHER_NAMES else _find(name, _MODULES)

    def asarray(self, values: Any, dtype: Any = None) -> Any:
        """Return an array; float content that is no JAX array yet takes the namespace's dtype."""
        if dtype is None and not any(isinstance(x, jax.Array) for x in jax.tree.leaves(values)):
            values = np.asarray(values)
            dtype = self._dtype if values.dtype.kind == "f" else None
        return jnp.asarray(values, dtype=dtype)

    def array(self, values: Any, dtype: Any = None) -> Any:
        return self.asarray(values, dtype)

    def zeros(self, shape: Any, dtype: Any = None) -> Any:
        return jnp.zeros(shape, dtype=dtype or self._dtype)

    def ones(self, shape: Any, dtype: Any = None) -> Any:
        return jnp.ones(shape, dtype=dtype or self._dtype)

    def eye(self, rows: int, columns: int | None = None, *, k: int = 0, dtype: Any = None) -> Any:
        return jnp.eye(rows, columns, k=k, dtype=dtype or self._dtype)

    def full(self, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
        return jnp.full(shape, self.asarray(fill_value, dtype))

    def linspace(self, start: Any, stop: Any, num: int = 50, *, endpoint: bool = True) -> Any:
        return jnp.linspace(start, stop, num, endpoint=endpoint, dtype=self._dtype)

    def arange(self, *limits: Any, dtype: Any = None) -> Any:
        if dtype is None and any(isinstance(limit, float) for limit in limits):
            dtype = self._dtype
        start, stop, step = _limits(*limits)
        return jnp.arange(start, stop, step, dtype=dtype)


@cache
def namespace(format_name: str) -> JaxNamespace:
    """Return the namespace for the format of this name, as `float32`."""
    return JaxNamespace(FORMATS[format_name].dtype)
