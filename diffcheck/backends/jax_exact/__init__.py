"""What each JAX primitive means in exact arithmetic: functions of the engine's tensors of balls.

A form takes the operands and, by keyword, the equation's parameters that it names. Floats come as
tensors of balls; integers and booleans as NumPy arrays, on which the same functions are NumPy's.
"""

from collections.abc import Callable
from typing import Any, Final

from diffcheck.backends.jax_exact.elementwise import ELEMENTWISE
from diffcheck.backends.jax_exact.gathering import GATHERING
from diffcheck.backends.jax_exact.linalg import LINALG
from diffcheck.backends.jax_exact.moves import MOVES
from diffcheck.backends.jax_exact.products import PRODUCTS
from diffcheck.backends.jax_exact.reductions import REDUCTIONS
from diffcheck.backends.jax_exact.special import COMPOSITES, SPECIAL
from diffcheck.backends.jax_exact.windows import WINDOWS

EXACT: Final[dict[str, Callable[..., Any]]] = {
    **ELEMENTWISE,
    **GATHERING,
    **LINALG,
    **MOVES,
    **PRODUCTS,
    **REDUCTIONS,
    **SPECIAL,
    **WINDOWS,
}

__all__ = ["COMPOSITES", "EXACT"]
