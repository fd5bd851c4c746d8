"""Derivatives of elementwise functions by PyTorch and HIPS autograd, where they are installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

# Names that differ from those of our op table.
_TORCH: Final = {"gammaln": "lgamma", "log_expit": "logsigmoid", "gelu_tanh": "gelu"}
_AUTOGRAD: Final = {
    **{name: f"arc{name[1:]}" for name in ("acos", "asin", "atan", "acosh", "asinh", "atanh")},
    "atan2": "arctan2", "pow": "power",
}  # fmt: skip
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "gelu_tanh": {"approximate": "tanh"},
    "elu": {"alpha": 0.75},
}
_TORCH_MODULES: Final = ("torch", "torch.special", "torch.nn.functional")
_AUTOGRAD_MODULES: Final = ("autograd.numpy", "autograd.scipy.special")


def installed(package: str) -> bool:
    """Whether a guest can be called."""
    return find_spec(package) is not None


def by_torch(name: str, component: Sequence[int], args: Sequence[Any]) -> Any:
    """Return a partial derivative at each point by PyTorch, None where it has none."""
    if not installed("torch"):
        return None
    torch: Any = import_module("torch")
    function = _find(_TORCH.get(name, name), _TORCH_MODULES)
    if function is None:
        return None
    options = _OPTIONS.get(name, {})
    orders = (1,) if name == "polygamma" else ()
    inputs = [torch.tensor(a, requires_grad=True) for a in args]
    try:
        y = function(*orders, *inputs, **options)
        for i in component:
            (y,) = torch.autograd.grad(y.sum(), inputs[i], create_graph=True)
    except (RuntimeError, TypeError, NotImplementedError):
        return None
    return y.detach().numpy(force=True)  # a gradient of zeros need not be in memory


def by_autograd(name: str, component: Sequence[int], args: Sequence[Any]) -> Any:
    """Return a partial derivative at each point by autograd, None where it has none."""
    if not installed("autograd"):
        return None
    function = _find(_AUTOGRAD.get(name, name), _AUTOGRAD_MODULES)
    if function is None:
        return None
    of_family: Any = (lambda x: function(1, x)) if name == "polygamma" else function
    elementwise_grad: Any = import_module("autograd").elementwise_grad
    for i in component:
        of_family = elementwise_grad(of_family, i)
    try:
        with np.errstate(all="ignore"):
            return np.asarray(of_family(*args))
    except (TypeError, ValueError, NotImplementedError, AttributeError):
        return None


def _find(name: str, modules: Sequence[str]) -> Callable[..., Any] | None:
    for module in map(import_module, modules):
        if hasattr(module, name):
            found: Callable[..., Any] = getattr(module, name)
            return found
    return None
