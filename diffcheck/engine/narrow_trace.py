"""Formats of ml_dtypes (bfloat16) as a lowest trace: NumPy would promote them to float32.

NumPy knows these formats only as extensions: a Python float beside one, a product of matrices or a
function of scipy.special gives float32. Here every op rounds its result back.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from diffcheck.engine.tensor import Tensor, tensor_of


def is_narrow(x: Any) -> bool:
    """Whether an array or scalar has a floating-point format that NumPy itself lacks."""
    return isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "V"


class NarrowTrace:
    """The trace below all others for such formats; it records nothing."""

    plain = None  # every op goes through `record`
    level = 0

    def record(self, op: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        values = tuple(a.value if type(a) is Tensor else a for a in args)
        dtype = next(a.value.dtype for a in args if type(a) is Tensor)
        result = op.forward(*values, **params)
        if result.dtype.kind == "f" and op.name != "astype":
            result = result.astype(dtype)
        return tensor_of(result, self, None) if result.dtype.kind in "fV" else result


NARROW: Final = NarrowTrace()
