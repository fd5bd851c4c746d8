"""Backends: who computes a program's derivatives in floating point.

A backend is one module of this folder, imported only when asked for: JAX alone takes a second.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from diffcheck.backends.base import Backend, BackendError, Evaluation, ExactSemantics, Unsupported

_CLASSES: Final[dict[str, tuple[str, str]]] = {
    "engine": ("diffcheck.backends.engine", "EngineBackend"),
    "jax": ("diffcheck.backends.jax", "JaxBackend"),
}
NAMES: Final[tuple[str, ...]] = tuple(_CLASSES)

__all__ = [
    "NAMES",
    "Backend",
    "BackendError",
    "Evaluation",
    "ExactSemantics",
    "Unsupported",
    "get",
]


@cache
def get(name: str) -> Backend:
    """Return the backend of this name, one instance per process; `NAMES` lists them.

    Raises `ValueError` for any other name, and `ImportError` if the backend's library is missing.

    >>> get("engine").name
    'engine'
    """
    if name not in _CLASSES:
        raise ValueError(f"there is no backend {name!r}; the backends are {', '.join(NAMES)}")
    module, cls = _CLASSES[name]
    backend: Backend = getattr(import_module(module), cls)()
    return backend
