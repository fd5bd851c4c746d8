"""Values that NumPy must not be left alone with, lifted into the lowest trace and lowered again."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from diffcheck.engine.ball_trace import BALLS, ball_array
from diffcheck.engine.narrow_trace import NARROW, is_narrow
from diffcheck.engine.tensor import Tensor


def lift(x: Any) -> Any:
    """Return balls as a tensor of the trace of balls, bfloat16 likewise, all else as is."""
    if isinstance(x, arb) or (isinstance(x, np.ndarray) and x.dtype == object):
        return Tensor(ball_array(x), BALLS, None)
    return Tensor(x, NARROW, None) if is_narrow(x) else x


def lower(x: Any) -> Any:
    """Invert `lift`."""
    return x.value if type(x) is Tensor and (x.trace is BALLS or x.trace is NARROW) else x
