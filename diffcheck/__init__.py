"""Verified derivatives: certified truth, errors in ulps, a wrong rule told from lost digits."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffcheck import engine
    from diffcheck.case import (
        Case,
        CaseError,
        Constraint,
        Defect,
        Input,
        less,
        positive_definite,
        real,
        sums_to_one,
        sym,
        symmetric,
    )
    from diffcheck.functions import (
        Checked,
        DerivativeError,
        assert_derivatives,
        check,
        check_grads,
        gradcheck,
    )

__all__ = [
    "Case",
    "CaseError",
    "Checked",
    "Constraint",
    "Defect",
    "DerivativeError",
    "Input",
    "assert_derivatives",
    "check",
    "check_grads",
    "engine",
    "gradcheck",
    "less",
    "positive_definite",
    "real",
    "sums_to_one",
    "sym",
    "symmetric",
]
_FUNCTIONS = (
    "Checked", "DerivativeError", "assert_derivatives", "check", "check_grads", "gradcheck",
)  # fmt: skip
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Loaded on first use: SymPy alone takes half a second, and `diffcheck --help` needs none of it.
    if name == "engine":
        return import_module("diffcheck.engine")
    if name in _FUNCTIONS:
        return getattr(import_module("diffcheck.functions"), name)
    if name in __all__:
        return getattr(import_module("diffcheck.case"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
