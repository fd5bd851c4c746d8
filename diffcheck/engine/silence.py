"""Floating-point warnings off for a while, at a fifth of the cost of np.errstate."""

from __future__ import annotations

from typing import Any

import numpy as np

try:
    from numpy._core.umath import _extobj_contextvar, _make_extobj
except ImportError:  # another NumPy keeps its error state elsewhere

    def silence(_state: Any) -> Any:
        """Turn warnings off; return what `restore` needs."""
        return np.seterr(all="ignore")

    def restore(token: Any) -> None:
        """Turn them on again."""
        np.seterr(**token)

    IGNORED: Any = None
else:
    silence: Any = _extobj_contextvar.set  # type: ignore[no-redef]  # the same in C
    restore: Any = _extobj_contextvar.reset  # type: ignore[no-redef]  # one of two branches defines it
    with np.errstate():
        IGNORED = _make_extobj(all="ignore")
