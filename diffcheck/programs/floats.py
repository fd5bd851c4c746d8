"""Programs in the backend's own floats, one operation after another, each rounded by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffcheck.programs.form import Operation


class FloatArithmetic:
    """The backend's arithmetic without its compiler: what eager mode is where it fuses nothing."""

    def literal(self, value: NDArray[Any]) -> Any:
        """Return a literal as it is."""
        return value

    def apply(self, operation: Operation, operands: Sequence[Any]) -> Sequence[Any]:
        """Compute one operation as the backend does."""
        result = operation.floats(*operands)
        return result if isinstance(result, (list, tuple)) else [result]

    def stack(self, rows: Sequence[Any]) -> Any:
        """Return rows as one array."""
        return np.stack([np.asarray(row) for row in rows])
