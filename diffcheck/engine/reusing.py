"""Products of large cotangents in the memory of the cotangent, where nothing else holds it.

A sweep over large arrays spends its time on memory: a new array has to be found, and displaces
another one from the caches. NumPy reuses the operands of `(a * b) * c` by the same question: who
else holds this? (`temp_elide.c`)
"""

from __future__ import annotations

import sys
from sys import getrefcount
from typing import Any, Final

import numpy as np

# Who knows a cotangent that only the sweep holds: the loop over the tape, the backward function of
# the op, the product here, `_free` and getrefcount. A slot, a tape, a caller or a view would be one
# more. From Python 3.14 on a call borrows what a local variable holds and adds nothing to the
# count, so that 5 would be somebody else's array: there nothing is written over.
SWEEP_ALONE: Final = 5 if sys.version_info < (3, 14) else 0


def product(g: Any, x: Any) -> Any:
    """Return g * x, the last thing that a sweep wants of g."""
    return np.multiply(g, x, g) if _free(g, x) else g * x


def quotient(g: Any, x: Any) -> Any:
    """Return g / x, the last thing that a sweep wants of g."""
    return np.divide(g, x, g) if _free(g, x) else g / x


def _free(g: Any, x: Any) -> bool:
    """Whether g may be written over with a result of its own shape and dtype."""
    return (
        getrefcount(g) == SWEEP_ALONE
        and type(g) is type(x) is np.ndarray
        and g.base is None and g.dtype is x.dtype and g.shape == x.shape
    )  # fmt: skip
