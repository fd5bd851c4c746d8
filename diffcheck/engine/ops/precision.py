"""Reductions of float16 through float32, as NumPy's mean: sums and counts pass 65,504 too soon."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from diffcheck.engine.ops.manipulation import astype
from diffcheck.engine.tensor import base


def through_single(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes with a float16 in float32, and answers in float16.

    Unless another dtype is asked for: the second argument after x, or by its name.
    """

    @wraps(function)
    def call(x: Any, *args: Any, **options: Any) -> Any:
        asked = options.get("dtype", args[1] if len(args) > 1 else None)
        if getattr(base(x), "dtype", None) != np.float16 or asked is not None:
            return function(x, *args, **options)
        return astype(function(astype(x, np.float32), *args, **options), np.float16)

    return call
