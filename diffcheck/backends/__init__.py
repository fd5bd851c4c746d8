"""Backends: who computes a program's derivatives in floating point.

A backend is one module of this folder, imported only when asked for: JAX alone takes a second.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from diffcheck.backends.base import Backend, BackendError, Evaluation, ExactSemantics, Unsupported

_CLASSES: Final[dict[str, tuple[str, str]]] = {
    "engine": ("diffcheck.backends.engine", "EngineBackend"),
    "jax": ("diffcheck.backends.jax", "JaxBackend"),
    "torch": ("diffcheck.backends.torch", "TorchBackend"),
    "autograd": ("diffcheck.backends.autograd", "AutogradBackend"),
    "finite-difference": ("diffcheck.backends.finite_difference", "FiniteDifferenceBackend"),
}
NAMES: Final[tuple[str, ...]] = tuple(_CLASSES)
# Further witnesses, called by name only: guest -> the packages that its extra brings.
GUESTS: Final[dict[str, tuple[str, ...]]] = {
    "torch": ("torch", "array-api-compat"),
    "autograd": ("autograd",),
    "finite-difference": (),
}

__all__ = [
    "GUESTS",
    "NAMES",
    "Backend",
    "BackendError",
    "Evaluation",
    "ExactSemantics",
    "Unsupported",
    "get",
    "lacking",
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


def lacking(name: str) -> tuple[str, ...]:
    """Return the packages that a backend needs and that are not installed.

    >>> lacking("engine")
    ()
    """
    return tuple(package for package in GUESTS.get(name, ()) if not _is_installed(package))


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
