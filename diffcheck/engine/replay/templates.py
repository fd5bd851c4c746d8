"""How each op is written in the emitted source: a table from the op's name to an expression."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np

from diffcheck.engine.ops.products import product
from diffcheck.engine.replay.kernels import expit, sech2, softplus
from diffcheck.engine.replay.program import Flavor, Node
from diffcheck.engine.steps import Step

# Ops whose forward is an operator, which has no `out=`; the ufunc does the same on arrays.
UFUNC_OF: Final[dict[Callable[..., Any], np.ufunc]] = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.divide,
    operator.neg: np.negative,
    operator.abs: np.absolute,
    product: np.matmul,  # but for two matrices, see `expressions`
}

# x**n on arrays is one of these for n a Python number; NumPy does the same behind the operator.
POWERS: Final[dict[float, np.ufunc]] = {2.0: np.square, 0.5: np.sqrt, -1.0: np.reciprocal}


WRITES: Final = frozenset({"keep", "scatter_add", "accumulated", "assembled"})
REDUCED: Final = {"sum": np.add, "plain_sum": np.add, "max": np.maximum, "min": np.minimum}


def ufunc_of(node: Node) -> np.ufunc | None:
    """Return the ufunc that computes an op's result from its operands alone, if there is one."""
    forward = node.op.forward
    if node.params:
        return None
    found = forward if isinstance(forward, np.ufunc) else UFUNC_OF.get(forward)
    return found if found is not None and found.nout == 1 else None


def takes_out(node: Node) -> bool:
    """Whether the result is an array that the op can be made to write to a place of our choice."""
    if node.role != "op" or node.flavor is not Flavor.ARRAY or not node.shape or node.alias:
        return False
    if not node.ordered or 0 in node.shape or node.dtype.char not in "efdgFDG?":
        return False
    if isinstance(node.op, Step) or node.name in WRITES or node.name in REDUCED:
        return True
    return ufunc_of(node) is not None


# Expressions in Python floats. Each is used only where it agrees with the op's own forward.
SCALARS: Final[dict[str, str]] = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negative": "-{0}",
    "abs": "abs({0})",
    "strong": "{0}",
    "square": "{0} * {0}",
    "reciprocal": "1.0 / {0}",
    "one_minus_square": "(1 - {0}) * (1 + {0})",
    "atan_slope": "1 / (1 + {0} * {0})",
    "expit": "expit({0})",
    "softplus": "softplus({0})",
    "sech2": "sech2({0})",
    "expm1_slope": "exp({0})",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
    "equal": "{0} == {1}",
    "not_equal": "{0} != {1}",
    **{
        name: f"{name}({{0}})"
        for name in (
            "sqrt", "exp", "expm1", "exp2", "log", "log1p", "log2", "log10", "sin", "cos", "tan",
            "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "cbrt", "erf", "erfc",
        )
    },
}  # fmt: skip


SCALAR_NAMES: Final[dict[str, Any]] = {
    **{name: f for name, f in vars(math).items() if not name.startswith("_")},
    "abs": abs,
    "expit": expit,
    "sech2": sech2,
    "softplus": softplus,
}
_SAMPLES: Final = [
    sign * (1 + k / 13) * 2.0**e for e in (-30, -3, -1, 0, 1, 3) for k in range(8)
    for sign in (1, -1)
]  # fmt: skip


@cache
def scalar_template(op: Any) -> tuple[str, tuple[str, ...]] | None:
    """Return the expression of an op in Python floats, None where NumPy must compute it.

    With it come the functions that it names.

    NumPy has vectorised functions of its own on some processors, which differ from those of `math`
    in the last place; so the two are compared first, on numbers of many sizes.
    """
    template = SCALARS.get(op.name)
    if template is None:
        return None
    names = tuple(name for name in SCALAR_NAMES if f"{name}(" in template)
    if op.forward in UFUNC_OF or op.name == "strong":
        return template, names
    if "{1}" in template:
        return (template, names) if isinstance(op.forward, np.ufunc) else None
    function = eval(f"lambda x: {template.format('x')}", SCALAR_NAMES)  # noqa: S307 - from the table
    return (template, names) if _agree(function, op.forward) else None


def _agree(function: Callable[[float], float], forward: Callable[[Any], Any]) -> bool:
    """Whether two functions give the same bits, wherever the first gives anything."""
    with np.errstate(all="ignore"):
        for x in _SAMPLES:
            try:
                if function(x) != forward(np.float64(x)):
                    return False
            except (ValueError, ArithmeticError):
                continue  # nan or inf in NumPy, which is asked again at such a point
    return True
